"""Any split of the same readings into batches, over any number of writers, in any order: the same alarms.

The reference is `tests.db.reference`: it reads the rules as unbroken runs of readings and knows no state.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.acknowledge import Acknowledged, AlreadyClosed, acknowledge, acknowledging, noting, resetting
from db.changes import News, append
from db.engine import Connection, Pool, create_pool
from db.evaluator import Reading, Rule, Stay
from db.ingest import Batch, ingest
from db.models import Condition
from db.shelve import shelve, unshelve
from db.ticks import fire
from db.treatment import NoSuchAlarm, Refused, treat
from tests.db.reference import stays_of, worst_of
from tests.db.rules import VALUES, rules
from tests.db.sensing import HandClock, Site, add_rule, add_sensors, at, batch, make_site, stored_stays

END = at(400)
SOME_ALARM = """
    SELECT a.id FROM alarm.alarm a JOIN physical.building b ON b.id = a.building_id
    WHERE b.code = $1 AND a.state IN ('ACTIVE', 'RETURNED') ORDER BY a.id LIMIT 1
"""
ANY_ALARM = """
    SELECT a.id FROM alarm.alarm a JOIN physical.building b ON b.id = a.building_id
    WHERE b.code = $1 ORDER BY hashfloat8(a.id * $2) LIMIT 1
"""
codes = count(1)
Treated = tuple[str, float]
"""What is done to some alarm, at which second of the house's time."""

SERIES = st.dictionaries(st.integers(0, 300).map(lambda n: n * 1.0), VALUES, max_size=18)
RULES = rules([0, 7, 30, 100], [20, 120], [15.0, 40.0])


@dataclass(frozen=True)
class Story:
    """What is sent: readings of sensors, cut into parcels; by how many writers; and where time ticks in between."""

    series: Sequence[dict[float, float]]
    rules: Sequence[Rule]
    parcels: Sequence[Sequence[tuple[int, float, float]]]
    writers: int
    ticks: Sequence[float]


@dataclass(frozen=True)
class Watched:
    """A rule on a sensor, and which of the story's series it looks at."""

    sensor: int
    rule_id: int
    rule: Rule
    series: int
    other: int | None = None


@st.composite
def stories(draw: st.DrawFn) -> Story:
    series = draw(st.lists(SERIES, min_size=1, max_size=4))
    rules = draw(st.lists(RULES, min_size=1, max_size=2))
    readings = [(n, s, v) for n, one in enumerate(series) for s, v in one.items()]
    shuffled = draw(st.sampled_from(["in order", "nearly", "any"]))
    dice = random.Random(draw(st.integers(0, 2**32)))
    readings.sort(key=lambda one: one[1] + {"in order": 0, "nearly": 40, "any": 1000}[shuffled] * dice.random())
    size = draw(st.integers(1, 12))
    parcels = [readings[n : n + size] for n in range(0, len(readings), size)]
    twice = draw(st.lists(st.sampled_from(parcels), max_size=2)) if parcels else []
    ticks = draw(st.lists(st.floats(0, 400), max_size=4))
    return Story(series, rules, [*parcels, *twice], draw(st.integers(1, 8)), ticks)


@pytest.fixture
async def site(pool: Pool) -> Site:
    return await make_site(pool)


@given(story=stories())
@settings(max_examples=60)
def test_the_order_of_arrival_means_nothing(database: str, story: Story) -> None:
    asyncio.run(_play(database, story))


@given(story=stories(), acknowledged=st.lists(st.floats(0, 400), min_size=1, max_size=6))
@settings(max_examples=40)
def test_acknowledging_in_between_changes_no_stay(database: str, story: Story, acknowledged: list[float]) -> None:
    asyncio.run(_play(database, story, acknowledged))


TREATMENTS = st.tuples(st.sampled_from(["acknowledge", "reset", "shelve", "unshelve", "note"]), st.floats(0, 400))


@given(story=stories(), treated=st.lists(TREATMENTS, min_size=1, max_size=8))
@settings(max_examples=60)
def test_latching_alarms_are_what_their_stays_and_their_treatment_make_them(
    database: str, story: Story, treated: list[tuple[str, float]]
) -> None:
    asyncio.run(_play(database, story, treated=treated))


@given(story=stories(), earlier=st.integers(1, 8))
@settings(max_examples=40)
def test_rules_that_are_made_in_between_look_only_ahead(database: str, story: Story, earlier: int) -> None:
    asyncio.run(_play(database, story, earlier=earlier))


