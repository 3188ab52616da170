"""A house whose alarms live, for tests through the graph: sensors under rules, brought to where a story begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from db.engine import Pool
from db.lifecycle import Action
from db.models import AlarmState, Category
from tests.api.caller import ALARM, Caller
from tests.api.waiting import until

Result = dict[str, Any]
HIGH, LOW = 20.0, 0.0
ROOM = "alpha/102"
"""An office that nobody rents on the day on which the stories begin; the lease А-1 goes on for a year."""
ONE = f"query($id: ID!) {{ alarm(id: $id) {{ {ALARM} transitions(first: 100) {{ kind at note user {{ name }} }} }} }}"
OF = f"query($sensor: ID!) {{ alarms(first: 10, where: {{sensor: $sensor}}) {{ nodes {{ {ALARM} }} }} }}"
SET_CLOCK = "mutation($now: DateTime!) { setClock(now: $now) { __typename ... on Refusal { message } } }"
RULE = """mutation($input: CreateAlarmRuleInput!) { createAlarmRule(input: $input) {
    __typename ... on AlarmRule { id latching } ... on Refusal { message } } }"""
REPORT = """mutation($input: ReadingsInput!) {
    reportReadings(input: $input) { __typename ... on ReadingsReport { accepted refused { code } } } }"""
codes = count(1)


@dataclass
class House:
    """The world's house, and its time as the story moves it."""

    admin: Caller
    dispatcher: Caller
    manager: Caller
    pool: Pool
    now: datetime

    async def pass_to(self, now: datetime) -> None:
        self.now = now
        result = await self.admin.ask(SET_CLOCK, now=now.isoformat())
        assert result["setClock"]["__typename"] == "ClockSet", result

    async def watch(self, category: Category, *, latching: bool | None = None, **more: Any) -> Watch:
        """A new sensor in the room, under a new rule."""
        code = f"x-{next(codes)}"
        made = await self.admin.create_sensor(building="alpha", room=ROOM, code=code, kind="OTHER")
        assert made["__typename"] == "Sensor", made
        given = {"building": "alpha", "sensor": f"alpha/{code}", "name": f"Rule of {code}", "condition": "ABOVE"}
        given |= {"threshold": 10.0, "category": category.name, "latching": latching} | more
        rule = (await self.admin.ask(RULE, input=given))["createAlarmRule"]
        assert rule["__typename"] == "AlarmRule", rule
        return Watch(self, code, rule["latching"])


@dataclass
class Watch:
    """A sensor under a rule, and its latest alarm."""

    house: House
    code: str
    latching: bool

    async def report(self, value: float) -> None:
        self.house.now += timedelta(seconds=1)
        reading = {"sensors": [f"alpha/{self.code}"], "at": [self.house.now.isoformat()], "values": [value]}
        told = await self.house.admin.ask(REPORT, input=reading)
        assert told["reportReadings"]["accepted"] == 1, told

    async def alarms(self) -> list[Result]:
        nodes: list[Result] = (await self.house.admin.ask(OF, sensor=f"alpha/{self.code}"))["alarms"]["nodes"]
        return nodes

    async def alarm(self) -> Result:
        """The latest, with its journal."""
        told: Result = (await self.house.admin.ask(ONE, id=(await self.alarms())[0]["id"]))["alarm"]
        return told

    async def do(self, action: str, by: Caller | None = None, **more: Any) -> Result:
        alarm = (await self.alarms())[0]["id"]
        result: Result = await getattr(by or self.house.dispatcher, action)(alarm=alarm, **more)
        return result

    async def done(self, action: str, **more: Any) -> None:
        result = await self.do(action, **more)
        assert result["__typename"] == "Alarm", result

    async def reach(self, state: AlarmState | None, *, shelved: bool = False) -> None:
        """Bring its alarm into a state by what people and readings do."""
        if state is None:
            return
        await self.report(HIGH)
        if shelved:
            await self.done("shelve_alarm", reason="Known", minutes=30)
        if state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED, AlarmState.CLOSED):
            await self.done("acknowledge_alarm")
        if state in (AlarmState.RETURNED, AlarmState.LATCHED, AlarmState.CLOSED):
            await self.report(LOW)
        if state is AlarmState.CLOSED and self.latching:
            await self.done("reset_alarm")
        assert (await self.alarm())["state"] == state.name

    async def last_told(self) -> Result:
        """The newest change in the stream."""
        alarm = (await self.alarms())[0]["id"]
        query = "SELECT payload FROM live.change WHERE kind = 'alarm' AND subject_id = $1 ORDER BY number DESC LIMIT 1"
        told: Result = await self.house.pool.fetchval(query, int(alarm.split("_")[1]))
        return told


async def let(house: House, first: datetime, last: datetime) -> None:
    placed = await house.manager.place_tenant(
        lease="А-1", room=ROOM, start=first.date().isoformat(), end=last.date().isoformat()
    )
    assert placed["__typename"] == "Placement", placed


async def until_true(watch: Watch, name: str) -> None:
    async def holds() -> bool:
        return bool((await watch.alarm())[name])

    await until(holds)


ACTS = {
    Action.ACKNOWLEDGE: ("acknowledge_alarm", {"note": "On my way"}),
    Action.RESET: ("reset_alarm", {"note": "Dry again"}),
    Action.SHELVE: ("shelve_alarm", {"reason": "Known", "minutes": 60}),
    Action.UNSHELVE: ("unshelve_alarm", {}),
    Action.NOTE: ("note_alarm", {"note": "Seen"}),
}
