"""The engines of this process, kept loaded: listening and speaking through bounded lanes, each stage timed."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice import audio, choice, memory, spoken, vad
from voice.faults import Fault
from voice.lane import Lane
from voice.metrics import Metrics
from voice.ports import LANGUAGES, RATE, Heard, Language, Speaker, Transcriber, Words
from voice.settings import VoiceSettings

if TYPE_CHECKING:
    from voice.ports import Sound

log = logging.getLogger(__name__)
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of speech."""

    pcm: bytes
    rate: int
    engine: str


@dataclass(frozen=True, slots=True)
class Note:
    """A whole voice note."""

    ogg: bytes
    seconds: float
    engine: str


class Engines:
    """Who listens and who speaks."""

    def __init__(self, settings: VoiceSettings) -> None:
        self.settings = settings
        self.notices = choice.Notices()
        self.metrics = Metrics()
        self.listener: Transcriber | None = None
        self.deaf: Fault | None = None
        """Why nobody listens."""
        self.speakers: dict[Language, Speaker] = {}
        self.dumb: Fault | None = None
        """Why nobody speaks."""
        self.listening = Lane("listening", settings.waiting)
        self.speaking = Lane("speaking", settings.waiting)
        self.words = Words()
        """The last words told, for those that tell none."""

    async def prepare(self, listen: bool = True, speak: bool = True) -> None:
        """Load the engines; what cannot be loaded is told by `deaf`, `dumb` and the notices."""
        await asyncio.gather(*(part() for part, wanted in ((self._hears, listen), (self._speaks, speak)) if wanted))

    async def _hears(self) -> None:
        try:
            await asyncio.to_thread(vad.prepare)
            self.listener = await self.listening.run(lambda _: choice.listener(self.settings, self.notices))
            log.info("%s listens (%s)", self.listener.name, self.listener.model)
        except Fault as fault:
            self.deaf = fault
            if self.settings.stt != "none":
                self.notices.of(fault)

    async def _speaks(self) -> None:
        try:
            self.speakers = await self.speaking.run(lambda _: choice.speakers(self.settings, self.notices))
            for language, speaker in self.speakers.items():
                log.info("%s speaks %s (%s)", speaker.name, language, speaker.model)
        except Fault as fault:
            self.dumb = fault
            self.notices.of(fault)

    async def hear_recording(self, recording: bytes, language: Language | None, words: Words) -> Heard:
        """What is said in a recording of any known format."""
        settings = self.settings
        if len(recording) > settings.most_bytes:
            raise Fault("too_long", most=settings.most_bytes >> 20, unit="MiB", unit_ru="МиБ")
        async with self._request("hear"):
            self._hearer()
            with self.listening.place():
                with self.metrics.timed("decode"):
                    sound = await asyncio.to_thread(audio.decode, recording, settings.most_seconds)
                return await self._heard(sound, language, words)

    async def hear(self, sound: Sound, language: Language | None, words: Words) -> Heard:
        """What is said in a sound."""
        async with self._request("hear"):
            self._hearer()
            with self.listening.place():
                return await self._heard(sound, language, words)

    async def _heard(self, sound: Sound, language: Language | None, words: Words) -> Heard:
        listener = self._hearer()
        self.metrics.heard.inc(len(sound) / RATE)
        with self.metrics.timed("vad"):
            speech = await asyncio.to_thread(vad.spoken, sound)
        if speech is None:
            raise Fault("no_speech")
        self.words = words or self.words
        known = self.words
        with self.metrics.timed("transcribe"):
            async with asyncio.timeout(self.settings.patience):
                heard = await self.listening.run(lambda stop: listener.transcribe(speech, language, known, stop))
        text = " ".join(heard.text.split())
        if not text:
            raise Fault("no_speech")
        return replace(heard, text=text)

    def _hearer(self) -> Transcriber:
        if self.listener is None:
            raise self.deaf or Fault("busy")
        return self.listener

    def speaker(self, language: Language) -> Speaker:
        """Who speaks this language; `Fault` if nobody does."""
        if language not in self.speakers:
            raise self.dumb or Fault("busy")
        return self.speakers[language]

    async def say(self, text: str, language: Language | None) -> AsyncGenerator[Piece, None]:
        """A text, as pieces of speech: each sentence as soon as it is made."""
        async with self._request("say"):
            with self.speaking.place():
                async with aclosing(self._said(text, language)) as pieces:
                    async for piece in pieces:
                        yield piece

    async def _said(self, text: str, language: Language | None) -> AsyncGenerator[Piece, None]:
        begun, first = time.perf_counter(), True
        if len(text) > self.settings.most_letters:
            raise Fault("too_long", most=self.settings.most_letters, unit="letters", unit_ru="букв")
        tongue = language or tongue_of(text)
        speaker = self.speaker(tongue)
        with self.metrics.timed("spoken"):
            sentences = [one for one in _sentences(text, tongue) if one.strip()]
        if not sentences:
            raise Fault("no_words")
        for sentence in sentences:
            async with aclosing(self._pcm(speaker, sentence, tongue)) as pieces:
                async for pcm in pieces:
                    if first:
                        self.metrics.stages["first_sound"].add(time.perf_counter() - begun)
                        first = False
                    self.metrics.spoken.inc(audio.seconds(pcm, speaker.rate))
                    yield Piece(pcm, speaker.rate, speaker.name)

    async def _pcm(self, speaker: Speaker, sentence: str, language: Language) -> AsyncGenerator[bytes, None]:
        took = 0.0

        def work() -> Iterator[bytes]:
            nonlocal took
            begun = time.perf_counter()
            yield from speaker.speak(sentence, language)
            took = time.perf_counter() - begun

        async with aclosing(self.speaking.stream(work, self.settings.patience)) as pieces:
            async for pcm in pieces:
                yield pcm
        self.metrics.stages["synthesise"].add(took)

    async def note(self, text: str, language: Language | None) -> Note:
        """A text as a voice note."""
        async with aclosing(self.say(text, language)) as said:
            pieces = [piece async for piece in said]
        if not pieces:
            raise Fault("no_words")
        pcm, rate = b"".join(piece.pcm for piece in pieces), pieces[0].rate
        with self.metrics.timed("encode"):
            ogg = await asyncio.to_thread(audio.encode, pcm, rate)
        return Note(ogg, audio.seconds(pcm, rate), pieces[0].engine)

    @asynccontextmanager
    async def _request(self, kind: str) -> AsyncIterator[None]:
        """Counts a request by its outcome."""
        outcome = "gone"
        try:
            yield
            outcome = "ok"
        except TimeoutError:
            outcome = "busy"
            raise Fault("busy") from None
        except Fault as fault:
            outcome = fault.code
            raise
        finally:
            self.metrics.asked(kind, outcome)

    def engines(self) -> list[Mapping[str, str]]:
        """Who does what now: role, language, engine, model."""
        told: list[Mapping[str, str]] = []
        if self.listener:
            told.append({"role": "listens", "language": "ru,en", **_named(self.listener)})
        for language, speaker in self.speakers.items():
            told.append({"role": "speaks", "language": language, **_named(speaker)})
        return told

    def gauges(self) -> dict[str, float]:
        """Figures of this moment."""
        return {
            "listening_requests": self.listening.open,
            "speaking_requests": self.speaking.open,
            "notices": len(self.notices.told),
            "resident_bytes": memory.resident(),
        }

    def close(self) -> None:
        """Give everything back."""
        self.listening.close()
        self.speaking.close()
        for engine in {id(one): one for one in (self.listener, *self.speakers.values()) if one}.values():
            engine.close()


def tongue_of(text: str) -> Language:
    """The language of a text by its letters."""
    return "ru" if CYRILLIC.search(text) else "en"


def _sentences(text: str, language: Language) -> list[str]:
    """What is to be spoken, a sentence each."""
    return [spoken.said(sentence, language) for sentence in spoken.sentences(text, language)]


def _named(engine: Transcriber | Speaker) -> dict[str, str]:
    return {"engine": engine.name, "model": engine.model}


__all__ = ["LANGUAGES", "Engines", "Note", "Piece", "tongue_of"]
