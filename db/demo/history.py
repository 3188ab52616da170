"""A week of readings made by the database: daily profiles, noise from a hash, and the incidents bent in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.acknowledge import Acknowledged, acknowledge, resetting
from db.changes import News, append
from db.clock import Clock, Setting, real
from db.demo.sensing import INCIDENTS, INTERVAL, SILENT, STALE, UNSEEN, WEEK, Sensor, profile_rows
from db.demo.space import ZONE
from db.engine import Connection, Pool
from db.ingest import Batch, Window, ingest
from db.models import ClockMode
from db.rollups import mark
from db.ticks import fire
from db.treatment import treat

PROFILE = """
    CREATE TEMPORARY TABLE profile (
        sensor_id bigint, kind text, code text, base float8, swing float8, noise float8) ON COMMIT DROP
"""
MADE = """
    CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    WITH quarter AS (
        SELECT at, at AT TIME ZONE $3 AS local FROM generate_series($1::timestamptz, $2, interval '15 minutes') AS at
    ), hours AS (
        SELECT at, (extract(epoch FROM at) / 900)::bigint AS tick, extract(isodow FROM local) AS weekday,
            extract(hour FROM local) + extract(minute FROM local) / 60 AS h
        FROM quarter
    ), people AS (
        SELECT at, tick, h, CASE WHEN weekday > 5 THEN 0.06 ELSE 1 END * greatest(0, least(
            1, (h - 7.5) / 2, (19.5 - h) / 2.5, CASE WHEN h >= 13 AND h < 14 THEN 0.55 ELSE 1 END))::float8 AS share
        FROM hours
    ), chance AS (
        SELECT p.*, q.at, q.h, q.share, q.tick,
            (('x' || substr(md5(p.code || ' ' || q.tick), 1, 8))::bit(32)::bigint & 2147483647)::float8
                / 2147483647 AS luck
        FROM profile p CROSS JOIN people q
    )
    SELECT sensor_id, code, at, round((CASE kind
        WHEN 'OCCUPANCY' THEN floor(swing * share * (1 - noise * luck))
        WHEN 'MOTION' THEN (luck < swing * share)::int
        WHEN 'DOOR' THEN (tick % 2 = 0 AND luck < swing * share)::int
        WHEN 'LIGHT' THEN base + swing * (share > 0.05)::int + noise * luck
        WHEN 'TEMPERATURE' THEN base + swing * share + 0.4 * sin((h - 9) / 24 * 2 * pi()) + noise * (2 * luck - 1)
        ELSE greatest(0, base + swing * share + noise * (2 * luck - 1))
    END)::numeric, CASE kind WHEN 'CO2' THEN 0 WHEN 'LIGHT' THEN 0 WHEN 'SMOKE' THEN 3 ELSE 2 END)::float8 AS value
    FROM chance
"""
BENT = """
    UPDATE made m SET value = round((CASE i.shape
        WHEN 'step' THEN i.peak
        WHEN 'hump' THEN m.value + (i.peak - m.value) * sin(pi() * (extract(epoch FROM m.at - i.since)
            / extract(epoch FROM i.until - i.since))::float8)
        ELSE m.value + (i.peak - m.value) * least(1, 2 * extract(epoch FROM m.at - i.since)
            / extract(epoch FROM i.until - i.since))::float8
    END)::numeric, 2)::float8
    FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::float8[], $5::text[])
        AS i(code, since, until, peak, shape)
    WHERE m.code = i.code AND m.at BETWEEN i.since AND i.until
"""
SILENCED = "DELETE FROM made WHERE code = ANY($1::text[]) AND at > $2"
KEPT = f"""
    WITH kept AS (
        INSERT INTO telemetry.reading (sensor_id, at, value)
        SELECT sensor_id, at, value FROM made WHERE code <> ALL ($1::text[]) ORDER BY sensor_id, at
        RETURNING sensor_id, at
    ) {mark("kept")}
"""
LATEST = """
    UPDATE telemetry.sensor_state s SET at = l.at, value = l.value, status = l.status
    FROM (
        SELECT DISTINCT ON (sensor_id) sensor_id, at, value,
            CASE WHEN code = ANY($2::text[]) THEN 'STALE' ELSE 'OK' END AS status
        FROM made WHERE code <> ALL ($1::text[]) ORDER BY sensor_id, at DESC
    ) l WHERE s.sensor_id = l.sensor_id
