"""`markoff doctor`: what is wrong with a running house, and how to mend it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from deploy import console, reach
from deploy.folder import DataFolder
from deploy.options import Data, DatabaseUrl

Public = Annotated[
    str | None,
    typer.Option("--public-url", metavar="URL", help="Where people reach it, https://…: certificate, streams.",
                 show_default=False),
]  # fmt: skip
Prometheus = Annotated[
    str | None,
    typer.Option("--prometheus", metavar="URL", help="Where Prometheus is; tried on this machine unless told.",
                 show_default=False),
]  # fmt: skip
Front = Annotated[
    str | None,
    typer.Option("--front", metavar="HOST:PORT", help="Where that is reached from here, if its name leads elsewhere.",
                 show_default=False),
]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    data: Data = None,
    url: DatabaseUrl = None,
    public_url: Public = None,
    front: Front = None,
    prometheus: Prometheus = None,
    as_json: Json = False,
) -> None:
    """Look at a running house and say what is wrong with it and how to mend it.

    It is found by its data folder, or by the settings. Code 1: something is wrong; 0: nothing, or only doubts.
    """
    from deploy.doctor.patient import DOUBTFUL, WRONG, met, settled_elsewhere
    from deploy.doctor.round import look

    if url is None and not DataFolder(data).running() and not settled_elsewhere():
        reach.running(data)  # says that there is none, and how to start one
    findings = look(met(data, url, public_url, prometheus, front))
    told = [(one, console.words(one.code, **one.parameters)) for one in findings]
    wrong = sum(one.grade == WRONG for one in findings)
    doubts = sum(one.grade == DOUBTFUL for one in findings)
    if as_json:
        rows = [
            {"subject": one.subject, "grade": one.grade, "code": one.code.removeprefix("doctor."), "told": text}
            for one, text in told
        ]
        print(json.dumps({"wrong": wrong, "doubtful": doubts, "findings": rows}, ensure_ascii=False, indent=1))
    else:
        from rich.console import Console

        out = Console(highlight=False, soft_wrap=True)
        for one, text in told:
            mark, style = {WRONG: ("✗", "red"), DOUBTFUL: ("!", "yellow")}.get(one.grade, ("✓", "green"))
            out.print(f"{mark} {one.subject}: {text}", style=style, markup=False)
        console.say("doctor.sum_wrong" if wrong else "doctor.sum", wrong=wrong, doubts=doubts)
    if wrong:
        raise typer.Exit(1)
