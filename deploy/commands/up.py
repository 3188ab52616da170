"""`markoff up`: a whole house on this machine."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from deploy import console, external
from deploy.config.checked import check
from deploy.folder import DataFolder, our_version, told_apart
from deploy.local import House, Plan
from deploy.options import Data, DatabaseUrl, Workers
from deploy.playground_part import wanted
from deploy.prepare import ADMINISTRATOR, Beginning
from deploy.signals import Stopped, stoppable
from deploy.telegram_part import configured
from deploy.timing import ClockWish
from deploy.told import settled, told, told_flag
from deploy.trouble import Trouble

Port = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65535, help="Port of the api; 8000 unless told, 0 takes any free one."),
]
AgentPort = Annotated[
    int | None, typer.Option("--agent-port", min=0, max=65535, help="Port of the agent; 8001 unless told.")
]
NoDemo = Annotated[bool, typer.Option("--no-demo", help="Begin with an empty house, without the demo building.")]
ClockOption = Annotated[
    str | None,
    typer.Option("--clock", metavar="ISO", help="Let the house's time begin here, e.g. 2022-10-10T00:00+02:00."),
]
Speed = Annotated[
    str | None,
    typer.Option("--speed", metavar="N|max", help="House seconds per second; max: as fast as readings arrive."),
]

Simulate = Annotated[
    bool, typer.Option("--simulate", help="Play the building's sensors, so that its day goes by (markoff simulate).")
]
Voice = Annotated[bool | None, typer.Option("--voice/--no-voice", help="Listen and speak: start the voice process.")]
VoicePort = Annotated[
    int | None,
    typer.Option(
        "--voice-port", min=0, max=65535, help="Port of the voice process; 10300 unless told, 0: any free one."
    ),
]

Telegram = Annotated[
    bool | None,
    typer.Option(
        "--telegram/--no-telegram",
        help="Start the Telegram bot (markoff telegram); started anyway when there is a token.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    data: Data = None,
    url: DatabaseUrl = None,
    port: Port = None,
    agent_port: AgentPort = None,
    no_demo: NoDemo = False,
    clock: ClockOption = None,
    speed: Speed = None,
    simulate: Simulate = False,
    workers: Workers = None,
    voice: Voice = None,
    voice_port: VoicePort = None,
    telegram: Telegram = None,
) -> None:
    """Start a house on this machine and keep it running until Ctrl-C.

    PostgreSQL is brought along, unless --url or DATABASE_URL names another one. An empty house gets a demo building.
    """
    check()
    telegram = told_flag("MARKOFF_TELEGRAM", place="house.telegram") if telegram is None else telegram
    if telegram and not configured():
        raise Trouble("telegram.no_token")
    folder = DataFolder(data)
    url = url or external.from_settings()
    server = None if url else folder.server()
    memory = told("MARKOFF_MEMORY_URL", "MARKOFF_AGENT_DATABASE_URL", place="agent.memory_url")
    plan = Plan(
        url=server.building if server else url,
        memory_url=server.memory if server else memory,
        host=told("MARKOFF_HOST", place="api.host") or Plan.host,
        port=settled(port, "MARKOFF_PORT", "api.port", Plan.port),
        agent_port=settled(agent_port, "MARKOFF_AGENT_PORT", "agent.port", Plan.agent_port),
        demo=not no_demo and told_flag("MARKOFF_DEMO", place="house.demo") is not False,
        clock=wish(clock, speed),
        simulate=simulate or told_flag("MARKOFF_SIMULATE", place="house.simulate") is True,
        workers=settled(workers, "MARKOFF_WORKERS", "house.workers", Plan.workers),
        voice=told_flag("MARKOFF_VOICE", place="house.voice") is True if voice is None else voice,
        voice_port=settled(voice_port, "MARKOFF_VOICE_PORT", "house.voice_port", Plan.voice_port),
        telegram=configured() if telegram is None else telegram,
        playground=wanted(),
    )
    try:
        with stoppable(), House(folder, plan, console.report) as house:
            console.report("up.starting", {"version": our_version(), "folder": folder.path})
            house.up()
            _greet(house)
            house.watch()
    except Stopped:
        console.report("up.stopped", {})


def _greet(house: House) -> None:
    console.say("up.ready", api=house.run.api, agent=house.run.agent, folder=house.folder.path)
    if house.plan.url:
        console.say("up.elsewhere", database=external.shown(house.plan.url))
    if (clock := house.clock) and clock.house_at:
        pace = "max" if clock.real_at is None else f"×{clock.speed:g}"
        console.say("up.clock", time=clock.house_at.isoformat(" ", "minutes"), pace=pace)
    if house.run.voice:
        console.say("up.voice", address=house.run.voice, log=house.folder.logs / "voice.log")
    if house.plan.telegram:
        console.say("up.telegram", log=house.folder.logs / "telegram.log", where=told_apart(house.folder.path))
    if house.plan.simulate:
        _tell_of_the_simulator(house)
    if house.beginning is Beginning.PLANTED:
        _introduce(house)
    if house.beginning is Beginning.EMPTY:
        console.say(
            "up.empty",
            login=ADMINISTRATOR,
            password=house.folder.secrets().admin_password,
            where=told_apart(house.folder.path),
        )


def _tell_of_the_simulator(house: House) -> None:
    from deploy.simulator.waiting import lacking

    if house.run.database and (trouble := lacking(house.run.database)):
        console.warn(console.words("up.not_simulated", why=trouble.in_language(console.language())))
    else:
        console.say("up.simulated", log=house.folder.logs / "simulator.log")


def _introduce(house: House) -> None:
    """Who lives in the demo building, and what to ask it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from db import demo

    table = Table(*console.words("up.people").split("|"), box=box.SIMPLE, title_justify="left")
    for person in demo.PEOPLE:
        table.add_row(person.login, demo.PASSWORD, person.role, person.name, person.scope)
    console.say("up.planted")
    Console(highlight=False).print(table)
    where = told_apart(house.folder.path)
    questions = [f'  markoff ask "{question}"{where}' for question in demo.QUESTIONS]
    console.say("up.questions", questions="\n".join(questions))


def wish(clock: str | None, speed: str | None) -> ClockWish | None:
    """What `--clock` and `--speed` ask for. Raises Trouble when they cannot be read."""
    if clock is None and speed is None:
        return None
    try:
        start = datetime.fromisoformat(clock) if clock else None
    except ValueError as fault:
        raise Trouble("up.bad_clock", clock=clock) from fault
    if start is not None and start.tzinfo is None:
        raise Trouble("up.no_zone", clock=clock)
    if speed == "max":
        return ClockWish(start, None)
    try:
        factor = float(speed or "1")
    except ValueError:
        factor = 0
    if not 0 < factor <= 1_000_000:
        raise Trouble("up.bad_speed", speed=speed)
    return ClockWish(start, factor)
