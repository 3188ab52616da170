"""Rows of a small house as each revision of the tables could hold them: SQL of the time, not of today's models."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import psycopg

from db.audit import FIRST, Entry, digest

BEGUN = """
INSERT INTO physical.building (code, name, address, time_zone, language)
    VALUES ('tower', 'Башня', 'ул. Мира, 1', 'Europe/Moscow', 'RU');
INSERT INTO physical.floor (building_id, level, name) VALUES (1, 1, 'Первый'), (1, 2, 'Второй');
INSERT INTO physical.room (building_id, floor_id, number, name, kind, area, outline) VALUES
    (1, 1, '101', 'Кабинет', 'OFFICE', 20, '[[[0,0],[4,0],[4,5],[0,5]]]'), (1, 2, '201', NULL, 'OFFICE', 20, NULL);
INSERT INTO physical.alias (room_id, name, language) VALUES (1, 'переговорная', 'RU');
INSERT INTO business.tenant (name, tax_number, phone) VALUES ('ООО «Альфа»', '7701234567', '+7 495 1');
INSERT INTO business.lease (number, tenant_id, building_id, period, rent, currency)
    VALUES ('A-1', 1, 1, '[2020-01-01,2035-01-01)', 1000.50, 'RUB');
INSERT INTO business.placement (lease_id, room_id, period) VALUES (1, 1, '[2021-01-01,2035-01-01)');
INSERT INTO security."user" (login, name, password_hash, language, enabled)
    VALUES ('admin', 'Анна', 'x', 'RU', true), ('tenant', 'Олег', NULL, 'RU', true);
INSERT INTO security."grant" (user_id, role, building_id, tenant_id) VALUES (1, 'ADMIN', NULL, NULL), (2, 'TENANT', NULL, 1);
INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at)
    VALUES ('abc', 'x', 'gateway', 'DEVICE', 1, '2026-10-01T00:00Z');
INSERT INTO security.confirmation (token_id, used_at, user_id, noun, subject_id)
    VALUES ('t1', '2026-10-01T00:00Z', 1, 'room', 1);
INSERT INTO telemetry.sensor (building_id, room_id, code, kind, unit, interval, external_id) VALUES
    (1, 1, 'co2-101', 'CO2', 'ppm', 300, 'dev-1'), (1, 1, 'leak-101', 'LEAK', '', NULL, NULL), (1, NULL, 'p', 'POWER', 'W', 60, NULL);
INSERT INTO alarm.rule (building_id, sensor_id, name, condition, threshold, deadband, on_delay, off_delay, priority, category,
    latching, enabled) VALUES (1, 1, 'Душно', 'ABOVE', 1000, 50, 0, 0, 'HIGH', 'AIR', false, true),
    (1, 2, 'Протечка', 'ABOVE', 0.5, 0, 0, 0, 'CRITICAL', 'LEAK', false, true);
SELECT telemetry.make_partitions('2026-09-01Z', '2026-11-30Z');
INSERT INTO telemetry.reading (sensor_id, at, value)
    SELECT s, '2026-10-30T00:00Z'::timestamptz + n * interval '1 hour', CASE s WHEN 1 THEN 1200 ELSE n % 2 END
    FROM generate_series(1, 3) s, generate_series(0, 99) n;
UPDATE telemetry.sensor_state SET at = '2026-11-03T03:00Z', value = 1200, status = 'OK';
INSERT INTO telemetry.status_change (sensor_id, at, status) VALUES (1, '2026-10-30T00:00Z', 'OK');
INSERT INTO alarm.alarm (rule_id, sensor_id, building_id, room_id, title, sensor_kind, unit, state, priority, category,
    raised_at, last_raised_at, acknowledged_at, acknowledged_by_id, closed_at, returned_at, value, peak, occurrences) VALUES
    (1, 1, 1, 1, 'Душно', 'CO2', 'ppm', 'ACKNOWLEDGED', 'HIGH', 'AIR', '2026-10-30Z', '2026-10-31Z', '2026-10-30T01:00Z', 1, NULL, NULL,
        1200, 1250, 2),
    (2, 2, 1, 1, 'Протечка', 'LEAK', '', 'CLOSED', 'CRITICAL', 'LEAK', '2026-10-01Z', '2026-10-01Z', '2026-10-01Z', 1, '2026-10-02Z',
        '2026-10-02Z', 1, 1, 1);
INSERT INTO alarm.transition (alarm_id, kind, at, recorded_at, value, user_id) VALUES
    (1, 'RAISED', '2026-10-30Z', '2026-10-30Z', 1200, NULL), (1, 'ACKNOWLEDGED', '2026-10-30T01:00Z', '2026-10-30T01:00Z', NULL, 1),
    (2, 'RAISED', '2026-10-01Z', '2026-10-01Z', 1, NULL), (2, 'CLOSED', '2026-10-02Z', '2026-10-02Z', NULL, NULL);
INSERT INTO alarm.occurrence (sensor_id, rule_id, raised_at, alarm_id, value, peak) VALUES (1, 1, '2026-10-30Z', 1, 1200, 1250);
INSERT INTO alarm.event (building_id, room_id, user_id, at, kind, text)
    VALUES (1, 1, 1, '2026-10-30Z', 'REPORTED', 'Шум');
INSERT INTO live.change (number, at, kind, building_id, tenant_ids, subject_id, payload)
    VALUES (nextval('live.change_number'), '2026-10-30Z', 'alarm', 1, '{1}', 1, '{"id": 1}');
