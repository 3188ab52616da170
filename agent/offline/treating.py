"""Alarms that people tell us to shelve for a while, or to reset. Each pauses for their yes outside of here."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from agent.offline.alarms import NEWEST, filters
from agent.offline.places import CHOICES, choose, places
from agent.offline.question import Context, Question
from agent.offline.steps import Got, Plan, Step, Stopped, ask, call, either, one, reply
from agent.offline.writes import node, offered, outcome

LIVE = ["ACTIVE", "ACKNOWLEDGED", "RETURNED", "LATCHED"]


def shelve(q: Question, context: Context) -> Plan:
    """Shelve an alarm for a while; says what is missing when no time or no reason is given."""
    if q.minutes is None:
        raise Stopped(
            reply(
                q.language,
                "На сколько отложить тревогу? Скажите, например: «отложи тревогу в серверной на час, потому что …».",
                "For how long? Say, for instance: “shelve the alarm in the server room for an hour because …”.",
            )
        )
    if not q.note:
        raise Stopped(
            reply(
                q.language,
                "Почему отложить? Назовите причину: «отложи тревогу в серверной на час, потому что …».",
                "Why? Give a reason: “shelve the alarm in the server room for an hour because …”.",
            )
        )
    got, index = yield from _chosen(
        q, context, {"state": LIVE, "shelved": False}, "Какую тревогу отложить?", "Which alarm shall I shelve?"
    )
    done = yield from one("shelveAlarm", alarm=str(got.nodes[index]["id"]), minutes=q.minutes, reason=q.note)
    return outcome(
        q, done,
        "Отложена до {@1.shelvedUntil}: {@1.title}{if @1.room}, {@1.room.number}{end}.",
        "Shelved until {@1.shelvedUntil}: {@1.title}{if @1.room}, {@1.room.number}{end}.",
    )  # fmt: skip


def reset(q: Question, context: Context) -> Plan:
    """Reset a latched alarm; of one that cannot be reset yet the house says why."""
    here = (yield from places(q, context))[0]
    limits = {**filters(replace(q, period=None, acknowledged=None), here), "state": ["LATCHED"]}
    latched = (yield from ask([call("alarms", **limits, orderBy=NEWEST, first=1)]))[0]
    states = ["LATCHED"] if latched.nodes else LIVE
    got, index = yield from _chosen(
        q, context, {"state": states}, "Какую тревогу сбросить?", "Which alarm shall I reset?"
    )
    done = yield from one("resetAlarm", alarm=str(got.nodes[index]["id"]))
    return outcome(
        q, done,
        "Сброшена: {@1.title}{if @1.room}, {@1.room.number}{end}.",
        "Reset: {@1.title}{if @1.room}, {@1.room.number}{end}.",
    )  # fmt: skip


def _chosen(
    q: Question, context: Context, limits: dict[str, object], russian: str, english: str
) -> Generator[Step, list[Got], tuple[Got, int]]:
    """The alarms that may be meant, and which of them it is."""
    here = (yield from places(q, context))[0]
    found = {**filters(replace(q, period=None, acknowledged=None), here), **limits}
    got = (yield from ask([call("alarms", **found, orderBy=NEWEST, first=CHOICES)]))[0]
    if not got.nodes:
        raise Stopped(
            reply(
                q.language,
                f"{{if @1 empty}}Таких тревог{here.said('ru')} нет.{{end}}",
                f"{{if @1 empty}}There are no such alarms{here.said('en')}.{{end}}",
                got,
            )
        )
    if len(got.nodes) == 1 or q.last:
        return got, 0
    choices = [offered(node(got, i)) for i in range(len(got.nodes))]
    index = yield from choose(either(q.language, russian, english), choices, q)
    return got, index
