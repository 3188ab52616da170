"""What a person tells us to change. Each write pauses for their yes outside of here; this only finds the arguments."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from agent.offline.alarms import NEWEST, filters
from agent.offline.codes import LETTER_CODE
from agent.offline.places import CHOICES, choose, find, places
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Reply, Step, Stopped, ask, call, either, one, refer, reply
from agent.offline.text import code
from agent.offline.things import Name

DECLINED = ("{if @1 declined}Хорошо, оставляю как есть.{end}", "{if @1 declined}All right, I leave it as it is.{end}")


def outcome(q: Question, got: Got, russian: str, english: str) -> Reply:
    """What became of a write: done, refused with the graph's own sentence, or not approved."""
    done = either(q.language, russian, english)
    declined = either(q.language, *DECLINED)
    refused = "{if @1 refused}{@1.message}{end}"
    return Reply(refer(f"{{if @1 done}}{done}{{else}}{refused}{declined}{{end}}", got))


def acknowledge(q: Question, context: Context) -> Plan:
    """Acknowledge an alarm: the last one, the one of a room or sensor; asks which, when several are open."""
    here = (yield from places(q, context))[0]
    limits = {**filters(replace(q, period=None), here), "acknowledged": False}
    got = (yield from ask([call("alarms", **limits, orderBy=NEWEST, first=CHOICES)]))[0]
    if not got.nodes:
        return reply(
            q.language,
            f"{{if @1 empty}}Неподтверждённых тревог{here.said('ru')} нет.{{end}}",
            f"{{if @1 empty}}There are no unacknowledged alarms{here.said('en')}.{{end}}",
            got,
        )
    index = 0
    if len(got.nodes) > 1 and not q.last:
        choices = [offered(node(got, i)) for i in range(len(got.nodes))]
        index = yield from choose(
            either(q.language, "Какую тревогу подтвердить?", "Which alarm shall I acknowledge?"), choices, q
        )
    done = yield from one("acknowledgeAlarm", alarm=str(got.nodes[index]["id"]), note=q.note)
    return outcome(
        q, done,
        "Подтверждена: {@1.title}{if @1.room}, {@1.room.number}{end}, {@1.lastRaisedAt}.",
        "Acknowledged: {@1.title}{if @1.room}, {@1.room.number}{end}, {@1.lastRaisedAt}.",
    )  # fmt: skip


def offered(item: str) -> dict[str, str]:
    room = f"{{if {item}.room}}, {{{item}.room.number}}{{end}}"
    return {"label": f"{{{item}.title}}{room}, {{{item}.lastRaisedAt}}", "value": f"{{{item}.id}}"}


def node(got: Got, index: int) -> str:
    return f"r{got.number}.nodes[{index}]"


def end_lease(q: Question, context: Context) -> Plan:
    """End a lease on a day; its last day is that day."""
    if q.day is None:
        raise Stopped(
            reply(
                q.language,
                "С какого числа завершить договор? Назовите последний день.",
                "On which day shall the lease end? Name its last day.",
            )
        )
    if q.lease:
        hit = yield from find(Name(q.lease, "LEASE"), ["LEASE"], q, context)
        lease_id = hit.id
    else:
        name = q.names[0] if q.names else q.rooms[0]
        hit = yield from find(name, ["ROOM"] if name.kind == "ROOM" else ["TENANT"], q, context)
        lease_id = yield from _lease_of(q, {"tenant" if hit.kind == "TENANT" else "room": hit.id})
    got = yield from one("endLease", lease=lease_id, end=q.day.isoformat())
    return outcome(
        q, got, "Договор {@1.number} теперь заканчивается {@1.end}.", "Lease {@1.number} now ends on {@1.end}."
    )


def _lease_of(q: Question, args: dict[str, str]) -> Generator[Step, list[Got], str]:
    got = (yield from ask([call("leases", **args, status=["CURRENT", "FUTURE"], orderBy=["START"], first=CHOICES)]))[0]
    if not got.nodes:
        raise Stopped(
            reply(
                q.language,
                "{if @1 empty}Действующих договоров, видимых вам, нет.{end}",
                "{if @1 empty}There are no current leases that you can see.{end}",
                got,
            )
        )
    index = 0
    if len(got.nodes) > 1:
        choices = [
            {"label": f"{{{node(got, i)}.number}}, {{{node(got, i)}.start}}", "value": f"{{{node(got, i)}.id}}"}
            for i in range(len(got.nodes))
        ]
        index = yield from choose(either(q.language, "По какому договору?", "Under which lease?"), choices, q)
    return str(got.nodes[index]["id"])


def place(q: Question, context: Context) -> Plan:
    """Place a tenant in a room, under its lease."""
    room = yield from find(q.rooms[0], ["ROOM"], q, context)
    tenant = yield from find(q.names[0], ["TENANT"], q, context)
    lease_id = yield from _lease_of(q, {"tenant": tenant.id})
    end = q.ahead.last_day if q.ahead and q.ahead.end and q.ahead.name == "range" else None
    got = yield from one(
        "placeTenant",
        lease=lease_id,
        room=room.id,
        start=q.day.isoformat() if q.day else None,
        end=end.isoformat() if end else None,
    )
    return outcome(
        q, got,
        "{if @1.tenant}{@1.tenant.name}{end}: комната {if @1.room}{@1.room.number}{end} с {@1.start}.",
        "{if @1.tenant}{@1.tenant.name}{end}: room {if @1.room}{@1.room.number}{end} from {@1.start}.",
    )  # fmt: skip


def update_room(q: Question, context: Context) -> Plan:
    """Rename or renumber a room, or say for how many people it is."""
    room = yield from find(q.rooms[0], ["ROOM"], q, context)
    if q.people is not None and not q.name:
        got = yield from one("updateRoom", room=room.id, capacity=q.people)
        return outcome(q, got, "{@1.number}: вместимость {@1.capacity}.", "{@1.number}: capacity {@1.capacity}.")
    if (q.name and q.name not in q.quotes and LETTER_CODE.fullmatch(code(q.name))) or (q.name or "").isdigit():
        got = yield from one("updateRoom", room=room.id, number=q.name)
        return outcome(q, got, "Теперь номер комнаты — {@1.number}.", "The room's number is now {@1.number}.")
    got = yield from one("updateRoom", room=room.id, name=q.name)
    return outcome(q, got, "{@1.number} теперь называется «{@1.name}».", "{@1.number} is now called “{@1.name}”.")
