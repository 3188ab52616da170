"""Every order in which writers can meet, by their statements: no gap, duplicate, reorder, stuck or lost alarm.

Orders are enumerated, not sampled (`tests.db.interleaving`). Each must come to the same as the writers one after another,
in one order or another; the stays must be those of the readings alone; and who reads the stream meanwhile, with a
cursor, gets every change once and in order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest

from db import changes, rules, watches
from db.acknowledge import Acknowledged, acknowledge
from db.engine import Connection, Pool
from db.evaluator import Reading, Rule
from db.ingest import Report, ingest
from db.models import Condition
from db.service import take_out
from db.shelve import shelve
from db.ticks import due, fire, turn
from tests.db.interleaving import Conductor, Order, Writer
from tests.db.reference import stays_of
from tests.db.sensing import HandClock, Site, add_rule, add_sensors, at, batch, make_site, stored_stays

END = at(400)
CLOCK = HandClock(END)
AT_ONCE = Rule(Condition.ABOVE, 10.0)
SLOWLY = Rule(Condition.ABOVE, 8.0, 1.0, timedelta(seconds=30), timedelta(seconds=20))

Sent = tuple[str, float, float]
"""Sensor, seconds after the start, value."""


@dataclass
class House:
    """Two sensors under rules, and connections for three writers and somebody who watches."""

    pool: Pool
    raws: list[Connection]
    site: Site
    sensors: dict[str, int]
    rules: dict[int, Rule]

    def ingest(self, name: str, *readings: Sent) -> Writer:
        async def run(pool: Pool) -> Report:
            return await ingest(pool, CLOCK, batch(*readings))

        return Writer(name, run, frozenset(self.sensors[code] for code, _, _ in readings))

    def acknowledge(self, name: str, alarm: int, sensor: str) -> Writer:
        async def run(pool: Pool) -> str:
            async with pool.acquire() as connection, connection.transaction():
                outcome = await acknowledge(connection, alarm, None, None, END)
                if isinstance(outcome, Acknowledged):
                    await changes.append(connection, [outcome.news])
            return type(outcome).__name__

        return Writer(name, run, frozenset([self.sensors[sensor]]))

    def tick(self, name: str, seconds: float) -> Writer:
        async def run(pool: Pool) -> int:
            async with pool.acquire() as connection:
                return await turn(connection, CLOCK, await due(connection, at(seconds)))

        return Writer(name, run, frozenset(self.sensors.values()))

    def does(self, name: str, sensor: str, act: Callable[[Connection], Awaitable[Any]]) -> Writer:
        """Does something to what a sensor has raised, and tells of it."""

        async def run(pool: Pool) -> str:
            async with pool.acquire() as connection, connection.transaction():
                outcome = await act(connection)
                await changes.append(connection, outcome if isinstance(outcome, list) else [])
            return type(outcome).__name__

        return Writer(name, run, frozenset([self.sensors[sensor]]))

    def shelve(self, alarm: int, sensor: str) -> Writer:
        return self.does("shelver", sensor, lambda c: shelve(c, alarm, None, at(1000), "noise", END))

    def take_out(self, sensor: str) -> Writer:
        return self.does("fitter", sensor, lambda c: take_out(c, self.sensors[sensor], None, None, "dust", END))

    def change_rule(self, rule: int, sensor: str) -> Writer:
        async def act(connection: Connection) -> list[changes.News]:
            await rules.hold(connection, rule)
            news = await rules.end(connection, rule, END, None)
            await connection.execute("UPDATE alarm.rule SET threshold = 11 WHERE id = $1", rule)
            await rules.begin(connection, rule, END)
            return news

        return self.does("manager", sensor, act)

    def reader(self, times: int) -> Writer:
        """Looks at the stream so many times, each time from where it was."""

        async def run(pool: Pool) -> list[int]:
            numbers: list[int] = []
            async with pool.acquire() as connection:
                for _ in range(times):
                    page = await changes.page(connection, numbers[-1] if numbers else 0)
                    numbers += [change.number for change in page]
            return numbers

        return Writer("reader", run)


@dataclass(frozen=True)
class Story:
    """What was before, and who meets whom."""

    before: Sequence[Sent]
    writers: Callable[[House], Sequence[Writer]]
    sent: Sequence[Sent]
    """All readings of the writers."""
    judged: bool = True
    """Whether the rules stay as they are, so that the stays are those of the readings alone."""


A, B = "a", "b"
UP: Sequence[Sent] = [(A, 0, 12.0)]
FIRST: Sequence[Sent] = [(A, 10, 12.0), (A, 50, 5.0)]
SECOND: Sequence[Sent] = [(A, 30, 12.0), (A, 70, 12.0)]
LATE: Sequence[Sent] = [(A, 20, 5.0)]
OTHER: Sequence[Sent] = [(B, 15, 12.0)]
BOTH: Sequence[Sent] = [(B, 40, 12.0), (A, 40, 12.0)]
BOTH_BACK: Sequence[Sent] = [(A, 60, 5.0), (B, 60, 5.0)]

STORIES = {
    "two batches of one sensor, and a reader": Story(
        [], lambda h: [h.ingest("first", *FIRST), h.ingest("second", *SECOND), h.reader(1)], [*FIRST, *SECOND]
    ),
    "two batches of different sensors, and a reader": Story(
        [], lambda h: [h.ingest("first", *UP), h.ingest("other", *OTHER), h.reader(1)], [*UP, *OTHER]
    ),
    "two batches of both sensors, and a person": Story(
        UP,
        lambda h: [h.ingest("both", *BOTH), h.ingest("back", *BOTH_BACK), h.acknowledge("person", 1, A)],
        [*BOTH, *BOTH_BACK],
    ),
    "the same batch twice, and a late one": Story(
        UP,
        lambda h: [h.ingest("first", *FIRST), h.ingest("again", *FIRST), h.ingest("late", *LATE)],
        [*FIRST, *LATE],
    ),
    "a batch, time and a person": Story(
        UP,
        lambda h: [h.ingest("back", (A, 50, 5.0)), h.tick("tick", 90), h.acknowledge("person", 1, A)],
        [(A, 50, 5.0)],
    ),
    "a late batch, time and a reader": Story(
        UP, lambda h: [h.ingest("late", *LATE), h.tick("tick", 90), h.reader(1)], LATE
    ),
    "two batches of different sensors, and time": Story(
        [*UP, (B, 5, 12.0)],
        lambda h: [h.ingest("late", *LATE), h.ingest("other", *OTHER), h.tick("tick", 90)],
        [*LATE, *OTHER],
    ),
    "two people and a batch": Story(
        UP,
        lambda h: [h.acknowledge("one", 1, A), h.acknowledge("other", 1, A), h.ingest("back", *FIRST)],
        FIRST,
    ),
    "somebody shelves, somebody acknowledges, and a batch": Story(
        UP,
        lambda h: [h.shelve(1, A), h.acknowledge("person", 1, A), h.ingest("again", (A, 10, 5.0), (A, 20, 12.0))],
        [(A, 10, 5.0), (A, 20, 12.0)],
    ),
    "a sensor is taken out, its shelf, and a batch that raises": Story(
        UP,
        lambda h: [h.take_out(A), h.shelve(1, A), h.ingest("more", (A, 20, 12.0), (A, 60, 12.0))],
        [(A, 20, 12.0), (A, 60, 12.0)],
    ),
    "a rule is changed, a batch, and time": Story(
        UP, lambda h: [h.change_rule(1, A), h.ingest("late", *LATE), h.tick("tick", 90)], LATE, judged=False
    ),
}


TABLES = """
    SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('telemetry', 'alarm', 'live') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
