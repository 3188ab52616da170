"""What acknowledging does to an alarm, alone and together with late readings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.acknowledge import (
    Acknowledged,
    AlreadyAcknowledged,
    AlreadyClosed,
    NoSuchAlarm,
    Outcome,
    acknowledge,
    resetting,
)
from db.changes import append
from db.engine import Pool
from db.evaluator import Rule
from db.ingest import ingest
from db.models import Condition
from db.treatment import Refused, treat
from tests.db.sensing import HandClock, Site, add_rule, add_sensors, at, batch, make_site

LONG = Rule(Condition.ABOVE, 10.0, 0.0, timedelta(), timedelta(seconds=30))
LATE = Rule(Condition.ABOVE, 10.0, 0.0, timedelta(seconds=7))


@pytest.fixture
async def site(pool: Pool) -> Site:
    site = await make_site(pool)
    await add_sensors(pool, site, "co2")
    return site


@pytest.fixture
def clock() -> HandClock:
    return HandClock(at(1000))


async def person(pool: Pool) -> int:
    id: int = await pool.fetchval(
        'INSERT INTO security."user" (login, name, language, enabled)'
        " VALUES ('anna', 'Anna', 'EN', true) ON CONFLICT (login) DO UPDATE SET name = 'Anna' RETURNING id"
    )
    return id


async def ack(pool: Pool, alarm: int, seconds: float, note: str | None = None) -> Outcome:
    user = await person(pool)
    async with pool.acquire() as connection, connection.transaction():
        outcome = await acknowledge(connection, alarm, user, note, at(seconds))
        if isinstance(outcome, Acknowledged):
            await append(connection, [outcome.news])
    return outcome


async def alarms(pool: Pool) -> list[tuple[Any, ...]]:
    rows = await pool.fetch("SELECT state, raised_at, returned_at, closed_at, occurrences FROM alarm.alarm ORDER BY id")
    return [tuple(row) for row in rows]


async def kinds(pool: Pool) -> list[str]:
    told = await pool.fetch("SELECT payload->>'kind' AS kind FROM live.change WHERE kind = 'alarm' ORDER BY number")
    written = await pool.fetch("SELECT kind FROM alarm.transition ORDER BY id")
    assert told == [row for row in written if row["kind"] != "CLOSED"]
    return [row[0] for row in told]


async def journal(pool: Pool) -> list[str]:
    return [row["kind"] for row in await pool.fetch("SELECT kind FROM alarm.transition ORDER BY id")]


async def send(pool: Pool, clock: HandClock, *readings: tuple[float, float]) -> None:
    await ingest(pool, clock, batch(*(("co2", seconds, value) for seconds, value in readings)))


async def test_an_active_alarm_is_acknowledged_and_closes_when_it_returns(
    pool: Pool, site: Site, clock: HandClock
) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await send(pool, clock, (0, 12.0))
    outcome = await ack(pool, 1, 50, "going there")
    assert isinstance(outcome, Acknowledged)
    assert (
        outcome.news.payload["alarm"] | {"state": "ACKNOWLEDGED", "acknowledgedBy": "Anna"}
        == (outcome.news.payload["alarm"])
    )
    assert outcome.news.payload["alarm"]["note"] == "going there"
    assert await ack(pool, 1, 51) == AlreadyAcknowledged(1)
    assert await alarms(pool) == [("ACKNOWLEDGED", at(0), None, None, 1)]
    await send(pool, clock, (100, 5.0))
    assert await alarms(pool) == [("CLOSED", at(0), at(100), at(100), 1)]
    assert await ack(pool, 1, 110) == AlreadyClosed(1)
    assert await kinds(pool) == ["RAISED", "ACKNOWLEDGED", "RETURNED"]
    assert await journal(pool) == ["RAISED", "ACKNOWLEDGED", "RETURNED", "CLOSED"]


async def test_a_returned_alarm_closes_when_it_is_acknowledged(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await send(pool, clock, (0, 12.0), (10, 5.0))
    await ack(pool, 1, 50)
    assert await alarms(pool) == [("CLOSED", at(0), at(10), at(50), 1)]
    assert await journal(pool) == ["RAISED", "RETURNED", "ACKNOWLEDGED", "CLOSED"]
    await send(pool, clock, (100, 15.0))
    assert await alarms(pool) == [("CLOSED", at(0), at(10), at(50), 1), ("ACTIVE", at(100), None, None, 1)]


async def test_there_is_nothing_to_acknowledge(pool: Pool, site: Site) -> None:
    assert await ack(pool, 99, 0) == NoSuchAlarm(99)


async def test_a_stay_that_goes_on_after_all_is_acknowledged_again(pool: Pool, site: Site, clock: HandClock) -> None:
    """Closed at 10:00; a late reading shows that it had never returned: the person's yes still stands."""
    await add_rule(pool, site, LONG)
    await send(pool, clock, (0, 12.0), (40, 12.0))
    await ack(pool, 1, 50)
    await send(pool, clock, (100, 5.0), (200, 5.0))
    assert await alarms(pool) == [("CLOSED", at(0), at(130), at(130), 1)]
    await send(pool, clock, (300, 12.0))
    assert await alarms(pool) == [
        ("CLOSED", at(0), at(130), at(130), 1),
        ("ACTIVE", at(300), None, None, 1),
    ]
    await send(pool, clock, (120, 12.0), (140, 12.0), (160, 12.0), (180, 12.0), (210, 12.0))
    assert await alarms(pool) == [
        ("ACKNOWLEDGED", at(0), None, None, 1),
        ("CLOSED", at(300), at(300), clock.now(), 0),
    ]
    assert (await kinds(pool))[-2:] == ["WITHDRAWN", "AMENDED"]


