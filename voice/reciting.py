"""Text to speech for a caller: whole texts, and texts that come bit by bit, spoken sentence by sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from wyoming.event import Event

from voice import spoken
from voice.engines import Engines, Piece, tongue_of
from voice.faults import Fault
from voice.ports import Language

Send = Callable[[str, dict[str, Any], bytes | None], Awaitable[None]]
CHUNK = 4096
"""Bytes of sound in an event: about a tenth of a second."""


class Reciting:
    """What one caller wants to have spoken."""

    def __init__(self, engines: Engines, send: Send) -> None:
        self.engines, self.send = engines, send
        self.reset()

    def reset(self) -> None:
        """Nothing is being spoken."""
        self.streaming = False
        self.language: Language | None = None
        self.text = ""
        self.spoken = 0
        """Sentences of the text that were spoken."""
        self.rate = 0
        """Of the sound that was begun; 0 before."""

    async def take(self, event: Event) -> None:
        """An event of synthesis."""
        data = event.data
        match event.type:
            case "synthesize" if not self.streaming:  # within a stream it repeats the text, for old servers
                if str(data.get("text") or "").strip() == "":
                    raise Fault("no_words")
                await self._speak(str(data["text"]), _language(data))
                await self._stop()
            case "synthesize-start":
                self.reset()
                self.streaming, self.language = True, _language(data)
            case "synthesize-chunk" if self.streaming:
                self.text += str(data.get("text") or "")
                await self._ready(last=False)
            case "synthesize-stop" if self.streaming:
                await self._ready(last=True)
                await self._stop()
                await self.send("synthesize-stopped", {}, None)
                self.reset()

    async def _ready(self, last: bool) -> None:
        """Speak the sentences that are whole: all but the last, until the text is."""
        if len(self.text) > self.engines.settings.most_letters:
            raise Fault("too_long", most=self.engines.settings.most_letters, unit="letters", unit_ru="букв")
        tongue = self.language or tongue_of(self.text)
        found = spoken.sentences(self.text, tongue)
        whole = found if last else found[:-1]
        for sentence in whole[self.spoken :]:
            self.spoken += 1
            await self._speak(sentence, tongue)

    async def _speak(self, text: str, language: Language | None) -> None:
        async with aclosing(self.engines.say(text, language)) as pieces:
            async for piece in pieces:
                await self._send(piece)

    async def _send(self, piece: Piece) -> None:
        about = {"rate": piece.rate, "width": 2, "channels": 1}
        if self.rate != piece.rate:
            await self._stop()
            await self.send("audio-start", about, None)
            self.rate = piece.rate
        for start in range(0, len(piece.pcm), CHUNK):
            await self.send("audio-chunk", about, piece.pcm[start : start + CHUNK])

    async def _stop(self) -> None:
        if self.rate:
            await self.send("audio-stop", {}, None)
            self.rate = 0


def _language(data: dict[str, Any]) -> Language | None:
    """The language of the wished voice, by its own word or by its name."""
    voice = data.get("voice") or {}
    told = str(voice.get("language") or voice.get("name") or "").lower()
    for language in ("ru", "en"):
        if told.partition("-")[0].partition("_")[0] == language or told.endswith(f"-{language}"):
            return "ru" if language == "ru" else "en"
    return None
