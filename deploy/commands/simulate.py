"""`markoff simulate`: a building's sensors, played."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy import accounts, console, durations, reach
from deploy.commands.replay import speed_of
from deploy.options import ApiUrl, Data, Person, Token, Yes
from deploy.signals import Stopped, stoppable
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from deploy.house_client import HouseClient
    from deploy.simulator.driving import Renew, Sent
    from deploy.simulator.model import Model
    from deploy.simulator.pace import Pace
    from deploy.simulator.scripts import Planned, Wish
    from deploy.simulator.site import Site

Speed = Annotated[
    str | None,
    typer.Option("--speed", metavar="N|max", help="House seconds a second, where readings drive the house's clock."),
]
Sensors = Annotated[
    int | None,
    typer.Option("--sensors", min=1, max=200_000, help="Play a building of so many sensors, made at the first call."),
]
Rate = Annotated[
    float | None,
    typer.Option("--rate", min=0.01, help="Readings a real second, whatever the sensors' intervals are."),
]
Seed = Annotated[int, typer.Option("--seed", help="Another seed, another life; the same one, the same.")]
Incidents = Annotated[
    list[str] | None,
    typer.Option("--incident", metavar="fire|leak|death|flood", help="What goes wrong; may be given several times."),
]
Floor = Annotated[int | None, typer.Option("--floor", help="Level of a fire, or from which down a leak goes.")]
Room = Annotated[str | None, typer.Option("--room", metavar="NUMBER", help="Where a fire begins.")]
Riser = Annotated[
    str | None, typer.Option("--riser", metavar="NN", help="Last two digits of the rooms that a leak goes through.")
]
Dying = Annotated[str | None, typer.Option("--sensor", metavar="CODE", help="Which sensor dies.")]
After = Annotated[str, typer.Option("--after", metavar="2m", help="How long after the start it happens, house time.")]
Lasts = Annotated[str | None, typer.Option("--lasts", metavar="40m", help="How long it lasts, house time.")]
For = Annotated[
    str | None, typer.Option("--for", metavar="8h", help="Stop after so much house time; until Ctrl-C unless told.")
]
Building = Annotated[str | None, typer.Option("--building", metavar="CODE", help="Which building.")]
Calm = Annotated[bool, typer.Option("--calm", help="Nothing goes wrong by itself.")]
Wait = Annotated[bool, typer.Option("--wait", help="Where there is nothing to play yet, wait until there is.")]
Key = Annotated[
    str | None,
    typer.Option(
        "--key", envvar="MARKOFF_DEVICE_KEY", metavar="mk_…", show_default=False,
        help="The device key to send with; the simulator's own, or with --url the token, unless told.",
    ),
]  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    data: Data = None,
    url: ApiUrl = None,
    token: Token = None,
    person: Person = None,
    building: Building = None,
    key: Key = None,
    speed: Speed = None,
    for_: For = None,
    rate: Rate = None,
    sensors: Sensors = None,
    seed: Seed = 0,
    incident: Incidents = None,
    floor: Floor = None,
    room: Room = None,
    riser: Riser = None,
    sensor: Dying = None,
    after: After = "2m",
    lasts: Lasts = None,
    calm: Calm = False,
    yes: Yes = False,
    wait: Wait = False,
) -> None:
    """Let a building live: people, air, doors, light, and a mishap now and then, sent like readings of any device.

    Follows the house's clock, or drives one that follows readings. Ends with code 3 if some readings were refused.
    """
    from deploy.house_client import HouseClient
    from deploy.simulator.driving import Sent
    from deploy.simulator.scripts import Wish
    from deploy.simulator.waiting import patiently

    span = durations.seconds(for_) if for_ else inf
    begin, length = durations.seconds(after), durations.seconds(lasts) if lasts else None
    wishes = [Wish(kind, begin, floor, room, riser, sensor, length) for kind in incident or ()]
    play = Play(speed, rate, seed, calm, yes, tuple(wishes))

    def knock() -> reach.Doorway:
        return reach.api(data, url, token, person)

    door = knock()
    if sensors is not None:
        building = _tower(data, url, sensors)

    def enter() -> Begun:
        with HouseClient(knock() if wait else door, console.language()) as house:
            return _prepare(house, building, play)

    begun = patiently(enter) if wait else enter()
    sender = key or (door.token if url else _own_key(data, begun.model.site.code))
    _introduce(begun)
    sent = Sent(reached=begun.begins)
    with HouseClient(reach.Doorway(door.address, sender), console.language(), inf) as device:
        _run(device, begun, span, sent, partial(_renewed, knock, play, begun.pace))
    _tell(begun.model.site, sent)


@dataclass(frozen=True)
class Play:
    """What was asked for."""

    speed: str | None
    rate: float | None
    seed: int
    calm: bool
    yes: bool
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Begun:
    """A building ready to be played, from a moment of house time on."""

    model: Model
    pace: Pace
    begins: float
    planned: tuple[Planned, ...]


def _prepare(house: HouseClient, building: str | None, play: Play) -> Begun:
    from deploy.simulator import loading, pace, scripts
    from deploy.simulator.model import Model

    wished = None if play.speed is None else (speed_of(play.speed) or inf)
    code = loading.choose(house, building)
    site, newest = loading.load(house, code)
    _agree(site, play.yes, simulated=house.graph(pace.HOUSE)["house"]["simulated"])
    kept = pace.meet(house, wished)
    if wished is not None and kept.clocking is pace.Clocking.SPEED:
        console.report("simulate.own_speed", {"speed": play.speed})
    site = site if play.rate is None else hurried(site, play.rate, kept.speed)
    begins = round(_begin(kept, newest), 1)
    planned = [scripts.plan(site, play.seed, replace(wish, begins=begins + wish.begins)) for wish in play.wishes]
    model = Model(site, play.seed, [one.incident for one in planned], calm=play.calm)
    return Begun(model, kept, begins, tuple(planned))


def _renewed(knock: Callable[[], reach.Doorway], play: Play, kept: Pace, model: Model) -> Model:
    """The model anew where the building has other sensors by now; the same where it has not, or cannot be asked."""
    from deploy.house_client import HouseClient
    from deploy.simulator import loading
    from deploy.simulator.model import Model

    try:
        with HouseClient(knock(), console.language(), 5.0) as house:
            if loading.count(house, model.site.code) == len(model.site.devices):
                return model
            site, _ = loading.load(house, model.site.code)
    except Trouble:
        return model
    console.report("simulate.renewed", {"sensors": len(site.devices)})
    site = site if play.rate is None else hurried(site, play.rate, kept.speed)
    return Model(site, model.seed, model.incidents, calm=model.calm)


def _run(device: HouseClient, begun: Begun, span: float, sent: Sent, renew: Renew) -> None:
    from deploy.simulator.driving import drive

    said = began = time.monotonic()

    def progress(sent: Sent) -> None:
        nonlocal said
        if (now := time.monotonic()) - said >= 60:
            said = now
            rate = sent.accepted / (now - began)
            told = {"at": _clock(begun.model.site, sent.reached), "accepted": sent.accepted, "rate": rate}
            console.report("simulate.so_far", told)

    try:
        with stoppable():
            drive(device, begun.model, begun.pace, (begun.begins, begun.begins + span), sent, progress, renew)
    except Stopped:
        pass


def _begin(kept: Pace, newest: float | None) -> float:
    """The house's now; or a second before the readings end (for that may be cut), if that is not a day ago."""
    from deploy.simulator.pace import Clocking

    now = kept.seen
    if kept.clocking is not Clocking.MAX and newest is not None and 0 < now - newest < 86400:
        return newest - 1
    return now


