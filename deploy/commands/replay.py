"""`markoff replay`: readings of the past sent through the house as if they came now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import accounts, console, reach
from deploy.foreign import Foreign
from deploy.options import ApiUrl, Data, Person, Token
from deploy.progress import Bar
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.replaying import Outcome

TableFile = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or a zip with one.")]
MapFile = Annotated[Path, typer.Option("--map", metavar="MAP.toml", help="Which columns are which sensors.")]
Speed = Annotated[
    str, typer.Option("--speed", metavar="N|max", help="House seconds per second; max: as fast as the house takes it.")
]
Batch = Annotated[int, typer.Option("--batch", min=1, max=20_000, help="Most readings in one request.")]
Building = Annotated[
    str | None, typer.Option("--building", metavar="CODE", help="The building, instead of the one in the map.")
]


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    file: TableFile,
    map_: MapFile,
    speed: Speed = "max",
    batch: Batch = 1000,
    building: Building = None,
    data: Data = None,
    url: ApiUrl = None,
    token: Token = None,
    person: Person = None,
) -> None:
    """Send a table of readings through the house in the order of time; its simulated clock follows them.

    Sending them again does no harm. Ends with code 3 if some readings were not taken.
    """
    from db.imports.notices import ImportStopped
    from db.imports.readings import load
    from deploy.house_client import HouseClient
    from deploy.replaying import replay as send

    try:
        factor = speed_of(speed)
        plan = load(map_)
        if building is not None:
            plan = replace(plan, building=building)
        door = reach.api(data, url, token, person)
        with HouseClient(door, console.language()) as house, Bar() as bar:
            outcome = send(house, file, plan, factor, batch, bar.show)
    except ImportStopped as stopped:
        raise Foreign(stopped.in_language) from stopped
    _tell(outcome)
    if outcome.account.bad or outcome.refused:
        raise typer.Exit(accounts.SOME_REFUSED)


def speed_of(text: str) -> float | None:
    """House seconds a second; None for `max`. Raises Trouble."""
    if text == "max":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0 < factor <= 1_000_000:
        raise Trouble("up.bad_speed", speed=text)
    return factor


def _tell(outcome: Outcome) -> None:
    console.say(
        "replay.done",
        rows=outcome.account.rows,
        accepted=outcome.accepted,
        known=outcome.duplicates,
        refused=outcome.refused,
    )
    if outcome.retries:
        console.say("replay.retries", count=outcome.retries)
    if outcome.reached is not None:
        console.say("replay.reached", at=f"{outcome.reached:%Y-%m-%d %H:%M}")
    for reason, count in outcome.reasons.most_common():
        console.say("importing.refused", reason=reason, count=count)
    for line, reason in outcome.listed:
        console.say("importing.line", line=line, reason=reason, text="")
    if outcome.refused > len(outcome.listed):
        console.say("importing.more", count=outcome.refused - len(outcome.listed))
    accounts.tell_account(outcome.account)
