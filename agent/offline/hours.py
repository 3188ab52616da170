"""Hours as people name them: 15:00, «3 часа дня», "noon", «утром»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.offline.days import Days

PARTS = {
    "morning": (6, 12, "утр morning"),
    "afternoon": (12, 18, "днем afternoon полуд обед"),
    "evening": (18, 24, "вечер evening tonight"),
    "night": (0, 6, "ноч night overnight"),
}
CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
AM_PM = re.compile(r"(\d{1,2})(am|pm)")
AT = ("в", "at", "около", "around", "к", "на")


@dataclass(frozen=True)
class Part:
    """Hours of a day that is named elsewhere: «утром», «с 8 до 10», «в 15:00»."""

    first: float
    last: float
    name: str
    point: bool = False
    since: bool = False


class Hours(Days):
    """Reads hours of a day."""

    def _clock(self, at: int) -> tuple[int, float] | None:
        """An hour of the day: 15:00, «3 часа дня», "3 pm", «полдень»."""
        word = self.word(at)
        if match := CLOCK.fullmatch(word):
            hour = int(match[1]) + int(match[2]) / 60
            return (self._daytime(at + 1, hour) if hour < 24 else None)  # fmt: skip
        if match := AM_PM.fullmatch(word):
            return at + 1, int(match[1]) % 12 + (12 if match[2] == "pm" else 0)
        if word.startswith(("полдень", "полдня", "noon", "midday")):
            return at + 1, 12.0
        if word.startswith(("полночь", "полноч", "midnight")):
            return at + 1, 0.0
        got = self._number(at)
        if not got or got[1].ordinal or got[1].value > 24:
            return None
        end = self._skip(got[0], "час часа часов часам часу o'clock ч")
        return self._daytime(end, got[1].value) if end > got[0] or self._says_daytime(end) else None

    def _says_daytime(self, at: int) -> bool:
        word = self.word(at)
        return word in ("am", "pm", "утра", "вечера", "ночи", "дня") or word.startswith("oclock")

    def _daytime(self, at: int, hour: float) -> tuple[int, float]:
        word = self.word(at)
        if not self._says_daytime(at):
            return at, hour
        if word in ("pm", "вечера", "дня") and hour < 12:
            hour += 12
        return at + 1, 0.0 if word in ("am", "ночи") and hour == 12 else hour

    def _part(self, at: int) -> tuple[int, Part] | None:
        word = self.word(at)
        for name, (first, last, stems) in PARTS.items():
            if any(word.startswith(stem) and len(word) - len(stem) < 4 for stem in stems.split()) and word != "ночи":
                if name == "night" and self.word(at - 1) == "last":
                    return at + 1, Part(-6, 6, "night")
                return at + 1, Part(first, last, name)
        if self.word(at - 1) in AT and (got := self._clock(at)):
            return got[0], Part(got[1], got[1] + 1, "clock", point=True)
        if ":" in word and (got := self._clock(at)):
            return got[0], Part(got[1], got[1] + 1, "clock", point=True)
        return None
