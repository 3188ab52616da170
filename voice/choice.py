"""Which engines listen and speak, by the settings and by what is there; a lesser one never without a notice."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from voice import cuda, whisper
from voice.espeak import Espeak
from voice.faults import Fault, no_engine
from voice.piper import Piper
from voice.ports import LANGUAGES, Language, Speaker, Transcriber
from voice.settings import VoiceSettings
from voice.xtts import Xtts

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
            none = settings.whisper is None
            why, why_ru = ("No Whisper model is set", "Модель Whisper не задана") if none else _told(fault)
    engine = _grammar()
    if settings.stt == "auto":
        notices.add(
            f"{why}: the grammar recogniser listens, which knows the house's commands only",
            f"{why_ru}: слушает грамматический распознаватель, он знает только команды дома",
        )
    return engine


def _told(fault: Fault) -> tuple[str, str]:
    return fault.told("en"), fault.told("ru")


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
    from voice.grammar import Grammar

    engine = Grammar()
    engine.prepare()
    return engine


def speakers(settings: VoiceSettings, notices: Notices) -> dict[Language, Speaker]:
    """Who speaks each language, ready to. `Fault` if nobody can."""
    if settings.tts == "xtts":
        return _xtts(settings, notices)
    found: dict[Language, Speaker] = {}
    if settings.tts in ("auto", "piper"):
        found = _pipers(settings, notices)
    left = [language for language in LANGUAGES if language not in found]
    if left:
        espeak = Espeak({language: settings.espeak(language) for language in left}, settings.speed)
        espeak.prepare()
        found |= dict.fromkeys(left, espeak)
    return {language: found[language] for language in LANGUAGES}


def _pipers(settings: VoiceSettings, notices: Notices) -> dict[Language, Speaker]:
    """Piper for the languages that have a voice; the others are told if Piper was asked for."""
    found: dict[Language, Speaker] = {}
    for language in LANGUAGES:
        if (voice := settings.piper(language)) is None:
            if settings.tts == "piper":
                notices.add(
                    f"Piper has no voice for {language} (piper_{language}): espeak-ng speaks it",
                    f"У Piper нет голоса для {language} (piper_{language}): говорит espeak-ng",
                )
            continue
        piper = Piper(voice, language, settings.speed)
        try:
            piper.prepare()
        except Fault as fault:
            if settings.tts == "piper":
                raise
            notices.add(
                f"{fault.told('en')}; espeak-ng speaks {language} instead",
                f"{fault.told('ru')}; вместо него говорит espeak-ng, язык {language}",
            )
            continue
        found[language] = piper
    return found


def _xtts(settings: VoiceSettings, notices: Notices) -> dict[Language, Speaker]:
    if settings.xtts is None:
        raise no_engine("XTTS's folder is not set (MARKOFF_VOICE_XTTS)", "Папка XTTS не задана (MARKOFF_VOICE_XTTS)")
    accepted = settings.xtts_licence == "accepted"
    device = "cuda" if settings.device == "cuda" or (settings.device == "auto" and cuda.devices()) else "cpu"
    xtts = Xtts(settings.xtts, settings.xtts_speaker, device, accepted, settings.speed)
    try:
        xtts.prepare()
    except Fault as fault:
        if device == "cpu" or settings.device == "cuda" or not accepted:
            raise
        notices.add(
            f"{fault.told('en')}; it speaks on the processor, several times slower than real time",
            f"{fault.told('ru')}; говорит на процессоре, в несколько раз медленнее речи",
        )
        xtts = Xtts(settings.xtts, settings.xtts_speaker, "cpu", accepted, settings.speed)
        xtts.prepare()
    if xtts.device == "cpu" and settings.device == "auto" and device == "cpu":
        notices.add(
            "There is no CUDA device: XTTS speaks on the processor, several times slower than real time",
            "Видеокарты с CUDA нет: XTTS говорит на процессоре, в несколько раз медленнее речи",
        )
    return dict.fromkeys(LANGUAGES, xtts)
