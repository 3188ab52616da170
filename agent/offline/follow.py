"""A question in the light of the one before it: «а на пятом?», «а вчера?», "and its humidity?"."""

from __future__ import annotations

from dataclasses import replace

from agent.offline.question import CHAT, WRITES, Question, Topic

WEAK = 3.5
"""Topics lighter than this rest on things named, not on words that ask."""
SHORT = 4
"""Words of a sentence that is too short to be a question of its own."""
TIMED = frozenset({Topic.ALARMS, Topic.HISTORY, Topic.EVENTS, Topic.ENDING})
OF_VALUES = frozenset({Topic.SENSORS, Topic.HISTORY, Topic.STUFFY, Topic.OVERVIEW})
OF_SOMEBODY = frozenset({
    Topic.LEASE, Topic.CONTACTS, Topic.PAY, Topic.TENANT_ROOMS, Topic.WHO_RENTS, Topic.ROOM, Topic.END_LEASE,
    Topic.PLACE,
})  # fmt: skip
"""Questions that make no sense without somebody or some room."""
PLACED = OF_SOMEBODY | OF_VALUES | frozenset({
    Topic.ALARMS, Topic.SENSOR_LIST, Topic.FAULTS, Topic.FREE, Topic.ROOMS, Topic.TENANTS, Topic.EVENTS,
}) - {Topic.END_LEASE, Topic.PLACE}  # fmt: skip
PLACES = ("levels", "storey", "rooms", "sensors", "names", "room_kinds", "lease", "building")


def follow(before: Question | None, q: Question) -> Question:
    """The question as it was meant after `before`; small talk in between is passed over."""
    if before is None or (before.topic is Topic.UNCLEAR and before.length == 0):
        return q
    if q.topic in CHAT and q.topic is not Topic.UNCLEAR:
        return q
    if before.topic in CHAT:
        return q
    if q.topic is Topic.UNCLEAR and q.ordered and before.topic is Topic.ALARMS:
        q = replace(q, topic=Topic.ACKNOWLEDGE)
    if _continues(before, q):
        return _continued(before, q)
    return _placed(before, q)


def _named(q: Question) -> bool:
    return any(getattr(q, slot) for slot in PLACES)


def _says(q: Question) -> bool:
    flags = (q.trend, q.count, q.where, q.when, q.last, q.current, q.period, q.kinds, q.priorities, q.categories)
    return (
        _named(q) or any(flags) or bool(q.layers) or q.acknowledged is not None or q.area != (None, None) or _details(q)
    )


def _details(q: Question) -> bool:
    return bool(q.extremes or q.group or q.limit or q.people)


def _continues(before: Question, q: Question) -> bool:
    """Whether the new sentence only changes a detail of the question before it."""
    if before.topic in WRITES or q.topic in WRITES or not _says(q):
        return False
    if q.topic is Topic.UNCLEAR:
        return True
    if (
        q.topic is before.topic
        and not q.noun
        and q.length <= SHORT
        and q.topic in (Topic.ALARMS, Topic.HISTORY, Topic.FREE, Topic.ROOMS)
    ):
        return True
    if q.topic in (Topic.ROOMS, Topic.TENANTS) and before.topic is Topic.FREE and not q.rooms and q.length <= SHORT:
        return True
    if before.topic is Topic.PLAN and q.topic is not Topic.PLAN and q.layers and q.length <= SHORT and not _named(q):
        return True
    weak = q.weight < WEAK or (q.topic in (Topic.ROOM, Topic.NAMED) and not q.asks)
    return weak and (q.linked or q.length <= SHORT)


