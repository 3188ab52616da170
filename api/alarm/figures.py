"""SQL of the figures that EEMUA 191 and ISA-18.2 ask for, over the raises of a period."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Interval,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, aggregate_order_by

from api.planner.cursor import Key
from api.planner.lists import Listing
from api.visibility import NOW, Answer, Other, Sight, among, some
from db import models

MOMENT = TIMESTAMP(timezone=True)
ZERO = literal_column("0", Integer())
ONE = literal_column("1", Integer())
FLOOD = literal_column("10", Integer())
"""More raises than this in a slot are a flood."""


def _interval(text: str) -> ColumnElement[Any]:
    return literal_column(f"interval '{text}'", Interval())


def of_period(sight: Sight, building: Any, from_: Any, to: Any) -> Select[Any]:
    """One row: the period and its figures; none where the viewer is not staff of any building that is meant."""
    here = Other(models.Building)
    until = NOW if to is None else func.least(to, NOW, type_=MOMENT)
    ids = func.array_agg(here.id, type_=ARRAY(BigInteger))
    zones = func.array_agg(here.time_zone.distinct(), type_=ARRAY(Text))
    zone = case((func.cardinality(zones) == ONE, zones[ONE]), else_=literal_column("'UTC'"))
    since = from_ if from_ is not None else func.date_trunc("day", until - _interval("6 days"), zone, type_=MOMENT)
    scope = (
        select(cast(since, MOMENT).label("since"), cast(until, MOMENT).label("until"), ids.label("building_ids"))
        .where(sight.staff(here.id), *([here.id == building] if building is not None else []))
        .having(func.count() > ZERO)
        .cte("period")
    )
    return figures(scope)


def figures(scope: CTE) -> Select[Any]:
    period = scope.c
    raises = raised(period, scope).cte("raises")
    began = func.date_bin(_interval("10 minutes"), raises.c.raised_at, period.since, type_=MOMENT)
    filled = select(func.count().label("count"), began.label("began")).select_from(raises.join(scope, true()))
    slots = filled.group_by(began).cte("slots")
    seconds = cast(func.extract("epoch", period.until - period.since), Float(53))
    length = func.greatest(func.ceil(seconds / literal_column("600")), ZERO)
    count = select(func.count()).select_from(raises).scalar_subquery()
    peak = select(slots.c.began).order_by(slots.c.count.desc(), slots.c.began).limit(ONE).scalar_subquery()
    flooded = select(func.count()).where(slots.c.count > FLOOD).scalar_subquery()
    sources = select(func.count().label("count"), func.bool_or(raises.c.chatters).label("chatters"))
    by_source = sources.group_by(raises.c.sensor_id, raises.c.rule_id).cte("sources")
    top = select(by_source.c.count).order_by(by_source.c.count.desc()).limit(literal_column("10")).subquery()
    return select(
        *period,
        case((func.cardinality(period.building_ids) == ONE, period.building_ids[ONE])).label("building_id"),
        cast(length, Integer).label("slots"),
        count.label("raises"),
        ratio(count * literal_column("600.0"), seconds).label("average_rate"),
        ratio(count * literal_column("86400.0"), seconds).label("daily_rate"),
        func.coalesce(select(func.max(slots.c.count)).scalar_subquery(), ZERO).label("peak_rate"),
        peak.label("peak_at"),
        flooded.label("flood_slots"),
        ratio(flooded, length).label("flood_share"),
        select(func.count()).where(by_source.c.chatters).scalar_subquery().label("chattering"),
        ratio(select(func.sum(top.c.count)).scalar_subquery(), count).label("top_share"),
        standing(period).label("standing"),
        standing(period, for_a_day=True).label("stale"),
    )


def ratio(part: ColumnElement[Any], whole: ColumnElement[Any]) -> ColumnElement[Any]:
    """Null where there is nothing to divide by."""
    return cast(part, Float(53)) / case((whole > ZERO, cast(whole, Float(53))))


def raised(period: Any, source: FromClause | None = None) -> Select[Any]:
    """The raises of a period (of `source`, else of the row around), and which are the third of theirs in a minute."""
    occurrence, alarm = Other(models.Occurrence), Other(models.Alarm)
    key = (occurrence.sensor_id, occurrence.rule_id)
    third = func.lag(occurrence.raised_at, literal_column("2")).over(partition_by=key, order_by=occurrence.raised_at)
    within = (occurrence.raised_at >= period.since, occurrence.raised_at < period.until)
    tables = occurrence.alias.join(alarm.alias, alarm.id == occurrence.alarm_id)
    found = (
        select(
            occurrence.raised_at,
            *key,
            alarm.priority,
            alarm.title,
            func.coalesce(occurrence.raised_at - third <= _interval("1 minute"), literal_column("false")).label(
                "chatters"
            ),
        )
        .select_from(tables if source is None else tables.join(source, true()))
        .where(alarm.building_id == func.any(period.building_ids), *within)
    )
    return found.correlate_except(occurrence.alias, alarm.alias, *([] if source is None else [source]))


def stood(alarm: Any, period: Any, *, for_a_day: bool = False) -> Answer:
    """The alarm's cause lasted at the end of the period; for more than a day by then."""
    occurrence = Other(models.Occurrence)
    since = period.until - _interval("24 hours") if for_a_day else period.until
    over = or_(occurrence.returned_at.is_(None), occurrence.returned_at > period.until)
    lasted = some([occurrence], occurrence.alarm_id == alarm.id, occurrence.raised_at < since, over)
    return and_(alarm.building_id == func.any(period.building_ids), lasted)


