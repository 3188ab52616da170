"""Which floor: "floor 3", «на втором и третьем этажах», «подвал», and an ordinal with no noun, «на пятом»."""

from __future__ import annotations

import re

from agent.offline.measures import unit_at
from agent.offline.sentence import Sentence
from agent.offline.things import Spots

AFTER_NUMBER = (
    r"январ|феврал|март|апрел|ма[яйе]|июн|июл|август|сентябр|октябр|ноябр|декабр|числ|час|минут|дн|ден|сут|недел|месяц|год|лет"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|hour|minute|day|week|month|year"
    r"|pm|am"
)


def floors(s: Sentence, found: Spots) -> None:
    """A number beside the word floor; several: «на втором и третьем этажах»; «подвал», "top floor"."""
    for at in range(len(s)):
        if s.free(at) and (named := next((c[7:] for c in s.concepts(at) if c.startswith("STOREY:")), None)):
            beside = s.speaks(at + 1, "FLOOR") or s.speaks(at - 1, "FLOOR")
            if named in ("BASEMENT", "ROOF") or beside:
                found.storeys.append(named)
                s.take(at, at + 1, "floor")
        if not s.speaks(at, "FLOOR") or s.taken[at]:
            continue
        if s.speaks(at - 1, "LAST") and not s.is_number(at + 1):
            found.storeys.append("TOP")
            s.take(at - 1, at, "floor")
            continue
        _levels_before(s, found, at)
        if s.word(at - 1) == "" or s.taken[at - 1] != "floor":
            _levels_after(s, found, at)


def drawn(s: Sentence, found: Spots) -> None:
    """The number of a plan, «план 5», «план четвёртого», and of what one leaves: «эвакуация со второго»."""
    drawings = [at for at in range(len(s)) if s.speaks(at, "DRAWING") or s.taken[at] in ("EVACUATION", "HEATMAP")]
    if not drawings or found.levels or found.storeys:
        return
    leaving = [at for at in range(len(s)) if s.word(at) in ("с", "со")]
    for at in (*drawings, *leaving):
        start = at + 1
        while s.word(start) in ("№", "#", "номер", "number", "of", "the", "for"):
            start += 1
        got = _floor_number(s, start)
        if got is None or not all(s.free(each) for each in range(start, got[1])):
            continue
        if not (re.match(AFTER_NUMBER, s.word(got[1])) or s.speaks(got[1], "ROOM") or unit_at(s, got[1])):
            found.levels.append(got[0])
            s.take(start, got[1], "floor")
            return


def _floor_number(s: Sentence, at: int) -> tuple[int, int] | None:
    """A floor's number that begins here and the token after it; "minus one" included."""
    sign, start = 1, at
    if s.word(at) in ("минус", "minus"):
        sign, start = -1, at + 1
    if re.fullmatch(r"-\d{1,2}", s.word(at)) and s.free(at):
        return int(s.word(at)), at + 1
    number = s.number(start)
    if number is None or number.value > 99 or (len(number.text) > 2 and number.digits):
        return None
    return sign * number.value, start + number.words


def _levels_before(s: Sentence, found: Spots, noun: int) -> None:
    for start in range(noun - 1, max(-1, noun - 4), -1):
        got = _floor_number(s, start)
        longer = _floor_number(s, start - 1)
        if longer and longer[1] == noun:
            continue
        if got and got[1] == noun:
            found.levels.append(got[0])
            s.take(start, noun, "floor")
            joint = start - 1
            while s.word(joint) in ("и", "and", "или", "or", "на") and joint > 0:
                for first in range(joint - 1, max(-1, joint - 3), -1):
                    other = _floor_number(s, first)
                    if other and other[1] == joint:
                        found.levels.insert(0, other[0])
                        s.take(first, joint, "floor")
                        joint = first
                        break
                joint -= 1
            return


def _levels_after(s: Sentence, found: Spots, noun: int) -> None:
    start = noun + 1
    while s.word(start) in ("№", "#", "номер", "number", "no"):
        start += 1
    got = _floor_number(s, start)
    dated = s.speaks(got[1], "DATE") and re.match(AFTER_NUMBER, s.word(got[1])) if got else False
    if got and not dated and not s.speaks(got[1], "ROOM") and not unit_at(s, got[1]):
        found.levels.append(got[0])
        s.take(start, got[1], "floor")
        if s.word(got[1]) in ("и", "and") and (more := _floor_number(s, got[1] + 1)):
            found.levels.append(more[0])
            s.take(got[1] + 1, more[1], "floor")


def ordinals(s: Sentence, found: Spots) -> None:
    """An ordinal with no noun: «что свободно на четвёртом», «а пятый?», "on the third"."""
    for at in range(len(s)):
        number = s.number(at)
        if number is None or not -5 <= number.value <= 60:
            continue
        on = s.word(at - 1) in ("на", "on", "по", "про", "c", "с", "для") or (
            s.word(at - 1) == "the" and s.word(at - 2) == "on"
        )
        plain = number.ordinal and number.feminine is not True
        if (plain and (on or not s.is_number(at + number.words))) or (on and number.digits):
            found.levels.append(number.value)
            s.take(at, at + number.words, "floor")