def hurried(site: Site, rate: float, speed: float) -> Site:
    """The same sensors with one interval, so that all of them together report `rate` times a real second."""
    playing = max(1, sum(device.playable for device in site.devices))
    interval = max(0.001, playing / rate * (speed if speed < inf else 60.0))
    return replace(site, devices=tuple(replace(device, interval=interval) for device in site.devices))


def _agree(site: Site, yes: bool, *, simulated: bool) -> None:
    """A building that is not an invented one takes a yes, where the house lives in real time. Raises Trouble."""
    from deploy.simulator.loading import DEMO, TOWER

    if not any(device.playable for device in site.devices):
        raise Trouble("simulate.no_sensors", name=site.name, building=site.code)
    if simulated or yes or site.code == DEMO or site.code.startswith(f"{TOWER}-"):
        return
    if not console.agrees("simulate.yours?", name=site.name, building=site.code):
        raise Trouble("simulate.kept")


def _own_key(data: Path | None, building: str) -> str:
    from deploy.simulator.key import device_key

    return device_key(reach.running(data).database, reach.signing(data), building)


def _tower(data: Path | None, url: str | None, sensors: int) -> str:
    """The code of the building with so many sensors."""
    import asyncio

    from db.demo import tower

    if url:
        raise Trouble("simulate.needs_folder")
    made = asyncio.run(tower.plant(reach.running(data).database, sensors))
    if made.new:
        console.report("simulate.made", {"sensors": sensors, "building": made.code})
    return made.code


def _introduce(begun: Begun) -> None:
    site, kept, begins = begun.model.site, begun.pace, begun.begins
    code = {"real": "pace_real", "speed": "pace_speed", "max": "pace_driven"}[kept.clocking.value]
    pace = console.words("simulate.pace_max" if kept.speed == inf else f"simulate.{code}", speed=round(kept.speed, 1))
    told = {"name": site.name, "building": site.code, "zone": site.zone.key, "sensors": len(begun.model.devices)}
    console.say("simulate.begins", **told, at=_clock(site, begins), pace=pace)
    dumb = [device.code for device in site.devices if not device.playable]
    if dumb:
        more = ", …" if len(dumb) > 10 else ""
        console.say("simulate.left_out", sensors=", ".join(dumb[:10]) + more)
    for one in begun.planned:
        console.say(f"simulate.{one.kind}", at=_clock(site, one.incident.begins), where=one.where)


def _tell(site: Site, sent: Sent) -> None:
    told = {"accepted": sent.accepted, "known": sent.known, "refused": sent.refused}
    console.say("simulate.done", **told, at=_clock(site, sent.reached))
    for reason, count in sent.reasons.most_common(20):
        console.say("simulate.refused", reason=reason, count=count)
    if sent.refused:
        raise typer.Exit(accounts.SOME_REFUSED)


def _clock(site: Site, at: float) -> str:
    return f"{datetime.fromtimestamp(at, site.zone):%Y-%m-%d %H:%M:%S}"
