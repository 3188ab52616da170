"""Buildings from IMDF archives: a real Russian one, and small ones with every trap that was met."""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db.engine import Pool
from db.imports.ifc.store import Wish
from db.imports.imdf import import_imdf
from db.imports.imdf.plane import Plane
from db.imports.imdf.reader import read
from db.imports.notices import BrokenFile, ImportStopped
from db.models import Language, RoomKind
from tests.db.imdf_files import Features, anchor, both, box, feature, house, line, occupant, pack, unit

ROOMS = """
    SELECT r.number, r.name, r.kind, f.level, r.area, ARRAY(
        SELECT a.name FROM physical.alias a WHERE a.room_id = r.id ORDER BY 1) AS aliases
    FROM physical.room r JOIN physical.floor f ON f.id = r.floor_id ORDER BY f.level, r.number
"""
LET = """
    SELECT t.name, r.number, l.number AS lease, lower(p.period) AS first, upper(p.period) AS over
    FROM business.placement p JOIN business.lease l ON l.id = p.lease_id JOIN business.tenant t ON t.id = l.tenant_id
    JOIN physical.room r ON r.id = p.room_id ORDER BY t.name, first, r.number
"""


async def rooms(pool: Pool) -> dict[str, Any]:
    return {row["number"]: row for row in await pool.fetch(ROOMS)}


async def let(pool: Pool) -> list[tuple[str, str]]:
    return [(row["name"], row["number"]) for row in await pool.fetch(LET)]


async def drawn(pool: Pool) -> list[int]:
    """How many openings each floor has."""
    told = await pool.fetch("SELECT jsonb_array_length(openings) AS count FROM physical.floor ORDER BY level")
    return [row["count"] for row in told]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return pack(tmp_path / "test_imdf.zip", house())


# -- the real building


async def test_a_real_russian_building(real_inputs: Path, pool: Pool) -> None:
    path = real_inputs / "spbpu_k3_imdf.zip"
    imported = await import_imdf(pool, path)
    (kept,) = imported.kept
    assert (kept.stored.code, kept.stored.floors_made, kept.stored.rooms_made) == ("spbpu_k3", 5, 169)
    assert (kept.occupants, kept.leases_made, kept.placed, kept.notices) == (90, 90, 90, [])
    assert imported.archive.skipped == {"amenity": 15, "detail": 58, "footprint": 3, "venue": 1}
    assert (await drawn(pool), imported.archive.read["opening"]) == ([54, 43, 33, 24, 28], 182)
    found = await rooms(pool)
    assert len(found) == 169
    dean = found["306"]
    assert (dean["name"], dean["kind"], dean["level"], dean["area"]) == ("Деканат ИКНТ", "OFFICE", 3, 61.59)
    assert "Кабинет 306, Деканат ИКНТ" in dean["aliases"]
    floors = [
        (row["level"], row["name"]) for row in await pool.fetch("SELECT level, name FROM physical.floor ORDER BY 1")
    ]
    assert floors == [(n, f"Этаж {n}") for n in range(1, 6)]
    assert [number for name, number in await let(pool) if name == "Деканат ИКНТ"] == ["306"]
    again = (await import_imdf(pool, path)).kept[0]
    assert (again.stored.rooms_same, again.stored.notices) == (169, [])
    assert (again.tenants_made, again.leases_made, again.placed, again.names_made, again.notices) == (0, 0, 0, 0, [])
    assert (len(await let(pool)), await drawn(pool)) == (90, [54, 43, 33, 24, 28])


