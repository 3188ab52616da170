"""A refusal says the same of a hidden thing as of one that never was."""

from __future__ import annotations

from typing import Any

import pytest

from db.engine import Pool
from tests import world_rows
from tests.api.caller import Caller
from tests.api.oracle import load, see
from tests.world import NOW, World, typed

PEOPLE = [login for login, (values, _) in world_rows.USERS.items() if values.get("enabled", True)]
TOLD = "__typename ... on Refusal { code message } ... on NotFound { argument }"

WRITES: dict[str, tuple[str, str, str]] = {
    "acknowledgeAlarm": ("alarm", "ID!", "acknowledgeAlarm(alarm: $x, dryRun: true)"),
    "endLease": ("lease", "ID!", 'endLease(lease: $x, end: "2026-12-01", dryRun: true)'),
    "updateRoom": ("room", "ID!", 'updateRoom(input: {room: $x, name: "N"}, dryRun: true)'),
    "createSensor in": (
        "building", "ID!", 'createSensor(input: {building: $x, code: "new", kind: CO2}, dryRun: true)',
    ),
    "createSensor at": (
        "room", "ID", 'createSensor(input: {building: "alpha", room: $x, code: "new", kind: CO2}, dryRun: true)',
    ),
    "createAlarmRule in": (
        "building", "ID!",
        'createAlarmRule(input: {building: $x, name: "R", sensorKind: CO2, condition: ABOVE, threshold: 1}, dryRun: true)',
    ),
    "createAlarmRule on": (
        "sensor", "ID",
        'createAlarmRule(input: {building: "alpha", name: "R", sensor: $x, condition: ABOVE, threshold: 1}, dryRun: true)',
    ),
    "createAlarmRule with": (
        "sensor", "ID",
        'createAlarmRule(input: {building: "alpha", name: "R", sensor: "t-1", reference: $x, condition: DEVIATION,'
        ' threshold: 1}, dryRun: true)',
    ),
    "updateAlarmRule": ("rule", "ID!", 'updateAlarmRule(input: {rule: $x, threshold: 1}, dryRun: true)'),
    "createLease in": (
        "building", "ID!",
        'createLease(input: {building: $x, tenant: "Ромашка", number: "N", start: "2027-01-01"}, dryRun: true)',
    ),
    "createLease for": (
        "tenant", "ID!",
        'createLease(input: {building: "alpha", tenant: $x, number: "N", start: "2027-01-01"}, dryRun: true)',
    ),
    "placeTenant under": ("lease", "ID!", 'placeTenant(input: {lease: $x, room: "alpha/102"}, dryRun: true)'),
    "placeTenant in": ("room", "ID!", 'placeTenant(input: {lease: "А-1", room: $x}, dryRun: true)'),
}  # fmt: skip
"""Each write with the thing it names: its noun, the argument's type, the call."""


def without(told: dict[str, Any], name: str) -> dict[str, Any]:
    """The answer without the id that was asked about."""
    return {key: value.replace(name, "…") if isinstance(value, str) else value for key, value in told.items()}


@pytest.mark.parametrize("write", WRITES)
async def test_a_hidden_thing_is_refused_like_a_missing_one(
    write: str, pool: Pool, world: World, caller: Caller
) -> None:
    noun, type_, call = WRITES[write]
    facts = await load(pool, NOW)
    query = f"mutation($x: {type_}) {{ result: {call} {{ {TOLD} }} }}"
    refused = 0
    for login in PEOPLE:
        somebody = caller.as_user(world.user[login])
        sight = await see(pool, world.user[login], NOW)
        never_was = typed(noun, 999999)
        missing = without((await somebody.ask(query, x=never_was))["result"], never_was)
        for key in facts.rows[noun]:
            if not sight.sees(noun, key):
                hidden = without((await somebody.ask(query, x=typed(noun, key)))["result"], typed(noun, key))
                assert hidden == missing, f"{login}: {write} {typed(noun, key)}"
                refused += 1
    assert refused
    assert await pool.fetchval("SELECT count(*) FROM security.confirmation") == 0
