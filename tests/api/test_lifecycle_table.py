"""Every row of the table of an alarm's life, through the graph: allowed or refused, journalled and told.

Each row gets a sensor of its own; the house's clock (MAX) is moved by readings and by `setClock`, and the duties of the
api process do what time brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from db.lifecycle import HOLDS, ROWS, Action, Guard, Row
from db.models import AlarmState, Category
from tests.api.living import ACTS, HIGH, LOW, House, Watch, let
from tests.api.waiting import until


@dataclass(frozen=True)
class Facts:
    latching: bool
    category: Category
    shelved: bool


def facts_for(row: Row) -> Facts:
    """The plainest facts under which a row holds."""
    category = {Guard.PROTECTED: Category.LEAK, Guard.COMFORT: Category.COMFORT}.get(row.guard, Category.EQUIPMENT)
    if row.action is Action.UNSUPPRESS:
        category = Category.COMFORT
    latching = row.guard is Guard.LATCHING or AlarmState.LATCHED in (row.state, row.becomes)
    facts = Facts(latching, category, row.guard is Guard.SHELVED)
    assert HOLDS[row.guard](facts)
    return facts


BECOMES: dict[Action, dict[str, Any]] = {
    Action.UNSHELVE: {"shelvedUntil": None, "shelvedReason": None, "shelvedBy": None},
    Action.EXPIRE: {"shelvedUntil": None, "shelvedReason": None, "shelvedBy": None},
    Action.SHELVE: {"shelvedReason": "Known", "shelvedBy": {"name": "Денис Пульт"}, "annunciated": False},
    Action.SUPPRESS: {"suppressed": True, "annunciated": False},
    Action.UNSUPPRESS: {"suppressed": False, "annunciated": True},
    Action.TAKE_OUT: {"outOfService": True, "annunciated": False},
    Action.PUT_BACK: {"outOfService": False, "annunciated": True},
    Action.ESCALATE: {"escalatedTo": "MANAGER"},
    Action.NOTE: {"note": "Seen"},
    Action.RESET: {"note": "Dry again", "resetBy": {"name": "Денис Пульт"}},
    Action.ACKNOWLEDGE: {"note": "On my way", "acknowledged": True},
}
"""What the alarm shows besides its state."""


async def prepared(house: House, row: Row) -> Watch:
    """A watch whose alarm stands where the row begins."""
    facts = facts_for(row)
    if row.action in (Action.SUPPRESS, Action.UNSUPPRESS):
        await house.pass_to(house.now + timedelta(days=1))  # what the row before has let is vacant again
    today = house.now
    more = {"escalateAfter": 60} if row.action is Action.ESCALATE else {"priority": "LOW"}
    if row.action is Action.SUPPRESS:
        await let(house, today, today)
    if row.action is Action.UNSUPPRESS:
        await let(house, today + timedelta(days=1), today + timedelta(days=1))
    watch = await house.watch(facts.category, latching=facts.latching, **more)
    await watch.reach(row.state, shelved=facts.shelved)
    if row.action is Action.PUT_BACK:
        await house.manager.take_out_of_service(sensor=f"alpha/{watch.code}", reason="New battery")
    return watch


async def acted(house: House, watch: Watch, row: Row) -> str | None:
    """Let the row's action happen; the code of the refusal, if it was one."""
    if row.action in ACTS:
        name, arguments = ACTS[row.action]
        result = await watch.do(name, **arguments)
        return None if result["__typename"] == "Alarm" else result["code"]
    match row.action:
        case Action.RAISE:
            await watch.report(HIGH)
        case Action.RETURN:
            await watch.report(LOW)
        case Action.EXPIRE:
            await house.pass_to(house.now + timedelta(minutes=31))
        case Action.SUPPRESS | Action.UNSUPPRESS:
            await house.pass_to(house.now + timedelta(days=1))
        case Action.ESCALATE:
            await house.pass_to(house.now + timedelta(seconds=61))
        case Action.TAKE_OUT:
            await house.manager.take_out_of_service(sensor=f"alpha/{watch.code}", reason="New battery")
        case Action.PUT_BACK:
            await house.manager.return_to_service(sensor=f"alpha/{watch.code}")
    return None


async def played(house: House, row: Row) -> None:
    watch = await prepared(house, row)
    before = await watch.alarm() if row.state else {"transitions": []}
    refused = await acted(house, watch, row)
    assert refused == row.refused
    if row.refused is not None:
        assert await watch.alarm() == before
        return
    assert row.kind is not None

    async def happened() -> bool:
        return len((await watch.alarm())["transitions"]) > len(before["transitions"])

    await until(happened)
    after, told = await watch.alarm(), await watch.last_told()
    assert row.becomes is not None
    assert after["state"] == told["alarm"]["state"] == row.becomes.name
    new = [line["kind"] for line in after["transitions"][len(before["transitions"]) :]]
    assert new == [row.kind.name, *(["CLOSED"] if row.becomes is AlarmState.CLOSED is not row.state else [])]
    assert told["kind"] == row.kind.name
    expected = BECOMES.get(row.action, {})
    assert {name: after[name] for name in expected} == expected
    flags = ("annunciated", "suppressed", "outOfService", "escalatedTo", "shelvedReason", "note")
    assert {name: told["alarm"][name] for name in flags} == {name: after[name] for name in flags}


async def test_every_row_of_the_table(house: House) -> None:
    covered = []
    for row in ROWS:
        await played(house, row)
        covered.append(row)
    assert covered == list(ROWS)
    assert {row.action for row in covered} == set(Action)