async def test_a_dry_run_keeps_nothing(real_inputs: Path, pool: Pool) -> None:
    imported = await import_imdf(pool, real_inputs / "spbpu_k3_imdf.zip", dry_run=True)
    assert (imported.kept[0].stored.rooms_made, imported.kept[0].placed) == (169, 90)
    for table in ("physical.building", "physical.room", "physical.alias", "business.tenant", "business.placement"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert (await import_imdf(pool, real_inputs / "spbpu_k3_imdf.zip")).kept[0].placed == 90


# -- made ones


@pytest.mark.parametrize("folder", ["", "IMDFData/", "maps/K3/"])
def test_wherever_in_the_archive_the_files_lie(tmp_path: Path, folder: str) -> None:
    found = read(pack(tmp_path / "k3-IMDF.zip", house(), folder))
    assert found.venues[0].structure.code == "k3"
    assert found.skipped == {"detail": 2}
    assert found.read["unit"] == 7


def test_floors_are_numbered_as_people_do(archive: Path) -> None:
    """The ordinals of this one begin at 0, its short names at 1."""
    storeys = read(archive).venues[0].structure.storeys
    assert [(storey.level, storey.name) for storey in storeys] == [(1, "Этаж 1"), (2, "Этаж 2")]


def test_ordinals_number_floors_whose_short_names_are_none(tmp_path: Path) -> None:
    features = house()
    for level in features["level"]:
        level["properties"]["short_name"] = both("ЦЭ", "GF")
    found = read(pack(tmp_path / "a.zip", features))
    assert [storey.level for storey in found.venues[0].structure.storeys] == [0, 1]
    assert "ordinals" in str([notice.say() for notice in found.notices])


def test_numbers_names_and_kinds(archive: Path) -> None:
    found = read(archive)
    spaces = {space.global_id: space for space in found.venues[0].structure.spaces}
    told = {key: (space.number, space.name, space.kind) for key, space in spaces.items()}
    assert told == {
        "u-101a": ("101а", "Кабинет", RoomKind.OFFICE),
        "u-101b": ("101a-2", "Кабинет", RoomKind.OFFICE),
        "u-stairs": ("1-Л1", "Лестница", RoomKind.STAIRS),
        "u-blank": ("1-А1", "Кабинет", RoomKind.OFFICE),
        "u-dean": ("206", "Деканат", RoomKind.OFFICE),
        "u-coffee": ("2-Кф1", "Кафе «Лето»", RoomKind.RETAIL),
    }
    names = found.venues[0].room_names
    assert names["u-dean"] == {Language.EN: ("Cabinet 206, Dean",), Language.RU: ("Кабинет 206, Деканат",)}
    assert names["u-coffee"] == {Language.EN: ("Coffee “Leto”", "Leto"), Language.RU: ("Кафетерий «Лето»",)}
    said = " ".join(notice.say() for notice in found.notices)
    assert "1 rooms repeat a number" in said
    assert "1 units are no rooms and were left out: column 1" in said


def test_english_names_where_they_are_wished(archive: Path) -> None:
    venue = read(archive, Language.EN).venues[0]
    spaces = {space.global_id: space for space in venue.structure.spaces}
    assert (venue.structure.name, spaces["u-stairs"].number, spaces["u-stairs"].name) == ("House", "1-S1", "Stairs")
    assert venue.names == {Language.RU: ("Корпус",)}


def test_degrees_become_metres(archive: Path) -> None:
    """A degree at 60° north is 111,412 m by 55,800 m (Snyder's table); rings turn left, the centre is 0."""
    plane = Plane(30.0, 60.0)
    assert plane.metres(31.0, 61.0) == pytest.approx((55800, 111412), abs=1)
    venue = read(archive).venues[0]
    dean = next(space for space in venue.structure.spaces if space.number == "206")
    assert dean.area == pytest.approx(24.0, abs=0.01)
    (ring,) = dean.outline or []
    assert ring[0] == ring[-1]
    assert sorted(map(tuple, ring[:-1])) == [
        pytest.approx(corner, abs=0.003) for corner in ((-10, -5), (-10, -1), (-4, -5), (-4, -1))
    ]
    assert sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) > 0


def bent(features: Features, **geometry: Any) -> Features:
    for each in features["unit"]:
        each["geometry"] = geometry.get(each["id"].replace("-", "_"), each["geometry"])
    return features


def test_shapes_that_are_odd(tmp_path: Path) -> None:
    """Several pieces, a hole, a bow tie, no shape, coordinates that are none."""
    one, other = box(0, 0, 6, 4)["coordinates"], box(10, 0, 2, 2)["coordinates"]
    hole = {"type": "Polygon", "coordinates": [one[0], box(1, 1, 2, 2)["coordinates"][0]]}
    apart = {"type": "Polygon", "coordinates": [one[0], other[0]]}
    features = bent(
        house(),
        u_coffee=apart,
        u_101a={"type": "MultiPolygon", "coordinates": [other, one]},
        u_101b=hole,
        u_stairs={"type": "Point", "coordinates": [30.38, 60.0]},
        u_blank={"type": "Polygon", "coordinates": [[[30.38, "x"], [30.38, 60.0], [999, 60.0]]]},
        u_dean={"type": "Polygon", "coordinates": []},
    )
    found = read(pack(tmp_path / "a.zip", features))
    spaces = {space.global_id: space for space in found.venues[0].structure.spaces}
    assert spaces["u-101a"].area == pytest.approx(28.0, abs=0.02)
    assert len(spaces["u-101a"].outline or []) == 1
    assert spaces["u-101b"].area == pytest.approx(20.0, abs=0.02)
    assert len(spaces["u-101b"].outline or []) == 2
    assert spaces["u-coffee"].area == pytest.approx(28.0, abs=0.02), "a ring outside the first is no hole"
    assert len(spaces["u-coffee"].outline or []) == 1
    assert [spaces[key].outline for key in ("u-stairs", "u-blank", "u-dean")] == [None] * 3
    assert "3 rooms have no outline" in " ".join(notice.say() for notice in found.notices)


