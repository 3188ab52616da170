"""Runs writers in every order in which their statements can meet, each on a real connection of its own.

A *step* is one statement, BEGIN and COMMIT included. Before each step a writer waits at a gate; the conductor lets one
writer go at a time, waits until its statement is answered or PostgreSQL says that it waits for a lock, and goes on. A
writer that waits for a lock comes back when the holder commits, as in real life.

Of orders that differ only by steps that commute one is run (sleep sets, Godefroid 1996). Steps of two writers commute
unless one is a commit and the other looks at a table that is written by it, or both write and share a sensor, or both
append to the stream: under READ COMMITTED a statement sees only what is committed, and waits only for locks.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any

import asyncpg

WRITES = re.compile(
    r"\b(INSERT INTO|UPDATE|DELETE FROM|FOR SHARE|pg_advisory\w+|live\.change_number)\b|SELECT \w+\.\w+\("
)
TABLES = re.compile(r"\b(?:telemetry|alarm|live|physical|business|security|fire)\.\w+")
STREAM = {"live.change", "live.change_number"}
QUIET = re.compile(r"(physical|business|security)\.|telemetry\.(naming|sensor)$|alarm\.rule$|live\.(interest|version)$")
"""Tables in which no writer of a story changes what others look at: who looks only there need not wait at the gate."""
BLOCKED = "SELECT cardinality(pg_blocking_pids($1)) > 0"


class Kind(Enum):
    BEGIN = "BEGIN"
    READ = "READ"
    WRITE = "WRITE"
    COMMIT = "COMMIT"
    """Or a rollback, or a statement that writes outside a transaction."""


@dataclass(frozen=True, slots=True)
class Step:
    """A statement that a writer is about to run. `tables`: named by it; for a commit, by all the writes before it."""

    kind: Kind
    tables: frozenset[str]
    sensors: frozenset[int]
    text: str = field(compare=False)

    @property
    def quiet(self) -> bool:
        """Whether it commutes with whatever anybody does."""
        return self.kind is Kind.BEGIN or (self.kind is Kind.READ and all(map(QUIET.match, self.tables)))

    def commutes_with(self, other: Step) -> bool:
        """Whether it makes no difference which of two writers' steps comes first."""
        kinds = {self.kind, other.kind}
        if Kind.BEGIN in kinds or kinds == {Kind.READ}:
            return True
        if kinds == {Kind.COMMIT}:
            return False
        if Kind.COMMIT in kinds:
            return self.tables.isdisjoint(other.tables)
        if kinds == {Kind.WRITE}:
            if not STREAM.isdisjoint(self.tables) and not STREAM.isdisjoint(other.tables):
                return False
            return self.sensors.isdisjoint(other.sensors) or self.tables.isdisjoint(other.tables)
        return True


@dataclass(frozen=True, slots=True)
class Writer:
    """One who writes (or reads): `run` gets what it takes for a pool; `sensors` are the ids of those it touches."""

    name: str
    run: Callable[[Any], Awaitable[Any]]
    sensors: frozenset[int] = frozenset()


class Stopped(Exception):
    """The run is given up: another one shows the same."""


class Stuck(AssertionError):
    """A writer could not come to its end: all wait for each other, or one met an error."""


class Actor:
    """A writer on its connection, and where it stands."""

    def __init__(self, writer: Writer, raw: asyncpg.Connection[Any], moved: asyncio.Event) -> None:
        self.writer = writer
        self.raw = raw
        self.pid = raw.get_server_pid()
        self.offer: Step | None = None
        """What it would do next."""
        self.running = False
        """Its statement is under way."""
        self.waits = False
        """It waits for a lock, and nothing has been committed since that was seen."""
        self.result: Any = None
        self.stopped = False
        self._moved = moved
        self._go = asyncio.Event()
        self._written: set[str] = set()
        self.task = asyncio.create_task(self._play())
        self.task.add_done_callback(lambda _: moved.set())

    async def _play(self) -> None:
        with suppress(Stopped):
            self.result = await self.writer.run(self)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Gated]:
        """As of a pool."""
        yield Gated(self)

    async def step(self, sql: str, call: Callable[[], Awaitable[Any]]) -> Any:
        """Wait at the gate, then run a statement."""
        offer = self._described(sql)
        if offer.quiet:
            return await call()
        self.offer = offer
        self._moved.set()
        await self._go.wait()
        if self.stopped:
            raise Stopped
        self._go.clear()
        try:
            return await call()
        finally:
            self.running = False
            self._moved.set()

    def _described(self, sql: str) -> Step:
        text = " ".join(sql.split())
        verb, tables = text.split(" ")[0].strip(";"), set(TABLES.findall(sql))
        if verb in ("BEGIN", "SAVEPOINT", "RELEASE"):
            return Step(Kind.BEGIN, frozenset(), self.writer.sensors, verb)
        if verb in ("COMMIT", "ROLLBACK"):
            written = frozenset(self._written)
            self._written.clear()
            return Step(Kind.COMMIT, written, self.writer.sensors, verb)
        if not WRITES.search(text):
            return Step(Kind.READ, frozenset(tables), self.writer.sensors, text[:60])
        if not self.raw.is_in_transaction():
            return Step(Kind.COMMIT, frozenset(tables), self.writer.sensors, text[:60])
        self._written |= tables
        return Step(Kind.WRITE, frozenset(tables), self.writer.sensors, text[:60])

    def go(self) -> None:
        self.offer = None
        self.running = True
        self._go.set()

    def stop(self) -> None:
        self.stopped = True
        self._go.set()


