"""What may be done with a cell before it is said: counting, extremes, forms of nouns, ways to say a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from agent import render, words
from agent.render import Setting
from agent.results import Cell, Missing
from agent.template import Filter


@dataclass(frozen=True)
class Amount:
    """A value on its way to being said."""

    value: Any
    typename: str = ""
    unit: str | None = None
    zone: tzinfo | None = None
    cell: Cell | None = None
    places: int = 2


@dataclass(frozen=True)
class Column:
    """The same cell of every object in a list."""

    cells: tuple[Cell, ...]
    source: Cell
    """The list; of several the one that is not complete."""


Value = Amount | Column | str
JOINED = 20
"""The most values that a column says."""


def amount(cell: Cell, setting: Setting) -> Amount:
    """A cell with its unit and its building's zone."""
    if isinstance(cell.value, dict) and not cell.page:
        if not cell.value:
            return Amount(None, cell=cell)
        cell = cell.label()
    return Amount(cell.value, cell.typename, _unit(cell), _zone(cell, setting), cell)


def _unit(cell: Cell) -> str | None:
    stated = cell.contract.unit(cell.field) if cell.field is not None else None
    if stated is None:
        return None
    if stated.symbol:
        return stated.symbol
    beside = cell.above.value if cell.above else None
    return beside.get(stated.field) if isinstance(beside, dict) and stated.field else None


def _zone(cell: Cell, setting: Setting) -> tzinfo | None:
    """The zone of the building that a cell belongs to, where the result tells it."""
    for holder in cell.ancestors():
        if isinstance(holder.value, dict):
            if isinstance(zone := holder.value.get("timeZone"), str):
                return render.zone_of(zone)
            building = holder.value.get("building")
            if isinstance(building, dict) and building.get("id") in setting.zones:
                return setting.zones[building["id"]]
    return None


def filtered(value: Amount | Column, filters: Iterable[Filter], setting: Setting) -> Amount | str:
    """The value after its filters."""
    current: Value = value
    for each in filters:
        known = FILTERS.get(each.name)
        if known is None:
            raise Missing(f"There is no filter {each.name!r}. Filters: {', '.join(FILTERS)}.")
        if isinstance(current, str) and each.name not in ("cap", "lower"):
            raise Missing(f"{each.name!r} cannot follow a filter that already says the value.")
        current = known(current, each, setting)
    return _joined(current, setting) if isinstance(current, Column) else current


def said(value: Amount | str, setting: Setting) -> str:
    """The value in words."""
    if isinstance(value, str):
        return value
    if isinstance(value.value, list):
        texts = [said(replace(value, value=v), setting) for v in value.value]
        return ", ".join(texts) or words.say("null", setting.language)
    if isinstance(value.value, dict):
        if value.cell is not None and value.cell.page:
            return _joined(Column(tuple(value.cell.items), value.cell), setting)
        raise Missing("An object cannot be said; name one of its fields.")
    return render.plain(value.value, value.typename, value.unit, setting, value.zone, value.places)


def _joined(column: Column, setting: Setting) -> str:
    texts = dict.fromkeys(said(amount(c, setting), setting) for c in column.cells if c.value not in (None, {}))
    shown = list(texts)[:JOINED]
    if len(texts) > JOINED:
        shown.append(words.say("more", setting.language, n=len(texts) - JOINED))
    elif not column.source.complete:
        shown.append(words.say("cut", setting.language))
    return ", ".join(shown) or words.say("null", setting.language)


def _count(value: Value, each: Filter, setting: Setting) -> Amount:
    if isinstance(value, Column):
        if not value.source.complete:
            raise Missing("The list is not complete, so it cannot be counted: use its total.")
        return Amount(sum(c.value is not None for c in value.cells))
    assert isinstance(value, Amount)
    cell = value.cell
    if cell is None or not (cell.many or cell.value is None):
        raise Missing("Only a list can be counted.")
    if cell.value is None:
        return Amount(0)
    if cell.total is None:
        raise Missing("The list is not complete, so it cannot be counted.")
    return Amount(cell.total)