"""
STATUSES = """
    INSERT INTO telemetry.status_change (sensor_id, at, status)
    SELECT sensor_id, min(at), 'OK' FROM made WHERE code <> ALL ($1::text[]) GROUP BY sensor_id
    UNION ALL
    SELECT sensor_id, max(at) + $3::interval * 3, 'STALE' FROM made WHERE code = ANY($2::text[]) GROUP BY sensor_id
    ORDER BY 2, 1
"""
JUDGED = "SELECT code, at, value FROM made WHERE code = ANY($1::text[]) ORDER BY at, code"
BEHIND = timedelta(hours=2)
"""How much of the story is told at once."""

DUE = """
    SELECT id, category FROM alarm.alarm WHERE state IN ('ACTIVE', 'RETURNED') AND last_raised_at <= $1::timestamptz
        AND (category = 'LEAK' OR last_raised_at <= $2) ORDER BY id
"""
LATCHED = "SELECT id FROM alarm.alarm WHERE state = 'LATCHED' AND acknowledged_at <= $1 ORDER BY id"
NOTES = {
    "LEAK": "Сантехник вызван",
    "FIRE": "Подгорел тост, проветрено",
    "EQUIPMENT": "Включён резервный кондиционер",
}
CHECKED = "Проверено на месте"

Row = tuple[str, datetime, float]


async def remember(
    connection: Connection, sensors: Sequence[Sensor], keys: dict[str, int], last: datetime
) -> list[Row]:
    """Keep a week of readings up to `last`; those of sensors with a story are handed back instead, in time order."""
    stories = sorted({incident.code for incident in INCIDENTS})
    first = last - WEEK + INTERVAL
    await connection.execute("SELECT telemetry.make_partitions($1, $2)", first, last + timedelta(days=31))
    await connection.execute(PROFILE)
    await connection.copy_records_to_table("profile", records=profile_rows(list(sensors), keys))
    await connection.execute(MADE, first, last, ZONE)
    hour = timedelta(hours=1)
    await connection.execute(
        BENT,
        [incident.code for incident in INCIDENTS],
        [last - incident.since * hour for incident in INCIDENTS],
        [last - incident.until * hour for incident in INCIDENTS],
        [incident.peak for incident in INCIDENTS],
        [incident.shape for incident in INCIDENTS],
    )
    await connection.execute(SILENCED, STALE, last - SILENT)
    await connection.execute(KEPT, stories)
    await connection.execute(LATEST, stories, STALE)
    await connection.execute(STATUSES, stories, STALE, INTERVAL)
    return [tuple(row) for row in await connection.fetch(JUDGED, stories)]


async def relive(pool: Pool, rows: Sequence[Row], last: datetime, dispatcher: int) -> None:
    """Let the house take these readings in and judge them, two hours at a time, its dispatcher answering the alarms.

    Silence is looked for at the end.
    """
    until = rows[0][1]
    start = 0
    while start < len(rows):
        until += BEHIND
        end = next((place for place in range(start, len(rows)) if rows[place][1] >= until), len(rows))
        codes, times, values = zip(*rows[start:end], strict=True)
        clock = Clock(Setting(ClockMode.SPEED, times[-1], real(), 0.0))
        await ingest(pool, clock, Batch(codes, times, values), window=Window(back=WEEK))
        if end < len(rows):
            await _answer(pool, times[-1], last, dispatcher)
        start = end
    async with pool.acquire() as connection:
        await fire(connection, Clock(Setting(ClockMode.SPEED, last, real(), 0.0)), last)


async def _answer(pool: Pool, now: datetime, last: datetime, dispatcher: int) -> None:
    """Acknowledge what has been on for half an hour, four minutes after the last reading; reset what a day ago was."""
    seen, day, half_hour = now + timedelta(minutes=4), timedelta(days=1), timedelta(minutes=30)
    async with pool.acquire() as connection, connection.transaction():
        news: list[News] = []
        for key, category in await connection.fetch(DUE, now - half_hour, last - timedelta(hours=UNSEEN)):
            done = await acknowledge(connection, key, dispatcher, NOTES.get(category, "Принято"), seen)
            news += [done.news] if isinstance(done, Acknowledged) else []
        for (key,) in await connection.fetch(LATCHED, now - day):
            told = await treat(connection, key, resetting(dispatcher, CHECKED, seen))
            news += told if isinstance(told, list) else []
        await append(connection, news)


__all__ = ["relive", "remember"]
