"""The queue of readings: callers share transactions, each is told of its own, and nobody is harmed by another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from api.errors import UNREACHABLE, Fault
from api.ingest import queue as queues
from api.ingest.queue import Queue, queueing
from api.ingest.settings import IngestSettings
from db.engine import Pool, create_pool
from db.ingest import Batch, Parcel, Reason, Report, Window
from tests.api.waiting import until
from tests.db.sensing import HandClock, Site, add_sensors, at, batch, make_site

CODES = [f"s{n}" for n in range(200)]


@pytest.fixture
async def site(pool: Pool) -> Site:
    site = await make_site(pool)
    await add_sensors(pool, site, *CODES)
    return site


@pytest.fixture
async def queue(pool: Pool, site: Site) -> AsyncIterator[Queue]:
    async with queueing(pool, HandClock(at(3600)), Window(), IngestSettings(group=150, waiting=300)) as queue:
        yield queue


def one(code: str, seconds: float = 0, value: float = 1.0) -> Parcel:
    return Parcel(batch((code, seconds, value)))


async def transactions(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(DISTINCT xmin::text) FROM telemetry.reading")
    return count


async def test_callers_share_transactions_and_each_gets_its_report(pool: Pool, queue: Queue) -> None:
    parcels = [one(code) for code in CODES]
    parcels[7] = Parcel(batch(("nobody", 0, 1.0), ("s7", 0, 1.0), ("s8", 5, float("nan"))))
    parcels[9] = Parcel(batch(("s8", 0, 1.0)))
    parcels[11] = Parcel(batch(("s10", 0, 2.0)))
    reports = await asyncio.gather(*(queue.put(parcel) for parcel in parcels))
    assert [report.accepted for report in reports] == [0 if n in (9, 11) else 1 for n in range(200)]
    assert [(r.index, r.reason) for r in reports[7].refused] == [(0, Reason.UNKNOWN_SENSOR), (2, Reason.NOT_A_NUMBER)]
    assert reports[9] == Report(duplicates=1)
    assert [(r.index, r.sensor, r.reason) for r in reports[11].refused] == [(0, "s10", Reason.CONFLICT)]
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 198
    assert await transactions(pool) <= 4


async def test_names_are_each_callers_own(pool: Pool, queue: Queue, site: Site) -> None:
    other = await make_site(pool, "b2")
    await add_sensors(pool, other, "s1")
    parcel = batch(("s1", 0, 1.0))
    scopes = [(site.building,), (other.building,), None, ()]
    reports = await asyncio.gather(*(queue.put(Parcel(parcel, scope)) for scope in scopes))
    assert [report.accepted for report in reports] == [1, 1, 0, 0]
    assert [report.refused[0].reason for report in reports[2:]] == [Reason.AMBIGUOUS_SENSOR, Reason.UNKNOWN_SENSOR]


async def test_who_breaks_a_group_is_alone_in_it(pool: Pool, queue: Queue) -> None:
    broken = Parcel(Batch(["s3"], [datetime(2026, 3, 29)], [1.0]))  # noqa: DTZ001  no door lets such a time through
    answers = await asyncio.gather(
        *(queue.put(parcel) for parcel in (one("s0"), one("s1"), broken, one("s2"))), return_exceptions=True
    )
    assert [answer.accepted for answer in answers if isinstance(answer, Report)] == [1, 1, 1]
    assert isinstance(answers[2], TypeError)


async def test_a_caller_who_goes_away_harms_nobody(pool: Pool, queue: Queue) -> None:
    calls = [asyncio.create_task(queue.put(one(code))) for code in CODES[:20]]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(answer, Report) for answer in answers] == [False, True] * 10
    await queue.close()
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 20
    assert queue.readings == 0


async def full(queue: Queue) -> bool:
    return queue.readings == 300


async def test_a_full_queue_says_so_and_takes_readings_again_later(pool: Pool, queue: Queue) -> None:
    async with pool.acquire() as holder:
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("SELECT FROM telemetry.sensor_state FOR UPDATE")
        waiting = [asyncio.create_task(queue.put(Parcel(batch(*((c, n, 1.0) for c in CODES[:60]))))) for n in range(5)]
        await until(lambda: full(queue))
        with pytest.raises(Fault) as refused:
            await queue.put(one("s0", 99))
        assert (refused.value.code, refused.value.status, refused.value.parameters["seconds"]) == ("TOO_BUSY", 429, 1)
        assert not any(call.done() for call in waiting), "nobody is answered before the commit"
        await transaction.rollback()
    assert sum(report.accepted for report in await asyncio.gather(*waiting)) == 300
    assert (await queue.put(one("s0", 99))).accepted == 1


async def test_readings_whose_callers_went_away_take_their_room_until_they_are_stored(pool: Pool, queue: Queue) -> None:
    async with pool.acquire() as holder, holder.transaction():
        await holder.execute("SELECT FROM telemetry.sensor_state FOR UPDATE")
        calls = [asyncio.create_task(queue.put(Parcel(batch(*((c, n, 1.0) for c in CODES[:60]))))) for n in range(5)]
        await until(lambda: full(queue))
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert queue.readings == 300
        with pytest.raises(Fault):
            await queue.put(one("s0", 99))
    await drained(queue)
    assert (await queue.put(one("s0", 99))).accepted == 1
    assert await pool.fetchval("SELECT count(*) FROM telemetry.reading") == 301


async def drained(queue: Queue) -> None:
    async with asyncio.timeout(60):
        while queue.readings:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_large_batch_goes_in_slices(pool: Pool, queue: Queue) -> None:
    readings = [("s1", n, 1.0) for n in range(1000)]
    readings[170] = ("s1", 20, 7.0)
    readings[999] = ("nobody", 0, 1.0)
    report = await queue.put(Parcel(batch(*readings)))
    assert report.accepted == 998
    assert [(r.index, r.reason) for r in report.refused] == [(170, Reason.CONFLICT), (999, Reason.UNKNOWN_SENSOR)]
    assert await transactions(pool) == 7


async def test_a_slice_that_comes_as_its_writer_ends_is_not_forgotten(pool: Pool, site: Site) -> None:
    """The answer to one slice brings the next, at the very moment when the only writer has found nothing more."""
    settings = IngestSettings(group=10, writers=1)
    async with queueing(pool, HandClock(at(3600)), Window(), settings) as queue, asyncio.timeout(60):
        report = await queue.put(Parcel(batch(*(("s1", n, 1.0) for n in range(50)))))
    assert report.accepted == 50


async def test_what_waits_is_stored_before_the_end(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "CLOSING", 60.0)
    calls = [asyncio.create_task(queue.put(one(code))) for code in CODES]
    await asyncio.sleep(0)
    await queue.close()
    assert sum([(await call).accepted for call in calls]) == 200
    with pytest.raises(Fault):
        await queue.put(one("s0", 1))


async def test_a_database_that_went_away_is_told_to_each(database: str, pool: Pool, site: Site) -> None:
    """Whoever was told of a lost connection sends again: at most once for each connection that was lost."""
    connections = 2
    async with (
        await create_pool(database, connections) as own,
        queueing(own, HandClock(at(3600)), Window(), IngestSettings()) as queue,
    ):
        await queue.put(one("s0"))
        await pool.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL($1)",
            [await connection_pid(pool)],
        )
        unanswered, rounds = set(CODES[:9]), 0
        while unanswered:
            sent = sorted(unanswered)
            answers = await asyncio.gather(*(queue.put(one(code, 1)) for code in sent), return_exceptions=True)
            lost = [answer for answer in answers if not isinstance(answer, Report)]
            assert all(isinstance(error, (*UNREACHABLE, OSError)) for error in lost), lost
            stored = [answer for answer in answers if isinstance(answer, Report)]
            assert sum(report.accepted + report.duplicates for report in stored) == len(stored)
            unanswered -= {code for code, answer in zip(sent, answers, strict=True) if isinstance(answer, Report)}
            rounds += 1
            assert rounds <= 1 + connections


async def connection_pid(pool: Pool) -> int:
    pid: int = await pool.fetchval("SELECT pg_backend_pid()")
    return pid
