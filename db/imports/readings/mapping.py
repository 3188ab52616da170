"""MAP.toml (docs/import.md): which columns of a table are which sensors, how its times and numbers are written."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.imports.notices import BadMap
from db.models import SensorKind

Name = str | int
"""A column: by its header, or by its place from 1 where the header is empty or occurs twice."""
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-")
UNIX = {"unix": 1, "unix_ms": 1_000, "unix_us": 1_000_000}
"""Formats of times that are numbers: units in a second since 1970."""


@dataclass(frozen=True, slots=True)
class Table:
    """How the file is written. `member` names a file in a zip; None: the only CSV in it."""

    member: str | None = None
    encoding: str = "utf-8"
    separator: str | None = None
    decimal: str = "."
    skip: int = 0
    missing: tuple[str, ...] = MISSING


@dataclass(frozen=True, slots=True)
class Times:
    """Where times stand and how. `zone` is for times that do not say their own; `format` None: ISO 8601."""

    columns: tuple[Name, ...]
    format: str | None = None
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """What a sensor is, where the import may make it."""

    kind: SensorKind
    room: str | None = None
    name: str | None = None
    interval: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One sensor's readings: value = cell × factor + offset, in `unit`; the first of the columns that has a value."""

    sensor: str
    columns: tuple[Name, ...]
    where: tuple[tuple[Name, str], ...] = ()
    factor: float = 1.0
    offset: float = 0.0
    unit: str | None = None
    making: Making | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map; `building` is the code before the sensors' codes."""

    building: str | None
    table: Table
    times: Times
    series: tuple[Series, ...] = field(default=())

    def named(self, series: Series) -> str:
        """The sensor as devices name it: `duplex/co2-a102`."""
        return f"{self.building}/{series.sensor}" if self.building else series.sensor


def load(path: Path) -> Map:
    """The map in a file. Raises `BadMap`."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadMap("file.absent", path=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadMap("file.unreadable", path=path, reason=error) from error
    except tomllib.TOMLDecodeError as error:
        raise BadMap("map.not_toml", path=path.name, reason=error) from error
    return parse(document)


def parse(document: Mapping[str, Any]) -> Map:
    """The map in a parsed document. Raises `BadMap`."""
    top = _Section("", document)
    building = top.take("building", str, None)
    table, times = _table(top.section("file")), _times(top.section("time", needed=True))
    entries = top.take("series", list, [])
    top.close()
    if not entries:
        raise BadMap("map.missing", key="[[series]]")
    series = [_series(_Section(f"series {number}", entry)) for number, entry in enumerate(entries, start=1)]
    twice = {one.sensor for one in series if sum(other.sensor == one.sensor for other in series) > 1}
    if twice:
        raise BadMap("map.twice", sensor=sorted(twice)[0])
    return Map(building, table, times, tuple(series))


T = TypeVar("T")


class _Section:
    """A table of the document; what is not taken from it is unknown."""

    def __init__(self, name: str, values: Any) -> None:
        if not isinstance(values, Mapping):
            raise BadMap("map.wrong", key=name, expected="a table")
        self.name = name
        self.values = dict(values)

    def key(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def take(self, key: str, kind: type[T], otherwise: T | None) -> Any:
        value = self.values.pop(key, otherwise)
        if value is None:
            return None
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise BadMap("map.wrong", key=self.key(key), expected=kind.__name__)
        return value

    def needed(self, key: str, kind: type[T]) -> T:
        if key not in self.values:
            raise BadMap("map.missing", key=self.key(key))
        taken: T = self.take(key, kind, None)
        return taken

    def section(self, key: str, needed: bool = False) -> _Section:
        if needed and key not in self.values:
            raise BadMap("map.missing", key=f"[{key}]")
        return _Section(key, self.values.pop(key, {}))

    def names(self, key: str) -> tuple[Name, ...]:
        if key not in self.values:
            raise BadMap("map.missing", key=self.key(key))
        value = self.values.pop(key)
        found = value if isinstance(value, list) else [value]
        if not found or not all(isinstance(one, (str, int)) and not isinstance(one, bool) for one in found):
            raise BadMap("map.wrong", key=self.key(key), expected="a header, a place from 1, or a list of these")
        return tuple(found)

    def close(self) -> None:
        if self.values:
            raise BadMap("map.unknown", key=self.key(next(iter(self.values))))


def _table(section: _Section) -> Table:
    table = Table(
        member=section.take("member", str, None),
        encoding=section.take("encoding", str, "utf-8"),
        separator=section.take("separator", str, None),
        decimal=section.take("decimal", str, "."),
        skip=section.take("skip", int, 0),
        missing=tuple(section.take("missing", list, list(MISSING))),
    )
    section.close()
    _hold(section, "separator", table.separator is None or len(table.separator) == 1, "one character")
    _hold(section, "decimal", table.decimal in (".", ","), "'.' or ','")
    _hold(section, "skip", table.skip >= 0, "0 or more")
    _hold(section, "missing", all(isinstance(text, str) for text in table.missing), "a list of texts")
    _try(section, "encoding", lambda: "".encode(table.encoding), LookupError, "an encoding such as utf-8 or cp1251")
    return table


def _times(section: _Section) -> Times:
    columns = section.names("column")
    written = section.take("format", str, None)
    zone = section.take("zone", str, None)
    section.close()
    known = (ZoneInfoNotFoundError, ValueError, OSError)
    found = None if zone is None else _try(section, "zone", lambda: ZoneInfo(zone), known, "as Europe/Moscow")
    return Times(columns, None if written in (None, "iso") else written, found)


def _series(section: _Section) -> Series:
    where = section.take("where", dict, {})
    series = Series(
        sensor=section.needed("sensor", str),
        columns=section.names("column"),
        where=tuple((column, _text(section, value)) for column, value in where.items()),
        factor=section.take("factor", float, 1.0),
        offset=section.take("offset", float, 0.0),
        unit=section.take("unit", str, None),
        making=_making(section),
    )
    section.close()
    return series


def _text(section: _Section, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadMap("map.wrong", key=section.key("where"), expected="texts and numbers")
    return str(value)


def _making(section: _Section) -> Making | None:
    kind = section.take("kind", str, None)
    rest = (section.take("room", str, None), section.take("name", str, None), section.take("interval", int, None))
    if kind is None:
        _hold(section, "kind", not any(rest), "given where room, name or interval is")
        return None
    _hold(section, "kind", kind in SensorKind.__members__, ", ".join(SensorKind.__members__))
    return Making(SensorKind[kind], *rest)


def _hold(section: _Section, key: str, holds: bool, expected: str) -> None:
    if not holds:
        raise BadMap("map.wrong", key=section.key(key), expected=expected)


def _try(
    section: _Section,
    key: str,
    make: Callable[[], T],
    errors: type[Exception] | tuple[type[Exception], ...],
    expected: str,
) -> T:
    try:
        return make()
    except errors as error:
        raise BadMap("map.wrong", key=section.key(key), expected=expected) from error


__all__ = ["UNIX", "Making", "Map", "Name", "Series", "Table", "Times", "load", "parse"]