def standing(period: Any, *, for_a_day: bool = False) -> ColumnElement[Any]:
    alarm = Other(models.Alarm)
    return among([alarm], func.count(), stood(alarm, period, for_a_day=for_a_day)).scalar_subquery()


GUIDE = {"CRITICAL": 0.01, "HIGH": 0.05, "MEDIUM": 0.15, "LOW": 0.80}
"""ISA-18.2: how raises should be spread over four priorities."""


def by_priority(row: Any, listing: Listing) -> Select[Any]:
    """How many raises there were of each priority, also where there were none."""
    columns = (column("priority", Text), column("guide", Float(53)), column("place", Integer))
    places = [(name, share, place) for place, (name, share) in enumerate(GUIDE.items())]
    priorities = values(*columns, name="priorities", literal_binds=True).data(places)
    raises = raised(row).subquery()
    count = func.count(raises.c.raised_at)
    return (
        select(
            priorities.c.priority,
            cast(priorities.c.guide, Float(53)).label("guide"),
            priorities.c.place,
            count.label("raises"),
            ratio(count, row.raises).label("share"),
        )
        .select_from(priorities.outerjoin(raises, raises.c.priority == priorities.c.priority))
        .group_by(priorities.c.priority, priorities.c.guide, priorities.c.place, row.raises)
        .order_by(priorities.c.place)
        .limit(listing.first)
        .correlate_except(priorities, raises)
    )


def in_place(row: Any) -> Sequence[Any]:
    return [row.place]


def most_frequent(row: Any, listing: Listing) -> Select[Any]:
    """The sources of the most raises."""
    return _sources(row, listing)


def chattering(row: Any, listing: Listing) -> Select[Any]:
    """The sources that were raised three times within a minute."""
    return _sources(row, listing, chatter=True)


def _sources(row: Any, listing: Listing, *, chatter: bool = False) -> Select[Any]:
    raises = raised(row).subquery()
    count = func.count()
    latest = [aggregate_order_by(each, raises.c.raised_at.desc()) for each in (raises.c.title, raises.c.priority)]
    title, priority = (func.array_agg(each, type_=ARRAY(Text))[ONE] for each in latest)
    found = (
        select(
            raises.c.sensor_id,
            raises.c.rule_id,
            title.label("title"),
            priority.label("priority"),
            count.label("raises"),
            ratio(count, row.raises).label("share"),
        )
        .group_by(raises.c.sensor_id, raises.c.rule_id, row.raises)
        .order_by(count.desc(), raises.c.sensor_id, raises.c.rule_id)
        .limit(listing.first)
        .correlate_except(raises)
    )
    return found.having(func.bool_or(raises.c.chatters)) if chatter else found


def in_order(row: Any) -> Sequence[Any]:
    return [Key(row.raises, descending=True, nullable=False), row.sensor_id, row.rule_id]
