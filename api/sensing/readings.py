"""Readings as they were, or put together by buckets of the building's time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, Interval, Select, Text, cast, func, literal_column
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


def of_sensor(sensor: Any, listing: Listing) -> Select[Any]:
    """The readings of one sensor: the latest `first`."""
    reading = Other(models.Reading)
    zone = building_of(sensor).time_zone
    period = (listing.given["from_"], listing.given["to"])
    return _readings([reading], sensor, reading, zone, period, listing)


def of_sensors(_: Any, listing: Listing) -> Select[Any]:
    """The readings of all sensors that `where` names and the viewer sees."""
    reading, sensor, building = Other(models.Reading), Other(models.Sensor, listing.sight), Other(models.Building)
    seen = [building.id == sensor.building_id, listing.sight.sensor(sensor), *listing.where(sensor)]
    where = listing.given["where"]
    period = (where.from_, where.to)
    return _readings([sensor, building, reading], sensor, reading, building.time_zone, period, listing, *seen)


def _readings(
    tables: Sequence[Other],
    sensor: Any,
    reading: Any,
    zone: ColumnElement[str],
    period: tuple[Any, Any],
    listing: Listing,
    *conditions: Answer,
) -> Select[Any]:
    since, until = period
    if since is None:
        since = (NOW if until is None else until) - WEEK
    bucket: Bucket | None = listing.given["bucket"]
    aggregate: Aggregate = listing.given["aggregate"] or Aggregate.MEAN
    value = finite(reading.value)
    start = cast(literal_column("NULL"), MOMENT) if bucket is None else _start(bucket, reading.at, zone, since)
    at, of_bucket = (reading.at, value) if bucket is None else _aggregated(aggregate, value, reading.at, start)
    counts = bucket is not None and aggregate is Aggregate.COUNT
    rank = _rank(aggregate, of_bucket) if bucket is Bucket.WHOLE else ZERO
    found = among(
        tables,
        at.label("at"),
        reading.sensor_id == sensor.id,
        reading.at >= since,
        *([reading.at < until] if until is not None else []),
        *conditions,
    ).add_columns(
        of_bucket.label("value"),
        (literal_column("''", Text()) if counts else sensor.unit).label("unit"),
        start.label("bucket_start"),
        (literal_column("1") if bucket is None else func.count()).label("count"),
        sensor.id.label("sensor_id"),
        sensor.code.label("code"),
        rank.label("rank"),
    )
    if bucket is not None:
        found = found.group_by(sensor.id, sensor.unit, sensor.code, *([] if bucket is Bucket.WHOLE else [start]))
    latest = rank if bucket is Bucket.WHOLE else (reading.at if bucket is None else start).desc()
    return found.order_by(latest, sensor.code, sensor.id).limit(listing.first)


def _start(bucket: Bucket, at: Any, zone: ColumnElement[str], since: Any) -> ColumnElement[Any]:
    """When the bucket of a reading began. Quarters of an hour are the same in every zone."""
    match bucket:
        case Bucket.WHOLE:
            return cast(since, MOMENT)
        case Bucket.QUARTER_HOUR:
            origin: ColumnElement[Any] = literal_column("'2000-01-01T00:00:00Z'::timestamptz")
            return func.date_bin(cast(literal_column("'15 minutes'"), Interval), at, origin, type_=MOMENT)
    return func.date_trunc(literal_column(f"'{bucket.name.lower()}'"), at, zone, type_=MOMENT)


def _aggregated(aggregate: Aggregate, value: Any, at: Any, start: Any) -> tuple[Any, Any]:
    """Time and value of a bucket."""

    match aggregate:
        case Aggregate.MIN:
            return _first(at, MOMENT, value, at), func.min(value)
        case Aggregate.MAX:
            return _first(at, MOMENT, value.desc().nulls_last(), at), func.max(value)
        case Aggregate.FIRST:
            return start, _first(value, FLOAT, at)
        case Aggregate.LAST:
            return start, _first(value, FLOAT, at.desc())
        case Aggregate.COUNT:
            return start, func.count()
        case Aggregate.SUM:
            return start, func.sum(value)
    return start, func.avg(value)


def _first(wanted: Any, type_: Any, *order: Any) -> ColumnElement[Any]:
    """The value in the row that comes first in that order."""
    return func.array_agg(aggregate_order_by(wanted, *order), type_=ARRAY(type_))[literal_column("1")]


def _rank(aggregate: Aggregate, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The extreme comes first."""
    return {Aggregate.MAX: -value, Aggregate.MIN: value}.get(aggregate, ZERO)


def in_order(reading: Any) -> Sequence[Any]:
    return [reading.rank, reading.at, reading.code, reading.sensor_id]
