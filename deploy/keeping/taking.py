"""Takes a copy of a house at work: one moment of each of its databases, with the sums by which it is verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import IO

from psycopg.sql import SQL

from deploy.folder import our_version
from deploy.keeping import schema, sums
from deploy.keeping.archive import Writer
from deploy.keeping.manifest import Database, Manifest, Sequence, Table
from deploy.keeping.snapshot import SEQUENCES, Moment, Session, Shape, held

Show = Callable[[str, int, int], None]

BUILDING, MEMORY, SEALED = "building", "memory", "secrets.sealed.json"


def take(out: IO[bytes], building: str, memory: str | None, secrets: str | None, show: Show) -> Manifest:
    """Write a copy to `out`: the building's database, the agent's, and the sealed secrets if they are given.

    The agent's moment is some milliseconds before the building's, so that it knows of no change the building has not.
    """
    writer = Writer(out)
    with ExitStack() as stack:
        stack.callback(writer.abandon)
        remembered = stack.enter_context(held(memory)) if memory else None
        moment = stack.enter_context(held(building))
        made_at = datetime.now(UTC)
        told = _copy(writer, BUILDING, moment, show)
        told_of_memory = _copy(writer, MEMORY, remembered, show) if remembered else None
        if secrets is not None:
            writer.add(SEALED, [secrets.encode()])
        told_all = Manifest(made_at, our_version(), told, told_of_memory, secrets is not None, writer.parts)
        writer.finish(told_all)
    return told_all


def _copy(writer: Writer, name: str, moment: Moment, show: Show) -> Database:
    """The tables are counted in a session of its own while they are copied."""
    with ThreadPoolExecutor(1) as pool, moment.another() as counting:
        counted = pool.submit(_counted, counting, moment.shapes)
        before, after = schema.sections(moment.session, moment.url, moment.snapshot)
        writer.add(f"{name}/before.sql.zst", [before.encode()])
        for number, shape in enumerate(moment.shapes):
            show("copy", number, len(moment.shapes))
            writer.add(f"{name}/{shape.name}.copy.zst", _rows(moment.session, shape))
        writer.add(f"{name}/after.sql.zst", [after.encode()])
        sequences = _sequences(moment.session)
        revision, epoch = _known(moment.session, moment.shapes)
        tables = counted.result()
    version = moment.session.execute("SHOW server_version").fetchone() or ("?",)
    return Database(str(version[0]), revision, epoch, tables, sequences)


def _counted(session: Session, shapes: list[Shape]) -> list[Table]:
    return [
        Table(shape.name, [column for column, _ in shape.columns], *sums.count(session, shape.name, shape.columns))
        for shape in shapes
    ]


def _rows(session: Session, shape: Shape) -> Iterator[bytes]:
    columns = ", ".join(column for column, _ in shape.columns)
    with session.cursor() as cursor, cursor.copy(SQL(f"COPY {shape.name} ({columns}) TO STDOUT")) as copy:
        gathered, size = [], 0
        for row in copy:
            gathered.append(bytes(row))
            size += len(row)
            if size > 1 << 18:
                yield b"".join(gathered)
                gathered, size = [], 0
        yield b"".join(gathered)


def _sequences(session: Session) -> list[Sequence]:
    found = []
    for (name,) in session.execute(SEQUENCES).fetchall():
        last, called = session.execute(SQL(f"SELECT last_value, is_called FROM {name}")).fetchone() or (1, False)
        found.append(Sequence(name, last, called))
    return found


def _known(session: Session, shapes: list[Shape]) -> tuple[str | None, str | None]:
    """The revision of the tables and the epoch of the stream, where there are such."""
    names = {shape.name for shape in shapes}
    asked = {"public.alembic_version": "SELECT version_num FROM public.alembic_version",
             "live.epoch": "SELECT epoch FROM live.epoch"}  # fmt: skip
    answers = [session.execute(question).fetchone() if name in names else None for name, question in asked.items()]
    revision, epoch = (str(answer[0]) if answer else None for answer in answers)
    return revision, epoch


__all__ = ["BUILDING", "MEMORY", "SEALED", "Show", "take"]
