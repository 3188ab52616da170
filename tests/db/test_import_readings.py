"""Histories of readings come in from tables as people export them, and what cannot be read is told by its line."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from db.clock import Clock
from db.engine import Pool
from db.imports.notices import BadMap, BrokenFile, ImportStopped
from db.imports.readings import Account, Sample, import_readings, load, parse, samples
from db.imports.readings.rows import LISTED
from db.ingest import Batch, ingest
from tests.world import NOW, build

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "office-rooms.toml"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def plan(series: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A small map: the column `v` is the sensor `s`."""
    given = {"time": {"column": "t", "zone": "Europe/Amsterdam"}, "series": series or [{"sensor": "s", "column": "v"}]}
    return given | more


def read(tmp_path: Path, text: str | bytes, document: dict[str, Any]) -> tuple[list[Sample], Account]:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    account = Account()
    return list(samples(path, parse(document), account)), account


def told(account: Account) -> list[tuple[int, str]]:
    return [(bad.line, bad.reason) for bad in account.listed]


# The file


def test_a_byte_order_mark_an_empty_header_and_a_semicolon(tmp_path: Path) -> None:
    text = "\ufeff;t;v\r\n1;2022-05-01 1:00;12,5\r\n2;2022-05-01 02:00;1 013,25\r\n"
    document = plan(file={"decimal": ","}, time={"column": "t", "format": "%Y-%m-%d %H:%M", "zone": "Europe/Moscow"})
    found, account = read(tmp_path, text, document)
    assert [(one.at, one.value, one.line) for one in found] == [
        (datetime(2022, 4, 30, 22, tzinfo=UTC), 12.5, 2),
        (datetime(2022, 4, 30, 23, tzinfo=UTC), 1013.25, 3),
    ]
    assert (account.rows, account.samples, account.bad) == (2, 2, 0)


def test_a_header_that_occurs_twice_is_named_by_its_place(tmp_path: Path) -> None:
    text = "t,v,v\n2022-05-01T00:00Z,1,2\n"
    with pytest.raises(BadMap, match="occurs at columns 2, 3"):
        read(tmp_path, text, plan())
    found, _ = read(tmp_path, text, plan([{"sensor": "s", "column": 3}]))
    assert [one.value for one in found] == [2.0]


def test_another_encoding_and_a_wrong_one(tmp_path: Path) -> None:
    text = "время\tтемпература\n2022-05-01T00:00Z\t21.5\n".encode("cp1251")
    document = plan([{"sensor": "s", "column": "температура"}], time={"column": "время"}, file={"encoding": "cp1251"})
    assert read(tmp_path, text, document)[0][0].value == 21.5
    with pytest.raises(BrokenFile, match="not written in utf-8"):
        read(tmp_path, text, document | {"file": {}})


def test_filters_columns_in_turn_factor_and_offset(tmp_path: Path) -> None:
    text = (
        "id,t,a,b\n1,2022-05-01T00:00Z,50,\n2,2022-05-01T00:00Z,,68\n1,2022-05-01T01:00Z,,86\n3,2022-05-01T01:00Z,1,1\n"
    )
    document = plan(
        [
            {"sensor": "one", "column": ["a", "b"], "where": {"id": 1}, "factor": 0.5, "offset": -32},
            {"sensor": "two", "column": "b", "where": {"id": "2"}},
        ]
    )
    found, _ = read(tmp_path, text, document)
    assert [(one.series, one.value) for one in found] == [(0, -7.0), (1, 68.0), (0, 11.0)]