class Gated:
    """What a writer takes for its connection."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._actor.raw, name)
        if name not in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
            return method
        return lambda sql, *values, **more: self._actor.step(sql, lambda: method(sql, *values, **more))

    def transaction(self) -> Transaction:
        return Transaction(self._actor)


class Transaction:
    """BEGIN and COMMIT as steps; inside another one, a savepoint."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        inner = actor.raw.is_in_transaction()
        self._words = ("SAVEPOINT s", "RELEASE s", "ROLLBACK TO s") if inner else ("BEGIN", "COMMIT", "ROLLBACK")

    async def __aenter__(self) -> None:
        await self._run(self._words[0])

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._run(self._words[1] if error is None else self._words[2])
        except Stopped:
            await self._actor.raw.execute(self._words[2])
            raise

    async def _run(self, word: str) -> None:
        await self._actor.step(word, lambda: self._actor.raw.execute(word))


@dataclass(slots=True)
class Fork:
    """A point on the way where one of several writers went; `done` went there in earlier runs."""

    offers: dict[int, Step]
    sleep: dict[int, Step]
    chosen: int
    done: dict[int, Step] = field(default_factory=dict)

    def asleep_after(self) -> dict[int, Step]:
        """Those whose step has been tried from here and commutes with the one chosen now: nothing new comes of them."""
        went = self.offers[self.chosen]
        return {
            n: step for n, step in (self.sleep | self.done).items() if n != self.chosen and step.commutes_with(went)
        }

    def next(self) -> bool:
        """Choose another writer, if there is one left."""
        self.done[self.chosen] = self.offers[self.chosen]
        left = [n for n in self.offers if n not in self.sleep and n not in self.done]
        if left:
            self.chosen = left[0]
        return bool(left)


class Conductor:
    """Plays a story again and again, each time in another order, until there is none left."""

    def __init__(self, raws: Sequence[asyncpg.Connection[Any]], watcher: asyncpg.Connection[Any]) -> None:
        """`raws`: a connection for each writer; `watcher`: one to see who waits."""
        self.raws = raws
        self.watcher = watcher
        self._moved = asyncio.Event()

    async def every(self, writers: Sequence[Writer], reset: Callable[[], Awaitable[None]]) -> AsyncIterator[Order]:
        """Each order once, when it has been played to its end. `reset` makes the house as it was at first."""
        path: list[Fork] = []
        while True:
            await reset()
            order = await self._play(writers, path)
            if order is not None:
                yield order
            while path and not path[-1].next():
                path.pop()
            if not path:
                return

    async def _play(self, writers: Sequence[Writer], path: list[Fork]) -> Order | None:
        """One order, or None where it would show what an earlier one has shown."""
        actors = [Actor(writer, raw, self._moved) for writer, raw in zip(writers, self.raws, strict=False)]
        told: list[str] = []
        try:
            for number in range(1000):
                offers = await self._settled(actors, told)
                if not offers:
                    return Order(told, [actor.result for actor in actors])
                if number == len(path):
                    sleep = path[-1].asleep_after() if path else {}
                    awake = [n for n in offers if n not in sleep]
                    if not awake:
                        return None
                    path.append(Fork(offers, sleep, awake[0]))
                assert offers == path[number].offers, f"another run, other steps: {offers}, {path[number].offers}"
                chosen = path[number].chosen
                told.append(f"{actors[chosen].writer.name}: {offers[chosen].text}")
                if offers[chosen].kind is Kind.COMMIT:
                    for actor in actors:
                        actor.waits = False
                actors[chosen].go()
            raise Stuck("it does not end")
        finally:
            for actor in actors:
                actor.stop()
            await asyncio.gather(*(actor.task for actor in actors), return_exceptions=True)

    async def _settled(self, actors: Sequence[Actor], told: list[str]) -> dict[int, Step]:
        """What the writers offer, once each has come to its gate, to a lock or to its end. Raises Stuck."""
        while True:
            self._moved.clear()
            for actor in actors:
                if actor.task.done() and (error := actor.task.exception()) is not None:
                    raise Stuck(f"{actor.writer.name} could not go on:\n" + "\n".join(told)) from error
            moving = [actor for actor in actors if not (actor.offer or actor.waits or actor.task.done())]
            if not moving:
                break
            try:
                async with asyncio.timeout(0.002):
                    await self._moved.wait()
            except TimeoutError:
                waiting = [actor.running and await self.watcher.fetchval(BLOCKED, actor.pid) for actor in moving]
                if all(waiting) and not self._moved.is_set():
                    for actor in moving:
                        actor.waits = True
        offers = {n: actor.offer for n, actor in enumerate(actors) if actor.offer is not None}
        if not offers and not all(actor.task.done() for actor in actors):
            raise Stuck("\n".join(told))
        return offers


@dataclass(frozen=True, slots=True)
class Order:
    """How it went, step by step, and what each writer came back with."""

    steps: list[str]
    results: list[Any]

    def __str__(self) -> str:
        return "\n".join(self.steps)