async def test_the_live_alarm_takes_over_what_goes_on(pool: Pool, site: Site, clock: HandClock) -> None:
    """A closed alarm's stay goes on while another alarm, of an earlier hour, waits to be acknowledged."""
    await add_rule(pool, site, LONG)
    await send(pool, clock, (100, 12.0), (200, 5.0), (300, 5.0))
    await ack(pool, 1, 350)
    await send(pool, clock, (0, 12.0), (10, 5.0), (60, 5.0))
    assert await alarms(pool) == [
        ("CLOSED", at(100), at(230), at(350), 1),
        ("RETURNED", at(0), at(40), None, 1),
    ]
    await send(pool, clock, (220, 12.0), (240, 12.0), (260, 12.0), (320, 12.0))
    assert await alarms(pool) == [
        ("CLOSED", at(100), at(230), at(350), 0),
        ("ACTIVE", at(0), None, None, 2),
    ]


async def test_a_part_of_an_acknowledged_stay_belongs_to_it_and_a_later_raise_does_not(
    pool: Pool, site: Site, clock: HandClock
) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await send(pool, clock, (0, 12.0), (20, 12.0), (80, 12.0))
    await ack(pool, 1, 50)
    await send(pool, clock, (10, 5.0), (70, 5.0))
    assert await alarms(pool) == [
        ("CLOSED", at(0), at(70), at(70), 2),
        ("ACTIVE", at(80), None, None, 1),
    ]


async def latching(pool: Pool) -> None:
    await pool.execute("UPDATE alarm.rule SET latching = true")


async def reset_by_hand(pool: Pool, alarm: int, seconds: float) -> str:
    """The kind of change that it made, or the code of the refusal."""
    async with pool.acquire() as connection, connection.transaction():
        outcome = await treat(connection, alarm, resetting(await person(pool), None, at(seconds)))
        if isinstance(outcome, list):
            await append(connection, outcome)
            return str(outcome[0].payload["kind"])
        assert isinstance(outcome, Refused)
        return outcome.code


