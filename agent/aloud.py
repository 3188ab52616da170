"""A reply as it is said: short, a list counted and offered instead of read out, and gone on with after a yes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent import render, words
from agent.render import Setting
from agent.words import Language

SAID = 3
"""A list of so many is said at once; of a longer one so many at a time."""
LONGEST = 360
"""Letters after which a reply pauses and asks whether to go on."""
BULLET = re.compile(r"^\s*(?:[•*–-]|\d{1,2}[.)])\s+")
SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«“\"(]?[A-ZА-ЯЁ0-9])")
MORE = re.compile(r"^… \D*(\d+)")
CUT = tuple(words.SENTENCES["cut"])
INLINE = 4
"""A sentence that lists more than so many names holds a list."""


@dataclass(frozen=True)
class Speech:
    """What is said now, and what is kept for a yes."""

    text: str
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """Words, and the list that follows them."""

    head: str
    items: tuple[str, ...] = ()


def aloud(reply: str, setting: Setting) -> Speech:
    """A written reply as speech."""
    language = setting.language
    said: list[str] = []
    held: list[str] = []
    listed = 0
    for part in _parts(_near(reply, setting)):
        listed += len(part.items)
        if not held and listed <= SAID:
            said += [sentence(t) for t in (part.head, *part.items)]
            continue
        said.append(sentence(part.head))
        if not part.items:
            continue
        first = f"{part.head.rstrip(' :')}: {part.items[0]}" if held and part.head else part.items[0]
        held += [sentence(i) for i in (first, *part.items[1:])]
        said.append("" if re.search(r"\d", part.head) else _counted(part.items, language))
    said = [s for s in said if s]
    if held:
        return Speech(" ".join([*said, words.say("offer", language)]), tuple(held))
    return _paused([s for t in said for s in SENTENCE.split(t)], language)


def _near(reply: str, setting: Setting) -> str:
    """Times of today without their date, dates of this year without the year."""
    today = setting.now.astimezone(setting.zone).date()
    day = re.escape(render.day(today, setting.language))
    months = "|".join(words.MONTHS[setting.language])
    timed = re.sub(rf"(?<!\d){day}, (\d\d:\d\d)", r"\1", reply)
    return re.sub(rf"(?<!\d)(\d{{1,2}} (?:{months})) {today.year}(?!\d)", r"\1", timed)


def go_on(rest: Sequence[str], language: Language) -> Speech:
    """The next of what was kept."""
    now, later = rest[:SAID], tuple(rest[SAID:])
    if not later:
        return Speech(" ".join(now))
    return Speech(" ".join([*now, words.say("offer_more", language, n=len(later))]), later)


def choices(question: str, labels: Sequence[str], language: Language) -> str:
    """A question with what may be chosen, each by its place."""
    places = words.PLACES[language]
    named = [f"{place} — {label}." for place, label in zip(places, labels, strict=False)]
    return " ".join([sentence(question), *named])


def sentence(text: str) -> str:
    """Words with a capital at the beginning and a full stop at the end."""
    bare = " ".join(text.split()).rstrip(":;, ")
    if not bare:
        return ""
    closed = bare if bare.rstrip("»”\"')")[-1:] in ".!?…" else f"{bare}."
    first = closed.split(maxsplit=1)[0]
    return closed if re.search(r"[\d_-]", first) else closed[:1].upper() + closed[1:]


def _parts(reply: str) -> list[_Part]:
    """Each line with the list below it."""
    found: list[_Part] = []
    for line in (told for line in reply.splitlines() if (told := line.strip())):
        mark = BULLET.match(line)
        last = found[-1] if found else None
        if mark or (last and last.items and (MORE.match(line) or line in CUT)):
            before = found.pop() if found else _Part("")
            found.append(_Part(before.head, (*before.items, line[mark.end() if mark else 0 :])))
        else:
            found.append(_Part(line))
    return [inline(p) for p in found]


def inline(part: _Part) -> _Part:
    """A list within a sentence: “Free: 101, 102, 103, 104, 105.”"""
    head, colon, listed = part.head.partition(": ")
    if part.items or not colon:
        return part
    names = re.split(r";\s+" if "; " in listed else r",\s+", listed.rstrip(". "))
    short = all(len(n) < 60 and not re.search(r"\w\w[.!?]\s", n) for n in names)
    return _Part(head, tuple(names)) if len(names) > INLINE and short else part


def _counted(items: Sequence[str], language: Language) -> str:
    """How many there are, where the reply itself does not say."""
    last = items[-1]
    if more := MORE.match(last):
        return words.say("items", language, n=len(items) - 1 + int(more[1]))
    if last in CUT:
        return words.say("items_at_least", language, n=len(items) - 1)
    return words.say("items", language, n=len(items))


def _paused(sentences: Sequence[str], language: Language) -> Speech:
    """As much as can be listened to."""
    length, at = 0, 0
    while at < len(sentences) and (at == 0 or length + len(sentences[at]) <= LONGEST):
        length += len(sentences[at]) + 1
        at += 1
    said, later = " ".join(sentences[:at]), tuple(sentences[at:])
    return Speech(f"{said} {words.say('offer_rest', language)}", later) if later else Speech(said)
