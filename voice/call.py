"""One connection to the voice process: a request at a time, given up when the caller hangs up."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from wyoming.event import Event

from voice import info, tracing, wire
from voice.engines import Engines, tongue_of
from voice.faults import Fault
from voice.hearing import Hearing
from voice.ports import Language, Words
from voice.reciting import Reciting

log = logging.getLogger(__name__)

QUEUE = 64
"""Events of a caller that may wait."""
HEADER = 65_536
"""Bytes that an event has beside its recording."""


class Call:
    """A connection."""

    def __init__(self, engines: Engines, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.engines, self.reader, self.writer = engines, reader, writer
        self.hearing = Hearing(engines, self.send)
        self.reciting = Reciting(engines, self.send)
        self.events: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE)
        self.current: asyncio.Task[None] | None = None
        self.language: Language = "en"
        """In which faults are told: that of the last request."""

    @property
    def busy(self) -> bool:
        """Whether the caller waits for something."""
        return not self.events.empty() or (self.current is not None and not self.current.done())

    async def run(self) -> None:
        """From the first event to the last. A caller who hangs up wants nothing more."""
        working = asyncio.create_task(self._work())
        try:
            await self._read()
        except Fault as fault:
            with suppress(OSError):
                await self.fail(fault)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _read(self) -> None:
        while (event := await wire.read(self.reader, self.engines.settings.most_bytes)) is not None:
            if event.type == "cancel":
                self._cancel()
            else:
                await self.events.put(event)

    def _cancel(self) -> None:
        """Nobody wants what was asked for before."""
        while not self.events.empty():
            self.events.get_nowait()
        if self.current:
            self.current.cancel()

    async def _work(self) -> None:
        while (event := await self.events.get()) is not None:
            self.current = asyncio.create_task(self._answer(event))
            try:
                await asyncio.wait({self.current})
            except asyncio.CancelledError:
                self.current.cancel()
                raise
            if self.current.cancelled():
                self.hearing.reset()
                self.reciting.reset()
                with suppress(OSError):
                    await self.send("cancelled", {})

    async def _answer(self, event: Event) -> None:
        """Answer one event; whatever goes wrong, the caller is told."""
        try:
            await self._handle(event)
        except Fault as fault:
            await self.fail(fault)
        except OSError:
            log.debug("a caller went")
        except Exception:
            log.exception("%s failed", event.type)
            self.engines.metrics.asked("fault", "broken")
            await self.fail(Fault("broken"))

    async def _handle(self, event: Event) -> None:
        data = event.data
        match event.type:
            case "describe":
                await self.send("info", info.of(self.engines))
            case "ping":
                await self.send("pong", {"text": data.get("text")} if data.get("text") else {})
            case "recording":
                await self._recording(event)
            case "note":
                await self._note(data)
            case "transcribe":
                self.language = language(data.get("language")) or self.language
                self.hearing.asked(language(data.get("language")), words(data, "transcript_"), data)
            case "audio-start" | "audio-chunk" | "audio-stop":
                await self.hearing.take(event)
            case "synthesize" | "synthesize-start" | "synthesize-chunk" | "synthesize-stop":
                await self.reciting.take(event)
            case _:
                log.debug("an event %s, which nobody knows", event.type)

    async def _recording(self, event: Event) -> None:
        wished = language(event.data.get("language"))
        self.language = wished or self.language
        with tracing.request("hear", event.data) as span:
            heard = await self.engines.hear_recording(event.payload or b"", wished, words(event.data))
            tracing.tell(span, engine=self.engines.listener.name if self.engines.listener else "none")
        await self.send("transcript", info.transcript(self.engines, heard))

    async def _note(self, data: dict[str, Any]) -> None:
        said = text(data)
        self.language = language(data.get("language")) or tongue_of(said)
        with tracing.request("speak", data) as span:
            note = await self.engines.note(said, language(data.get("language")))
            tracing.tell(span, engine=note.engine, seconds=round(note.seconds, 3))
        about = {"duration": round(note.seconds, 3), "engine": note.engine, "language": self.language}
        await self.send("recording", about, note.ogg)

    async def send(self, kind: str, data: dict[str, Any], payload: bytes | None = None) -> None:
        """Send the caller an event."""
        await wire.write(self.writer, kind, data, payload)

    async def fail(self, fault: Fault) -> None:
        """Tell the caller what is wrong."""
        with suppress(OSError):
            await self.send("error", {"text": fault.told(self.language), "code": fault.code})


def language(told: Any) -> Language | None:
    """The language of a code such as `ru` or `en-US`; `Fault` for one that nobody knows here."""
    if told in (None, ""):
        return None
    short = str(told).replace("_", "-").lower().partition("-")[0]
    if short not in ("ru", "en"):
        raise Fault("language", language=told)
    return "ru" if short == "ru" else "en"


def words(data: dict[str, Any], prefix: str = "") -> Words:
    """Names and terms that an event tells."""
    told = (data.get(f"{prefix}{kind}") or () for kind in ("names", "terms"))
    names, terms = (tuple(str(word) for word in some if str(word).strip()) for some in told)
    return Words(names, terms)


def text(data: dict[str, Any]) -> str:
    """The text of an event; `Fault` if it has none."""
    said = data.get("text")
    if not isinstance(said, str) or not said.strip():
        raise Fault("no_words")
    return said
