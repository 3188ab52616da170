"""Readings as they were, or put together by buckets of the building's time.

Buckets of an hour and more are made of parts: hours that are rolled up (`db.rollups`), and readings where they are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Interval,
    Select,
    Text,
    cast,
    column,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, aggregate_order_by

from api.planner.lists import Listing
from api.planner.text import finite
from api.sensing.where import Aggregate, Bucket
from api.space.where import building_of
from api.visibility import NOW, Answer, Other, among
from db import models

WEEK = cast(literal_column("'7 days'"), Interval)
MOMENT = TIMESTAMP(timezone=True)
FLOAT = Float(53)
ZERO: ColumnElement[float] = literal_column("0::float8")
PARTS: dict[str, Any] = {
    "hour": MOMENT,
    "at": MOMENT,
    "count": BigInteger(),
    "sum": FLOAT,
    "low": FLOAT,
    "low_at": MOMENT,
    "high": FLOAT,
    "high_at": MOMENT,
    "first": FLOAT,
    "last": FLOAT,
}
"""Columns of telemetry.reading_parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """An hour that is rolled up, or one reading: the columns of PARTS."""

    hour: Any
    at: Any
    count: Any
    sum: Any
    low: Any
    low_at: Any
    high: Any
    high_at: Any
    first: Any
    last: Any


def of_sensor(sensor: Any, listing: Listing) -> Select[Any]:
    """The readings of one sensor: the latest `first`."""
    period = (listing.given["from_"], listing.given["to"])
    return _readings([], sensor, building_of(sensor).time_zone, period, listing)


def of_sensors(_: Any, listing: Listing) -> Select[Any]:
    """The readings of all sensors that `where` names and the viewer sees."""
    sensor, building = Other(models.Sensor, listing.sight), Other(models.Building)
    seen = [building.id == sensor.building_id, listing.sight.sensor(sensor), *listing.where(sensor)]
    where = listing.given["where"]
    period = (where.from_, where.to)
    return _readings([sensor, building], sensor, building.time_zone, period, listing, *seen)


def _readings(
    tables: Sequence[Other],
    sensor: Any,
    zone: ColumnElement[str],
    period: tuple[Any, Any],
    listing: Listing,
    *conditions: Answer,
) -> Select[Any]:
    since, until = period
    if since is None:
        since = (NOW if until is None else until) - WEEK
    bucket: Bucket | None = listing.given["bucket"]
    if bucket is None or bucket is Bucket.QUARTER_HOUR:
        found, order = _one_by_one(tables, sensor, (since, until), bucket, listing, *conditions)
    else:
        found, order = _in_parts(tables, sensor, zone, (since, until), bucket, listing, *conditions)
    return found.order_by(order, sensor.code, sensor.id).limit(listing.first)


def _one_by_one(
    tables: Sequence[Other],
    sensor: Any,
    period: tuple[Any, Any],
    bucket: Bucket | None,
    listing: Listing,
    *conditions: Answer,
) -> tuple[Select[Any], ColumnElement[Any]]:
    """From the readings as they are. Quarters of an hour are the same in every zone."""
    since, until = period
    reading = Other(models.Reading)
    aggregate = _aggregate(listing)
    value = finite(reading.value)
    if bucket is None:
        start: ColumnElement[Any] = cast(literal_column("NULL"), MOMENT)
        at, of_bucket = reading.at, value
    else:
        origin: ColumnElement[Any] = literal_column("'2000-01-01T00:00:00Z'::timestamptz")
        start = func.date_bin(cast(literal_column("'15 minutes'"), Interval), reading.at, origin, type_=MOMENT)
        part = Part(start, reading.at, literal_column("1"), value, value, reading.at, value, reading.at, value, value)
        at, of_bucket = _aggregated(aggregate, part, start)
    within = [reading.sensor_id == sensor.id, reading.at >= since, *([reading.at < until] if until is not None else [])]
    found = _columns(
        among([*tables, reading], at.label("at"), *within, *conditions),
        sensor,
        of_bucket,
        aggregate if bucket else None,
        start,
        literal_column("1") if bucket is None else func.count(),
        ZERO,
    )
    if bucket is None:
        return found, reading.at.desc()
    return found.group_by(sensor.id, sensor.unit, sensor.code, start), start.desc()


