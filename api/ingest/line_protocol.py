"""InfluxDB line protocol, read line by line; a line that is none harms no other.

    measurement,tag=value field=21.5,other=3i 1732269600000000000

Backslashes escape commas, spaces and equals signs in names, quotes and backslashes in strings. A string may hold line
ends. Floats, integers (`i`, `u`), booleans and strings are understood; `#` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_JOINED = 64
"""Over how many lines a string may go on."""
_NAME = r"(?:\\[,= ]|[^,= \\\n]|\\(?![,= ]))++"
_MEASUREMENT = r"(?:\\[, ]|[^, \\\n]|\\(?![, ]))++"
HEAD = re.compile(rf" *({_MEASUREMENT})((?:,{_NAME}={_NAME})*+) ++")
TAG = re.compile(rf",({_NAME})=({_NAME})")
FIELD = re.compile(rf'({_NAME})=(?:("(?:[^"\\]|\\.)*+"?)|([^", \n]++))', re.DOTALL)
TAIL = re.compile(r"(?: ++(-?[0-9]{1,19}))? *\r?")
FLOAT = re.compile(r"[-+]?(?:[0-9]++\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,5})?")
INTEGER = re.compile(r"([-+]?[0-9]{1,20})i|([0-9]{1,20})u")
NO_NUMBER = re.compile(r"[-+]?(?:nan|inf|infinity)", re.IGNORECASE)
WORDS = dict.fromkeys(("t", "T", "true", "True", "TRUE"), 1.0) | dict.fromkeys(
    ("f", "F", "false", "False", "FALSE"), 0.0
)


class NoLine(ValueError):
    """What stands there is no line of the protocol."""


class Unclosed(NoLine):
    """It ends within a string."""


@dataclass(frozen=True, slots=True)
class Text:
    """A field that is a string."""

    value: str


Value = float | Text | None
"""Of a field; None where it says that there is no number."""


@dataclass(frozen=True, slots=True)
class Point:
    """One line: its number from 1, and a time in the unit of the request, where it has one."""

    line: int
    measurement: str
    tags: dict[str, str]
    fields: list[tuple[str, Value]]
    time: int | None


def points(body: bytes) -> Iterator[Point | int]:
    """The points of a body, and the numbers of the lines that are none."""
    lines = body.split(b"\n")
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip() or line.lstrip(b" \t").startswith(b"#"):
            continue
        try:
            yield point(number, line)
        except Unclosed:
            joined, more = _joined(lines, number)
            number += more
            yield joined if joined is not None else number
        except NoLine:
            yield number


def _joined(lines: list[bytes], number: int) -> tuple[Point | None, int]:
    """A point whose strings go on over further lines, and over how many; None when they do not end well."""
    whole = lines[number - 1]
    for more, line in enumerate(lines[number : number + MOST_JOINED], start=1):
        whole += b"\n" + line
        if b'"' not in line:
            continue
        try:
            return point(number, whole), more
        except Unclosed:
            continue
        except NoLine:
            break
    return None, 0


def point(number: int, raw: bytes) -> Point:
    """One point. Raises NoLine."""
    try:
        line = raw.decode()
    except UnicodeDecodeError as error:
        raise NoLine(number) from error
    head = HEAD.match(line)
    if head is None:
        raise NoLine(number)
    fields: list[tuple[str, Value]] = []
    at = head.end()
    while True:
        found = FIELD.match(line, at)
        if found is None:
            raise NoLine(number)
        name, text, bare = found.groups()
        fields.append((_plain(name), _value(bare) if text is None else _text(text)))
        at = found.end()
        if line[at : at + 1] != ",":
            break
        at += 1
    tail = TAIL.fullmatch(line, at)
    if tail is None:
        raise NoLine(number)
    tags = {_plain(name): _plain(value) for name, value in TAG.findall(head[2])} if head[2] else {}
    return Point(number, _plain(head[1]), tags, fields, int(tail[1]) if tail[1] else None)


def _plain(name: str) -> str:
    return re.sub(r"\\([,= ])", r"\1", name) if "\\" in name else name


def _text(quoted: str) -> Text:
    if len(quoted) < 2 or not quoted.endswith('"') or _escaped_end(quoted):
        raise Unclosed
    inside = quoted[1:-1]
    return Text(re.sub(r'\\(["\\])', r"\1", inside) if "\\" in inside else inside)


def _escaped_end(quoted: str) -> bool:
    """Whether its last quote is part of the string."""
    inside = quoted[1:-1]
    return (len(inside) - len(inside.rstrip("\\"))) % 2 == 1


def _value(bare: str) -> Value:
    bare = bare.removesuffix("\r")
    if FLOAT.fullmatch(bare):
        return float(bare)
    if integer := INTEGER.fullmatch(bare):
        whole = int(integer[1] or integer[2])
        if not (-(1 << 63) <= whole < (1 << 63) if integer[1] else whole < 1 << 64):
            raise NoLine(bare)
        return float(whole)
    if bare in WORDS:
        return WORDS[bare]
    if NO_NUMBER.fullmatch(bare):
        return None
    raise NoLine(bare)
