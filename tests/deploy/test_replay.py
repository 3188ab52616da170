"""A table is replayed through a real api: in the order of time, patiently, and its clock follows."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.app import create
from api.auth import mint
from api.settings import ApiSettings
from db.clock import Clock, Setting
from db.engine import Pool
from db.imports.readings import Account, Sample, parse
from db.models import ClockMode
from db.settings import DatabaseSettings
from deploy.commands.replay import speed_of
from deploy.house_client import HouseClient
from deploy.pace import Pace
from deploy.reach import Doorway
from deploy.replaying import Outcome, batches, in_order, replay
from deploy.trouble import Trouble
from tests.deploy.conftest import wait_until
from tests.deploy.weather import KEY, Weather, run, serving
from tests.ports import free_port
from tests.world import NOW, World, build

FIRST = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
"""Some days after the world's now."""


@pytest.fixture
def settings(database: str) -> ApiSettings:
    return ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0)


@pytest.fixture
def world(database: str) -> World:
    made: World = run(database, build)
    return made


def client(address: str, world: World, patience: float = 120.0) -> HouseClient:
    return HouseClient(Doorway(address, mint(KEY, world.user["admin"], timedelta(hours=1)).token), "en", patience)


PLAN = parse(
    {
        "building": "alpha",
        "time": {"column": "t"},
        "series": [
            {"sensor": "co2-101", "column": "co2", "where": {"room": "101"}},
            {"sensor": "co2-201", "column": "co2", "where": {"room": "201"}},
        ],
    }
)


def table(tmp_path: Path, count: int = 200) -> Path:
    """Two rooms stacked one upon the other, a quarter of an hour apart; room 101 is stuffy now and then."""
    path = tmp_path / "rooms.csv"
    lines = ["t,room,co2"]
    for room in ("101", "201"):
        for number in range(count):
            at = FIRST + timedelta(minutes=15 * number)
            value = 1150 if room == "101" and number % 20 in (5, 6, 7, 8) else 500 + number % 7
            lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{room},{value}")
    path.write_text("\n".join(lines) + "\n")
    return path


def quiet(stage: str, done: int, total: int) -> None:
    pass


def send(house: HouseClient, path: Path, batch: int = 37) -> Outcome:
    return replay(house, path, PLAN, None, batch, quiet)


async def stays(pool: Pool) -> list[tuple[datetime, datetime | None]]:
    return [
        tuple(row)
        for row in await pool.fetch(
            "SELECT o.raised_at, o.returned_at FROM alarm.occurrence o JOIN alarm.rule r ON r.id = o.rule_id"
            " WHERE r.name = 'Душно' AND o.raised_at > $1 ORDER BY 1",
            NOW,
        )
    ]


def test_readings_come_in_by_time_and_the_clock_follows(
    database: str, settings: ApiSettings, world: World, tmp_path: Path
) -> None:
    path = table(tmp_path)
    with serving(create(settings), free_port()) as address, client(address, world) as house:
        outcome = send(house, path)
        assert (outcome.accepted, outcome.duplicates, outcome.refused) == (400, 0, 0)
        last = FIRST + timedelta(minutes=15 * 199)
        assert outcome.reached == last
        assert datetime.fromisoformat(house.graph("{ house { now } }")["house"]["now"]) == last
        again = send(house, path)
        assert (again.accepted, again.duplicates, again.refused) == (0, 400, 0)
    found = run(database, stays)
    assert found == [
        (FIRST + timedelta(minutes=15 * (number + 6)), FIRST + timedelta(minutes=15 * (number + 9)))
        for number in range(0, 200, 20)
    ]


