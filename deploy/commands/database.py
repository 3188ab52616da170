"""`markoff db`: the building's database."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy import console, external, prepare, reach, revision, upkeep
from deploy.options import Data, DatabaseUrl, Yes
from deploy.told import told
from deploy.trouble import Trouble

db = typer.Typer(help="The building's database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(db, name="db")


@db.command()
def upgrade(data: Data = None, url: DatabaseUrl = None) -> None:
    """Bring the tables to this version of Markoff."""
    with reach.database(data, url, new=True) as building:
        console.say("db.upgraded" if revision.upgrade(building) else "db.current")


@db.command("prepare")
def prepared(
    url: DatabaseUrl = None,
    demo: Annotated[bool, typer.Option("--demo", help="Plant the demo building into an empty house.")] = False,
) -> None:
    """Make a database on a server ready for a house: its tables, its first people, the agent's key. Again does no harm.

    MARKOFF_ADMIN_PASSWORD is that of the administrator `admin` of an empty house, MARKOFF_AGENT_KEY the agent's key.
    """
    url = url or external.from_settings()
    if not url:
        raise Trouble("serve.no_url")
    external.check(url)
    console.say("db.upgraded" if revision.upgrade(url) else "db.current")
    beginning = prepare.begin_on_server(url, told("MARKOFF_AGENT_KEY"), told("MARKOFF_ADMIN_PASSWORD"), demo=demo)
    console.say(f"db.begun_{beginning.name.lower()}", login=prepare.ADMINISTRATOR)


@db.command()
def check(data: Data = None, url: DatabaseUrl = None) -> None:
    """See that the tables are those of this version and that every constraint holds."""
    with reach.database(data, url) as building:
        found = upkeep.examine(building)
    console.say("db.version", server=found.server, revision=found.revision or "–", head=found.head)
    for fault in found.faults:
        console.report(fault.code, fault.parameters)
    if found.faults:
        raise Trouble("db.unsound")
    console.say("db.sound", constraints=found.constraints)


@db.command()
def seed(data: Data = None, url: DatabaseUrl = None) -> None:
    """Plant the demo building into a database that knows nobody."""
    with reach.database(data, url, new=True) as building:
        revision.upgrade(building)
        if prepare.has_people(building):
            raise Trouble("db.not_empty")
        prepare.plant(building)
    console.say("db.seeded")


@db.command()
def restored(data: Data = None, url: DatabaseUrl = None) -> None:
    """Say that this database was brought back from a copy: who follows changes is told to begin anew.

    The tables are brought to this version of Markoff first.
    """
    with reach.database(data, url) as building:
        revision.upgrade(building)
        upkeep.begin_anew(building)
    console.say("db.restored")


@db.command()
def reset(data: Data = None, url: DatabaseUrl = None, yes: Yes = False) -> None:
    """Erase everything the building and the agent remember, and make the tables anew."""
    upkeep.refuse_running(data, url)
    if not yes and not console.agrees("db.reset?"):
        raise Trouble("db.kept")
    with reach.both_databases(data, url, new=True) as (building, memory):
        upkeep.erase(building)
        if memory:
            upkeep.erase(memory)
        revision.upgrade(building)
    console.say("db.erased")
