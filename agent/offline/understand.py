"""From a sentence to a question: spots the things in it, weighs the topics, fills the slots."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from agent.offline import commands, fire, layers, names, shelving, topics
from agent.offline.phrases import phrases
from agent.offline.question import CHAT, WRITES, Building, Context, Language, Question, Topic
from agent.offline.sentence import Sentence
from agent.offline.slots import Slots, slots
from agent.offline.spot import spot
from agent.offline.text import sound
from agent.offline.things import Name, Spots

NEEDS_NAME = frozenset({
    Topic.TENANT_ROOMS, Topic.CONTACTS, Topic.LEASE, Topic.PAY, Topic.NAMED, Topic.END_LEASE, Topic.PLACE,
    Topic.WHO_RENTS,
})  # fmt: skip
SOONEST = re.compile(
    r"\b(?:раньше (?:всех|всего|других|остальных)|первым|первой|ближайш\w+|скорее всего|soonest|earliest|first|next)\b"
)
SURE = 20.0
LINK = re.compile(
    r"(?:ну )?(?:а|и|а если|а что|а как|также|теперь|and|or|what about|how about|also|same|ok and|then|but)(?= )"
)
GONE = re.compile(
    r"\b(?:закончил\w*|истек(?:л\w*|ши\w*)?|кончил\w*|завершил\w*|съехал\w*|выехал\w*"
    r"|expired|ended|moved out|ran out)\b"
)
NOUNS = frozenset(
    {"ALARM", "SENSOR", "TENANT", "LEASE", "ROOM", "FLOOR", "BUILDING", "RULE", "EVENT", "CONTACT", "PAY", "FREE"}
)
LONGEST = 2000
"""Characters of a text that are read; nobody asks longer questions."""


def understand(text: str, context: Context) -> Question:
    """The question that a text asks, taken by itself; never raises, never guesses a write."""
    s = Sentence.of(text[:LONGEST], context.language)
    said = phrases(s)
    note = commands.note(s)
    minutes = shelving.minutes(s)
    reason = shelving.reason(s, timed=minutes is not None)
    zone, panel = fire.zone(s), fire.states(s)
    spots = spot(s, context.now, context.zone)
    building = _building(s, context.buildings)
    unknown = names.unknown(s)
    filled = slots(s, spots, said)
    codes = [n for n in spots.names if n.code]
    features = _features(s, said, spots, filled, codes, unknown)
    there = {"@duration": minutes is not None, "@zone": bool(zone), "@panel": bool(panel)}
    features |= {mark for mark, found in there.items() if found}
    verbs = commands.verbs(s, said)
    tail = commands.tail(s) if "RENAME_DO" in verbs else None
    topic, weight = _topic(said, features, verbs, tail)
    if topic is Topic.NAMED and not any(n.sure for n in unknown) and len(s) > 3:
        topic = Topic.SCOPE
    question = _marked(_filled(topic, s, said, spots, filled, context), s, features, filled)
    question = replace(
        question,
        building=building,
        rooms=tuple(n for n in codes if n.kind == "ROOM"),
        sensors=tuple(n for n in codes if n.kind == "SENSOR"),
        lease=next((n.text for n in codes if n.kind == "LEASE"), None),
        names=_wanted(topic, s, unknown),
        quotes=tuple(spots.quotes),
        weight=weight,
        ordered="ACK_DO" in verbs,
        minutes=minutes,
        now=context.now.astimezone(context.zone),
        several=building is None and len(context.buildings) > 1,
        zone=zone,
        panel=panel if topic is Topic.PANEL else (),
    )
    return _write(question, s, spots, reason if topic is Topic.SHELVE else note, tail) if topic in WRITES else question


def _marked(question: Question, s: Sentence, features: frozenset[str], filled: Slots) -> Question:
    """What single words say of the whole question."""
    silent = "SILENT" in features and not features & {"FAULT", "LOST", "PROBLEM"}
    return replace(
        question,
        linked=bool(LINK.match(" ".join(s.words))),
        pronoun="PRONOUN" in features,
        length=len(s),
        gone=bool(GONE.search(" ".join(s.words))),
        vacant=bool(features & {"FREE", "TO_RENT", "RENT"}),
        state=bool(features & {"ACK_DONE", "LASTED"}) and filled.acknowledged is None,
        open="OPEN_ALARMS" in features,
        own="OWN" in features,
        noun=bool(features & NOUNS),
        layers=layers.shown(features, filled.kinds),
        dark="DARK" in features,
        statuses=("STALE", "UNKNOWN") if silent else (),
    )


def _features(
    s: Sentence, said: frozenset[str], spots: Spots, filled: Slots, codes: list[Name], unknown: list[Name]
) -> frozenset[str]:
    found = set(said)
    for at in range(len(s)):
        if not s.taken[at] and not s.tokens[at].quoted:
            found |= s.concepts(at)
    found |= {f"KIND:{k}" for k in filled.kinds}
    if "HELP" in said:
        found.add("HELP_PHRASE")
    if "SCOPE" in said:
        found.add("SCOPE_PHRASE")
    if any(s.word(at) in ("высели", "выселите", "выселить", "выселяем", "evict") for at in range(len(s))):
        found.add("EVICT")
    if "TO_RENT" in said:
        found.add("FREE")
    if any(s.word(at) in ("возьми", "возьмите", "взять", "беру") for at in range(len(s))):
        found.add("TAKE_DO")
    kinds = {n.kind for n in codes}
    flags = {
        "@room": "ROOM" in kinds, "@sensor": "SENSOR" in kinds, "@lease": "LEASE" in kinds, "@name": bool(unknown),
        "@level": bool(spots.levels or spots.storeys), "@kind": bool(filled.kinds), "@past": filled.past,
        "@roomkind": bool(filled.room_kinds), "@when": spots.when is not None, "@ahead": spots.when is not None,
        "@agg": bool(filled.extremes),
        "@area": filled.area != (None, None), "@people": filled.people is not None, "@limit": spots.limit is not None,
        "@bound": filled.above is not None or filled.below is not None, "@priority": bool(filled.priorities),
        "@event": bool(set(filled.kinds) & {"LEAK", "SMOKE"}), "@quote": bool(spots.quotes), "NOW": filled.now,
        "EXTREME": bool(filled.extremes),
        "MEASURED": "CO2_WORD" in said or any(m.unit == "ppm" for m in spots.measures),
        "@nth": any((n := s.number(at)) and n.ordinal for at in range(len(s))),
        "@number": bool(spots.measures) or any(s.number(at) for at in range(len(s))),
    }  # fmt: skip
    return frozenset(found | {name for name, holds in flags.items() if holds})


def _topic(
    said: frozenset[str], features: frozenset[str], verbs: dict[str, int], tail: str | None
) -> tuple[Topic, float]:
    writes = features & {"ACK_DO", "ACK_DONE", "CLEAR_DO", "END_DO", "PLACE_DO", "RENAME_DO"}
    if "HOWTO" in said and not features & {"@room", "@name"}:
        return Topic.HOWTO, SURE
    if "DENIED" in said and "ASKED" not in said and (writes or "ALARM" in features):
        return Topic.REFUSED, SURE
    if told := commands.command(verbs, features, tail):
        return told, SURE
    return topics.best(features)


def _wanted(topic: Topic, s: Sentence, unknown: list[Name]) -> tuple[Name, ...]:
    """Names that were meant as names; where the topic needs one, any unknown word will do."""
    if topic in CHAT:
        return ()
    sure = tuple(n for n in unknown if n.sure) or tuple(unknown)
    return sure or (tuple(names.capitals(s)) if topic in NEEDS_NAME else ())


def _building(s: Sentence, known: tuple[Building, ...]) -> str | None:
    """The building that is named by its code or by a word of its name; matters only when there are several."""
    if len(known) < 2:
        return None
    for building in known:
        own = {sound(w) for w in re.findall(r"\w+", f"{building.name} {building.code}".lower()) if len(w) > 3}
        for at in range(len(s)):
            heard = sound(s.word(at))
            if not s.taken[at] and any(_same(heard, w) for w in own) and not s.speaks(at, "BUILDING", "ROOM"):
                s.take(at, at + 1, "building")
                return building.id
    return None


def _same(heard: str, name: str) -> bool:
    """Whether a word is a name in some case: «в Порту», «из Маяка»."""
    stem = name.rstrip("aeiou")
    return len(stem) > 2 and heard.startswith(stem) and len(heard) - len(stem) < 4


def _filled(topic: Topic, s: Sentence, said: frozenset[str], spots: Spots, filled: Slots, context: Context) -> Question:
    when = spots.when
    language: Language = "ru" if s.language == "ru" else "en"
    return Question(
        topic=topic,
        language=language,
        levels=tuple(dict.fromkeys(spots.levels)),
        storey=spots.storeys[0] if spots.storeys else None,
        kinds=filled.kinds,
        room_kinds=filled.room_kinds,
        priorities=filled.priorities,
        categories=filled.categories,
        acknowledged=filled.acknowledged,
        current=filled.current,
        period=when.past if when else None,
        ahead=when.ahead if when else None,
        extremes=filled.extremes,
        trend=filled.trend,
        above=filled.above,
        below=filled.below,
        area=filled.area,
        people=filled.people,
        limit=spots.limit or (1 if topic is Topic.ENDING and SOONEST.search(" ".join(s.words)) else None),
        group=filled.group,
        count=filled.count,
        where=filled.where,
        who=filled.who,
        when=filled.when,
        asks=filled.asks,
        last=filled.last,
        every=filled.every,
        opposite=filled.opposite,
    )


def _write(question: Question, s: Sentence, spots: Spots, note: str | None, tail: str | None) -> Question:
    """What a write needs: a note, a day, a new name."""
    if question.topic in (Topic.ACKNOWLEDGE, Topic.SHELVE, Topic.RESET):
        note = note or (question.quotes[0] if question.quotes else None)
        return replace(question, note=note, names=tuple(n for n in question.names if n.text not in question.quotes))
    ahead = question.ahead
    day = ahead.first_day if ahead else None
    if question.topic is Topic.END_LEASE and ahead:
        day = ahead.last_day
        if ahead.name == "since" and ahead.first_day:
            day = ahead.first_day - timedelta(days=1)
    if question.topic is Topic.UPDATE_ROOM:
        return replace(question, name=tail, names=(), rooms=question.rooms[:1])
    return replace(question, day=day)