def test_openings_are_lines_in_metres(archive: Path) -> None:
    """From the middle of the building, on their floors; what is no line or on no floor is told."""
    found = read(archive)
    first, second = found.venues[0].structure.storeys
    assert first.openings == [[pytest.approx((-4, -4), abs=0.003), pytest.approx((-4, -3), abs=0.003)]]
    assert second.openings == []
    said = " ".join(notice.say() for notice in found.notices)
    assert "1 openings have no line" in said
    assert "1 openings are on no level" in said


@pytest.mark.parametrize(
    ("geometry", "count"),
    [
        ({"type": "MultiLineString", "coordinates": [line((0, 0), (1, 0))["coordinates"]] * 2}, 2),
        ({"type": "LineString", "coordinates": [[30.38, 60.0], [30.38, 60.0]]}, 0),
        ({"type": "LineString", "coordinates": [[30.38, "x"], [999, 60.0]]}, 0),
        ({"type": "LineString", "coordinates": None}, 0),
        ({"type": "MultiLineString", "coordinates": 5}, 0),
        ({"type": "Point", "coordinates": [30.38, 60.0]}, 0),
    ],
)
def test_openings_that_are_odd(tmp_path: Path, geometry: dict[str, Any], count: int) -> None:
    features = house()
    features["opening"] = [feature("opening", "o-1", geometry, level_id="level-1")]
    first = read(pack(tmp_path / "a.zip", features)).venues[0].structure.storeys[0]
    assert len(first.openings or []) == count


async def test_an_archive_without_openings_leaves_those_that_are_known(
    tmp_path: Path, archive: Path, pool: Pool
) -> None:
    await import_imdf(pool, archive)
    assert await drawn(pool) == [1, 0]
    features = house()
    del features["opening"]
    await import_imdf(pool, pack(tmp_path / "test_imdf.zip", features))
    assert await drawn(pool) == [1, 0]


async def test_occupants_become_tenants(archive: Path, pool: Pool) -> None:
    kept = (await import_imdf(pool, archive, Wish(zone="Europe/Moscow"))).kept[0]
    assert (kept.tenants_made, kept.leases_made, kept.placed) == (2, 2, 2)
    assert await let(pool) == [("Деканат", "206"), ("Кафетерий «Лето»", "2-Кф1")]
    phone = "SELECT phone FROM business.tenant WHERE name = 'Кафетерий «Лето»'"
    assert await pool.fetchval(phone) == "+7 812 555-42-81"
    lease = await pool.fetchrow(LET)
    assert (lease["lease"], lease["over"]) == ("IMDF-11111111", None)


async def test_the_days_that_the_archive_tells(tmp_path: Path, pool: Pool) -> None:
    features = house()
    features["occupant"][0]["properties"]["validity"] = {"start": "2024-02-01T00:00:00+03:00", "end": "2030-01-31"}
    await import_imdf(pool, pack(tmp_path / "a.zip", features))
    row = await pool.fetchrow(LET)
    assert (row["first"], row["over"]) == (date(2024, 2, 1), date(2030, 2, 1))


async def test_who_moves_is_moved(tmp_path: Path, archive: Path, pool: Pool) -> None:
    await import_imdf(pool, archive)
    await pool.execute("UPDATE business.lease SET period = daterange('2026-01-01', NULL)")
    await pool.execute("UPDATE business.placement SET period = daterange('2026-01-01', NULL)")
    features = house()
    features["anchor"][0] = anchor("at-dean", "u-101a")
    kept = (await import_imdf(pool, pack(tmp_path / "b_imdf.zip", features))).kept[0]
    assert (kept.stored.created, kept.leases_made, kept.placed) == (False, 0, 1)
    rows = [(row["number"], row["over"] is None) for row in await pool.fetch(LET) if row["name"] == "Деканат"]
    assert rows == [("206", False), ("101а", True)]


