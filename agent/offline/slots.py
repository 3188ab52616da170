"""The plain slots of a question: kinds, priorities, extremes, bounds, and what exactly is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.offline import words
from agent.offline.extremes import extremes_of
from agent.offline.sentence import Sentence
from agent.offline.things import Spots

PRIORITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
NOW = ("сейчас", "now", "теперь", "currently", "текущ", "ныне", "нынче")
AIR = re.compile(r"воздух\w*|air|проветр\w*|ventilat\w*|airflow")
GROUPS = {name: re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)") for name, ways in words.GROUPS.items()}
ACKED = re.compile(
    r"\b(?:подтвержденн|квитированн|принят)(?:ые|ых|ыми)\b"
    r"|\b(?:acknowledged|acked|accepted) (?:\w+ )?(?:alarm|alert)s"
)


@dataclass(frozen=True)
class Slots:
    """See `Question`; `past` says that the time named has gone by, `now` that the present is meant."""

    kinds: tuple[str, ...]
    room_kinds: tuple[str, ...]
    priorities: tuple[str, ...]
    categories: tuple[str, ...]
    acknowledged: bool | None
    current: bool | None
    extremes: tuple[str, ...]
    trend: bool
    above: float | None
    below: float | None
    area: tuple[float | None, float | None]
    people: int | None
    group: str | None
    count: bool
    where: bool
    who: bool
    when: bool
    asks: str
    last: bool
    every: bool
    opposite: bool
    past: bool
    now: bool


def slots(s: Sentence, spots: Spots, said: frozenset[str]) -> Slots:
    """Reads the slots off the words that nothing else has taken."""
    text = " ".join(s.words)
    has = {name for at in range(len(s)) if not s.taken[at] for name in s.concepts(at)} | said
    kinds = _kinds(s, spots, has)
    extremes = extremes_of(has, text)
    above, below = _bounds(spots)
    if (above is not None or below is not None) and "SUPERLATIVE" not in has:
        extremes = tuple(e for e in extremes if e == "MEAN")
    area, people = _area(spots), next((int(m.value) for m in spots.measures if m.unit == "people"), None)
    return Slots(
        kinds=kinds,
        room_kinds=_room_kinds(s),
        priorities=_priorities(s, has),
        categories=_categories(s, has),
        acknowledged=False if "UNACKED" in has else True if _acknowledged(s, text) else None,
        current=_current(has, spots),
        extremes=extremes,
        trend="TREND" in has,
        above=above,
        below=below,
        area=area,
        people=people,
        group=_group(text, has, extremes),
        count=("COUNT" in has and "WHEN" not in said) or bool({"OFTEN", "HEADS"} & has),
        where="WHERE" in has or _which_place(s),
        who="WHO" in has,
        when=bool({"WHEN", "LEASE_UNTIL"} & has),
        asks=_asks(has),
        last="LAST" in has,
        every="ALL" in has,
        opposite=any(s.word(at - 1) in ("не", "not") and s.speaks(at, "STUFFY") for at in range(len(s)))
        and "WHERE" in has,
        past=_past(has, spots, extremes),
        now="ACTIVE" in has or any(s.free(at) and s.word(at) in NOW for at in range(len(s))),
    )


def _acknowledged(s: Sentence, text: str) -> bool:
    """ "Acknowledged alarms", not "was the alarm acknowledged"."""
    return ACKED.search(text) is not None and not s.question


def _kinds(s: Sentence, spots: Spots, has: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    loose: set[str] = set()
    for at in range(len(s)):
        if s.taken[at] == "co2":
            found.append("CO2")
        if s.taken[at] and s.taken[at] not in ("STUFFY", "CO2_WORD", "HAPPEN"):
            continue
        here = [c[5:] for c in sorted(s.concepts(at)) if c.startswith("KIND:")]
        if AIR.fullmatch(s.word(at)):
            loose.update(here)
        if s.word(at) in ("тихо", "quiet") and not {"READING"} & has:
            continue
        found += here
    if {"STUFFY", "CO2_WORD"} & has:
        found.append("CO2")
    units = {m.unit for m in spots.measures}
    found += [kind for unit, kind in (("degree", "TEMPERATURE"), ("ppm", "CO2")) if unit in units]
    if "percent" in units and not found:
        found.append("HUMIDITY")
    if {"HEADS", "CROWDED"} & has and not found:
        found.append("OCCUPANCY")
    if "ANYBODY" in has and not found and not {"ALARM", "ACK_DONE", "ACK_DO", "RENT_STRICT", "LEASE"} & has:
        found += ["MOTION", "OCCUPANCY"]
    if not found and {"DOOR_OPEN", "DOOR_SHUT"} & has and not {"LEASE", "ALARM", "CLEAR_DO", "RENT"} & has:
        found.append("DOOR")
    kinds = list(dict.fromkeys(found))
    firm = [k for k in kinds if k not in loose]
    kinds = firm if firm and loose else kinds
    if "FIRE" in has and "SMOKE" in kinds and "ALARM" in has and not re.search(r"дым|smok", " ".join(s.words)):
        kinds.remove("SMOKE")
    if "EXCEPT" in has and kinds:
        kinds = [k for k in (*words.KINDS, "OTHER") if k not in kinds]
    return tuple(kinds)


def _bounds(spots: Spots) -> tuple[float | None, float | None]:
    above = below = None
    for m in spots.measures:
        if m.unit in ("area", "people"):
            continue
        if m.side in ("above", "least"):
            above = m.value
        elif m.side in ("below", "most"):
            below = m.value
    return above, below


def _area(spots: Spots) -> tuple[float | None, float | None]:
    low = high = None
    for m in spots.measures:
        if m.unit == "area":
            if m.side in ("below", "most"):
                high = m.value
            else:
                low = m.value
    return low, high


def _priorities(s: Sentence, has: set[str]) -> tuple[str, ...]:
    wanted: list[str] = []
    named = "PRIORITY" in has or ("ALARM" in has and not any(c.startswith("KIND:") for c in has))
    for at in range(len(s)):
        if not s.free(at):
            continue
        word = s.word(at)
        here: list[str] = []
        if s.speaks(at, "CRITICAL") and not word.startswith("критичност"):
            here = ["CRITICAL"]
        elif s.speaks(at, "URGENT") and not word.startswith(("важност", "срочност")):
            here = ["HIGH", "CRITICAL"]
        elif named and s.speaks(at, "HIGH"):
            here = ["HIGH"]
        elif "PRIORITY" in has and (s.speaks(at, "MEDIUM") or word.startswith("средн")):
            here = ["MEDIUM"]
        elif named and s.speaks(at, "LOW"):
            here = ["LOW"]
        if here and s.word(at - 1) in ("не", "not", "non"):
            here = [p for p in PRIORITIES if p not in here]
        wanted += here
    return tuple(p for p in PRIORITIES if p in wanted)


def _categories(s: Sentence, has: set[str]) -> tuple[str, ...]:
    if "FIRE" in has and not re.search(r"дым|smok", " ".join(s.words)):
        return ("FIRE",)
    return ("SECURITY",) if "SECURITY" in has else ("EQUIPMENT",) if "EQUIPMENT" in has else ()


def _room_kinds(s: Sentence) -> tuple[str, ...]:
    spoken = (concept for at in range(len(s)) if s.free(at) for concept in sorted(s.concepts(at)))
    return tuple(dict.fromkeys(concept[5:] for concept in spoken if concept.startswith("ROOM:")))


def _past(has: set[str], spots: Spots, extremes: tuple[str, ...]) -> bool:
    """Whether the time named has gone by; today is now, unless something of its course is asked."""
    if spots.when is None or spots.when.past.name == "ever":
        return False
    return spots.when.past.name != "today" or bool({"PAST", "TREND"} & has or extremes)


def _current(has: set[str], spots: Spots) -> bool | None:
    if "ACTIVE" in has:
        return True
    if "PAST" in has or spots.when is not None or {"FINISHED", "LAST", "ACK_DONE"} & has or "OFTEN" in has:
        return False
    return None


def _group(text: str, has: set[str], extremes: tuple[str, ...]) -> str | None:
    for group, pattern in GROUPS.items():
        if pattern.search(text):
            if group in ("ROOM", "FLOOR", "SENSOR") and not (
                {"COUNT", "OFTEN"} & has
                or extremes
                or re.search(r"\b(?:по|by|per|each|кажд\w+) ", text)
                or "PROBLEM" in has
            ):
                continue
            return group
    if "WHERE" in has and (({"COUNT", "OFTEN"} & has and "ALARM" in has) or extremes):
        return "ROOM"
    return None


def _which_place(s: Sentence) -> bool:
    return any(s.speaks(at, "WHICH") and s.speaks(at + 1, "ROOM", "FLOOR") for at in range(len(s)))


def _asks(has: set[str]) -> str:
    for name in ("CAPACITY", "AREA", "FLOOR", "PEOPLE"):
        if name in has:
            return "CAPACITY" if name == "PEOPLE" else name
    return ""
