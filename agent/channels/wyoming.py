"""The house as somebody to talk with for Wyoming satellites and Home Assistant: the protocol's `handle` service.

Words come as a `transcript`, the answer goes back as `handled`, sentence by sentence before that. Wyoming knows no
login and no secrecy: each satellite has a listener of its own, which takes calls from this machine or from named
addresses, and stands for an account that was linked to it; whatever that account may do, a satellite changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import stat
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wyoming.asr import Transcript
from wyoming.event import Event, async_write_event
from wyoming.handle import Handled, HandledChunk, HandledStart, HandledStop, NotHandled
from wyoming.ping import Ping, Pong

from agent import tracing, words
from agent.aloud import SENTENCE
from agent.channels.announcing import announced
from agent.channels.satellite import Satellite
from agent.client import GraphError, HttpGraph, Unauthorised, linked
from agent.context import Context, House
from agent.contract import Risk
from agent.state import InputState
from agent.turns import Allowance, Thread, Turns
from agent.words import Language

log = logging.getLogger(__name__)

LONGEST = 4000
"""Letters of what is said."""
HEADER = 64 * 1024
"""Bytes of an event; more is no talk, but an attack."""
IDLE = 600.0
"""Seconds after which a silent connection is closed."""
PARTING = 3.0
"""Seconds that calls under way get when we stop."""
CALLS = 8
"""The most connections to one satellite's listener."""
CODE = re.compile(r"[A-Z2-9]{10}")
"""A one-time code as `markoff link` makes it."""
WHO = "query who { me { user { id language } } }"


@dataclass(frozen=True)
class Account:
    """Whom a satellite stands for."""

    person: str
    language: Language


@dataclass
class Listener:
    """The listener of one satellite."""

    satellite: Satellite
    turns: Turns
    house: House
    graph: HttpGraph
    """The graph as the satellite's account sees it."""
    allowance: Allowance
    open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A call, from its first event to its last."""
        task = asyncio.current_task()
        assert task is not None
        peer = writer.get_extra_info("peername")
        try:
            if isinstance(peer, tuple) and not self.satellite.lets_in(str(peer[0])):
                log.warning("satellite %s: a call from %s was refused", self.satellite.name, peer[0])
                return
            if len(self.open) >= CALLS:
                log.warning("satellite %s: too many calls at once", self.satellite.name)
                return
            self.open[task] = writer
            while (event := await asyncio.wait_for(_read(reader), IDLE)) is not None:
                async for answer in self.answers(event):
                    await async_write_event(answer, writer)
        except (OSError, EOFError, TimeoutError):
            log.info("satellite %s hung up", self.satellite.name)
        finally:
            self.open.pop(task, None)
            writer.close()

    async def answers(self, event: Event) -> AsyncIterator[Event]:
        """The events with which one is answered; those that are not for us get none."""
        if event.type == "describe":
            yield _info()
        elif Ping.is_type(event.type):
            yield Pong(text=Ping.from_event(event).text).event()
        elif Transcript.is_type(event.type):
            said = " ".join(str(event.data.get("text") or "").split())[:LONGEST]
            async for answer in self._handled(said, event.data):
                yield answer

    async def _handled(self, said: str, data: Mapping[str, Any]) -> AsyncIterator[Event]:
        """The answer to what was said."""
        language = _language(data.get("language")) or self.satellite.language
        context = data.get("context")
        context = context if isinstance(context, dict) else {}
        try:
            account = await self._account(language or words.language_of(said))
        except Unauthorised:
            yield NotHandled(text=await self._link(said, language or words.language_of(said)), context=context).event()
            return
        except GraphError:
            yield NotHandled(text=words.say("away", language or words.language_of(said)), context=context).event()
            return
        spoken = language or account.language
        if self.allowance.take(account.person):
            yield NotHandled(text=words.say("busy", spoken), context=context).event()
            return
        reply, good = await self._turn(account, said, _language(data.get("language")), _talk(context))
        if not good:
            yield NotHandled(text=reply, context=context).event()
            return
        yield HandledStart(context=context).event()
        for sentence in SENTENCE.split(reply):
            yield HandledChunk(text=f"{sentence} ").event()
        yield Handled(text=reply, context=context).event()
        yield HandledStop().event()

    async def _account(self, language: Language) -> Account:
        """Whom the satellite stands for; `Unauthorised` while it is linked to nobody."""
        user = ((await self.graph.execute(WHO, {}, language)).get("me") or {}).get("user") or {}
        if not user.get("id"):
            raise Unauthorised("The satellite stands for nobody.")
        return Account(str(user["id"]), "ru" if user.get("language") == "RU" else "en")

    async def _link(self, said: str, language: Language) -> str:
        """A one-time code links the satellite; anything else is told that one is needed."""
        code = re.sub(r"[\W_]", "", said).upper()
        exchange = self.graph.exchange
        if exchange is None or not CODE.fullmatch(code):
            return words.say("satellite_unlinked", language, name=self.satellite.name)
        try:
            name = await linked(exchange, "satellite", self.satellite.known_as, self.satellite.name, code)
        except Unauthorised:
            return words.say("satellite_bad_code", language)
        except GraphError:
            return words.say("away", language)
        return words.say("satellite_linked", language, name=name)

    async def _turn(self, account: Account, said: str, language: Language | None, talk: str) -> tuple[str, bool]:
        """What is said back, and whether that is an answer and not a failure."""
        here = Context(self.house, self.graph, account.person, "satellite", quiet=True)
        thread = Thread(account.person, f"sat-{self.satellite.name}{talk}")
        given = InputState(text=said, language=language or self.satellite.language, spoken=True)
        told: list[str] = []
        with tracing.numbered(), tracing.span("satellite", kind="CONSUMER"):
            async for event in self.turns.ask(here, thread, given):
                if event.kind == "reply":
                    told.append(str(event.data["text"]))
                elif event.kind in ("choice", "confirm"):
                    told.append(str(event.data["said"]))
                elif event.kind == "error":
                    return str(event.data["message"]), False
        return " ".join(told), bool(told)


@asynccontextmanager
async def listening(
    satellites: Sequence[Satellite], turns: Turns, house: House, graph: HttpGraph, allowance: Allowance
) -> AsyncIterator[list[str]]:
    """The listeners of all satellites, as long as the block lasts; where each can be called. `graph` is by identity."""
    capped = replace(house, settings=house.settings.model_copy(update={"most_risk": Risk.READ}))
    async with AsyncExitStack() as stack:
        places = []
        for satellite in satellites:
            own = HttpGraph(graph.http, f"satellite:{satellite.known_as}", graph.exchange)
            listener = Listener(satellite, turns, capped, own, allowance)
            place = await stack.enter_async_context(_served(listener))
            await stack.enter_async_context(announced(satellite, place))
            log.info("satellite %s is listened to at %s", satellite.name, place)
            places.append(place)
        yield places


@asynccontextmanager
async def _served(listener: Listener) -> AsyncIterator[str]:
    at = urlsplit(listener.satellite.listen)
    if at.scheme == "unix":
        path = Path(at.path)
        await asyncio.to_thread(_cleared, path)
        server = await asyncio.start_unix_server(listener.called, path=path, limit=HEADER)
        await asyncio.to_thread(path.chmod, 0o600)
        place = listener.satellite.listen
    else:
        server = await asyncio.start_server(listener.called, at.hostname, at.port, limit=HEADER)
        host, port, *_ = server.sockets[0].getsockname()
        place = f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"
    try:
        yield place
    finally:
        server.close()
        for writer in listener.open.values():
            writer.close()
        if listener.open:
            await asyncio.wait(list(listener.open), timeout=PARTING)
        if at.scheme == "unix":
            await asyncio.to_thread(_cleared, Path(at.path))


def _cleared(path: Path) -> None:
    """Remove the socket of an earlier process; never anything else."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()


