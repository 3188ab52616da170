"""`markoff audit`: who did what in the house."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import console, external, reach
from deploy.options import Data, DatabaseUrl
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from db.audit import Break, Mark

audit = typer.Typer(help="Who did what in the house.", no_args_is_help=True)

Known = Annotated[
    str | None,
    typer.Option("--mark", metavar="NUMBER:HASH", help="A mark printed earlier: that entry has to be there still."),
]


def register(app: typer.Typer) -> None:
    app.add_typer(audit, name="audit")


@audit.callback()
def _group() -> None:
    pass


@audit.command()
def verify(known: Known = None, data: Data = None, url: DatabaseUrl = None) -> None:
    """See that no entry of the audit was altered or taken out. Prints a mark: keep it elsewhere.

    What was cut off at the end cannot be seen from the rest, only with a mark from before.
    """
    wanted = _mark(known) if known else None
    with reach.database(data, url) as building:
        broken, last, found = asyncio.run(_examined(building, wanted))
    if broken is not None:
        raise Trouble(f"audit.{broken.code.lower()}", number=broken.number)
    if wanted is not None and found != wanted:
        raise Trouble("audit.cut" if found is None else "audit.another", number=wanted.number)
    if last is None:
        console.say("audit.empty")
    else:
        console.say("audit.whole", count=last.number, mark=last)


def _mark(text: str) -> Mark:
    from db.audit import Mark

    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if match is None:
        raise Trouble("audit.bad_mark", mark=text)
    return Mark(int(match[1]), match[2])


async def _examined(url: str, wanted: Mark | None) -> tuple[Break | None, Mark | None, Mark | None]:
    """The first break, the last mark, and the mark of the wanted entry."""
    import asyncpg

    from db import audit
    from db.engine import create_pool

    pool = await create_pool(url, 1)
    try:
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            broken = await audit.verify(connection)
            last = await audit.mark(connection)
            return broken, last, await audit.mark(connection, wanted.number) if wanted else None
    except asyncpg.UndefinedTableError as fault:
        raise Trouble("database.empty", url=external.shown(url)) from fault
    finally:
        await pool.close()