def _continued(before: Question, q: Question) -> Question:
    changed: dict[str, object] = {}
    if _named(q):
        changed |= {slot: getattr(q, slot) for slot in PLACES} | {"building": q.building or before.building}
        if before.topic in (Topic.FREE, Topic.ROOMS):
            changed["room_kinds"] = q.room_kinds or before.room_kinds
            if q.room_kinds and not (q.levels or q.storey):
                changed |= {"levels": before.levels, "storey": before.storey}
    for slot in (
        "layers",
        "dark",
        "kinds",
        "priorities",
        "categories",
        "extremes",
        "group",
        "limit",
        "people",
        "acknowledged",
    ):
        if getattr(q, slot):
            changed[slot] = getattr(q, slot)
    if q.acknowledged is not None:
        changed["acknowledged"] = q.acknowledged
    if q.area != (None, None):
        changed["area"] = q.area
    for flag in ("trend", "count", "where", "when", "last"):
        if getattr(q, flag):
            changed[flag] = True
    if q.where and before.count and not q.group:
        changed["group"] = "ROOM"
    changed |= _time(before, q)
    meant = replace(before, **changed, linked=q.linked, length=q.length)  # type: ignore[arg-type]
    return _about(meant, before, q)


def _time(before: Question, q: Question) -> dict[str, object]:
    if q.period is not None:
        return {"period": q.period, "ahead": q.ahead, "current": False, "gone": q.gone}
    if q.current:
        return {"period": None, "ahead": None, "current": True}
    return {}


def _about(meant: Question, before: Question, q: Question) -> Question:
    """A present value asked of the past becomes history, and the other way round."""
    if meant.topic is Topic.SENSORS and q.period is not None and q.period.name != "today":
        return replace(meant, topic=Topic.HISTORY)
    if meant.topic is Topic.STUFFY and q.period is not None:
        return replace(meant, topic=Topic.HISTORY, extremes=("MAX",))
    if meant.topic is Topic.SENSORS and q.trend:
        return replace(meant, topic=Topic.HISTORY)
    if meant.topic is Topic.HISTORY and q.current:
        return replace(meant, topic=Topic.SENSORS, extremes=())
    if meant.topic is Topic.HISTORY and q.extremes:
        return replace(meant, trend=False)
    if meant.topic is Topic.ENDING and q.names:
        return replace(meant, topic=Topic.LEASE)
    if before.topic in (Topic.WHO_RENTS, Topic.TENANT_ROOMS, Topic.CONTACTS, Topic.PAY) and q.when and not _named(q):
        return replace(meant, topic=Topic.LEASE)
    if before.topic is Topic.WHO_RENTS and q.names and not q.rooms:
        return replace(meant, topic=Topic.TENANT_ROOMS)
    if before.topic is Topic.TENANT_ROOMS and q.rooms:
        return replace(meant, topic=Topic.WHO_RENTS)
    return meant


def _placed(before: Question, q: Question) -> Question:
    """A question of its own that leaves out where or when, because it was said before."""
    refers = q.linked or q.pronoun
    if q.topic is Topic.ENDING and refers and q.period is None and (before.names or before.rooms):
        q = replace(q, topic=Topic.LEASE)
    if not _named(q) and q.topic in PLACED | WRITES and before.topic in PLACED:
        needy = q.topic in OF_SOMEBODY and not q.own
        acknowledges = q.topic is Topic.ACKNOWLEDGE and before.topic is Topic.ALARMS
        if refers or needy or acknowledges:
            q = replace(q, **{slot: getattr(before, slot) for slot in PLACES})
            if acknowledges:
                q = replace(
                    q,
                    kinds=q.kinds or before.kinds,
                    priorities=q.priorities or before.priorities,
                    categories=before.categories,
                )
    if refers and q.topic in TIMED | OF_VALUES and q.period is None and not q.current:
        if q.topic is before.topic and q.topic in TIMED:
            q = replace(q, period=before.period, ahead=before.ahead, kinds=q.kinds or before.kinds)
            q = replace(q, priorities=q.priorities or before.priorities, group=q.group or before.group)
            current = before.current if q.current is None else q.current
            q = replace(q, current=current, count=q.count or before.count)
        elif q.topic is Topic.SENSORS and before.topic is Topic.HISTORY and q.kinds:
            q = replace(
                q,
                topic=Topic.HISTORY,
                period=before.period,
                ahead=before.ahead,
                extremes=q.extremes or before.extremes,
                trend=before.trend,
            )
    return q
