"""`markoff import`: buildings from IFC files and IMDF archives, histories of readings from CSV files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import accounts, console, reach
from deploy.accounts import SOME_REFUSED
from deploy.foreign import Foreign
from deploy.options import Data, DatabaseUrl
from deploy.progress import Bar

if TYPE_CHECKING:
    from db.imports import imdf as maps
    from db.imports.ifc import Imported, Wish
    from db.imports.ifc.model import Structure
    from db.imports.ifc.store import Stored
    from db.imports.notices import Notice
    from db.imports.readings import Map, Report

importing = typer.Typer(name="import", help="Bring in buildings and histories of readings.", no_args_is_help=True)

IfcFile = Annotated[Path, typer.Argument(metavar="FILE", help="The IFC file.")]
ImdfFile = Annotated[Path, typer.Argument(metavar="FILE", help="The zip with the GeoJSON files.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be imported.")]
Building = Annotated[
    str | None,
    typer.Option("--building", metavar="CODE", help="The building's code; made of the file's name unless told."),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", metavar="ZONE", help="The building's time zone; Europe/Moscow for a new one unless told."),
]
Speech = Annotated[
    str | None, typer.Option("--language", metavar="ru|en", help="The building's language; ru for a new one.")
]

TableFile = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or a zip with one.")]
MapFile = Annotated[Path, typer.Option("--map", metavar="MAP.toml", help="Which columns are which sensors.")]
MakeSensors = Annotated[
    bool, typer.Option("--make-sensors", help="Make the sensors that are not there and whose kind the map tells.")
]


def register(app: typer.Typer) -> None:
    app.add_typer(importing)


@importing.command()
def ifc(
    file: IfcFile,
    building: Building = None,
    zone: Zone = None,
    language: Speech = None,
    data: Data = None,
    url: DatabaseUrl = None,
) -> None:
    """Import storeys and rooms from an IFC file; importing it again updates them and deletes nothing."""
    wish = _wish(building, zone, language)
    with reach.database(data, url) as address, _in_its_own_words():
        imported = asyncio.run(_ifc(address, file, wish))
    for structure, stored in zip(imported.model.buildings, imported.stored, strict=True):
        _tell_building(structure, stored)
    _tell_notices(imported.model.notices)


@importing.command()
def imdf(
    file: ImdfFile,
    building: Building = None,
    zone: Zone = None,
    language: Speech = None,
    dry_run: DryRun = False,
    data: Data = None,
    url: DatabaseUrl = None,
) -> None:
    """Import floors, rooms and who is in them from an IMDF archive; importing it again updates and deletes nothing."""
    wish = _wish(building, zone, language)
    with reach.database(data, url) as address, _in_its_own_words():
        imported = asyncio.run(_imdf(address, file, wish, dry_run))
    _tell_imdf(imported, dry_run)


@contextmanager
def _in_its_own_words() -> Iterator[None]:
    """What stops an import has a sentence of its own. Raises Foreign."""
    from db.imports.notices import ImportStopped

    try:
        yield
    except ImportStopped as stopped:
        raise Foreign(stopped.in_language) from stopped


def _wish(building: str | None, zone: str | None, language: str | None) -> Wish:
    from db.imports.ifc import Wish
    from db.models import Language

    if language not in (None, "ru", "en"):
        raise typer.BadParameter("ru / en", param_hint="--language")
    return Wish(building, zone, Language(language) if language else None)


@importing.command()
def readings(
    file: TableFile,
    map_: MapFile,
    building: Building = None,
    make_sensors: MakeSensors = False,
    data: Data = None,
    url: DatabaseUrl = None,
) -> None:
    """Import a history of readings; alarms are not judged. Ends with code 3 if some rows could not be taken."""
    from db.imports.readings import load

    with _in_its_own_words():
        plan = load(map_)
        if building is not None:
            plan = replace(plan, building=building)
        with reach.database(data, url) as address:
            report = asyncio.run(_readings(address, file, plan, make_sensors))
    accounts.tell_stored(report)
    if report.account.bad:
        raise typer.Exit(SOME_REFUSED)


async def _readings(address: str, file: Path, plan: Map, make: bool) -> Report:
    from db.engine import create_pool
    from db.imports.readings import import_readings
    from db.settings import KeepingSettings

    pool = await create_pool(address, 2)
    try:
        with Bar() as bar:
            show = partial(bar.show, "read")
            kept = KeepingSettings().readings
            return await import_readings(pool, file, plan, make=make, progress=show, kept=kept)
    finally:
        await pool.close()


async def _ifc(address: str, file: Path, wish: Wish) -> Imported:
    from db.engine import create_pool
    from db.imports.ifc import import_ifc

    pool = await create_pool(address, 2)
    try:
        with Bar() as bar:
            return await import_ifc(pool, file, wish, bar.show)
    finally:
        await pool.close()


async def _imdf(address: str, file: Path, wish: Wish, dry_run: bool) -> maps.Imported:
    from db.engine import create_pool
    from db.imports.imdf import import_imdf

    pool = await create_pool(address, 2)
    try:
        with Bar() as bar:
            return await import_imdf(pool, file, wish, bar.show, dry_run=dry_run)
    finally:
        await pool.close()


def _tell_imdf(imported: maps.Imported, dry_run: bool) -> None:
    """Each building with who is in it, what was read and what was left out."""
    for venue, kept in zip(imported.archive.venues, imported.kept, strict=True):
        _tell_building(venue.structure, kept.stored)
        console.say(
            "importing.occupants",
            occupants=kept.occupants,
            tenants=kept.tenants_made,
            leases=kept.leases_made,
            placed=kept.placed,
            names=kept.names_made,
        )
        _tell_notices(kept.notices)
    _tell_notices(imported.archive.notices)
    for code, counts in (("importing.read", imported.archive.read), ("importing.skipped", imported.archive.skipped)):
        if counts:
            console.say(code, which=", ".join(f"{type_} {count}" for type_, count in counts.items()))
    if dry_run:
        console.say("importing.dry_run")


def _tell_building(structure: Structure, stored: Stored) -> None:
    """The table of storeys, what became of the rooms, and what was odd."""
    from rich.console import Console
    from rich.table import Table

    out = Console(highlight=False)
    declared = any(space.declared_area for space in structure.spaces)
    shown = ("level", "storey", "elevation", "rooms", "area", *(["declared"] if declared else []))
    table = Table(title=f"{structure.name} ({stored.code})", title_justify="left")
    for column in shown:
        table.add_column(console.words(f"importing.{column}"), justify="left" if column == "storey" else "right")
    for storey in reversed(structure.storeys):
        elevation = "–" if storey.elevation is None else f"{storey.elevation:.2f}"
        cells = (str(storey.level), storey.name, elevation, str(len(storey.spaces)), f"{storey.area:.1f}")
        table.add_row(*cells, *([f"{storey.declared_area:.1f}"] if declared else []))
    table.add_section()
    total = (sum(storey.area for storey in structure.storeys), sum(s.declared_area for s in structure.storeys))
    sizes = [f"{area:.1f}" for area in total[: 2 if declared else 1]]
    table.add_row("", "", "", str(len(structure.spaces)), *sizes)
    out.print(table)
    console.say(
        "importing.stored",
        storeys=len(structure.storeys),
        rooms=len(structure.spaces),
        made=stored.rooms_made,
        changed=stored.rooms_changed,
        same=stored.rooms_same,
    )
    _tell_notices(stored.notices)


def _tell_notices(notices: Iterable[Notice]) -> None:
    from rich.console import Console

    out = Console(highlight=False)
    for notice in notices:
        out.print("• " + notice.say(console.language()), markup=False, soft_wrap=True)
