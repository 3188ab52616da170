"""Alarm rules of every condition as people make, change and switch them, and what their alarms then do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World

REPORT = """
    mutation($input: ReadingsInput!) { reportReadings(input: $input) { ... on ReadingsReport { accepted } } }
"""
ALARMS = """
    query { alarms(first: 50) { nodes {
        state value peak unit raisedAt returnedAt occurrences rule { name } sensor { code }
        transitions { kind value user { name } }
    } } }
"""


class House:
    """A manager's and a device's hands in building alpha, whose clock follows its readings."""

    def __init__(self, caller: Caller, world: World) -> None:
        self.manager = caller.as_user(world.user["manager"])
        self.device = caller.with_token(world.secret["device"])
        self.start = world.now

    def at(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)

    async def say(self, *readings: tuple[str, float, float]) -> None:
        """Readings as (sensor, seconds since the start, value)."""
        sensors, seconds, values = (list(column) for column in zip(*readings, strict=True))
        times = [self.at(second).isoformat() for second in seconds]
        data = await self.device.ask(REPORT, input={"sensors": sensors, "at": times, "values": values})
        assert data["reportReadings"]["accepted"] == len(readings)

    async def wait(self, until: float) -> None:
        """Let time pass: some other sensor speaks."""
        await self.say(("h-101", until, 40.0))

    async def rule(self, condition: str, threshold: float, **more: Any) -> str:
        given = {"building": "alpha", "name": condition, "sensor": "t-1"} | more
        made = await self.manager.create_alarm_rule(**given, condition=condition, threshold=threshold)
        assert made["__typename"] == "AlarmRule", made
        return str(made["id"])

    async def alarms(self, name: str) -> list[dict[str, Any]]:
        data = await self.manager.ask(ALARMS)
        return [alarm for alarm in data["alarms"]["nodes"] if alarm["rule"]["name"] == name]

    async def alarm(self, name: str) -> tuple[str, float | None, float | None, float, float | None]:
        """State, value, peak, and seconds of the raise and the return, of the only alarm of a rule."""
        [alarm] = await self.alarms(name)
        raised, returned = (alarm[key] and self._seconds(alarm[key]) for key in ("raisedAt", "returnedAt"))
        return alarm["state"], alarm["value"], alarm["peak"], raised, returned

    def _seconds(self, told: str) -> float:
        return (datetime.fromisoformat(told) - self.start).total_seconds()


@pytest.fixture
def house(caller: Caller, world: World) -> House:
    return House(caller, world)


async def test_a_value_between_two_bounds(house: House) -> None:
    await house.rule("BETWEEN", 10, thresholdHigh=20, deadband=1)
    await house.say(("t-1", 10, 10), ("t-1", 20, 20), ("t-1", 30, 9.9))
    assert await house.alarms("BETWEEN") == [], "exactly at a bound is not between"
    await house.say(("t-1", 40, 12), ("t-1", 50, 16), ("t-1", 60, 9.5), ("t-1", 70, 20.5))
    assert await house.alarm("BETWEEN") == ("ACTIVE", 12, 16, 40, None), "the middle is worst; the deadband holds"
    await house.say(("t-1", 80, 21))
    assert await house.alarm("BETWEEN") == ("RETURNED", 12, 16, 40, 80)


async def test_a_state(house: House) -> None:
    await house.rule("EQUALS", 1, sensor="leak-103", onDelay=60)
    await house.say(("leak-103", 10, 1), ("leak-103", 50, 0), ("leak-103", 55, 1))
    await house.wait(115)
    assert await house.alarms("EQUALS") == [], "it has to last"
    await house.wait(116)
    assert await house.alarm("EQUALS") == ("ACTIVE", 1, 1, 115, None)
    await house.say(("leak-103", 120, 0))
    assert await house.alarm("EQUALS") == ("RETURNED", 1, 1, 115, 120)


async def test_a_fast_rise_and_a_fast_fall(house: House) -> None:
    await house.rule("RATE", 5, window=600)
    await house.rule("RATE", -5, window=600, name="FALL")
    await house.say(("t-1", 100, 20), ("t-1", 400, 25), ("t-1", 700, 25))
    assert await house.alarms("RATE") == [], "no more than the threshold within the window"
    await house.say(("t-1", 710, 26), ("t-1", 800, 31))
    assert await house.alarm("RATE") == ("ACTIVE", 6, 6, 800, None)
    await house.say(("t-1", 750, 25.5), ("t-1", 1500, 25), ("t-1", 1510, 24))
    assert await house.alarm("RATE") == ("RETURNED", 6, 6, 800, 1500)
    assert await house.alarms("FALL") == []
    await house.say(("t-1", 1390, 31))
    assert await house.alarm("FALL") == ("ACTIVE", -6, -7, 1500, None), (
        "a late reading counts as if it had been in time"
    )


async def test_silence(house: House) -> None:
    await house.rule("STALE", 900, offDelay=60)
    await house.say(("t-1", 100, 20), ("t-1", 700, 20))
    await house.wait(1600)
    assert await house.alarms("STALE") == [], "a reading of that moment may still come"
    await house.wait(1601)
    assert await house.alarm("STALE") == ("ACTIVE", 900, 900, 1600, None)
    [alarm] = await house.alarms("STALE")
    assert alarm["unit"] == "s"
    await house.say(("t-1", 2000, 20))
    assert (await house.alarm("STALE"))[0] == "ACTIVE", "it has to be heard for a minute"
    await house.wait(2061)
    assert await house.alarm("STALE") == ("RETURNED", 900, 1300, 1600, 2060)
    await house.say(("t-1", 1500, 20), ("t-1", 1900, 20))
    [alarm] = await house.alarms("STALE")
    assert [line["kind"] for line in alarm["transitions"]][-1] == "WITHDRAWN", (
        "it had not been silent: its mail was late"
    )


async def test_who_has_never_spoken_is_not_silent(house: House, pool: Pool) -> None:
    made = await house.manager.create_sensor(building="alpha", code="new-1", kind="TEMPERATURE", room="101")
    await house.rule("STALE", 60, sensor=made["id"])
    await house.wait(100_000)
    assert await house.alarms("STALE") == []
    await house.say(("new-1", 100_010, 20))
    await house.wait(100_071)
    assert (await house.alarm("STALE"))[:1] == ("ACTIVE",)


async def test_who_is_silent_when_the_rule_is_made(house: House) -> None:
    await house.say(("t-1", 10, 20))
    await house.wait(5000)
    await house.rule("STALE", 900)
    await house.wait(5001)
    assert await house.alarm("STALE") == ("ACTIVE", 900, 900, 910, None), "its silence counts from its beginning"


async def test_two_that_should_agree(house: House) -> None:
    await house.rule("DEVIATION", 2, reference="t-101", deadband=0.5)
    await house.say(("t-1", 10, 30))
    assert await house.alarms("DEVIATION") == [], "the other is not known yet"
    await house.say(("t-101", 20, 28), ("t-1", 30, 29.9))
    assert await house.alarms("DEVIATION") == []
    await house.say(("t-101", 40, 27))
    assert (await house.alarm("DEVIATION"))[3:] == (40, None), "a reading of either means something"
    await house.say(("t-101", 50, 28))
    assert (await house.alarm("DEVIATION"))[0] == "ACTIVE", "not back by the deadband"
    await house.say(("t-1", 60, 29.5))
    assert (await house.alarm("DEVIATION"))[3:] == (40, 60)
    await house.say(("t-101", 35, 29.5), ("t-1", 38, 29))
    [alarm] = await house.alarms("DEVIATION")
    assert (alarm["occurrences"], alarm["transitions"][-1]["kind"]) == (0, "WITHDRAWN"), (
        "29 against 27 is no more than 2"
    )


WHAT_A_RULE_CANNOT_BE: list[tuple[dict[str, Any], str, str]] = [
    ({"condition": "BETWEEN"}, "NEEDED_FOR", "thresholdHigh"),
    ({"condition": "BETWEEN", "thresholdHigh": 10}, "HIGH_NOT_ABOVE_LOW", "thresholdHigh"),
    ({"condition": "ABOVE", "thresholdHigh": 20}, "NOT_FOR_CONDITION", "thresholdHigh"),
    ({"condition": "EQUALS", "deadband": 1}, "NOT_FOR_CONDITION", "deadband"),
    ({"condition": "RATE"}, "NEEDED_FOR", "window"),
    ({"condition": "RATE", "window": 0}, "TOO_SMALL", "window"),
    ({"condition": "RATE", "window": 10**6}, "TOO_LARGE", "window"),
    ({"condition": "RATE", "window": 60, "threshold": 0}, "NO_CHANGE", "threshold"),
    ({"condition": "BELOW", "window": 60}, "NOT_FOR_CONDITION", "window"),
    ({"condition": "STALE", "threshold": 0}, "TOO_SMALL", "threshold"),
    ({"condition": "STALE", "deadband": 1}, "NOT_FOR_CONDITION", "deadband"),
    ({"condition": "STALE", "onDelay": 60}, "NOT_FOR_CONDITION", "onDelay"),
    ({"condition": "DEVIATION"}, "NEEDED_FOR", "reference"),
    ({"condition": "DEVIATION", "reference": "t-1"}, "SAME_SENSOR", "reference"),
    ({"condition": "DEVIATION", "reference": "co2-101"}, "OTHER_UNIT", "reference"),
    ({"condition": "DEVIATION", "reference": "t-101", "threshold": -1}, "TOO_SMALL", "threshold"),
    ({"condition": "DEVIATION", "reference": "t-101", "deadband": 11}, "TOO_LARGE", "deadband"),
    ({"condition": "ABOVE", "reference": "t-101"}, "NOT_FOR_CONDITION", "reference"),
    ({"condition": "DEVIATION", "reference": "beta/t-102"}, "NOT_FOUND", "reference"),
]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_what_a_rule_cannot_be(house: House, language: str) -> None:
    manager = house.manager.speaking(language)
    for given, code, argument in WHAT_A_RULE_CANNOT_BE:
        asked = {"building": "alpha", "name": "R", "sensor": "t-1", "threshold": 10} | given
        refused = await manager.create_alarm_rule(**asked)
        assert (refused["code"], argument in refused["message"] or code in ("OTHER_UNIT", "NO_CHANGE")) == (code, True)


async def test_pairs_are_of_one_sensor(house: House) -> None:
    asked = {"building": "alpha", "name": "R", "sensorKind": "CO2", "condition": "DEVIATION", "threshold": 1}
    refused = await house.manager.create_alarm_rule(**asked, reference="co2-101")
    assert (refused["code"], refused["message"]) == ("NEEDED_FOR", "Для условия DEVIATION нужно sensor.")


async def test_a_changed_rule_begins_anew(house: House) -> None:
    rule = await house.rule("ABOVE", 25)
    await house.say(("t-1", 10, 27))
    await house.wait(100)
    changed = await house.manager.update_alarm_rule(rule=rule, threshold=24)
    assert (changed["threshold"], changed["enabled"]) == (24, True)
    [alarm] = await house.alarms("ABOVE")
    assert await house.alarm("ABOVE") == ("RETURNED", 27, 27, 10, 100)
    assert [(line["kind"], line["user"] and line["user"]["name"]) for line in alarm["transitions"]] == [
        ("RAISED", None),
        ("RETURNED", "Мария Управ"),
    ]
    await house.say(("t-1", 50, 30))
    assert (await house.alarm("ABOVE"))[0] == "RETURNED", "what was measured before is not judged by what it says now"
    await house.say(("t-1", 110, 24.5))
    assert await house.alarm("ABOVE") == ("ACTIVE", 24.5, 27, 10, None)


async def test_a_rule_is_switched_off_and_on(house: House, pool: Pool) -> None:
    rule = await house.rule("STALE", 60)
    await house.say(("t-1", 10, 20))
    await house.wait(71)
    assert (await house.alarm("STALE"))[0] == "ACTIVE"
    off = await house.manager.update_alarm_rule(rule="STALE", enabled=False)
    assert off["enabled"] is False
    assert await house.alarm("STALE") == ("RETURNED", 60, 60, 70, 71)
    await house.wait(1000)
    assert (await house.alarm("STALE"))[0] == "RETURNED"
    await house.manager.create_sensor(building="alpha", code="new-2", kind="TEMPERATURE")
    await house.manager.update_alarm_rule(rule=rule, enabled=True)
    await house.wait(1060)
    assert (await house.alarm("STALE"))[0] == "RETURNED", "silence counts anew"
    await house.wait(1061)
    assert (await house.alarm("STALE"))[0] == "ACTIVE"
    told = await pool.fetch("SELECT payload->>'kind' AS kind FROM live.change WHERE kind = 'alarm' ORDER BY number")
    assert [row["kind"] for row in told] == ["RAISED", "RETURNED", "RAISED"]


async def test_new_sensors_join_a_rule_that_was_off(house: House, pool: Pool) -> None:
    made = await house.manager.create_alarm_rule(
        building="alpha", name="Hot", sensorKind="TEMPERATURE", condition="ABOVE", threshold=30
    )
    await house.manager.update_alarm_rule(rule=made["id"], enabled=False)
    await house.manager.create_sensor(building="alpha", code="new-3", kind="TEMPERATURE")
    await house.say(("new-3", 10, 35))
    assert await house.alarms("Hot") == []
    await house.manager.update_alarm_rule(rule=made["id"], enabled=True)
    await house.say(("new-3", 20, 35))
    assert (await house.alarm("Hot"))[:2] == ("ACTIVE", 35)


async def test_other_things_of_a_rule_leave_its_alarms_alone(house: House) -> None:
    rule = await house.rule("ABOVE", 25)
    await house.say(("t-1", 10, 27))
    changed = await house.manager.update_alarm_rule(
        rule=rule, name="Hot", priority="CRITICAL", threshold=25, escalateAfter=None
    )
    assert (changed["name"], changed["priority"]) == ("Hot", "CRITICAL")
    assert (await house.alarm("Hot"))[0] == "ACTIVE"


async def test_the_dry_run_shows_what_returns(house: House) -> None:
    await house.rule("ABOVE", 25)
    await house.say(("t-1", 10, 27))
    tried = await house.manager.update_alarm_rule(rule="ABOVE", threshold=28, dry_run=True)
    fields = {
        (row["noun"], field["name"]): (field["before"], field["after"])
        for row in tried["changes"]
        for field in row["fields"]
    }
    assert fields["AlarmRule", "threshold"] == ("25", "28")
    assert fields["Alarm", "state"] == ("ACTIVE", "RETURNED")
    assert (await house.alarm("ABOVE"))[0] == "ACTIVE"


WHAT_CANNOT_BE_CHANGED: list[tuple[str, dict[str, Any], str]] = [
    ("manager", {"rule": "nothing", "threshold": 1}, "NOT_FOUND"),
    ("manager", {"rule": "Too cold", "threshold": 1}, "NOT_FOUND"),
    ("manager", {"rule": "Душно", "threshold": None}, "CANNOT_BE_NULL"),
    ("manager", {"rule": "Душно", "enabled": None}, "CANNOT_BE_NULL"),
    ("manager", {"rule": "Душно", "name": ""}, "EMPTY"),
    ("manager", {"rule": "Душно", "window": 60}, "NOT_FOR_CONDITION"),
    ("manager", {"rule": "Душно", "thresholdHigh": 2000}, "NOT_FOR_CONDITION"),
    ("manager", {"rule": "Душно", "deadband": -1}, "TOO_SMALL"),
    ("manager", {"rule": "Душно", "onDelay": 10**8}, "TOO_LARGE"),
    ("manager", {"rule": "Душно", "escalateAfter": 0}, "TOO_SMALL"),
    ("dispatcher", {"rule": "Душно", "threshold": 1}, "NOT_ALLOWED"),
    ("tenant", {"rule": "Душно", "threshold": 1}, "NOT_ALLOWED"),
]


async def test_what_cannot_be_changed(caller: Caller, world: World) -> None:
    for who, given, code in WHAT_CANNOT_BE_CHANGED:
        refused = await caller.as_user(world.user[who]).update_alarm_rule(**given)
        assert refused["code"] == code, (who, given)


async def test_rules_of_one_name(house: House) -> None:
    first, _ = await house.rule("ABOVE", 25), await house.rule("ABOVE", 27)
    refused = await house.manager.update_alarm_rule(rule="ABOVE", threshold=26)
    assert refused["code"] == "AMBIGUOUS_NAME"
    assert (await house.manager.update_alarm_rule(rule=first, threshold=26))["threshold"] == 26
