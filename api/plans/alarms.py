"""Alarms as they stood at a moment: by their occurrences and their journal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select

from api.planner.text import constant, finite
from api.plans.then import AT, ONE, names
from api.visibility import NOW, Answer, Other, Sight, among, both, some
from db import models


def alarms(sight: Sight, here: CTE) -> Select[Any]:
    """Alarms that were not done with at the moment, as they stood then."""
    alarm, sensor = Other(models.Alarm, sight), Other(models.Sensor, sight)
    room, began = Other(models.Room, sight), Other(models.Occurrence)
    raised = some([began], began.alarm_id == alarm.id, began.raised_at <= AT)
    tables = (
        here.join(room.alias, room.floor_id == here.c.id)
        .join(alarm.alias, alarm.room_id == room.id)
        .outerjoin(sensor.alias, both(sensor.id == alarm.sensor_id, sight.sensor(sensor)))
    )
    later = Other(models.Transition)
    as_it_is = ~some([later], later.alarm_id == alarm.id, later.at > AT)
    heard = and_(alarm.shelved_until.is_(None), ~alarm.suppressed, ~alarm.out_of_service)
    live = and_(or_(alarm.closed_at.is_(None), alarm.closed_at > AT), alarm.raised_at <= AT, AT <= NOW)
    return (
        select(
            alarm.id,
            alarm.title,
            alarm.priority,
            alarm.category,
            alarm.room_id,
            sensor.id.label("sensor_id"),
            finite(sensor.x).label("x"),
            finite(sensor.y).label("y"),
            case((as_it_is, alarm.state), else_=_stood(alarm)).label("state"),
            case((as_it_is, heard), else_=_heard(alarm)).label("annunciated"),
        )
        .select_from(tables)
        .where(live, raised, sight.alarm(alarm), sight.room(room))
    )


def _stood(alarm: Any) -> ColumnElement[Any]:
    """The state of an alarm at the moment, of its occurrences and its journal."""
    lasting, last, entry = Other(models.Occurrence), Other(models.Occurrence), Other(models.Transition)
    lasts = some(
        [lasting],
        lasting.alarm_id == alarm.id,
        lasting.raised_at <= AT,
        or_(lasting.returned_at.is_(None), lasting.returned_at > AT),
    )
    latest = among([last], func.max(last.raised_at), last.alarm_id == alarm.id, last.raised_at <= AT).scalar_subquery()
    noted: Answer = some(
        [entry],
        entry.alarm_id == alarm.id,
        entry.kind == constant("ACKNOWLEDGED"),
        entry.at <= AT,
        or_(~alarm.latching, entry.at >= latest),
    )
    return case(
        (and_(lasts, noted), constant("ACKNOWLEDGED")),
        (lasts, constant("ACTIVE")),
        (noted, constant("LATCHED")),
        else_=constant("RETURNED"),
    )


def _heard(alarm: Any) -> ColumnElement[bool]:
    """It was neither shelved, suppressed nor out of service at the moment."""
    quiet = (
        _quiet(alarm, "SHELVED", "UNSHELVED", alarm.shelved_until.is_not(None)),
        _quiet(alarm, "SUPPRESSED", "UNSUPPRESSED", alarm.suppressed),
        _quiet(alarm, "OUT_OF_SERVICE", "IN_SERVICE", alarm.out_of_service),
    )
    return and_(*(~each for each in quiet))


def _quiet(alarm: Any, on: str, off: str, by_now: ColumnElement[bool]) -> ColumnElement[bool]:
    """As the journal said last by then; else the contrary of what it says next: alarms are born quiet without a word
    in it."""

    def entry(is_: str, when: Any, order: Any) -> ColumnElement[bool]:
        row = Other(models.Transition)
        of_pair = both(row.alarm_id == alarm.id, row.kind == func.any(names(on, off)), when(row.at))
        found = among([row], row.kind == constant(is_), of_pair).order_by(order(row.at), order(row.id))
        return found.limit(ONE).scalar_subquery()

    before = entry(on, lambda at: at <= AT, lambda key: key.desc())
    after = entry(off, lambda at: at > AT, lambda key: key)
    return func.coalesce(before, after, by_now)
