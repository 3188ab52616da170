"""`markoff schema`: the contract, as the code has it."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    app.command("schema")(schema)


def schema() -> None:
    """Print the graph's schema (GraphQL SDL); the committed schema.graphql is this."""
    from api import schema as graph

    print(graph.sdl(), end="")
