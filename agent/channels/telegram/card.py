"""The message of an alarm or an incident: what it says, and the buttons under it. Pure."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from importlib.resources import files

from agent import words
from agent.channels.telegram.snapshot import CRITICAL, PRIORITIES, Snapshot
from agent.words import Language

with files("agent.channels.telegram").joinpath("pushes.toml").open("rb") as _file:
    SENTENCES: dict[str, list[str]] = tomllib.load(_file)

MARKS = dict(zip(PRIORITIES, ("🔵", "🟡", "🟠", "🔴"), strict=True))
TREATS = frozenset(("ADMIN", "MANAGER", "DISPATCHER"))
"""Roles that may acknowledge, shelve and reset somewhere; the graph knows where."""
NEVER_SHELVED = ("FIRE", "LEAK")
LONGEST = 300
"""Letters of a text that people wrote."""


def say(key: str, language: Language, **parts: object) -> str:
    """A sentence of the pushes, Russian or English."""
    return SENTENCES[key][0 if language == "ru" else 1].format(**parts)


@dataclass(frozen=True)
class Button:
    """What it says, and what a tap on it sends: at most 64 bytes."""

    label: str
    data: str


@dataclass(frozen=True)
class Card:
    """A message in Telegram's HTML."""

    text: str
    buttons: tuple[tuple[Button, ...], ...]
    silent: bool
    """It makes no sound."""

    @property
    def print(self) -> str:
        """By which two equal cards are known."""
        return hashlib.sha256(repr((self.text, self.buttons)).encode()).hexdigest()[:16]


def card(one: Snapshot, language: Language, zone: tzinfo, roles: frozenset[str]) -> Card:
    """The message as it stands now; `zone` is the building's, `roles` those of the person."""
    lines = _incident(one, language, zone) if one.is_incident else _alarm(one, language, zone)
    buttons = _for_incident(one, language) if one.is_incident else _for_alarm(one, language, roles)
    return Card("\n".join(lines), buttons, silent=one.priority in PRIORITIES[:2] or not one.pending)


def _alarm(one: Snapshot, language: Language, zone: tzinfo) -> list[str]:
    priority = words.enum("Priority", one.priority, language)
    category = words.enum("Category", one.category, language)
    kind = f"{priority} · {category}"
    place = [_room(one.room, language), one.floor, one.building]
    lines = [
        f"{_mark(one)} <b>{_text(one.title)}</b>",
        escape(kind.upper() if one.priority == CRITICAL else kind),
        f"📍 {_text(', '.join(each for each in place if each))}",
    ]
    if one.tenants:
        lines.append(f"🏢 {_text(', '.join(one.tenants))}")
    lines.append(f"📟 {_text(_measured(one, language))}")
    since = say("since", language, at=moment(one.last_raised_at, zone))
    again = say("again", language, count=one.occurrences) if one.occurrences > 1 else ""
    return [*lines, f"🕑 {since}{again}", *_standing(one, language, zone)]


def _mark(one: Snapshot) -> str:
    if one.over:
        return "☑️"
    if one.state in ("ACKNOWLEDGED", "LATCHED"):
        return "✅"
    return MARKS[one.priority] if one.annunciated else "🔕"


def _room(number: str | None, language: Language) -> str:
    return say("room", language, number=number) if number else ""


def _measured(one: Snapshot, language: Language) -> str:
    if one.value is None or not one.unit:
        return one.sensor
    shown = f"{one.value:.1f}".rstrip("0").rstrip(".")
    unit = words.UNITS.get(one.unit, one.unit) if language == "ru" else one.unit
    return f"{one.sensor}: {shown.replace('.', ',') if language == 'ru' else shown} {unit}"


def _standing(one: Snapshot, language: Language, zone: tzinfo) -> list[str]:
    """Where it stands: the last line changes as the alarm does."""
    state = words.enum("AlarmState", one.state, language)
    lines = []
    if one.note:
        lines.append(f"✏️ {_text(one.note)}")
    if one.escalated_to and one.pending:
        role = words.enum("Role", one.escalated_to, language)
        lines.append(f"⏫ {escape(say('escalated', language, role=role))}")
    if one.shelved_until is not None:
        until = say("shelved", language, until=moment(one.shelved_until, zone), who=one.shelved_by or "–")
        lines.append(f"🔕 {_text(until)}")
    if one.out_of_service or one.suppressed:
        lines.append(f"🔕 {escape(say('out_of_service' if one.out_of_service else 'suppressed', language))}")
    if one.acknowledged_at is not None:
        who = one.acknowledged_by or say("somebody", language)
        lines.append(f"👤 {_text(say('acknowledged', language, who=who, at=moment(one.acknowledged_at, zone)))}")
    at = one.closed_at or (one.returned_at if one.state in ("RETURNED", "LATCHED") else None)
    told = f"{state}, {moment(at, zone)}" if at is not None else state
    return [*lines, f"<b>{escape(told[:1].upper() + told[1:])}</b>"]


def _incident(one: Snapshot, language: Language, zone: tzinfo) -> list[str]:
    mark = "☑️" if one.over else "🌊"
    counted = say("counted", language, alarms=one.alarms, live=one.live, open=one.unacknowledged)
    until = say("over", language, at=moment(one.closed_at, zone)) if one.closed_at else ""
    return [
        f"{mark} <b>{_text(one.title)}</b>",
        escape(say("flood", language)),
        f"📍 {_text(', '.join(each for each in (one.floor, one.building) if each))}",
        f"🕑 {escape(say('since', language, at=moment(one.raised_at, zone)))}",
        f"<b>{escape(until or counted)}</b>",
    ]


def _for_alarm(one: Snapshot, language: Language, roles: frozenset[str]) -> tuple[tuple[Button, ...], ...]:
    def button(what: str) -> Button:
        return Button(say(f"button_{what}", language), f"a:{what}:{one.id}")

    treating: list[Button] = []
    if roles & TREATS and not one.over:
        if one.state in ("ACTIVE", "RETURNED"):
            treating.append(button("ack"))
        if one.state == "LATCHED":
            treating.append(button("rst"))
        if one.category not in NEVER_SHELVED and one.shelved_until is None:
            treating.append(button("shv"))
    looking = (button("pln"), button("who")) if one.room else (button("who"),)
    return (tuple(treating), looking) if treating else (looking,)


def _for_incident(one: Snapshot, language: Language) -> tuple[tuple[Button, ...], ...]:
    return ((Button(say("button_lst", language), f"a:lst:{one.id}"),),)


def moment(at: datetime, zone: tzinfo) -> str:
    """A time in the building's zone: `12:03 16.11`."""
    return f"{at.astimezone(zone):%H:%M %d.%m}"


def _text(written: str) -> str:
    """Words that people wrote, as Telegram's HTML takes them."""
    plain = " ".join(written.split())
    return escape(plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…")
