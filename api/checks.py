"""Checks of what people type in: each gives a refusal, or None when all is well."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from api.refusals import InvalidInput

LONGEST = 200
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufffe\uffff]")
SPACE_OR_SLASH = re.compile(r"[\s/]")
CURRENCY = re.compile(r"[A-Z]{3}")
YEARS = range(1900, 2201)
MOST_RENT = Decimal(10) ** 12


def line(argument: str, value: str | None, longest: int = LONGEST) -> InvalidInput | None:
    """One line of text, not empty; None passes."""
    if value is None:
        return None
    if not value.strip():
        return InvalidInput.of("EMPTY", argument)
    if len(value) > longest:
        return InvalidInput.of("TOO_LONG", argument, limit=longest)
    return InvalidInput.of("BAD_CHARACTERS", argument) if UNPRINTABLE.search(value) else None


def code(argument: str, value: str) -> InvalidInput | None:
    """A code by which programs name a thing: no spaces, no slash."""
    if (wrong := line(argument, value)) is not None:
        return wrong
    return InvalidInput.of("BAD_CHARACTERS", argument) if SPACE_OR_SLASH.search(value) else None


def number(argument: str, value: float | None, least: float = -math.inf, most: float = math.inf) -> InvalidInput | None:
    """An ordinary number between two bounds; None passes."""
    if value is None:
        return None
    if not math.isfinite(value):
        return InvalidInput.of("NOT_A_NUMBER", argument)
    if value < least:
        return InvalidInput.of("TOO_SMALL", argument, least=least)
    return InvalidInput.of("TOO_LARGE", argument, most=most) if value > most else None


def moment(argument: str, value: datetime | None, after: datetime, within: timedelta) -> InvalidInput | None:
    """A time after another, by no more than that; None passes."""
    if value is None:
        return None
    if value <= after:
        return InvalidInput.of("NOT_AHEAD", argument)
    if value > after + within:
        return InvalidInput.of("TOO_FAR_AHEAD", argument, hours=round(within.total_seconds() / 3600))
    return None


def day(argument: str, value: date | None) -> InvalidInput | None:
    """A day of our times; None passes."""
    return None if value is None or value.year in YEARS else InvalidInput.of("YEAR_OUT_OF_RANGE", argument)


def days(start: date, end: date | None) -> InvalidInput | None:
    """A first and a last day, in this order."""
    if (wrong := day("start", start) or day("end", end)) is not None:
        return wrong
    return InvalidInput.of("END_BEFORE_START", "end", start=start, end=end) if end is not None and end < start else None


def money(argument: str, amount: Decimal | None, currency: str | None) -> InvalidInput | None:
    """An amount with its currency (ISO 4217), or neither."""
    if (amount is None) != (currency is None):
        return InvalidInput.of("RENT_WITHOUT_CURRENCY", argument if amount is None else "currency")
    if amount is None or currency is None:
        return None
    if not CURRENCY.fullmatch(currency):
        return InvalidInput.of("BAD_CURRENCY", "currency")
    if not amount.is_finite():
        return InvalidInput.of("NOT_A_NUMBER", argument)
    if amount < 0:
        return InvalidInput.of("TOO_SMALL", argument, least=0)
    if amount >= MOST_RENT:
        return InvalidInput.of("TOO_LARGE", argument, most=MOST_RENT - 1)
    exact = amount.quantize(Decimal("0.01")) == amount
    return None if exact else InvalidInput.of("TOO_MANY_DECIMALS", argument, limit=2)