async def _play(
    database: str,
    story: Story,
    acknowledged: Sequence[float] = (),
    earlier: int = 0,
    treated: Sequence[Treated] = (),
) -> None:
    pool = await create_pool(database, 10)
    try:
        name = f"h{next(codes)}"
        site = await make_site(pool, name)
        sensors = await add_sensors(pool, site, *(f"s{n}" for n in range(len(story.series))))
        await _send(pool, name, replace(story, parcels=story.parcels[:earlier], ticks=()))
        known = [reading for parcel in story.parcels[:earlier] for reading in parcel]
        watches = [watch for rule in story.rules for watch in await _begin(pool, site, rule, sensors)]
        if treated:
            await pool.execute("UPDATE alarm.rule SET latching = true")
        await _send(pool, name, replace(story, parcels=story.parcels[earlier:]), acknowledged, treated)
        await _compare(pool, watches, story, bool(acknowledged or treated), known)
    finally:
        await pool.close()


async def _begin(pool: Pool, site: Site, rule: Rule, sensors: list[int]) -> list[Watched]:
    """Make the rule: for all sensors; or, where it compares two, for the first and the last."""
    if rule.condition is not Condition.DEVIATION:
        id = await add_rule(pool, site, rule)
        return [Watched(sensor, id, rule, number) for number, sensor in enumerate(sensors)]
    if len(sensors) == 1:
        return []
    id = await add_rule(pool, site, rule, sensors[0], sensors[-1])
    return [Watched(sensors[0], id, rule, 0, len(sensors) - 1)]


async def _send(
    pool: Pool, house: str, story: Story, acknowledged: Sequence[float] = (), treated: Sequence[Treated] = ()
) -> None:
    queue = list(reversed(story.parcels))
    times = sorted(story.ticks, reverse=True)
    clock = HandClock(END)

    async def writer() -> None:
        while queue:
            parcel = queue.pop()
            sent = Batch(
                [f"{house}/s{n}" for n, _, _ in parcel], [at(s) for _, s, _ in parcel], [v for _, _, v in parcel]
            )
            report = await ingest(pool, clock, sent)
            assert report.accepted + report.duplicates == len(parcel)
            assert not report.refused

    async def ticker() -> None:
        while times:
            async with pool.acquire() as connection:
                await fire(connection, clock, at(times.pop()))
            await asyncio.sleep(0)

    async def person() -> None:
        for second in acknowledged:
            async with pool.acquire() as connection, connection.transaction():
                alarm = await connection.fetchval(SOME_ALARM, house)
                if alarm is not None:
                    outcome = await acknowledge(connection, alarm, None, None, at(second))
                    assert isinstance(outcome, Acknowledged | AlreadyClosed)
                    await append(connection, [outcome.news] if isinstance(outcome, Acknowledged) else [])
            await asyncio.sleep(0.003)

    async def another() -> None:
        for action, second in treated:
            async with pool.acquire() as connection, connection.transaction():
                alarm = await connection.fetchval(ANY_ALARM, house, second)
                outcome = await treat_somehow(connection, action, alarm or 0, at(second))
                await append(connection, outcome if isinstance(outcome, list) else [])
            await asyncio.sleep(0.003)

    await asyncio.gather(ticker(), person(), another(), *(writer() for _ in range(story.writers)))
    async with pool.acquire() as connection:
        await fire(connection, clock, END)


async def treat_somehow(
    connection: Connection, action: str, alarm: int, now: datetime
) -> list[News] | Refused | NoSuchAlarm:
    match action:
        case "acknowledge":
            return await treat(connection, alarm, acknowledging(None, None, now))
        case "reset":
            return await treat(connection, alarm, resetting(None, None, now))
        case "shelve":
            return await shelve(connection, alarm, None, now + timedelta(minutes=1), "known", now)
        case "unshelve":
            return await unshelve(connection, alarm, None, now)
        case _:
            return await treat(connection, alarm, noting(None, "seen", now))


