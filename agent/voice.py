"""The voice process, reached by the Wyoming protocol: a recording becomes words, a reply becomes a voice note.

Its two events of whole recordings (docs/voice.md) spare the agent every codec: what comes and goes is OGG/Opus.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wyoming.asr import Transcript
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.event import Event

from agent import metrics, tracing
from agent.words import Language

CONNECT = 2.0
"""Seconds to wait for the process to take a call."""
KNOWN = 30.0
"""Seconds for which the names of the engines are taken to be so."""
FAULTS = frozenset({"away", "slow", "no_speech", "not_sound", "too_long", "busy", "no_engine"})
"""Codes for which there is a sentence, `voice_…` in words.toml."""


class VoiceError(Exception):
    """The voice process gave nothing; `code` is one of FAULTS, or `broken`."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(why or code)
        self.code = code if code in FAULTS else "broken"


@dataclass(frozen=True)
class Heard:
    """What was said in a recording."""

    text: str
    language: Language | None
    engine: str
    doubtful: bool
    """Whether the engine can only match what it knows, so that a change has to be asked for."""


@dataclass(frozen=True)
class Note:
    """A voice note."""

    ogg: bytes
    seconds: float
    engine: str


@dataclass(frozen=True)
class Engines:
    """Who listens and who speaks, by the names of the programs and of their models."""

    hears: str
    speaks: str


@dataclass
class Voice:
    """A client of the voice process; a connection for each request."""

    address: str
    """tcp://host:port or unix:///path."""
    patience: float
    """Seconds for a recording, or for a reply."""
    known: tuple[Engines, float] | None = field(default=None, repr=False)

    async def hear(
        self, recording: bytes, language: Language | None, names: Sequence[str], terms: Sequence[str]
    ) -> Heard:
        """The words of a recording (OGG/Opus or WAV); `names` and `terms` of the building help to find them."""
        asked = {"language": language, "names": list(names), "terms": list(terms)}
        with tracing.span("hear", {"markoff.recording.bytes": len(recording)}, kind="CLIENT") as span:
            answer = await self._ask(Event("recording", {**asked, **tracing.carried()}, recording))
            tracing.tell(span, {"markoff.answer": answer.type})
        if not Transcript.is_type(answer.type):
            raise VoiceError("broken", f"the answer is {answer.type}")
        told = Transcript.from_event(answer)
        context = told.context or {}
        text = " ".join(told.text.split())
        if not text:
            raise VoiceError("no_speech")
        return Heard(text, _language(told.language), str(context.get("engine") or ""), context.get("confirm") is True)

    async def say(self, text: str, language: Language) -> Note:
        """A text as a voice note."""
        with tracing.span("speak", {"markoff.text.characters": len(text)}, kind="CLIENT"):
            answer = await self._ask(Event("note", {"text": text, "language": language, **tracing.carried()}))
        if answer.type != "recording" or not answer.payload:
            raise VoiceError("broken", f"the answer is {answer.type}")
        told = answer.data or {}
        return Note(answer.payload, float(told.get("duration") or 0), str(told.get("engine") or ""))

    async def engines(self) -> Engines:
        """Who listens and speaks now; asked again after a while."""
        now = time.monotonic()
        if self.known is None or self.known[1] < now:
            self.known = _engines(await self._ask(Event("describe"), CONNECT)), now + KNOWN
        return self.known[0]

    async def _ask(self, event: Event, patience: float | None = None) -> Event:
        """The answer to one event, counted; `VoiceError` where there is none, or an error."""
        begun, outcome = time.perf_counter(), "ok"
        try:
            return await self._answer(event, patience)
        except VoiceError as fault:
            outcome = fault.code
            raise
        finally:
            metrics.VOICE.labels(event.type, outcome).inc()
            metrics.VOICE_SECONDS.labels(event.type).observe(time.perf_counter() - begun)

    async def _answer(self, event: Event, patience: float | None = None) -> Event:
        try:
            answer = await asyncio.wait_for(self._exchanged(event), patience or self.patience)
        except TimeoutError:
            raise VoiceError("slow") from None
        except (OSError, ValueError, KeyError) as error:
            raise VoiceError("away", str(error) or type(error).__name__) from error
        if answer is None:
            raise VoiceError("away", "the connection was closed")
        if Error.is_type(answer.type):
            told = Error.from_event(answer)
            raise VoiceError(told.code or "broken", told.text)
        return answer

    async def _exchanged(self, event: Event) -> Event | None:
        client = AsyncClient.from_uri(self.address)
        try:
            await asyncio.wait_for(client.connect(), CONNECT)
        except TimeoutError:
            raise ConnectionError("no connection in time") from None
        try:
            await client.write_event(event)
            return await client.read_event()
        finally:
            await _left(client)


async def _left(client: AsyncClient) -> None:
    try:
        await client.disconnect()
    except OSError:
        return


def _language(told: Any) -> Language | None:
    return "ru" if told == "ru" else "en" if told == "en" else None


def _engines(info: Event) -> Engines:
    """Of an `info` event, read by hand: the library's reader of it brings the deprecated `audioop` along."""
    if info.type != "info":
        raise VoiceError("broken", f"the answer is {info.type}")

    def named(service: str, inner: str) -> str:
        return ", ".join(_named(p, p.get(inner) or ()) for p in info.data.get(service) or () if p.get("installed"))

    return Engines(named("asr", "models"), named("tts", "voices"))


def _named(program: Mapping[str, Any], models: Sequence[Mapping[str, Any]]) -> str:
    """What its models say of themselves (“faster-whisper large-v3, cuda float16”), else what it is called."""
    told = dict.fromkeys(str(m["description"]) for m in models if m.get("installed") and m.get("description"))
    return "; ".join(told) or str(program.get("name"))