def test_bad_weather_loses_nothing_and_doubles_nothing(
    database: str, settings: ApiSettings, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.house_client.FIRST_PAUSE", 0.01)
    weather = Weather(create(settings), chance=0.4)
    with serving(weather, free_port()) as address, client(address, world) as house:
        outcome = send(house, table(tmp_path))
    assert weather.bad > 3
    assert outcome.retries == weather.bad
    assert outcome.accepted + outcome.duplicates == 400
    assert outcome.refused == 0
    assert len(run(database, stays)) == 10


def test_a_house_that_comes_a_little_later(settings: ApiSettings, world: World, tmp_path: Path) -> None:
    port = free_port()
    told: list[Outcome] = []
    with client(f"http://127.0.0.1:{port}", world, patience=120) as house:
        thread = threading.Thread(target=lambda: told.append(send(house, table(tmp_path, 40))))
        thread.start()
        wait_until(lambda: house.retries > 0)
        with serving(create(settings), port):
            thread.join()
    assert [(outcome.accepted, outcome.retries > 0) for outcome in told] == [(80, True)]


def test_a_house_that_never_comes(world: World, tmp_path: Path) -> None:
    with (
        client(f"http://127.0.0.1:{free_port()}", world, patience=0.5) as house,
        pytest.raises(Trouble, match="stays away"),
    ):
        send(house, table(tmp_path, 4))


def test_a_house_in_real_time_says_how_to_start_it(
    database: str, settings: ApiSettings, world: World, tmp_path: Path
) -> None:
    async def keep_real(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await Clock().set(connection, Setting(ClockMode.REAL))

    run(database, keep_real)
    path = table(tmp_path, 4)
    path.write_text(path.read_text().replace("2026-11-20", "2011-11-20"))
    with (
        serving(create(settings), free_port()) as address,
        client(address, world) as house,
        pytest.raises(Trouble, match=r"markoff up --clock 2011-11-20T06:00\+00:00 --speed max"),
    ):
        send(house, path)


def test_an_empty_house_in_real_time_begins_to_follow(
    database: str, settings: ApiSettings, world: World, tmp_path: Path
) -> None:
    async def forget(pool: Pool) -> None:
        await pool.execute("DELETE FROM telemetry.reading")
        await pool.execute("UPDATE live.clock SET mode = 'REAL', house_at = NULL")

    run(database, forget)
    path = table(tmp_path, 8)
    path.write_text(path.read_text().replace("2026-11-20", "2011-11-20"))
    with serving(create(settings), free_port()) as address, client(address, world) as house:
        outcome = send(house, path)
        told = house.graph("{ house { now simulated } }")["house"]
    assert (outcome.accepted, outcome.refused, told["simulated"]) == (16, 0, True)
    assert datetime.fromisoformat(told["now"]) == outcome.reached


def test_refused_readings_are_told_by_the_lines_of_the_file(
    settings: ApiSettings, world: World, tmp_path: Path
) -> None:
    plan = parse({"time": {"column": "t"}, "series": [{"sensor": "alpha/co2-101", "column": "v"}]})
    path = tmp_path / "table.csv"
    path.write_text("t,v\n2026-11-20T07:00Z,1\n2026-11-20T06:00Z,2\nnever,2\n2026-11-20T06:00Z,3\n")
    with serving(create(settings), free_port()) as address, client(address, world) as house:
        outcome = replay(house, path, plan, None, 10, quiet)
    assert (outcome.accepted, outcome.refused, outcome.account.bad) == (2, 1, 1)
    assert [line for line, _ in outcome.listed] == [5]
    assert [bad.line for bad in outcome.account.listed] == [4]


def test_sensors_are_looked_for_before_anything_is_sent(settings: ApiSettings, world: World, tmp_path: Path) -> None:
    times = {"time": {"column": "t"}, "building": "alpha"}
    strange = parse(times | {"series": [{"sensor": "nobody", "column": "v"}]})
    percent = parse(times | {"series": [{"sensor": "co2-101", "column": "v", "unit": "%"}]})
    with serving(create(settings), free_port()) as address, client(address, world) as house:
        with pytest.raises(Trouble, match=r"no such sensors.*: alpha/nobody"):
            replay(house, table(tmp_path, 4), strange, None, 10, quiet)
        with pytest.raises(Trouble, match="measures in ppm, the map gives %"):
            replay(house, table(tmp_path, 4), percent, None, 10, quiet)


def test_a_device_may_replay_into_a_house_that_is_in_time(settings: ApiSettings, world: World, tmp_path: Path) -> None:
    path = table(tmp_path, 8)
    path.write_text(path.read_text().replace("2026-11-20", "2026-11-17"))
    with (
        serving(create(settings), free_port()) as address,
        HouseClient(Doorway(address, world.secret["device"]), "en") as house,
    ):
        outcome = send(house, path)
    assert (outcome.accepted, outcome.refused) == (16, 0)


def test_a_house_whose_clock_goes_by_itself_sets_the_pace(
    database: str, settings: ApiSettings, world: World, tmp_path: Path
) -> None:
    async def hasten(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await Clock().set(connection, Setting(ClockMode.SPEED, NOW, datetime.now(UTC), 20_000))

    run(database, hasten)
    with serving(create(settings), free_port()) as address, client(address, world) as house:
        outcome = send(house, table(tmp_path, 40))
    assert (outcome.accepted, outcome.refused) == (80, 0)


def test_a_paced_replay_waits_for_its_time(tmp_path: Path) -> None:
    rows = in_order(table(tmp_path, 6), PLAN, Account(), quiet)
    begun = time.monotonic()
    pace = Pace(FIRST, begun, 3600.0)
    sent: list[Sample] = []
    for batch in batches(rows, pace, 100):
        assert time.monotonic() - begun >= (batch[-1].at - FIRST).total_seconds() / 3600
        sent += batch
    assert sent == rows
    assert [len(batch) for batch in batches(rows, Pace(FIRST, begun), 5)] == [5, 5, 2]


@pytest.mark.parametrize("text", ["fast", "0", "-1", "nan", "inf"])
def test_speeds_that_are_none(text: str) -> None:
    with pytest.raises(Trouble):
        speed_of(text)
    assert (speed_of("max"), speed_of("600")) == (None, 600.0)
