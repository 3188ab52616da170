"""Real buildings come in from IFC files, come in again, and broken files say where they are broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.engine import Pool
from db.imports.ifc import Wish, import_ifc
from db.imports.notices import BrokenFile, ImportStopped

ifcopenshell: Any = pytest.importorskip("ifcopenshell", reason="the extra `ifc` is not installed")
pytest.importorskip("ifcopenshell.api")

ROOMS = "SELECT * FROM physical.room ORDER BY number"


async def test_a_two_flat_house_comes_in_with_its_storeys_rooms_and_outlines(pool: Pool, real_inputs: Path) -> None:
    imported = await import_ifc(pool, real_inputs / "duplex.ifc", Wish(zone="America/Chicago"))
    assert [stored.code for stored in imported.stored] == ["duplex"]
    floors = await pool.fetch("SELECT level, name, elevation FROM physical.floor ORDER BY level")
    assert [tuple(floor) for floor in floors] == [
        (0, "T/FDN", -1.25),
        (1, "Level 1", 0.0),
        (2, "Level 2", 3.1),
        (3, "Roof", 6.0),
    ]
    rooms = {row["number"]: row for row in await pool.fetch(ROOMS)}
    assert len(rooms) == 21
    living = rooms["A102"]
    assert (living["name"], living["kind"]) == ("Living Room", "LIVING")
    assert living["area"] == pytest.approx(27.66, abs=0.01)
    assert living["declared_area"] == pytest.approx(30.14, abs=0.01)
    assert len(living["global_id"]) == 22
    assert all(row["outline"] and row["area"] > 1 for row in rooms.values())
    assert all(row["area"] <= row["declared_area"] for row in rooms.values())
    assert rooms["A201"]["area"] == pytest.approx(6.89, abs=0.01), "a surface model, not an extrusion"
    assert min(y for row in rooms.values() for _, y in row["outline"][0]) < -17, "south of the origin"


async def test_millimetres_become_square_metres_and_placeholders_no_names(pool: Pool, real_inputs: Path) -> None:
    imported = await import_ifc(pool, real_inputs / "bw_large_mm.ifc")
    assert await pool.fetchval("SELECT count(*) FROM physical.floor") == 2
    rooms = await pool.fetch(ROOMS)
    assert len(rooms) == 8
    assert all(20 < row["area"] < 60 for row in rooms)
    assert all(row["area"] == pytest.approx(row["declared_area"], rel=0.01) for row in rooms)
    assert await pool.fetchval("SELECT name FROM physical.building") == "bw_large_mm"
    assert any(notice.code == "store.zone" for notice in imported.stored[0].notices)


async def test_importing_again_changes_nothing_and_keeps_what_people_added(pool: Pool, real_inputs: Path) -> None:
    await import_ifc(pool, real_inputs / "duplex.ifc")
    await pool.execute("UPDATE physical.room SET kind = 'MEETING', capacity = 4 WHERE number = 'R301'")
    before = [tuple(row) for row in await pool.fetch(ROOMS)]
    again = (await import_ifc(pool, real_inputs / "duplex.ifc")).stored[0]
    assert (again.created, again.rooms_made, again.rooms_changed, again.rooms_same) == (False, 0, 0, 21)
    assert [tuple(row) for row in await pool.fetch(ROOMS)] == before


async def test_a_room_gone_from_the_file_is_told_and_kept(pool: Pool, real_inputs: Path, tmp_path: Path) -> None:
    await import_ifc(pool, real_inputs / "duplex.ifc")
    file = ifcopenshell.open(str(real_inputs / "duplex.ifc"))
    rooms = {space.Name: space for space in file.by_type("IfcSpace")}
    rooms["A102"].Name, rooms["A103"].Name = "A103", "A102"
    ifcopenshell.api.run("root.remove_product", file, product=rooms["R301"])
    changed = tmp_path / "duplex.ifc"
    file.write(str(changed))
    again = (await import_ifc(pool, changed)).stored[0]
    assert again.rooms_gone == ["R301"]
    assert (again.rooms_made, again.rooms_changed, again.rooms_same) == (0, 2, 18)
    assert await pool.fetchval("SELECT count(*) FROM physical.room") == 21
    assert await pool.fetchval("SELECT name FROM physical.room WHERE number = 'A103'") == "Living Room"


async def test_a_room_drawn_anew_is_the_same_room(pool: Pool, real_inputs: Path, tmp_path: Path) -> None:
    await import_ifc(pool, real_inputs / "duplex.ifc")
    key = await pool.fetchval("SELECT id FROM physical.room WHERE number = 'A102'")
    file = ifcopenshell.open(str(real_inputs / "duplex.ifc"))
    room = next(space for space in file.by_type("IfcSpace") if space.Name == "A102")
    room.GlobalId = ifcopenshell.guid.new()
    changed = tmp_path / "duplex.ifc"
    file.write(str(changed))
    again = (await import_ifc(pool, changed)).stored[0]
    assert [notice.code for notice in again.notices] == ["store.redrawn"]
    row = await pool.fetchrow("SELECT id, global_id FROM physical.room WHERE number = 'A102'")
    assert tuple(row) == (key, room.GlobalId)


async def test_two_buildings_cannot_share_a_code(pool: Pool, real_inputs: Path) -> None:
    await import_ifc(pool, real_inputs / "duplex.ifc", Wish("house"))
    with pytest.raises(ImportStopped, match="house belongs to another building"):
        await import_ifc(pool, real_inputs / "bw_large_mm.ifc", Wish("house"))
    with pytest.raises(ImportStopped, match="already here as house"):
        await import_ifc(pool, real_inputs / "duplex.ifc", Wish("other"))
    with pytest.raises(ImportStopped, match="no time zone"):
        await import_ifc(pool, real_inputs / "duplex.ifc", Wish("house", zone="Moscow/Europe"))


BREAKS: dict[str, tuple[Callable[[str, str], str], str]] = {
    "cut off": (lambda text, space: text[: len(text) // 2], "cut off.*line 1[0-9]{4}, after #19[0-9]{3} IFC"),
    "illegal escape": (
        lambda text, space: text.replace(space, space.replace("'Foyer'", r"'Fo\Q\er'")),
        "#514 IFCSPACE",
    ),
    "a value missing": (lambda text, space: text.replace(space, space.replace("'Foyer',", "")), "#514 IFCSPACE"),
    "an unknown entity": (lambda text, space: text.replace(space, space.replace("SPACE", "SPOOCE")), "#514 IFCSPOOCE"),
    "a link to nowhere": (lambda text, space: text.replace(space, space.replace("#487", "#99999999")), "#514 IFCSPACE"),
    "a quote missing": (lambda text, space: text.replace(space, space.replace("'Foyer'", "'Foyer")), "just before #51"),
    "a bracket missing": (lambda text, space: text.replace(space, space.replace(");", ";")), "#514 IFCSPACE"),
    "another schema": (lambda text, space: text.replace("'IFC2X3'", "'IFC9X9'"), "schema IFC9X9"),
    "no STEP at all": (lambda text, space: "hello\n", "does not begin with ISO-10303-21"),
    "empty": (lambda text, space: "", "does not begin with ISO-10303-21"),
}


@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_file_names_the_entity(name: str, pool: Pool, real_inputs: Path, tmp_path: Path) -> None:
    text = (real_inputs / "duplex.ifc").read_text(encoding="latin-1")
    space = re.search(r"#514=\s*IFCSPACE\([^;]*;", text)
    assert space is not None
    damage, says = BREAKS[name]
    broken = tmp_path / "broken.ifc"
    broken.write_text(damage(text, space[0]), encoding="latin-1")
    with pytest.raises(BrokenFile, match=says) as stopped:
        await import_ifc(pool, broken)
    assert "Ничего не импортировано" in stopped.value.in_language("ru")
    assert await pool.fetchval("SELECT count(*) FROM physical.building") == 0


async def test_a_file_that_is_not_there(pool: Pool, tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="no file"):
        await import_ifc(pool, tmp_path / "nothing.ifc")
