"""`markoff move`: from the database in the data folder to a server."""

from __future__ import annotations

from typing import Annotated

import typer

from deploy import console, external
from deploy.options import Data, Yes
from deploy.progress import Bar

To = Annotated[str, typer.Option("--to", metavar="URL", help="An empty database on a server, postgresql://…")]
MemoryUrl = Annotated[
    str | None,
    typer.Option("--memory-url", metavar="URL", help="The agent's database; made, unless told.", show_default=False),
]


def register(app: typer.Typer) -> None:
    app.command("move")(move)


def move(to: To, memory_url: MemoryUrl = None, data: Data = None, yes: Yes = False) -> None:
    """Move a house from its data folder to a database server; `markoff up` on the folder then goes on there.

    The house has to be stopped. Every row is verified; until the end nothing is changed, and the old database is kept
    beside, as postgres.moved.
    """
    from deploy.keeping.moving import move as go

    with Bar() as bar:
        moved = go(data, to, memory_url, bar.show, yes=yes)
    console.say("move.done", rows=moved.rows, database=external.shown(to), folder=moved.folder)