async def _compare(
    pool: Pool,
    watches: Sequence[Watched],
    story: Story,
    acknowledged: bool = False,
    known: Sequence[tuple[int, float, float]] = (),
) -> None:
    """The stays and alarms are what the readings say that came after those `known` when the rules were made."""

    def readings(one: Watched, series: int) -> list[Reading]:
        before = [second for number, second, _ in known if number in (one.series, one.other)]
        after = [Reading(at(s), v) for s, v in sorted(story.series[series].items()) if s > max(before, default=-1.0)]
        silent_since = before and one.rule.condition is Condition.STALE
        return [Reading(at(max(before)), 0.0), *after] if silent_since else after

    for one in watches:
        other = [] if one.other is None else readings(one, one.other)
        expected = stays_of(one.rule, readings(one, one.series), END, other)
        assert await stored_stays(pool, one.sensor, one.rule_id) == expected
        if not acknowledged:
            assert await _alarm(pool, one.sensor, one.rule_id) == _alarm_of(expected, one.rule)
    await _alarms_are_sound(pool, {one.rule_id: one.rule for one in watches})
    await _stream_tells(pool, [one.rule_id for one in watches])


Summary = tuple[str, datetime, datetime, datetime | None, float, float, int]


async def _alarm(pool: Pool, sensor: int, rule: int) -> Summary | None:
    """The alarm of a watch that has not been withdrawn: there is one at most, as nobody acknowledges."""
    rows = await pool.fetch(
        "SELECT state, raised_at, last_raised_at, returned_at, value, peak, occurrences FROM alarm.alarm"
        " WHERE sensor_id = $1 AND rule_id = $2 AND occurrences > 0",
        sensor,
        rule,
    )
    assert len(rows) <= 1
    return tuple(rows[0]) if rows else None


def _alarm_of(stays: list[Stay], rule: Rule) -> Summary | None:
    if not stays:
        return None
    peaks = [stay.peak for stay in stays]
    return (
        "ACTIVE" if stays[-1].returned_at is None else "RETURNED",
        stays[0].raised_at,
        stays[-1].raised_at,
        stays[-1].returned_at,
        stays[-1].value,
        worst_of(rule, peaks),
        len(stays),
    )


async def _alarms_are_sound(pool: Pool, rules: dict[int, Rule]) -> None:
    """Each alarm is what its own stays and its acknowledgement make it."""
    rows = await pool.fetch(
        "SELECT a.*, (SELECT array_agg(o ORDER BY o.raised_at) FROM alarm.occurrence o"
        " WHERE o.alarm_id = a.id) AS stays, (SELECT h.until FROM alarm.shelf h WHERE h.sensor_id = a.sensor_id"
        " AND h.rule_id = a.rule_id) AS shelf FROM alarm.alarm a WHERE a.rule_id = ANY($1)",
        list(rules),
    )
    for row in rows:
        stays = [Stay(s["raised_at"], s["returned_at"], s["value"], s["peak"]) for s in row["stays"] or ()]
        assert row["occurrences"] == len(stays)
        if not stays:
            assert row["state"] == "CLOSED"
            continue
        told = _alarm_of(stays, rules[row["rule_id"]])
        assert told is not None
        names = ("raised_at", "last_raised_at", "returned_at", "value", "peak", "occurrences")
        assert tuple(row[name] for name in names) == told[1:]
        assert row["state"] == _state_of(row, stays[-1])
        assert (row["closed_at"] is None) == (row["state"] != "CLOSED")
        if row["closed_at"] is None:
            assert row["shelved_until"] == row["shelf"]
            calls = row["state"] in ("ACTIVE", "RETURNED") and row["shelf"] is None
            assert (row["waits_since"] is not None) == calls


def _state_of(row: Any, last: Stay) -> str:
    """Acknowledged for the raises up to then, where the rule latches; reset for the returns up to then."""
    acknowledged = row["acknowledged_at"] is not None
    if row["latching"]:
        acknowledged = acknowledged and last.raised_at <= row["acknowledged_to"]
    if last.returned_at is None:
        return "ACKNOWLEDGED" if acknowledged else "ACTIVE"
    if not acknowledged:
        return "RETURNED"
    over = not row["latching"] or (row["reset_to"] is not None and last.returned_at <= row["reset_to"])
    return "CLOSED" if over else "LATCHED"


async def _stream_tells(pool: Pool, rules: list[int]) -> None:
    """The last snapshot of each alarm in the stream is the alarm as it stands; each journal line but the last is a change."""
    rows = await pool.fetch(
        "SELECT a.state, a.occurrences, a.last_raised_at, a.shelved_until,"
        " (SELECT payload->'alarm' FROM live.change c WHERE c.subject_id = a.id AND c.kind = 'alarm' ORDER BY number DESC LIMIT 1) AS told,"
        " (SELECT count(*) FROM live.change c WHERE c.subject_id = a.id AND c.kind = 'alarm') AS changes,"
        " (SELECT count(*) FROM alarm.transition t WHERE t.alarm_id = a.id AND kind <> 'CLOSED') AS lines"
        " FROM alarm.alarm a WHERE rule_id = ANY($1)",
        rules,
    )
    for row in rows:
        assert row["told"]["state"] == row["state"]
        assert row["told"]["occurrences"] == row["occurrences"]
        assert (row["told"]["shelvedUntil"] is None) == (row["shelved_until"] is None)
        assert datetime.fromisoformat(row["told"]["lastRaisedAt"]) == row["last_raised_at"]
        assert row["changes"] == row["lines"]