def test_a_zip_with_the_leavings_of_a_mac(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._data.csv", b"\x00\x01")
        archive.writestr("deep/data.csv", "t,v\n2022-05-01T00:00Z,1\n")
    assert len(list(samples(path, parse(plan()), Account()))) == 1
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.csv", "t,v\n")
    with pytest.raises(BadMap, match=r"file\.member.*deep/data\.csv"):
        list(samples(path, parse(plan()), Account()))
    assert len(list(samples(path, parse(plan(file={"member": "deep/data.csv"})), Account()))) == 1


# Rows that are none


def test_bad_rows_are_told_by_line_and_the_rest_is_kept(tmp_path: Path) -> None:
    lines = [
        "t,v",
        "2022-05-01T00:00Z,1",
        "yesterday,2",
        "2022-05-01T01:00Z,hot",
        "2022-05-01T02:00Z,inf",
        "2022-05-01T03:00Z",
        "2022-05-01T04:00Z,5,6",
        "1022-05-01T04:00Z,5",
        "2022-05-01T05:00Z,",
        "",
        "2022-05-01T06:00Z,NaN",
        "2022-05-01T07:00Z,true,",
    ]
    found, account = read(tmp_path, "\n".join(lines), plan())
    assert [one.value for one in found] == [1.0, 1.0]
    assert told(account) == [
        (3, "time_unreadable"),
        (4, "not_a_number"),
        (5, "not_a_number"),
        (6, "row_width"),
        (7, "row_width"),
        (8, "time_too_early"),
    ]


def test_all_bad_rows_are_counted_and_some_are_listed(tmp_path: Path) -> None:
    _, account = read(tmp_path, "t,v\n" + "never,1\n" * 1000, plan())
    assert (account.bad, len(account.listed), account.reasons) == (1000, LISTED, {"time_unreadable": 1000})


def test_local_times_need_a_zone(tmp_path: Path) -> None:
    found, account = read(tmp_path, "t,v\n2022-05-01 00:00,1\n2022-05-01 00:00+03:00,1\n", plan(time={"column": "t"}))
    assert (len(found), told(account)) == (1, [(2, "time_no_zone")])


# The two nights of the year


def local_rows(moments: list[datetime], of: str = "") -> str:
    return "".join(f"{of}{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M},1\n" for moment in moments)


def quarters(first: datetime, count: int, minutes: int = 15) -> list[datetime]:
    return [first + timedelta(minutes=minutes * number) for number in range(count)]


AUTUMN = datetime(2022, 10, 29, 22, 0, tzinfo=UTC)
"""Midnight in Amsterdam before the clocks go back at 3:00."""


@pytest.mark.parametrize("minutes", [15, 60, 7])
@pytest.mark.parametrize("backwards", [False, True])
def test_two_oclock_comes_twice_in_autumn(tmp_path: Path, minutes: int, backwards: bool) -> None:
    moments = quarters(AUTUMN, 360 // minutes, minutes)
    if backwards:
        moments.reverse()
    found, account = read(tmp_path, "t,v\n" + local_rows(moments), plan())
    assert [one.at for one in found] == moments
    assert (account.bad, account.ambiguous) == (
        0,
        sum(1 <= (m - AUTUMN).total_seconds() / 3600 - 1 < 3 for m in moments),
    )


def test_sensors_stacked_and_interleaved_each_have_their_own_night(tmp_path: Path) -> None:
    moments = quarters(AUTUMN, 24)
    series = [{"sensor": name, "column": "v", "where": {"id": name}} for name in "ab"]
    stacked = "id,t,v\n" + local_rows(moments, "a,") + local_rows(moments, "b,")
    assert [one.at for one in read(tmp_path, stacked, plan(series))[0]] == moments * 2
    mixed = "id,t,v\n" + "".join(local_rows([moment], "a,") + local_rows([moment], "b,") for moment in moments)
    assert [one.at for one in read(tmp_path, mixed, plan(series))[0]] == [m for moment in moments for m in [moment] * 2]


def test_the_hour_that_spring_skips_is_told(tmp_path: Path) -> None:
    text = "t,v\n" + "".join(f"2022-03-27 0{hour}:30,1\n" for hour in range(5))
    found, account = read(tmp_path, text, plan())
    assert [one.at.hour for one in found] == [23, 0, 1, 2]
    assert told(account) == [(4, "time_missing_hour")]


@given(
    start=st.integers(0, 35 * 365 * 86_400).map(
        lambda seconds: datetime(1995, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
    ),
    step=st.sampled_from([5, 15, 30, 60]),
    zone=st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Europe/Moscow"]),
)
def test_any_steady_series_in_local_time_is_understood(start: datetime, step: int, zone: str) -> None:
    """Ten days written in local time, from anywhere but the middle of a repeated hour, come back as they were.

    Autumn repeats only half an hour on Lord Howe: an hourly series can miss the first pass, and its times do not tell.
    """
    from db.imports.readings.times import Walk

    assume((step, zone) != (60, "Australia/Lord_Howe"))
    info = ZoneInfo(zone)
    moments = [start + timedelta(minutes=step * number) for number in range(14_400 // step)]
    if moments[0].astimezone(info).fold:
        return
    walk = Walk(info)
    assert [walk.absolute(moment.astimezone(info).replace(tzinfo=None)) for moment in moments] == moments


# The map


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({}, r"lacks \[time\]"),
        ({"time": {"column": "t"}}, r"lacks \[\[series\]\]"),
        (plan(tiem={}), "unknown key tiem"),
        (plan([{"sensor": "s", "column": "v", "kolumn": 1}]), r"unknown key series 1\.kolumn"),
        (plan([{"sensor": "s"}]), r"lacks series 1\.column"),
        (plan([{"sensor": 5, "column": "v"}]), r"series 1\.sensor in the map has to be str"),
        (plan([{"sensor": "s", "column": "v"}] * 2), "sensor s twice"),
        (plan(time={"column": "t", "zone": "Amsterdam"}), r"time\.zone"),
        (plan(file={"decimal": "·"}), r"file\.decimal"),
        (plan([{"sensor": "s", "column": "v", "kind": "HEAT"}]), "TEMPERATURE"),
        (plan([{"sensor": "s", "column": "v", "room": "1"}]), r"series 1\.kind"),
    ],
)
def test_a_wrong_map_names_the_key(document: dict[str, Any], says: str) -> None:
    with pytest.raises(BadMap, match=says):
        parse(document)


def test_a_map_that_is_no_toml(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text("building = duplex")
    with pytest.raises(BadMap, match=r"map\.toml is no TOML.*line 1"):
        load(tmp_path / "map.toml")


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadMap, match=r"no column «v».*: t, w"):
        read(tmp_path, "t,w\n", plan())


# The database

HISTORY = "t,v\n" + "".join(f"2026-10-{day:02}T12:00:00Z,{day}\n" for day in range(1, 31))


async def bring(pool: Pool, tmp_path: Path, text: str, sensor: str = "alpha/co2-101", **more: Any) -> Any:
    (tmp_path / "table.csv").write_text(text)
    building, code = sensor.split("/")
    document = plan([{"sensor": code, "column": "v"} | more], building=building)
    return await import_readings(pool, tmp_path / "table.csv", parse(document), make="kind" in more)


async def test_history_is_stored_once_and_leaves_the_present_alone(pool: Pool, tmp_path: Path) -> None:
    world = await build(pool)
    sensor = world.sensor["alpha/co2-101"]
    before = await pool.fetchrow("SELECT * FROM telemetry.sensor_state WHERE sensor_id = $1", sensor)
    alarms = await pool.fetch("SELECT * FROM alarm.alarm ORDER BY id")
    report = await bring(pool, tmp_path, HISTORY)
    assert (report.stored, report.known, report.account.bad) == (30, 0, 0)
    again = await bring(pool, tmp_path, HISTORY)
    assert (again.stored, again.known) == (0, 30)
    assert await pool.fetchrow("SELECT * FROM telemetry.sensor_state WHERE sensor_id = $1", sensor) == before
    assert await pool.fetch("SELECT * FROM alarm.alarm ORDER BY id") == alarms


async def test_newer_readings_move_the_present_and_wake_the_sensor(pool: Pool, tmp_path: Path) -> None:
    world = await build(pool)
    report = await bring(pool, tmp_path, "t,v\n2026-11-16T08:00Z,11\n2026-11-16T08:59Z,12\n2026-11-16T08:30Z,9\n",
                         "beta/power")  # fmt: skip
    assert report.stored == 3
    state = await pool.fetchrow("SELECT * FROM telemetry.sensor_state WHERE sensor_id = $1", world.sensor["beta/power"])
    assert (state["at"], state["value"], state["status"]) == (NOW - timedelta(minutes=1), 12.0, "OK")


async def test_history_is_not_judged_by_a_late_reading_either(pool: Pool, tmp_path: Path) -> None:
    """A sensor that has only history, all of it stuffy; then one reading comes late into the midst of it."""
    world = await build(pool)
    await bring(pool, tmp_path, "t,v\n2026-05-01T00:00Z,1\n", "alpha/co2-new", kind="CO2", room="202")
    stuffy = "t,v\n" + "".join(f"2026-11-{day:02}T00:00Z,2000\n" for day in range(1, 15))
    await bring(pool, tmp_path, stuffy, "alpha/co2-new")
    late = Batch(["alpha/co2-new"] * 2, [NOW - timedelta(days=8), NOW], [2000.0, 500.0])
    report = await ingest(pool, await Clock.load(pool), late)
    assert report.accepted == 2
    raised = "SELECT count(*) FROM alarm.occurrence o JOIN telemetry.sensor s ON s.id = o.sensor_id WHERE s.code = $1"
    assert await pool.fetchval(raised, "co2-new") == 0
    assert world.now == NOW


async def test_between_history_and_the_present_nobody_was_silent(pool: Pool, tmp_path: Path) -> None:
    """Who has only history is first heard with the next reading; from then on it may be silent."""
    world = await build(pool)
    await bring(pool, tmp_path, "t,v\n2026-05-01T00:00Z,1\n", "alpha/co2-new", kind="CO2", room="202")
    rule = await pool.fetchval(
        "INSERT INTO alarm.rule (building_id, sensor_kind, name, condition, threshold, deadband, on_delay, off_delay,"
        " priority, category, latching, enabled)"
        " VALUES ($1, 'CO2', 'Silent', 'STALE', 900, 0, 0, 0, 'LOW', 'EQUIPMENT', false, true) RETURNING id",
        world.building["alpha"],
    )
    await bring(pool, tmp_path, "t,v\n2026-11-14T00:00Z,1\n", "alpha/co2-new")
    clock = await Clock.load(pool)
    await ingest(pool, clock, Batch(["alpha/co2-new"] * 2, [NOW, NOW + timedelta(hours=1)], [500.0, 500.0]))
    raised = await pool.fetch(
        "SELECT o.raised_at FROM alarm.occurrence o JOIN telemetry.sensor s ON s.id = o.sensor_id"
        " WHERE s.code = 'co2-new' AND o.rule_id = $1",
        rule,
    )
    assert [row["raised_at"] for row in raised] == [NOW + timedelta(minutes=15)]


async def test_another_value_for_the_same_time_and_a_time_to_come_are_told(pool: Pool, tmp_path: Path) -> None:
    await build(pool)
    await bring(pool, tmp_path, HISTORY)
    changed = HISTORY.replace(",7\n", ",7.5\n") + "2026-11-17T12:00Z,1\n"
    report = await bring(pool, tmp_path, changed)
    assert (report.stored, report.known) == (0, 29)
    assert told(report.account) == [(32, "in_the_future"), (8, "conflict")]
    assert await pool.fetchval("SELECT value FROM telemetry.reading WHERE at = '2026-10-07T12:00Z'") == 7.0


async def test_partitions_are_made_only_for_months_that_have_readings(pool: Pool, tmp_path: Path) -> None:
    await build(pool)
    await bring(pool, tmp_path, "t,v\n1997-03-01T00:00Z,1\n2012-07-15T00:00Z,2\n")
    names = await pool.fetch("SELECT relname FROM pg_class WHERE relname ~ '^reading_(19|20[01])' ORDER BY 1")
    assert [row["relname"] for row in names if not row["relname"].endswith("pkey")] == [
        "reading_1997_03",
        "reading_2012_07",
    ]


async def test_sensors_that_are_not_there(pool: Pool, tmp_path: Path) -> None:
    await build(pool)
    with pytest.raises(ImportStopped, match="no sensor alpha/new-1"):
        await bring(pool, tmp_path, HISTORY, "alpha/new-1")
    with pytest.raises(ImportStopped, match="measures in ppm, the map gives %"):
        await bring(pool, tmp_path, HISTORY, unit="%")
    with pytest.raises(ImportStopped, match="no room 999 in a building alpha"):
        await bring(pool, tmp_path, HISTORY, "alpha/new-1", kind="CO2", room="999")
    report = await bring(pool, tmp_path, HISTORY, "alpha/new-1", kind="CO2", room="101", interval=900)
    made = await pool.fetchrow("SELECT unit, kind, interval FROM telemetry.sensor WHERE code = 'new-1'")
    assert (report.stored, tuple(made)) == (30, ("ppm", "CO2", 900))


async def test_real_offices_become_history(pool: Pool, real_inputs: Path) -> None:
    """Three rooms of a real office, against a few lines of their own."""
    building = await pool.fetchval(
        "INSERT INTO physical.building (code, name, time_zone, language)"
        " VALUES ('duplex', 'Duplex', 'Europe/Amsterdam', 'RU') RETURNING id"
    )
    floor = await pool.fetchval(
        "INSERT INTO physical.floor (building_id, level, name) VALUES ($1, 1, '1') RETURNING id", building
    )
    await pool.executemany(
        "INSERT INTO physical.room (building_id, floor_id, number, kind) VALUES ($1, $2, $3, 'OTHER')",
        [(building, floor, number) for number in ("A102", "A103", "B102")],
    )
    report = await import_readings(pool, real_inputs / "office-rooms.zip", load(EXAMPLE), make=True)
    assert report.account.bad == 0
    expected = list(independent(real_inputs / "office-rooms.zip"))
    stored = await pool.fetch(
        "SELECT s.code, r.at, r.value FROM telemetry.reading r JOIN telemetry.sensor s ON s.id = r.sensor_id"
    )
    assert report.stored == len(stored) == len(expected)
    found = {(row["code"], row["at"]): row["value"] for row in stored}
    assert found == pytest.approx({(code, at): value for code, at, value in expected})
    assert (report.first, report.last) == (min(at for _, at, _ in expected), max(at for _, at, _ in expected))


def independent(path: Path) -> Iterator[tuple[str, datetime, float]]:
    rooms = {"917810": "a102", "925038": "a103", "999169": "b102"}
    kinds = {"co2": ("co2__ppm", 1), "temp": ("temp_in__degC", 1), "hum": ("rel_humidity__0", 100)}
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig")):
            for kind, (column, factor) in kinds.items():
                text = row[f"bms_{column}"] or row[f"CO2-meter-SCD4x_{column}"]
                if text:
                    yield f"{kind}-{rooms[row['id']]}", datetime.fromisoformat(row["timestamp"]), float(text) * factor