def _in_parts(
    tables: Sequence[Other],
    sensor: Any,
    zone: ColumnElement[str],
    period: tuple[Any, Any],
    bucket: Bucket,
    listing: Listing,
    *conditions: Answer,
) -> tuple[Select[Any], ColumnElement[Any]]:
    """From hours that are rolled up, and from readings where they are not."""
    since, until = period
    aggregate = _aggregate(listing)
    upto = literal_column("'infinity'::timestamptz") if until is None else cast(until, MOMENT)
    called = func.telemetry.reading_parts(sensor.id, zone, cast(since, MOMENT), upto)
    rows = called.table_valued(*(column(name, type_) for name, type_ in PARTS.items())).lateral()
    part = Part(*rows.c)
    start = _start(bucket, part, zone, since)
    at, of_bucket = _aggregated(aggregate, part, start)
    rank = _rank(aggregate, of_bucket) if bucket is Bucket.WHOLE else ZERO
    made = (
        select(at.label("at"))
        .select_from(*(table.alias for table in tables), rows)
        .where(*conditions)
        .correlate_except(*(table.alias for table in tables), rows)
    )
    count = cast(func.sum(part.count), BigInteger)
    found = _columns(made, sensor, of_bucket, aggregate, start, count, rank)
    found = found.group_by(sensor.id, sensor.unit, sensor.code, *([] if bucket is Bucket.WHOLE else [start]))
    return found, rank if bucket is Bucket.WHOLE else start.desc()


def _aggregate(listing: Listing) -> Aggregate:
    return listing.given["aggregate"] or Aggregate.MEAN


def _columns(
    found: Select[Any],
    sensor: Any,
    value: ColumnElement[Any],
    aggregate: Aggregate | None,
    start: ColumnElement[Any],
    count: ColumnElement[Any],
    rank: ColumnElement[Any],
) -> Select[Any]:
    """What `Reading` is made of, beside its time."""
    counts = aggregate is Aggregate.COUNT
    return found.add_columns(
        value.label("value"),
        (literal_column("''", Text()) if counts else sensor.unit).label("unit"),
        start.label("bucket_start"),
        count.label("count"),
        sensor.id.label("sensor_id"),
        sensor.code.label("code"),
        rank.label("rank"),
    )


def _start(bucket: Bucket, part: Part, zone: ColumnElement[str], since: Any) -> ColumnElement[Any]:
    """When the bucket of a part began."""
    match bucket:
        case Bucket.WHOLE:
            return cast(since, MOMENT)
        case Bucket.HOUR:
            hour: ColumnElement[Any] = part.hour
            return hour
    return func.date_trunc(literal_column(f"'{bucket.name.lower()}'"), part.at, zone, type_=MOMENT)


def _aggregated(aggregate: Aggregate, part: Part, start: Any) -> tuple[Any, Any]:
    """Time and value of a bucket, from the parts in it."""
    match aggregate:
        case Aggregate.MIN:
            return _first(part.low_at, MOMENT, part.low, part.low_at), func.min(part.low)
        case Aggregate.MAX:
            order = (part.high.desc().nulls_last(), part.high_at)
            return _first(part.high_at, MOMENT, *order), func.max(part.high)
        case Aggregate.FIRST:
            return start, _first(part.first, FLOAT, part.hour, part.at)
        case Aggregate.LAST:
            return start, _first(part.last, FLOAT, part.hour.desc(), part.at.desc())
        case Aggregate.COUNT:
            return start, cast(func.sum(part.count), BigInteger)
        case Aggregate.SUM:
            return start, func.sum(part.sum)
    return start, func.sum(part.sum) / func.sum(part.count)


def _first(wanted: Any, type_: Any, *order: Any) -> ColumnElement[Any]:
    """The value in the row that comes first in that order."""
    return func.array_agg(aggregate_order_by(wanted, *order), type_=ARRAY(type_))[literal_column("1")]


def _rank(aggregate: Aggregate, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The extreme comes first."""
    return {Aggregate.MAX: -value, Aggregate.MIN: value}.get(aggregate, ZERO)


def in_order(reading: Any) -> Sequence[Any]:
    return [reading.rank, reading.at, reading.code, reading.sensor_id]
