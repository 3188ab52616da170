"""Values as people read them: numbers with units, local times, enums in words, in Russian or English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent import words
from agent.words import Language

NARROW = "\u00a0"


@dataclass(frozen=True)
class Setting:
    """For whom, when and where something is said."""

    language: Language = "en"
    zone: tzinfo = UTC
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    """The zone of each building, by its id and by its name."""


def zone_of(name: str | None) -> tzinfo:
    """A zone by its IANA name; UTC if there is none of that name."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def number(value: float | Decimal, language: Language, places: int = 2) -> str:
    """A number by the language's habit: "1234,5", "12 345", "1234.5", "12,345"."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    text = f"{abs(exact):.{places}f}"
    whole, _, rest = text.partition(".")
    rest = rest.rstrip("0")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", NARROW if language == "ru" else ",")
    sign = "−" if exact < 0 and (rest or whole != "0") else ""
    return sign + whole + ((("," if language == "ru" else ".") + rest) if rest else "")


def with_unit(text: str, unit: str | None, language: Language) -> str:
    """A number and its unit."""
    if not unit:
        return text
    shown = words.UNITS.get(unit, unit) if language == "ru" else unit
    if unit == "%" and language == "en":
        return f"{text}%"
    return f"{text}{NARROW}{shown}"


def duration(seconds: float, language: Language) -> str:
    """A time span in its two greatest parts: "3 ч 20 мин"; seconds count below a minute only."""
    left = round(abs(seconds))
    left -= left % 60 if left >= 60 else 0
    names = ("дн.", "ч", "мин", "с") if language == "ru" else ("d", "h", "min", "s")
    parts = []
    for size, name in zip((86400, 3600, 60, 1), names, strict=True):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{NARROW}{name}")
    return " ".join(parts[:2]) or f"0{NARROW}{names[-1]}"


def ago(at: datetime, setting: Setting) -> str:
    """How long ago: "5 мин назад"; or how soon."""
    seconds = (setting.now - at).total_seconds()
    if abs(seconds) < 1:
        return "только что" if setting.language == "ru" else "just now"
    span = duration(seconds, setting.language)
    if setting.language == "ru":
        return f"{span} назад" if seconds > 0 else f"через {span}"
    return f"{span} ago" if seconds > 0 else f"in {span}"


def day(value: date, language: Language) -> str:
    """A date: "20 октября 2022"."""
    return f"{value.day} {words.MONTHS[language][value.month - 1]} {value.year}"


def clock(value: datetime) -> str:
    """A time of the day: "14:15"."""
    return f"{value:%H:%M}"


def moment(value: datetime, language: Language) -> str:
    """A time: "20 октября 2022, 14:15"."""
    return f"{day(value.date(), language)}, {clock(value)}"


def instant(text: Any) -> datetime | None:
    """A DateTime of the graph; None if it is not one."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def calendar_day(text: Any) -> date | None:
    """A Date of the graph; None if it is not one."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def plain(
    value: Any, typename: str, unit: str | None, setting: Setting, zone: tzinfo | None = None, places: int = 2
) -> str:
    """A scalar of a type as people read it."""
    language = setting.language
    if value is None:
        return words.say("null", language)
    if isinstance(value, bool):
        return words.say("yes" if value else "no", language)
    if typename == "DateTime" and (at := instant(value)):
        return moment(at.astimezone(zone or setting.zone), language)
    if typename == "Date" and (on := calendar_day(value)):
        return day(on, language)
    if typename in words.ENUMS:
        return words.enum(typename, str(value), language)
    if typename == "Decimal" and (exact := decimal(value)) is not None:
        return with_unit(number(exact, language, places), unit, language)
    if isinstance(value, int | float):
        if unit == "s" and abs(value) >= 60:
            return duration(value, language)
        return with_unit(number(value, language, places), unit, language)
    return clean(str(value))


def decimal(value: Any) -> Decimal | None:
    """A Decimal of the graph, which travels as text."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def clean(text: str) -> str:
    """Text of the graph on one line, without what cannot be seen."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())
