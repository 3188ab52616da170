"""Sound that comes bit by bit (`audio-start`, `audio-chunk`, `audio-stop`), until it is a transcript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from wyoming.event import Event

from voice import audio, info, tracing, vad
from voice.engines import Engines
from voice.faults import Fault
from voice.ports import RATE, Language, Words

if TYPE_CHECKING:
    from voice.ports import Sound

Send = Callable[[str, dict[str, Any]], Awaitable[None]]
PAUSES = {"aggressive": 0.3, "default": 0.6, "relaxed": 1.2}
"""Seconds of silence that end what is said, by the caller's `vad_sensitivity`; without one only audio-stop ends it."""


class Hearing:
    """What one caller says, as far as it has come."""

    def __init__(self, engines: Engines, send: Send) -> None:
        self.engines, self.send = engines, send
        self.language: Language | None = None
        self.words = Words()
        self.endpoint: vad.Endpoint | None = None
        self.reset()

    def reset(self) -> None:
        """Nothing was said."""
        self.intake: audio.Intake | None = None
        self.parts: list[Sound] = []
        self.samples = 0

    def asked(self, language: Language | None, words: Words, data: dict[str, Any]) -> None:
        """The caller will speak: in this language, about these words."""
        self.language, self.words = language, words
        pause = PAUSES.get(str(data.get("vad_sensitivity")))
        self.endpoint = vad.Endpoint(pause) if pause else None
        self.reset()

    async def take(self, event: Event) -> None:
        """An event of sound."""
        data = event.data
        if event.type == "audio-start":
            self.reset()
            self.intake = self._intake(data)
        elif event.type == "audio-chunk" and self.intake is not None:
            await self._add(self.intake.take(event.payload or b""))
        elif event.type == "audio-stop" and self.intake is not None:
            await self._add(self.intake.end())
            if self.intake is not None:
                await self._tell()

    def _intake(self, data: dict[str, Any]) -> audio.Intake:
        try:
            return audio.Intake(int(data["rate"]), int(data["width"]), int(data["channels"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise Fault("event", why=f"audio-start without {wrong}") from wrong

    async def _add(self, sound: Sound) -> None:
        self.samples += len(sound)
        if self.samples > self.engines.settings.most_seconds * RATE:
            self.reset()
            raise audio.too_long(self.engines.settings.most_seconds)
        self.parts.append(sound)
        if self.endpoint is not None:
            for said in self.endpoint.feed(sound):
                if said is None:
                    await self.send("voice-started", {})
                else:
                    await self.send("voice-stopped", {})
                    await self._tell()
                    return

    async def _tell(self) -> None:
        """Send the transcript; one of silence is empty, as callers of the protocol expect."""
        sound = _joined(self.parts)
        self.reset()
        if self.endpoint:
            self.endpoint.reset()
        try:
            with tracing.request("hear", {}) as span:
                heard = await self.engines.hear(sound, self.language, self.words)
                tracing.tell(span, engine=self.engines.listener.name if self.engines.listener else "none")
        except Fault as fault:
            if fault.code != "no_speech":
                raise
            await self.send("transcript", info.silence(self.engines, self.language))
            return
        await self.send("transcript", info.transcript(self.engines, heard))


def _joined(parts: list[Sound]) -> Sound:
    import numpy as np

    return np.concatenate(parts) if parts else np.zeros(0, np.float32)