async def test_what_people_let_is_not_let_again(archive: Path, pool: Pool) -> None:
    await import_imdf(pool, archive)
    await pool.execute("DELETE FROM business.placement")
    await pool.execute("DELETE FROM business.lease")
    await pool.execute("INSERT INTO business.tenant (name) VALUES ('Ромашка')")
    await pool.execute(
        "WITH l AS (INSERT INTO business.lease (number, tenant_id, building_id, period)"
        " SELECT 'Д-1', t.id, b.id, '[2020-01-01,)' FROM business.tenant t, physical.building b WHERE t.name = 'Ромашка'"
        " RETURNING id) INSERT INTO business.placement (lease_id, room_id, period)"
        " SELECT l.id, r.id, '[2020-01-01,)' FROM l, physical.room r WHERE r.number = '206'"
    )
    kept = (await import_imdf(pool, archive)).kept[0]
    assert "already; their occupants were not placed: 206" in kept.notices[0].say()
    assert await let(pool) == [("Кафетерий «Лето»", "2-Кф1"), ("Ромашка", "206")]


async def test_two_in_one_room_and_who_is_nowhere(tmp_path: Path, pool: Pool) -> None:
    features = house()
    features["anchor"].append(anchor("at-dean-too", "u-dean"))
    features["occupant"] += [
        occupant("33333333", "at-dean-too", both("Бухгалтерия", "Accounts")),
        occupant("44444444", "nowhere", both("Пропавший", "Lost")),
        occupant("55555555", "at-coffee", None),
    ]
    imported = await import_imdf(pool, pack(tmp_path / "a.zip", features))
    assert imported.kept[0].placed == 2
    assert "206" in imported.kept[0].notices[0].say()
    assert "2 occupants have no name or no room" in " ".join(notice.say() for notice in imported.archive.notices)


async def test_what_is_gone_from_the_archive_is_told_and_kept(tmp_path: Path, archive: Path, pool: Pool) -> None:
    await import_imdf(pool, archive)
    features = house()
    del features["occupant"][0]
    features["unit"] = [each for each in features["unit"] if each["id"] != "u-dean"]
    kept = (await import_imdf(pool, pack(tmp_path / "b.zip", features))).kept[0]
    said = " ".join(notice.say("ru") for notice in (*kept.notices, *kept.stored.notices))
    assert "IMDF-11111111 Деканат" in said
    assert "206" in said
    assert ("Деканат", "206") in await let(pool)


async def test_several_buildings(tmp_path: Path, pool: Pool) -> None:
    features = house()
    other = dict(features["building"][0], id="other", properties={"name": both("Второй корпус", "Second")})
    features["building"].append(other)
    features["level"].append(dict(features["level"][0], id="level-o", properties={
        **features["level"][0]["properties"], "building_ids": ["other"]}))  # fmt: skip
    features["unit"].append(unit("u-o", "level-o", box(0, 0, 5, 5), both("Кабинет 101", "Room 101"), "room"))
    imported = await import_imdf(pool, pack(tmp_path / "a.zip", features))
    assert [(kept.stored.code, kept.stored.rooms_made) for kept in imported.kept] == [
        ("korpus", 6),
        ("vtoroy-korpus", 1),
    ]


BROKEN: list[tuple[str, dict[str, bytes], str]] = [
    ("no geojson", {"readme.txt": b"hello"}, "lacks level.geojson"),
    ("no units", {"level.geojson": b'{"type": "FeatureCollection", "features": []}'}, "lacks level.geojson, unit"),
    ("no json", {"level.geojson": b"{"}, "level.geojson in x.zip is broken"),
    ("no utf-8", {"level.geojson": b"\xff\xfe{}"}, "UTF-8, byte 0"),
    ("no collection", {"level.geojson": b"[]"}, "no FeatureCollection"),
    ("no id", {"level.geojson": b'{"features": [{"properties": {}}]}'}, "feature 1 has no id"),
    ("two maps", {"a/level.geojson": b"{}", "b/level.geojson": b"{}"}, "several maps (a, b)"),
]


@pytest.mark.parametrize(("files", "said"), [(files, said) for _, files, said in BROKEN], ids=[b[0] for b in BROKEN])
def test_what_is_no_archive_is_a_sentence(tmp_path: Path, files: dict[str, bytes], said: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    with pytest.raises(BrokenFile) as stopped:
        read(path)
    assert said in str(stopped.value)
    assert any("а" <= letter <= "я" for letter in stopped.value.in_language("ru"))


def test_what_is_no_zip_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK but no")
    with pytest.raises(ImportStopped, match=r"x\.zip is not a zip archive"):
        read(tmp_path / "x.zip")
    with pytest.raises(ImportStopped, match="There is no file"):
        read(tmp_path / "none.zip")


def test_what_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.imports.imdf.archive.LARGEST", 100)
    with pytest.raises(BrokenFile, match=r"a\.zip"):
        read(pack(tmp_path / "a.zip", house()))
