"""Open an IFC file, or say in a plain sentence where it is broken (ISO 10303-21, the clear text of STEP)."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.imports.notices import BrokenFile, ExtraMissing, Notice, notice

OURS = re.compile(r"IFC(SPACE|BUILDING|BUILDINGSTOREY|PROJECT|SITE|REL\w+|UNIT\w+|SIUNIT|CONVERSION\w+)$")
"""Entities that the import reads: a value that does not fit in one of these stops it."""
RECORD = re.compile(rb"(?:^|;|\n)\s*(#\d+)\s*=\s*(\w*)")
PROBLEM = re.compile(r"^\[(error|warning)\]\s+(?:\[(VAL\d+)\]\s+)?\[[^\]]*\]\s+(.*?)(?: at offset (\d+))?$", re.M)
INSTANCE = re.compile(r"for instance (#\d+)")
WRONG_COUNT = "VAL016"
REPEATED = "non-unique GlobalId"
"""The reader of the buildings deals with these itself."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of ifcopenshell's log: the byte it is about, and the entity there (`#514 IFCSPACE`)."""

    code: str | None
    reason: str
    offset: int
    entity: str


def open_ifc(path: Path) -> tuple[Any, list[Notice]]:
    """The file as ifcopenshell reads it. Raises `BrokenFile`, `ExtraMissing`."""
    _look_whole(path)
    try:
        import ifcopenshell

        engine: Any = ifcopenshell
    except ImportError as error:
        raise ExtraMissing("extra_missing", extra="ifc") from error
    engine.get_log()
    try:
        file = engine.open(str(path))
    except ifcopenshell.SchemaError as error:
        raise BrokenFile("ifc.schema", path=path.name, schema=str(error).rsplit(" ", 1)[-1]) from error
    except (ifcopenshell.Error, OSError, RuntimeError) as error:
        records = Records(path.read_bytes())
        raise _broken(path, records, _problems(records, engine.get_log()), str(error)) from error
    log = engine.get_log()
    if PROBLEM.search(log) is None:
        return file, []
    records = Records(path.read_bytes())
    problems = _problems(records, log)
    fatal = [problem for problem in problems if _is_fatal(problem)]
    if fatal:
        raise _broken(path, records, fatal)
    return file, _mild(records, problems)


def _look_whole(path: Path) -> None:
    """See that the file begins and ends as it must, without reading all of it."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(max(0, path.stat().st_size - 4096))
            tail = file.read()
    except FileNotFoundError as error:
        raise BrokenFile("file.absent", path=path) from error
    except OSError as error:
        raise BrokenFile("file.unreadable", path=path, reason=error.strerror or error) from error
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISO-10303-21"):
        raise BrokenFile("ifc.not_ifc", path=path.name)
    if b"END-ISO-10303-21" not in tail:
        data = path.read_bytes()
        records = Records(data)
        entity, line = records.entity(len(data)), records.line(len(data))
        raise BrokenFile("ifc.cut_off", path=path.name, line=line, entity=entity)


class Records:
    """Where the records of a file begin, to tell in which of them a byte lies."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts: list[int] = []
        self.entities: list[str] = []
        for match in RECORD.finditer(data):
            self.starts.append(match.start(1))
            self.entities.append(f"{match[1].decode()} {match[2].decode(errors='replace')}".strip())

    def entity(self, offset: int) -> str:
        found = bisect_right(self.starts, offset) - 1
        return self.entities[found] if found >= 0 else "HEADER"

    def start(self, instance: str) -> int:
        """Where the record of `#123` begins; 0 if there is none."""
        return next(
            (at for at, entity in zip(self.starts, self.entities, strict=True) if entity.split(" ", 1)[0] == instance),
            0,
        )

    def line(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1


def _problems(records: Records, log: str) -> list[Problem]:
    """What the log says, in the order of the file; a record with too many values comes first: it swallowed the rest."""
    found = []
    for match in PROBLEM.finditer(log):
        _, code, reason, offset = match.groups()
        if REPEATED in reason:
            continue
        instance = INSTANCE.search(reason)
        at = records.start(instance[1]) if offset is None and instance is not None else int(offset or 0)
        found.append(Problem(code, reason, at, records.entity(at)))
    return sorted(found, key=lambda problem: (problem.code != WRONG_COUNT, problem.offset))


def _is_fatal(problem: Problem) -> bool:
    return problem.code is None or OURS.search(problem.entity) is not None or problem.code == WRONG_COUNT


def _mild(records: Records, problems: list[Problem]) -> list[Notice]:
    if not problems:
        return []
    first = problems[0]
    line = records.line(first.offset)
    return [notice("ifc.bad_value", count=len(problems), entity=first.entity, line=line, reason=first.reason)]


def _broken(path: Path, records: Records, problems: list[Problem], otherwise: str = "") -> BrokenFile:
    if not problems:
        return BrokenFile("file.unreadable", path=path.name, reason=otherwise)
    first = problems[0]
    return BrokenFile(
        "ifc.broken",
        path=path.name,
        line=records.line(first.offset),
        offset=first.offset,
        entity=first.entity,
        reason=first.reason[0].lower() + first.reason[1:],
        more=f"(+{len(problems) - 1}) " if len(problems) > 1 else "",
    )


__all__ = ["open_ifc"]