async def _read(reader: asyncio.StreamReader) -> Event | None:
    """The next event; None at the end, or for what is none. Larger ones than we have a use for are not read."""
    try:
        line = await reader.readline()
        told = json.loads(line) if line else None
        if not isinstance(told, dict) or not isinstance(told.get("type"), str):
            return None
        lengths = [int(told.get(name) or 0) for name in ("data_length", "payload_length")]
        if not all(0 <= length <= HEADER for length in lengths):
            return None
        data = dict(told.get("data") or {})
        if lengths[0]:
            data |= json.loads(await reader.readexactly(lengths[0]))
        return Event(told["type"], data, await reader.readexactly(lengths[1]) if lengths[1] else None)
    except (ValueError, TypeError):
        return None


def _talk(context: Mapping[str, Any]) -> str:
    """The talk that a satellite names, as the end of a thread's name."""
    named = re.sub(r"[^\w.:-]", "", str(context.get("conversation_id") or ""))
    return f"-{named[-16:]}" if named else ""


def _language(told: Any) -> Language | None:
    short = str(told or "")[:2].lower()
    return "ru" if short == "ru" else "en" if short == "en" else None


def _info() -> Event:
    """What we are, for `describe`."""
    ours = {
        "attribution": {"name": "Markoff", "url": "https://github.com/OHF-Voice/wyoming"},
        "installed": True, "version": None,
    }  # fmt: skip
    model = ours | {"name": "markoff", "description": "The building's agent", "languages": ["ru", "en"]}
    program = ours | {
        "name": "markoff", "description": "The building you can talk to", "models": [model],
        "supports_handled_streaming": True, "supports_home_control": False,
    }  # fmt: skip
    empty: dict[str, Any] = {name: [] for name in ("asr", "tts", "intent", "wake", "mic", "snd")}
    return Event("info", empty | {"handle": [program]})