def _over(pick: Callable[[list[float]], float]) -> Callable[[Value, Filter, Setting], Amount]:
    def over(value: Value, each: Filter, setting: Setting) -> Amount:
        if not isinstance(value, Column):
            raise Missing(f"{each.name!r} needs a column such as r1.nodes[*].value.")
        if not value.source.complete:
            raise Missing(f"The list is not complete, so it has no {each.name}: ask the graph for it.")
        cells = [c for c in value.cells if isinstance(c.value, int | float) and not isinstance(c.value, bool)]
        if not cells:
            return Amount(None)
        units = {_unit(c) for c in cells}
        if len(units) > 1:
            raise Missing("The values have different units.")
        return replace(amount(cells[0], setting), value=pick([c.value for c in cells]))

    return over


def _plural(value: Value, each: Filter, setting: Setting) -> str:
    count = _numeric(value, each)
    noun = words.form(count, each.arguments, setting.language if len(each.arguments) > 2 else "en")
    return f"{render.number(count, setting.language)} {noun}"


def _form(value: Value, each: Filter, setting: Setting) -> str:
    return words.form(_numeric(value, each), each.arguments, setting.language if len(each.arguments) > 2 else "en")


def _numeric(value: Value, each: Filter) -> float:
    if not isinstance(value, Amount) or isinstance(value.value, bool) or not isinstance(value.value, int | float):
        raise Missing(f"{each.name!r} needs a number.")
    if not each.arguments:
        raise Missing(f'{each.name!r} needs the forms of the noun: {each.name} "тревога" "тревоги" "тревог".')
    return value.value


def _at(value: Value) -> datetime | None:
    if isinstance(value, Amount):
        if value.value is None:
            return None
        if (at := render.instant(value.value)) is not None:
            return at
    raise Missing("This is not a time.")


def _timed(say: Callable[[datetime, Setting], str]) -> Callable[[Value, Filter, Setting], Amount | str]:
    def timed(value: Value, each: Filter, setting: Setting) -> Amount | str:
        at = _at(value)
        if at is None or not isinstance(value, Amount):
            return Amount(None)
        return say(at.astimezone(value.zone or setting.zone), setting)

    return timed


def _date(value: Value, each: Filter, setting: Setting) -> Amount | str:
    if isinstance(value, Amount) and value.typename == "Date":
        return said(value, setting) if value.value is not None else value
    return _timed(lambda at, s: render.day(at.date(), s.language))(value, each, setting)


def _bare(value: Value, each: Filter, setting: Setting) -> Value:
    return replace(value, unit=None) if isinstance(value, Amount) else value


def _round(value: Value, each: Filter, setting: Setting) -> Value:
    places = int(each.arguments[0]) if each.arguments and each.arguments[0].isdigit() else 0
    return replace(value, places=places) if isinstance(value, Amount) else value


def _cap(value: Value, each: Filter, setting: Setting) -> str:
    text = _joined(value, setting) if isinstance(value, Column) else said(value, setting)
    return text[:1].upper() + text[1:]


def _lower(value: Value, each: Filter, setting: Setting) -> str:
    return (_joined(value, setting) if isinstance(value, Column) else said(value, setting)).lower()


def _or(value: Value, each: Filter, setting: Setting) -> Value:
    return value


FILTERS: dict[str, Callable[[Value, Filter, Setting], Value]] = {
    "count": _count,
    "min": _over(min),
    "max": _over(max),
    "sum": _over(sum),
    "mean": _over(lambda values: sum(values) / len(values)),
    "plural": _plural,
    "form": _form,
    "date": _date,
    "eve": _timed(lambda at, s: render.day((at - timedelta(seconds=1)).date(), s.language)),
    "time": _timed(lambda at, s: render.clock(at)),
    "ago": _timed(render.ago),
    "since": _timed(lambda at, s: render.duration((s.now - at).total_seconds(), s.language)),
    "bare": _bare,
    "round": _round,
    "cap": _cap,
    "lower": _lower,
    "or": _or,
}

__all__ = ["FILTERS", "Amount", "Column", "amount", "filtered", "said"]
