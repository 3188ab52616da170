"""Which engines listen and speak, by the settings and by what is there; a lesser one never without a notice."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from importlib import import_module

from voice import whisper
from voice.espeak import Espeak
from voice.faults import Fault, no_engine
from voice.ports import LANGUAGES, Language, Speaker, Transcriber
from voice.settings import VoiceSettings

log = logging.getLogger(__name__)


@dataclass
class Notices:
    """What is not as good as it could be, in English and Russian."""

    told: list[tuple[str, str]] = field(default_factory=list)

    def add(self, english: str, russian: str) -> None:
        """Remember it, and log it."""
        if (english, russian) not in self.told:
            self.told.append((english, russian))
            log.warning("%s", english)

    def of(self, fault: Fault) -> None:
        """The sentence of a fault."""
        self.add(fault.told("en"), fault.told("ru"))


def listener(settings: VoiceSettings, notices: Notices) -> Transcriber:
    """Who listens, ready to. `Fault` if nobody can."""
    if settings.stt == "none":
        raise no_engine("Nobody listens: stt is none", "Распознавание выключено: stt — none")
    if settings.stt in ("auto", "whisper"):
        try:
            return _whisper(settings, notices)
        except Fault as fault:
            if settings.stt == "whisper":
                raise
            if settings.whisper is not None:
                notices.of(fault)
    engine = _grammar()
    if settings.stt == "auto":
        notices.add(
            "No Whisper model is set: the grammar recogniser listens, which knows the house's commands only",
            "Модель Whisper не задана: слушает грамматический распознаватель, он знает только команды дома",
        )
    return engine


def _whisper(settings: VoiceSettings, notices: Notices) -> Transcriber:
    steps = whisper.rungs(settings.device)
    if not steps:
        raise no_engine("There is no CUDA device", "Видеокарты с CUDA нет")
    wanted = settings.whisper or ("large-v3" if steps[0].device == "cuda" else "small")
    folder = whisper.located(wanted, settings.download)
    engine = whisper.Whisper(
        folder, wanted.rstrip("/").rpartition("/")[2], steps, notices.add, settings.beam, settings.threads
    )
    engine.prepare()
    return engine


def _grammar() -> Transcriber:
    try:
        engine: Transcriber = import_module("voice.grammar").Grammar()
    except ModuleNotFoundError as absent:
        raise no_engine(
            "No Whisper model is set (MARKOFF_VOICE_WHISPER)", "Модель Whisper не задана (MARKOFF_VOICE_WHISPER)"
        ) from absent
    engine.prepare()
    return engine


def speakers(settings: VoiceSettings, notices: Notices) -> dict[Language, Speaker]:
    """Who speaks each language, ready to. `Fault` if nobody can."""
    espeak = Espeak({language: settings.espeak(language) for language in LANGUAGES}, settings.speed)
    espeak.prepare()
    return dict.fromkeys(LANGUAGES, espeak)