"""
SEQUENCES = """
    SELECT format('PERFORM setval(%L, %s, %L)', schemaname || '.' || sequencename, coalesce(last_value, start_value),
        last_value IS NOT NULL) AS text
    FROM pg_sequences
"""
FINGERPRINT = """
    SELECT json_build_object(
        'readings', (SELECT json_agg(r ORDER BY sensor_id, at) FROM telemetry.reading r),
        'states', (SELECT json_agg(s ORDER BY sensor_id) FROM telemetry.sensor_state s),
        'watches', (SELECT json_agg(w ORDER BY sensor_id, rule_id) FROM alarm.watch w),
        'stays', (SELECT json_agg(to_jsonb(o) - 'alarm_id' ORDER BY sensor_id, rule_id, raised_at) FROM alarm.occurrence o),
        'alarms', (
            SELECT json_agg(to_jsonb(a) - 'id' || jsonb_build_object('journal', j.journal, 'told', t.told)
                ORDER BY sensor_id, rule_id, raised_at, j.journal::text, t.told::text)
            FROM alarm.alarm a, LATERAL (
                SELECT jsonb_agg(to_jsonb(t) - 'id' - 'alarm_id' ORDER BY id) AS journal
                FROM alarm.transition t WHERE t.alarm_id = a.id
            ) j, LATERAL (
                SELECT jsonb_agg(jsonb_build_object('kind', payload->'kind', 'state', payload->'alarm'->'state',
                    'occurrences', payload->'alarm'->'occurrences') ORDER BY number) AS told
                FROM live.change c WHERE c.subject_id = a.id
            ) t
        )
    )
