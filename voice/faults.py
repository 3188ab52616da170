"""What the voice process cannot do, as a code and a sentence in Russian and English."""

from __future__ import annotations

from voice.ports import Language

SENTENCES: dict[str, tuple[str, str]] = {
    "no_speech": ("No speech was heard.", "Речи не слышно."),
    "not_sound": (
        "This is no recording that can be read: send OGG/Opus or WAV.",
        "Эту запись прочитать нельзя: нужен OGG/Opus или WAV.",
    ),
    "too_long": ("Too long: at most {most} {unit}.", "Слишком длинно: не больше {most} {unit_ru}."),
    "busy": ("The voice process has too much to do; try again.", "Слишком много запросов; попробуйте ещё раз."),
    "no_engine": ("{why}", "{why_ru}"),
    "no_words": ("There is nothing to say.", "Говорить нечего."),
    "language": ("The languages are ru and en, not {language}.", "Языки — ru и en, а не {language}."),
    "event": ("This event cannot be read: {why}", "Это событие прочитать нельзя: {why}"),
    "broken": ("The engine failed; see the log of the voice process.", "Ошибка движка; см. журнал процесса голоса."),
}
"""Code → English, Russian."""


class Fault(Exception):
    """A refusal or a failure; `code` is one of SENTENCES."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters

    def told(self, language: Language) -> str:
        """The sentence."""
        english, russian = SENTENCES[self.code]
        return (russian if language == "ru" else english).format(**self.parameters)

    def __str__(self) -> str:
        return self.told("en")


def no_engine(why: str, why_ru: str) -> Fault:
    """An engine that is not there or cannot be loaded, with what to do about it."""
    return Fault("no_engine", why=why, why_ru=why_ru)


def missing(extra: str, library: str) -> Fault:
    """A library that is not installed."""
    return no_engine(
        f"{library} is not installed: pip install 'markoff[{extra}]'",
        f"Не установлена библиотека {library}: pip install 'markoff[{extra}]'",
    )