async def test_many_writers_on_shared_sensors(pool: Pool, site: Site) -> None:
    """Eight writers, forty sensors, a rule of each condition, all of it out of order and some of it sent twice."""
    dice = random.Random(20260329)
    sensors = await add_sensors(pool, site, *(f"s{n}" for n in range(40)))
    kinds = [
        Rule(Condition.ABOVE, 10.0, 2.0, timedelta(seconds=30), timedelta(seconds=7)),
        Rule(Condition.BELOW, 8.0),
        Rule(Condition.BETWEEN, 8.0, 1.0, threshold_high=11.0),
        Rule(Condition.EQUALS, 9.0, 0.0, timedelta(seconds=3)),
        Rule(Condition.RATE, -3.0, 1.0, window=timedelta(seconds=10)),
        Rule(Condition.STALE, 2.0, off_delay=timedelta(seconds=9)),
        Rule(Condition.DEVIATION, 3.0, 1.0),
    ]
    watches = [watch for rule in kinds for watch in await _begin(pool, site, rule, sensors)]
    series = [{s * 2.0: dice.choice([5.0, 8.0, 9.0, 11.0, 20.0]) for s in range(120)} for _ in sensors]
    readings = [(n, s, v) for n, one in enumerate(series) for s, v in one.items()]
    readings.sort(key=lambda one: one[1] + dice.random() * 30)
    parcels = [readings[n : n + 97] for n in range(0, len(readings), 97)]
    parcels += dice.sample(parcels, 5)
    story = Story(series, kinds, parcels, 7, [dice.random() * 240 for _ in range(20)])
    await _send(pool, "b1", story)
    await _compare(pool, watches, story)


async def test_a_rule_that_compares_may_come_while_a_writer_waits(pool: Pool, site: Site) -> None:
    """The writer has asked for its locks before the rule was there, and has found it after."""
    own, other = await add_sensors(pool, site, "own", "other")
    clock = HandClock(END)
    await ingest(pool, clock, batch(("own", 0, 5.0), ("other", 0, 5.0)))
    async with pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("SELECT FROM telemetry.sensor_state WHERE sensor_id = $1 FOR UPDATE", other)
            writing = asyncio.create_task(ingest(pool, clock, batch(("other", 20, 5.0))))
            waiting = "SELECT count(*) FROM pg_locks, pg_sleep(0.01) WHERE NOT granted"
            while not await connection.fetchval(waiting):
                pass
            rule = await add_rule(connection, site, Rule(Condition.DEVIATION, 3.0), own, other)
        assert (await writing).accepted == 1
    await ingest(pool, clock, batch(("own", 10, 1.0)))
    assert await stored_stays(pool, own, rule) == [Stay(at(20), None, 4.0, 4.0)]


async def test_what_was_taken_for_silence_is_heard_late(pool: Pool, site: Site) -> None:
    """It is returning, falls silent anew for all that is known, and then its mail comes: it had been heard all along."""
    [sensor] = await add_sensors(pool, site, "s0")
    rule = await add_rule(pool, site, Rule(Condition.STALE, 40.0, off_delay=timedelta(seconds=100)))
    clock = HandClock(END)
    await ingest(pool, clock, batch(("s0", 0, 1.0)))
    await _tick(pool, clock, 50)
    await ingest(pool, clock, batch(("s0", 60, 1.0)))
    await _tick(pool, clock, 165)
    assert await stored_stays(pool, sensor, rule) == [Stay(at(40), None, 40.0, 60.0)]
    await ingest(pool, clock, batch(("s0", 90, 1.0), ("s0", 120, 1.0), ("s0", 150, 1.0)))
    await _tick(pool, clock, 165)
    assert await stored_stays(pool, sensor, rule) == [Stay(at(40), at(160), 40.0, 60.0)]


async def _tick(pool: Pool, clock: HandClock, second: float) -> None:
    async with pool.acquire() as connection:
        await fire(connection, clock, at(second))