async def test_a_latching_alarm_waits_for_its_reset(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await latching(pool)
    await send(pool, clock, (0, 12.0))
    assert await reset_by_hand(pool, 1, 5) == "ALARM_STILL_ACTIVE"
    await send(pool, clock, (10, 5.0))
    assert await reset_by_hand(pool, 1, 15) == "ALARM_NOT_ACKNOWLEDGED"
    await ack(pool, 1, 20)
    assert await alarms(pool) == [("LATCHED", at(0), at(10), None, 1)]
    assert await ack(pool, 1, 21) == AlreadyAcknowledged(1)
    assert await reset_by_hand(pool, 1, 30) == "RESET"
    assert await alarms(pool) == [("CLOSED", at(0), at(10), at(30), 1)]
    assert await reset_by_hand(pool, 1, 31) == "ALARM_CLOSED"
    assert await kinds(pool) == ["RAISED", "RETURNED", "ACKNOWLEDGED", "RESET"]
    assert await journal(pool) == ["RAISED", "RETURNED", "ACKNOWLEDGED", "RESET", "CLOSED"]
    await send(pool, clock, (100, 15.0))
    assert (await alarms(pool))[1] == ("ACTIVE", at(100), None, None, 1)


async def test_a_raise_while_latched_needs_another_acknowledgement(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await latching(pool)
    await send(pool, clock, (0, 12.0))
    await ack(pool, 1, 5)
    await send(pool, clock, (10, 5.0), (40, 12.0))
    assert await alarms(pool) == [("ACTIVE", at(0), None, None, 2)]
    told = await pool.fetchval("SELECT payload->'alarm' FROM live.change ORDER BY number DESC LIMIT 1")
    assert (told["state"], told["acknowledgedAt"], told["acknowledgedBy"]) == ("ACTIVE", None, None)
    await send(pool, clock, (50, 5.0))
    assert await reset_by_hand(pool, 1, 55) == "ALARM_NOT_ACKNOWLEDGED"
    await ack(pool, 1, 60)
    assert await reset_by_hand(pool, 1, 65) == "RESET"


async def test_a_withdrawn_raise_gives_the_acknowledgement_back(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_rule(pool, site, LATE)
    await latching(pool)
    await send(pool, clock, (0, 12.0), (10, 12.0))
    await ack(pool, 1, 12)
    await send(pool, clock, (20, 5.0), (40, 12.0), (60, 12.0))
    assert await alarms(pool) == [("ACTIVE", at(7), None, None, 2)]
    await send(pool, clock, (45, 5.0), (61, 5.0))
    assert await alarms(pool) == [("LATCHED", at(7), at(20), None, 1)]


async def test_a_stay_that_outlasts_its_reset_has_to_be_reset_again(pool: Pool, site: Site, clock: HandClock) -> None:
    await add_rule(pool, site, LONG)
    await latching(pool)
    await send(pool, clock, (0, 12.0), (40, 5.0), (80, 5.0))
    await ack(pool, 1, 82)
    assert await reset_by_hand(pool, 1, 85) == "RESET"
    await send(pool, clock, (60, 12.0), (130, 5.0), (170, 5.0))
    assert await alarms(pool) == [("LATCHED", at(0), at(110), None, 1)]
    assert await reset_by_hand(pool, 1, 200) == "RESET"
    assert await alarms(pool) == [("CLOSED", at(0), at(110), at(200), 1)]


async def test_the_live_alarm_takes_over_what_would_latch_again(pool: Pool, site: Site, clock: HandClock) -> None:
    """A reset alarm's stay turns out to have lasted beyond the reset, while another alarm is live."""
    await add_rule(pool, site, LONG)
    await latching(pool)
    await send(pool, clock, (0, 12.0), (40, 5.0), (80, 5.0))
    await ack(pool, 1, 82)
    await reset_by_hand(pool, 1, 85)
    await send(pool, clock, (300, 12.0))
    assert [row[0] for row in await alarms(pool)] == ["CLOSED", "ACTIVE"]
    await send(pool, clock, (60, 12.0), (130, 5.0), (170, 5.0))
    assert await alarms(pool) == [
        ("CLOSED", at(0), at(70), at(85), 0),
        ("ACTIVE", at(0), None, None, 2),
    ]


async def test_a_device_ahead_of_the_house_can_be_acknowledged_and_reset(
    pool: Pool, site: Site, clock: HandClock
) -> None:
    await add_rule(pool, site, Rule(Condition.ABOVE, 10.0))
    await latching(pool)
    await send(pool, clock, (1100, 12.0), (1110, 5.0))
    await ack(pool, 1, 1000)
    assert await alarms(pool) == [("LATCHED", at(1100), at(1110), None, 1)]
    assert await reset_by_hand(pool, 1, 1001) == "RESET"