"""


@pytest.fixture
async def house(pool: Pool) -> AsyncIterator[House]:
    site = await make_site(pool)
    sensors = dict(zip((A, B), await add_sensors(pool, site, A, B), strict=True))
    rules = {await add_rule(pool, site, rule): rule for rule in (AT_ONCE, SLOWLY)}
    raws = [await pool.acquire() for _ in range(4)]
    yield House(pool, raws, site, sensors, rules)
    for raw in raws:
        await pool.release(raw)


async def kept(pool: Pool) -> Callable[[], Awaitable[None]]:
    """Keep what the house remembers by now; what is returned brings that back."""
    await pool.execute("CREATE SCHEMA kept")
    script = ["SET LOCAL session_replication_role = replica"]
    for number, [table] in enumerate(await pool.fetch(TABLES)):
        await pool.execute(f"CREATE TABLE kept.k{number} AS TABLE {table}")
        script.append(f"DELETE FROM {table}")
        if await pool.fetchval(f"SELECT EXISTS (SELECT FROM {table})"):
            script.append(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept.k{number}")
    script += [row["text"] for row in await pool.fetch(SEQUENCES)]
    await pool.execute(f"CREATE PROCEDURE kept.restore() LANGUAGE plpgsql AS $$ BEGIN {'; '.join(script)}; END $$")

    async def restore() -> None:
        await pool.execute("CALL kept.restore()")

    return restore


async def one_after_another(
    house: House, writers: Sequence[Writer], restore: Callable[[], Awaitable[None]]
) -> set[str]:
    """What the house comes to in each serial order."""
    found = set()
    for order in permutations(writers):
        await restore()
        for writer in order:
            await writer.run(house.pool)
        found.add(await house.pool.fetchval(FINGERPRINT))
    return found


async def check(house: House, story: Story, order: Order, serial: set[str]) -> None:
    pool = house.pool
    assert await pool.fetchval(FINGERPRINT) in serial, f"no order one after another comes to this:\n{order}"
    numbers = [row["number"] for row in await pool.fetch("SELECT number FROM live.change ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1)), order
    for result in order.results:
        if isinstance(result, list):
            assert result + [n for n in numbers if n > max(result, default=0)] == numbers, order
    async with pool.acquire() as connection:
        await fire(connection, CLOCK, END)
        assert not await due(connection, END), order
    for code, sensor in house.sensors.items() if story.judged else ():
        sent = {second: value for name, second, value in (*story.before, *story.sent) if name == code}
        readings = [Reading(at(second), value) for second, value in sorted(sent.items())]
        for id, rule in house.rules.items():
            assert await stored_stays(pool, sensor, id) == stays_of(rule, readings, END), order


async def play(house: House, story: Story) -> int:
    """Play a story in every order; how many there are."""
    await ingest(house.pool, CLOCK, batch(*story.before))
    restore = await kept(house.pool)
    writers = story.writers(house)
    serial = await one_after_another(house, writers, restore)
    orders = 0
    async for order in Conductor(house.raws[:-1], house.raws[-1]).every(writers, restore):
        await check(house, story, order, serial)
        orders += 1
    return orders


@pytest.mark.parametrize("name", STORIES)
async def test_every_order_is_as_good_as_one_after_another(house: House, name: str) -> None:
    assert await play(house, STORIES[name]) > 10


LOCKING = f"SELECT pg_advisory_xact_lock({changes.LOCK})"


@pytest.mark.parametrize(
    ("place", "name", "wrong", "story"),
    [
        (changes, "APPEND", (LOCKING, "SELECT 1"), "two batches of different sensors, and a reader"),
        (watches, "LOCK", ("FOR UPDATE", ""), "two batches of one sensor, and a reader"),
    ],
    ids=["the stream's lock", "the sensors' lock"],
)
async def test_whatever_is_left_out_is_found_out(
    house: House, monkeypatch: pytest.MonkeyPatch, place: ModuleType, name: str, wrong: tuple[str, str], story: str
) -> None:
    right: str = getattr(place, name)
    assert wrong[0] in right
    monkeypatch.setattr(place, name, right.replace(*wrong))
    with pytest.raises(AssertionError):
        await play(house, STORIES[story])


async def test_a_number_taken_before_the_lock_is_found_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    right = changes.append

    async def hasty(connection: Connection, news: Sequence[changes.News]) -> None:
        """Of each change the number is taken in a step of its own."""
        for one in news:
            number = await connection.fetchval("SELECT nextval('live.change_number')")
            monkeypatch.setattr(changes, "APPEND", APPEND.replace("nextval('live.change_number')", f"{number}::bigint"))
            await right(connection, [one])

    APPEND = changes.APPEND
    monkeypatch.setattr(changes, "append", hasty)
    with pytest.raises(AssertionError):
        await play(house, STORIES["two batches of different sensors, and a reader"])
