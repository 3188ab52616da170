"""`markoff config`: what the settings are, what is wrong with them, a file to begin with."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from deploy import console

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Told = Annotated[bool, typer.Option("--told", help="Only those that somebody has told, without the defaults.")]


def register(app: typer.Typer) -> None:
    config = typer.Typer(help="Settings: what counts, what is wrong, a file to begin with.", no_args_is_help=True)
    config.command("show")(show)
    config.command("check")(check)
    config.command("example")(example)
    app.add_typer(config, name="config")


def show(as_json: Json = False, only_told: Told = False) -> None:
    """Print every setting with its value and where it comes from; secrets are hidden."""
    from deploy.config import catalogue
    from deploy.config.values import effective, shown

    rows = [(one, effective(one)) for inside in catalogue.tables().values() for one in inside]
    rows = [(one, value) for one, value in rows if value.origin != "default" or not only_told]
    if as_json:
        told = [
            {"table": one.table, "key": one.key, "value": shown(one, value.value), "origin": value.origin}
            | ({"name": value.name} if value.name else {})
            for one, value in rows
        ]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    table = None
    for one, value in rows:
        if one.table != table:
            print(f"{'' if table is None else chr(10)}[{one.table}]" if one.table else "")
            table = one.table
        origin = console.words(f"settings.{'told' if value.origin == 'file' else value.origin}")
        text = shown(one, value.value) or "–"
        print(f"{one.key} = {text}".ljust(48) + f"  # {' '.join(filter(None, [origin, value.name]))}")


def check() -> None:
    """Tell everything that is wrong with markoff.toml, the environment and files of secrets; then the code is 1."""
    from deploy import told
    from deploy.config import catalogue
    from deploy.config.checked import in_words
    from deploy.config.mistakes import found
    from deploy.config.values import effective

    mistakes = found()
    doubtful = [one for one in mistakes if one.warning]
    wrong = [one for one in mistakes if not one.warning]
    if doubtful:
        console.warn(in_words(doubtful, console.language(), "doubtful"))
    if wrong:
        console.warn(in_words(wrong, console.language()))
        raise typer.Exit(1)
    count = sum(effective(one).origin != "default" for one in catalogue.settings())
    console.say("settings.well", count=count, file=told.config_file())


def example() -> None:
    """Print a markoff.toml with every setting, its default and what it is for."""
    from deploy.config import page

    print(page.example(console.language()), end="")
