"""The rows of a CSV file, or of one in a zip: any encoding, byte order mark, separators, odd headers."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db.imports.notices import BadMap, BrokenFile
from db.imports.readings.mapping import Name, Table

SEPARATORS = (",", ";", "\t", "|")
FIELD_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it ends, from 1, and its cells; `bytes_read` of the file so far."""

    line: int
    cells: list[str]
    bytes_read: int


@dataclass(frozen=True, slots=True)
class Opened:
    """An open table: its headers, its rows (to be read once), and its size in bytes."""

    headers: list[str]
    rows: Iterator[Row]
    size: int

    def place(self, name: Name) -> int:
        """Where a column is, from 0. Raises `BadMap`."""
        if isinstance(name, int):
            if not 1 <= name <= len(self.headers):
                raise BadMap("map.no_place", place=name, count=len(self.headers))
            return name - 1
        found = [place for place, header in enumerate(self.headers) if header == name]
        if not found:
            headers = ", ".join(header for header in self.headers if header)
            raise BadMap("map.no_column", column=name, headers=headers[:600])
        if len(found) > 1:
            raise BadMap("map.column_twice", column=name, places=", ".join(str(place + 1) for place in found))
        return found[0]


@contextmanager
def opened(path: Path, table: Table) -> Iterator[Opened]:
    """The table in the file. Raises `BrokenFile`, `BadMap`."""
    with _stream(path, table) as (raw, size):
        encoding = "utf-8-sig" if table.encoding.lower() in ("utf-8", "utf8") else table.encoding
        text = io.TextIOWrapper(raw, encoding=encoding, newline="")
        try:
            for _ in range(table.skip):
                text.readline()
            first = text.readline()
        except UnicodeDecodeError as error:
            raise BrokenFile("table.encoding", path=path.name, encoding=table.encoding, line=1) from error
        first = first.lstrip("\ufeff")
        if not first.strip():
            raise BrokenFile("table.empty", path=path.name)
        separator = table.separator or max(SEPARATORS, key=first.count)
        csv.field_size_limit(FIELD_LIMIT)
        headers = [header.strip() for header in next(csv.reader([first], delimiter=separator))]
        yield Opened(headers, _rows(path, table, text, raw, separator), size)


def _rows(path: Path, table: Table, text: io.TextIOWrapper, raw: IO[bytes], separator: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=separator)
    before = table.skip + 1
    try:
        for cells in reader:
            if cells and any(cells):
                yield Row(before + reader.line_num, cells, raw.tell())
    except UnicodeDecodeError as error:
        line = before + reader.line_num + 1
        raise BrokenFile("table.encoding", path=path.name, encoding=table.encoding, line=line) from error
    except csv.Error as error:
        raise BrokenFile("table.broken", path=path.name, line=before + reader.line_num, reason=error) from error
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise BrokenFile("file.unreadable", path=path.name, reason=error) from error


@contextmanager
def _stream(path: Path, table: Table) -> Iterator[tuple[IO[bytes], int]]:
    """The bytes of the table and how many there are."""
    if not path.exists():
        raise BrokenFile("file.absent", path=path)
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as raw:
                yield raw, path.stat().st_size
            return
        with zipfile.ZipFile(path) as archive:
            info = _member(path, archive, table)
            with archive.open(info) as raw:
                yield raw, info.file_size
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise BrokenFile("file.unreadable", path=path.name, reason=error) from error


def _member(path: Path, archive: zipfile.ZipFile, table: Table) -> zipfile.ZipInfo:
    """The CSV in the zip: the one that the map names, or the only one."""
    files = [info for info in archive.infolist() if not info.is_dir()]
    found = [info for info in files if (info.filename == table.member if table.member else _tabular(info.filename))]
    if len(found) != 1:
        names = ", ".join(info.filename for info in files[:20])
        raise BadMap("map.member", path=path.name, names=names)
    return found[0]


def _tabular(name: str) -> bool:
    """Whether a file in a zip looks like a table, and not like what a Mac leaves beside it."""
    hidden = name.startswith("__MACOSX/") or Path(name).name.startswith(".")
    return not hidden and name.lower().endswith((".csv", ".tsv", ".txt"))


__all__ = ["Opened", "Row", "opened"]