UPDATE live.epoch SET epoch = 'of-old';
"""
SINCE = {
    "20261122_conditions": """
        INSERT INTO alarm.rule (building_id, sensor_id, name, condition, threshold, threshold_high, "window", deadband, on_delay,
            off_delay, priority, category, latching, enabled)
        VALUES (1, 3, 'Скачок', 'RATE', 5, NULL, 60, 0, 0, 0, 'LOW', 'POWER', false, true),
            (1, 3, 'В пределах', 'BETWEEN', 5, 9, NULL, 0, 0, 0, 'LOW', 'POWER', false, false)
    """,
    "20261122_lifecycle": """
        INSERT INTO alarm.shelf (sensor_id, rule_id, at, until, user_id, reason)
            VALUES (1, 1, '2026-10-30Z', '2026-12-30Z', 1, 'ремонт');
        UPDATE alarm.alarm SET shelved_until = '2026-12-30Z', shelved_reason = 'ремонт', shelved_by_id = 1 WHERE id = 1;
        UPDATE telemetry.sensor SET out_of_service_at = '2026-10-30Z', out_of_service_reason = 'замена' WHERE id = 3
    """,
    "20261122_doors": """
        INSERT INTO telemetry.unknown_device (building_id, name, door, key_id, first_at, last_at, count)
            VALUES (1, 'dev-9', 'MQTT', 1, '2026-10-30Z', '2026-10-31Z', 7)
    """,
    "20261122_fanout": "UPDATE live.interest SET since = 1, until = '2026-10-30Z'",
    "20261122_keeping": """
        INSERT INTO telemetry.history (month) VALUES ('2026-09-01Z');
        INSERT INTO telemetry.reading_dirty (sensor_id, hour) VALUES (1, '2026-10-30T05:00Z');
        INSERT INTO telemetry.reading_hour (sensor_id, hour, count, sum, low, low_at, high, high_at, first, last)
            VALUES (1, '2026-10-30T05:00Z', 1, 1200, 1200, '2026-10-30T05:00Z', 1200, '2026-10-30T05:00Z', 1200, 1200)
    """,
    "20261122_situation": """
        INSERT INTO alarm.incident (building_id, floor_id, kind, title, opened_at, last_at)
            VALUES (1, 1, 'FLOOR', 'Этаж 1', '2026-10-30Z', '2026-10-31Z');
        UPDATE alarm.alarm SET incident_id = 1 WHERE id = 1
    """,
    "20261122_restored": "UPDATE live.epoch SET lives_in = 'an older server'",
    "20261122_fire": """
        INSERT INTO fire.zone (building_id, code, name) VALUES (1, 'Z1', 'Зона 1');
        INSERT INTO fire.zone_room (zone_id, room_id, building_id) VALUES (1, 1, 1);
        INSERT INTO fire.condition (zone_id, building_id, kind, since) VALUES (1, 1, 'FAULT', '2026-10-30Z')
    """,
    "20261122_links": """
        INSERT INTO security.link (user_id, channel, identity, name, linked_at)
            VALUES (1, 'TELEGRAM', '42', 'Анна', '2026-10-30Z');
        INSERT INTO security.link_code (code_hash, user_id, channel, expires_at) VALUES ('x', 1, 'TELEGRAM', '2026-10-30Z')
    """,
    "20261122_attempts": """
        INSERT INTO security.attempt (who, times, until) VALUES ('print', '{2026-10-30Z}', '2026-10-30Z')
    """,
    "20261122_lease_numbers": """
        INSERT INTO physical.building (code, name, address, time_zone, language) VALUES ('annex', 'Корпус', '', 'Europe/Moscow', 'RU');
        INSERT INTO business.lease (number, tenant_id, building_id, period)
            SELECT 'A-1', 1, id, '[2026-01-01,)' FROM physical.building WHERE code = 'annex'
    """,
    "20261123_openings": "UPDATE physical.floor SET openings = '[[[0, 0], [1, 0]]]'",
}
"""What a revision added, for the rows above."""
NOTHING_TO_FILL = {
    "20261122_access_notices": "triggers that tell of changes",
    "20261122_watch_begins": "a column that the triggers of rules and readings fill",
    "20261122_search_words": "functions over words",
    "20261122_search": "an index that triggers keep",
    "20261122_partitions_race": "a function that makes partitions",
    "20261122_naming": "a version that triggers keep",
}
"""Revisions that added no place for rows of their own, and what they did add."""
AUDIT = """
    INSERT INTO security.audit (number, at, user_id, actor, operation, arguments, outcome, previous, hash)
    VALUES (%s, %s, 1, NULL, 'renameRoom', %s, 'room_1', %s, %s)
"""


def furnish(url: str, reached: list[str]) -> None:
    """Fill a database whose revisions so far are these, the first one first."""
    with psycopg.connect(url) as connection:
        connection.execute(BEGUN.encode())
        for revision in reached:
            connection.execute(SINCE.get(revision, "SELECT").encode())
        previous, at = FIRST, datetime(2026, 10, 30, tzinfo=UTC)
        for number in (1, 2):
            arguments = {"id": "room_1", "name": "Зал"}
            now = digest(number, Entry(at, 1, None, "renameRoom", arguments, "room_1"), previous)
            connection.execute(AUDIT, (number, at, json.dumps(arguments), previous, now))
            previous = now
