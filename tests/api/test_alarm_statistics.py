"""The figures of EEMUA 191 and ISA-18.2, against a second computation in plain Python."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World, typed

pytestmark = pytest.mark.usefixtures("still")

SLOT, MINUTE, DAY = timedelta(minutes=10), timedelta(minutes=1), timedelta(days=1)
GUIDE = [("CRITICAL", 0.01), ("HIGH", 0.05), ("MEDIUM", 0.15), ("LOW", 0.80)]

SOURCE = "title priority raises share sensor { id }"
FIGURES = f"""
    query($building: ID, $from: DateTime, $to: DateTime) {{ alarmStatistics(building: $building, from: $from, to: $to) {{
        since until slots raises averageRate dailyRate peakRate peakAt floodSlots floodShare standing stale chattering
        topShare building {{ code }} byPriority {{ priority raises share guide }}
        topSources {{ {SOURCE} }} chatteringSources(first: 100) {{ {SOURCE} }}
        standingAlarms(first: 100) {{ id }} staleAlarms(first: 100) {{ id }}
    }} }}
"""


@dataclass(frozen=True, slots=True)
class Stay:
    """One occurrence of an alarm of a source."""

    alarm: int
    source: int
    priority: str
    raised: datetime
    returned: datetime | None


def rows(frequent: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(frequent, key=lambda one: (-one[1], one[0]))


def plain(stays: Sequence[Stay], since: datetime, until: datetime) -> dict[str, Any]:
    """What the figures ought to be."""
    inside = sorted((stay for stay in stays if since <= stay.raised < until), key=lambda stay: stay.raised)
    length = (until - since).total_seconds()
    slots = max(0, math.ceil(length / 600))
    filled = Counter((stay.raised - since) // SLOT for stay in inside)
    peak = max(filled.values(), default=0)
    flooded = sum(count > 10 for count in filled.values())
    by_source: dict[int, list[datetime]] = defaultdict(list)
    for stay in inside:
        by_source[stay.source].append(stay.raised)
    chatterers = {
        source
        for source, raises in by_source.items()
        if any(third - first <= MINUTE for first, third in zip(raises, raises[2:], strict=False))
    }
    frequent = rows([(source, len(raises)) for source, raises in by_source.items()])
    lasting = [stay for stay in stays if stay.raised < until and (stay.returned is None or stay.returned > until)]
    total = len(inside)
    return {
        "slots": slots,
        "raises": total,
        "averageRate": total * 600 / length if length > 0 else None,
        "dailyRate": total * 86400 / length if length > 0 else None,
        "peakRate": peak,
        "peakAt": since + min(slot for slot, count in filled.items() if count == peak) * SLOT if filled else None,
        "floodSlots": flooded,
        "floodShare": flooded / slots if slots else None,
        "standing": len({stay.alarm for stay in lasting}),
        "stale": len({stay.alarm for stay in lasting if stay.raised < until - DAY}),
        "chattering": len(chatterers),
        "topShare": sum(count for _, count in frequent[:10]) / total if total else None,
        "byPriority": [
            (name, count, count / total if total else None, guide)
            for name, guide in GUIDE
            for count in [sum(stay.priority == name for stay in inside)]
        ],
        "topSources": frequent[:10],
        "chatteringSources": [one for one in frequent if one[0] in chatterers],
        "standingAlarms": {stay.alarm for stay in lasting},
        "staleAlarms": {stay.alarm for stay in lasting if stay.raised < until - DAY},
    }


def simple(told: dict[str, Any]) -> dict[str, Any]:
    """An answer in the same form."""

    def key(node: dict[str, Any]) -> int:
        return int(node["id"].split("_")[1])

    made = {name: value for name, value in told.items() if name not in ("since", "until", "building")}
    made["peakAt"] = told["peakAt"] and datetime.fromisoformat(told["peakAt"])
    made["byPriority"] = [(one["priority"], one["raises"], one["share"], one["guide"]) for one in told["byPriority"]]
    for name in ("topSources", "chatteringSources"):
        made[name] = [(key(one["sensor"]), one["raises"]) for one in told[name]]
    for name in ("standingAlarms", "staleAlarms"):
        made[name] = {key(one) for one in told[name]}
    return made


def close(told: Any, expected: Any) -> bool:
    if isinstance(told, float) and isinstance(expected, int | float):
        return math.isclose(told, expected, rel_tol=1e-9)
    if isinstance(told, list | tuple) and isinstance(expected, list | tuple):
        return len(told) == len(expected) and all(map(close, told, expected))
    return bool(told == expected)


def differing(told: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = told.keys() | expected.keys()
    return {
        name: (told.get(name), expected.get(name)) for name in names if not close(told.get(name), expected.get(name))
    }


SOURCES = 14
PRIORITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


async def plant(pool: Pool, world: World) -> list[tuple[int, int]]:
    """Sources in alpha, each a sensor with a rule; the alarms of the world are taken away."""
    await pool.execute("UPDATE alarm.alarm SET incident_id = NULL")
    await pool.execute("TRUNCATE alarm.alarm, alarm.occurrence, alarm.transition CASCADE")
    sources = []
    for number in range(SOURCES):
        sensor = await pool.fetchval(
            "INSERT INTO telemetry.sensor (building_id, code, kind, unit) VALUES ($1, $2, 'CO2', 'ppm') RETURNING id",
            world.building["alpha"],
            f"x{number}",
        )
        rule = await pool.fetchval(
            "INSERT INTO alarm.rule (building_id, sensor_id, name, condition, threshold, deadband, on_delay, off_delay,"
            " priority, category, latching, enabled)"
            " VALUES ($1, $2, $3, 'ABOVE', 1, 0, 0, 0, $4, 'AIR', false, true) RETURNING id",
            world.building["alpha"],
            sensor,
            f"Rule {number}",
            PRIORITIES[number % 4],
        )
        sources.append((sensor, rule))
    return sources


Drawn = list[tuple[int, int, int | None]]
"""Source, seconds before now, and how long it lasted (None: it lasts)."""


@st.composite
def histories(draw: st.DrawFn) -> Drawn:
    """Bursts and single raises; a source is raised again only when it has returned."""
    made: Drawn = []
    for source in draw(st.lists(st.integers(0, SOURCES - 1), max_size=SOURCES, unique=True)):
        at = draw(st.sampled_from([3 * 86400, 86400, 7200, 1500]))
        for _ in range(draw(st.integers(1, 8))):
            lasts = draw(st.sampled_from([5, 10, 20, 29, 600, 4000, 90000]) | st.none())
            made.append((source, at, lasts))
            at -= (lasts or 0) + draw(st.sampled_from([1, 10, 11, 60, 900]))
            if lasts is None or at <= 0:
                break
    return made


async def store(pool: Pool, world: World, sources: Sequence[tuple[int, int]], drawn: Drawn) -> list[Stay]:
    stays = []
    await pool.execute("TRUNCATE alarm.alarm, alarm.occurrence, alarm.transition CASCADE")
    for number in sorted({source for source, _, _ in drawn}):
        sensor, rule = sources[number]
        mine = [(world.now - timedelta(seconds=at), lasts) for source, at, lasts in drawn if source == number]
        alarm = await pool.fetchval(
            "INSERT INTO alarm.alarm (rule_id, sensor_id, building_id, title, sensor_kind, unit, state, priority,"
            " category, raised_at, last_raised_at, occurrences)"
            " VALUES ($1, $2, $3, $4, 'CO2', 'ppm', 'ACTIVE', $5, 'AIR', $6, $6, $7) RETURNING id",
            rule, sensor, world.building["alpha"], f"Rule {number}", PRIORITIES[number % 4], mine[0][0], len(mine),
        )  # fmt: skip
        for raised, lasts in mine:
            returned = None if lasts is None else raised + timedelta(seconds=lasts)
            stays.append(Stay(alarm, sensor, PRIORITIES[number % 4], raised, returned))
            await pool.execute(
                "INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, returned_at, alarm_id, value, peak)"
                " VALUES ($1, $2, $3, $4, $5, 2, 2)",
                sensor, rule, raised, returned, alarm,
            )  # fmt: skip
    return stays


PERIODS = [(3 * 86400, 0), (86400, 3600), (7300, 100), (1500, 0), (600, 0), (100, 99.5), (0, 0), (60, 120)]
"""From and to, in seconds before now."""


async def ask(caller: Caller, **given: Any) -> dict[str, Any] | None:
    told: dict[str, Any] | None = (await caller.ask(FIGURES, **given))["alarmStatistics"]
    return told


@pytest.fixture
async def sources(pool: Pool, world: World) -> list[tuple[int, int]]:
    return await plant(pool, world)


@given(histories(), st.sampled_from(PERIODS))
@settings(max_examples=60)
async def test_all_figures_are_what_plain_python_makes_of_them(
    caller: Caller, world: World, pool: Pool, sources: list[tuple[int, int]], drawn: Drawn, period: tuple[float, float]
) -> None:
    stays = await store(pool, world, sources, drawn)
    since, until = (world.now - timedelta(seconds=each) for each in period)
    given_ = {"building": "alpha", "from": since.isoformat(), "to": until.isoformat()}
    told = await ask(caller.as_user(world.user["dispatcher"]), **given_)
    assert told is not None
    assert differing(simple(told), plain(stays, since, until)) == {}


async def test_a_flood_of_eleven(caller: Caller, world: World, pool: Pool, sources: list[tuple[int, int]]) -> None:
    drawn: Drawn = [(number, 300 - number, None) for number in range(11)]
    await store(pool, world, sources, drawn)
    since = (world.now - timedelta(hours=1)).isoformat()
    told = await ask(caller.as_user(world.user["manager"]), **{"from": since})
    assert told is not None
    assert (told["slots"], told["peakRate"], told["floodSlots"]) == (6, 11, 1)
    assert math.isclose(told["floodShare"], 1 / 6)
    assert (told["standing"], told["stale"], told["topShare"]) == (11, 0, 10 / 11)


async def test_the_usual_period_is_a_week_of_the_building(caller: Caller, world: World) -> None:
    told = await ask(caller.as_user(world.user["dispatcher"]))
    assert told is not None
    moscow = ZoneInfo("Europe/Moscow")
    assert datetime.fromisoformat(told["since"]) == datetime(2026, 11, 10, tzinfo=moscow)
    assert (datetime.fromisoformat(told["until"]), told["building"]) == (world.now, {"code": "alpha"})
    assert (told["raises"], told["standing"], told["stale"]) == (5, 2, 0)
    both = await ask(caller.as_user(world.user["viewer"]))
    assert both is not None
    assert datetime.fromisoformat(both["since"]) == datetime(2026, 11, 10, tzinfo=UTC)
    assert (both["raises"], both["building"]) == (6, None)


async def test_the_future_is_not_counted(caller: Caller, world: World) -> None:
    later = (world.now + timedelta(days=30)).isoformat()
    told = await ask(caller.as_user(world.user["dispatcher"]), to=later)
    assert told is not None
    assert datetime.fromisoformat(told["until"]) == world.now


async def test_figures_are_for_staff(caller: Caller, world: World) -> None:
    for who in ("tenant", "nobody"):
        assert await ask(caller.as_user(world.user[who])) is None
    for building in ("beta", "nowhere", typed("building", world.building["beta"])):
        assert await ask(caller.as_user(world.user["dispatcher"]), building=building) is None
    mixed = await ask(caller.as_user(world.user["mixed"]))
    assert mixed is not None
    assert (mixed["building"], mixed["raises"]) == ({"code": "beta"}, 1), "nothing of alpha, where they are a tenant"
