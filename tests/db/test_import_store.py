"""A building that is imported again and again, however it was changed in between, loses nothing and never trips."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.engine import Pool
from db.imports.ifc import Space, Storey, Structure, Wish
from db.imports.ifc import store as keeping
from db.imports.ifc.store import store
from db.imports.notices import ImportStopped
from db.models import RoomKind

IDS = [f"{number:022}" for number in range(8)]
FLOORS = [f"floor-{number}" for number in range(3)]

drawn_rooms = st.dictionaries(st.sampled_from(IDS), st.tuples(st.sampled_from("ABCDEFGHIJ"), st.integers(0, 2))).filter(
    lambda rooms: len({number for number, _ in rooms.values()}) == len(rooms)
)
drawn = st.tuples(drawn_rooms, st.permutations([-1, 0, 1]), st.sets(st.sampled_from(FLOORS)))


def house(rooms: dict[str, tuple[str, int]], levels: Sequence[int], missing: set[str]) -> Structure:
    """A file: rooms by GlobalId with number and storey; storeys with levels, some of them left out."""
    kept = [number for number, floor in enumerate(FLOORS) if floor not in missing] or [0]
    storeys = []
    for number in kept:
        spaces = [
            Space(global_id, name, None, RoomKind.OTHER)
            for global_id, (name, floor) in rooms.items()
            if kept[floor % len(kept)] == number
        ]
        storeys.append(Storey(FLOORS[number], levels[number], f"S{number}", None, None, tuple(spaces)))
    return Structure("house", "House", "house", None, tuple(storeys))


@settings(max_examples=40)
@given(files=st.lists(drawn, min_size=2, max_size=5))
async def test_any_sequence_of_files_can_be_imported(
    files: list[tuple[dict[str, tuple[str, int]], list[int], set[str]]], pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "SLICE", 2)
    await pool.execute("TRUNCATE physical.building CASCADE")
    seen: set[int] = set()
    for rooms, levels, missing in files:
        structure = house(rooms, levels, missing)
        stored = await store(pool, structure, Wish(zone="Europe/Moscow"))
        rows = await pool.fetch("SELECT r.*, f.level FROM physical.room r JOIN physical.floor f ON f.id = r.floor_id")
        assert seen <= {row["id"] for row in rows}, "nothing is deleted"
        seen = {row["id"] for row in rows}
        here = {row["global_id"]: row for row in rows}
        for storey in structure.storeys:
            for space in storey.spaces:
                row = here[space.global_id]
                assert row["level"] == storey.level
                assert row["number"] == space.number or row["number"].startswith(f"{space.number}-")
        gone = [row["number"] for row in rows if row["global_id"] not in rooms]
        assert stored.rooms_gone == sorted(gone)
        again = await store(pool, structure, Wish())
        assert (again.rooms_made, again.rooms_changed, again.floors_made) == (0, 0, 0)


async def test_rooms_made_by_hand_are_met_by_number_and_never_called_gone(pool: Pool) -> None:
    building = await pool.fetchval(
        "INSERT INTO physical.building (code, name, time_zone, language)"
        " VALUES ('house', 'By hand', 'Europe/Samara', 'EN') RETURNING id"
    )
    floor = await pool.fetchval(
        "INSERT INTO physical.floor (building_id, level, name) VALUES ($1, 7, 'S0') RETURNING id", building
    )
    await pool.executemany(
        "INSERT INTO physical.room (building_id, floor_id, number, kind, capacity) VALUES ($1, $2, $3, 'MEETING', 5)",
        [(building, floor, "A"), (building, floor, "Z")],
    )
    stored = await store(pool, house({IDS[0]: ("A", 0), IDS[1]: ("B", 0)}, [1, 2, 3], set()), Wish())
    assert (stored.created, stored.rooms_made, stored.rooms_changed, stored.rooms_gone) == (False, 1, 1, [])
    rows = await pool.fetch("SELECT number, kind, capacity, global_id FROM physical.room ORDER BY number")
    assert [tuple(row) for row in rows] == [
        ("A", "MEETING", 5, IDS[0]),
        ("B", "OTHER", None, IDS[1]),
        ("Z", "MEETING", 5, None),
    ]
    kept = await pool.fetchrow("SELECT time_zone, language, global_id FROM physical.building")
    assert tuple(kept) == ("Europe/Samara", "EN", "house")
    assert await pool.fetchval("SELECT level FROM physical.floor WHERE name = 'S0'") == 1


async def test_two_imports_at_once_do_not_mix(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute("SELECT pg_advisory_lock(hashtext('db.imports.ifc'))")
        with pytest.raises(ImportStopped, match="Another import"):
            await store(pool, house({}, [1, 2, 3], set()), Wish())
        await connection.execute("SELECT pg_advisory_unlock(hashtext('db.imports.ifc'))")


@pytest.mark.parametrize("code", ["Дом", "a b", "", "-x", "x/y"])
async def test_codes_that_nobody_could_type(code: str, pool: Pool) -> None:
    with pytest.raises(ImportStopped, match="cannot be a building's code"):
        await store(pool, house({}, [1, 2, 3], set()), Wish(code))
