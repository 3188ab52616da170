"""`markoff voice`, `markoff speak` and `markoff transcribe`: the voice process, and sound from a terminal."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy import console, logs, reach, tracing
from deploy.commands.ask import Thread
from deploy.config.checked import check
from deploy.foreign import Foreign
from deploy.keys import Keys
from deploy.options import AgentUrl, Data, Person, Token
from deploy.talking import converse
from deploy.trouble import Trouble

if TYPE_CHECKING:
    from voice.ports import Heard
    from voice.server import Running

Language = Annotated[
    str | None, typer.Option("--language", metavar="ru|en", help="The language; found out unless told.")
]


def register(app: typer.Typer) -> None:
    voice = typer.Typer(help="Talk with the house by voice; or serve the process that listens and speaks.")
    voice.callback(invoke_without_command=True)(talk)
    voice.command("serve")(serve)
    app.add_typer(voice, name="voice")
    app.command("speak")(speak)
    app.command("transcribe")(transcribe)


def talk(
    context: typer.Context,
    thread: Thread = None,
    person: Person = None,
    data: Data = None,
    url: AgentUrl = None,
    token: Token = None,
) -> None:
    """Talk with the house by microphone: a key begins, a pause or a key ends, a key cuts a reply short, q is the end.

    The house has to run with `markoff up --voice`.
    """
    if context.invoked_subcommand is not None:
        return
    settings = _settings()
    _need_extra()
    from agent.channels.cli import AgentAway, AgentRefuses, Talk
    from voice.faults import Fault
    from voice.microphone import PortAudio

    try:
        device = PortAudio()
        doorway = reach.agent(data, url, token, person)
        with Keys() as keys:
            converse(
                device,
                keys,
                Talk(doorway.address, doorway.token, console.language(), thread, "voice").say,
                settings.pause,
            )
    except Fault as fault:
        raise _foreign(fault) from fault
    except AgentAway as away:
        raise Trouble("ask.away", address=doorway.address, why=away) from away
    except AgentRefuses as refused:
        raise Trouble("ask.refused", why=refused) from refused


def serve(
    listen: Annotated[
        str | None,
        typer.Option("--listen", metavar="ADDRESS", help="tcp://host:port or unix:///path.", show_default=False),
    ] = None,
    health: Annotated[
        str | None,
        typer.Option("--health", metavar="HOST:PORT", help="Where /health and /metrics are.", show_default=False),
    ] = None,
) -> None:
    """Serve the voice process: it listens and speaks for the agent and for satellites, by the Wyoming protocol."""
    check()
    settings = _settings(listen=listen, health=health)
    _need_extra()
    from voice.__main__ import main
    from voice.faults import Fault

    logs.begin("voice")
    tracing.begin("voice")
    try:
        status = main(settings, _told)
    except Fault as fault:
        raise _foreign(fault) from fault
    except OSError as refusal:
        raise Trouble("voice.no_listening", address=settings.listen, why=refusal.strerror or refusal) from refusal
    if status:
        raise typer.Exit(status)


def _told(running: Running) -> None:
    console.say("voice.at", address=running.address)
    if running.health:
        console.say("voice.health", address=running.health)
    for engine in running.engines.engines():
        console.say(f"voice.{engine['role']}", name=engine["engine"], model=engine["model"], tongue=engine["language"])
    for english, russian in running.engines.notices.told:
        print(russian if console.language() == "ru" else english, file=sys.stderr)
    sys.stdout.flush()


def speak(
    text: Annotated[list[str], typer.Argument(help="What to say; - reads it from the standard input.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="The recording: .ogg or .wav.")],
    language: Language = None,
) -> None:
    """Speak a text into a recording."""
    said = sys.stdin.read() if text == ["-"] else " ".join(text)
    ogg = _kind(out)
    recording, seconds, engine = _run(_spoken, said, _language(language), ogg)
    try:
        out.write_bytes(recording)
    except OSError as refusal:
        raise Trouble("voice.no_file", file=out, why=refusal.strerror or refusal) from refusal
    console.say("voice.spoken", file=out, seconds=f"{seconds:.1f}", engine=engine)


def transcribe(
    recording: Annotated[Path, typer.Argument(help="A recording: OGG/Opus, WAV, MP3, M4A …")],
    language: Language = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="A name that is likely to be said; may be given again."),
    ] = None,
) -> None:
    """Print the words that are said in a recording."""
    try:
        data = recording.read_bytes()
    except OSError as refusal:
        raise Trouble("voice.no_file", file=recording, why=refusal.strerror or refusal) from refusal
    heard, engine = _run(_heard, data, _language(language), tuple(names or ()))
    print(heard.text)
    console.report("voice.heard", {"engine": engine, "tongue": heard.language})


async def _spoken(settings: Any, text: str, language: Any, ogg: bool) -> tuple[bytes, float, str]:
    import asyncio

    from voice import audio
    from voice.engines import Engines

    engines = Engines(settings)
    try:
        await engines.prepare(listen=False)
        pieces = [piece async for piece in engines.say(text, language)]
    finally:
        engines.close()
    _notices(engines)
    pcm, rate = b"".join(piece.pcm for piece in pieces), pieces[0].rate
    make = audio.encode if ogg else audio.wav
    return await asyncio.to_thread(make, pcm, rate), audio.seconds(pcm, rate), pieces[0].engine


async def _heard(settings: Any, data: bytes, language: Any, names: tuple[str, ...]) -> tuple[Heard, str]:
    from voice.engines import Engines
    from voice.ports import Words

    engines = Engines(settings)
    try:
        await engines.prepare(speak=False)
        heard = await engines.hear_recording(data, language, Words(names))
        _notices(engines)
        assert engines.listener is not None
        return heard, f"{engines.listener.name} ({engines.listener.model})"
    finally:
        engines.close()


def _run(work: Any, *given: Any) -> Any:
    """Do this with the engines of this process; a fault of theirs becomes our sentence."""
    settings = _settings()
    _need_extra()
    import asyncio

    from voice.faults import Fault

    logging.basicConfig(level=logging.ERROR)
    try:
        return asyncio.run(work(settings, *given))
    except Fault as fault:
        raise _foreign(fault) from fault


def _settings(**told: str | None) -> Any:
    from voice.settings import VoiceSettings

    os.environ.update({f"MARKOFF_VOICE_{name.upper()}": value for name, value in told.items() if value is not None})
    return VoiceSettings()


def _need_extra() -> None:
    """Every library of the extra, or a sentence that names it."""
    from importlib.util import find_spec

    for library in ("numpy", "av", "faster_whisper", "espeakng_loader"):
        if find_spec(library) is None:
            raise Trouble("voice.no_extra", library=library)


def _foreign(fault: Any) -> Foreign:
    return Foreign(lambda language: str(fault.told(language)))


def _notices(engines: Any) -> None:
    for english, russian in engines.notices.told:
        print(russian if console.language() == "ru" else english, file=sys.stderr)


def _kind(out: Path) -> bool:
    if out.suffix.lower() not in (".ogg", ".opus", ".oga", ".wav"):
        raise Trouble("voice.kind", file=out)
    return out.suffix.lower() != ".wav"


def _language(told: str | None) -> str | None:
    if told not in (None, "ru", "en"):
        raise typer.BadParameter("ru / en")
    return told
