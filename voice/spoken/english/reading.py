"""Rules for an English text: numbers, codes, dates, times, abbreviations, signs."""

from __future__ import annotations

from voice.spoken.english import calendar, numbers, words
from voice.spoken.scan import Rule

RULES: tuple[Rule, ...] = (*words.FIRST, *calendar.RULES, *numbers.RULES, *words.LAST)
