"""From a question to tool calls and a reply: replays a plan over what this turn's calls have given so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agent.offline import (
    alarms,
    chat,
    devices,
    fire,
    history,
    leases,
    plans,
    rooms,
    sensors,
    shift,
    stuffy,
    tenancy,
    treating,
    writes,
)
from agent.offline.question import CHAT, Context, Question, Topic
from agent.offline.steps import Call, Got, Plan, Reply, Stopped

Planner = Callable[[Question, Context], Plan]

PLANS: dict[Topic, Planner] = dict.fromkeys(CHAT, chat.chat)
PLANS |= {
    Topic.ALARMS: alarms.alarms,
    Topic.RULES: alarms.rules,
    Topic.EVENTS: alarms.events,
    Topic.SENSORS: sensors.sensors,
    Topic.STUFFY: stuffy.stuffy,
    Topic.SENSOR_LIST: devices.listed,
    Topic.FAULTS: devices.faults,
    Topic.OVERVIEW: devices.overview,
    Topic.HISTORY: history.history,
    Topic.WHO_RENTS: tenancy.who_rents,
    Topic.TENANT_ROOMS: rooms.whereabouts,
    Topic.TENANTS: tenancy.tenants,
    Topic.CONTACTS: tenancy.contacts,
    Topic.LEASE: leases.lease,
    Topic.ENDING: leases.ending,
    Topic.LEASES: leases.leases,
    Topic.PAY: leases.pay,
    Topic.FREE: rooms.free,
    Topic.ROOMS: rooms.rooms,
    Topic.ROOM: rooms.room,
    Topic.FLOORS: rooms.floors,
    Topic.BUILDINGS: rooms.buildings,
    Topic.NAMED: rooms.named,
    Topic.SITUATION: shift.situation,
    Topic.STATISTICS: shift.statistics,
    Topic.PLAN: plans.plan,
    Topic.REPLAY: plans.replay,
    Topic.PANEL: fire.panel,
    Topic.FIRE_ZONES: fire.zones,
    Topic.FIRE_ZONE: fire.people,
    Topic.ACKNOWLEDGE: writes.acknowledge,
    Topic.SHELVE: treating.shelve,
    Topic.RESET: treating.reset,
    Topic.END_LEASE: writes.end_lease,
    Topic.PLACE: writes.place,
    Topic.UPDATE_ROOM: writes.update_room,
    Topic.ME: chat.me,
    Topic.TIME: chat.clock,
} | dict.fromkeys(CHAT, chat.chat)


def _backed(reply: Reply, given: Sequence[Got]) -> Reply:
    """A reply that speaks of no result looks at one, so that it does not seem to pass it over."""
    if not given or re.search(r"\{[^{}]*\br\d+", reply.text):
        return reply
    return Reply(f"{reply.text}{{if {given[-1].ref} empty}}{{end}}")


def proceed(question: Question, context: Context, given: Sequence[Got]) -> list[Call] | Reply:
    """The next calls, or the reply when nothing more is needed; the same for the same results."""
    plan, at = PLANS[question.topic](question, context), 0
    try:
        wanted = next(plan)
        while at + len(wanted) <= len(given):
            got = list(given[at : at + len(wanted)])
            at += len(wanted)
            wanted = plan.send(got)
    except StopIteration as done:
        result = done.value
        assert isinstance(result, Reply)
        return _backed(result, given)
    except Stopped as stopped:
        return _backed(stopped.reply, given)
    return wanted[len(given) - at :]
