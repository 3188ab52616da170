"""Whatever is sent: a result, a refusal or a coded fault; never an internal error, and refusals change nothing."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from db.engine import Pool
from db.models import Condition
from tests.api.caller import Caller
from tests.api.tables import dump
from tests.world import World

pytestmark = pytest.mark.usefixtures("still")

ODD = ["", " ", "\x00", "а\x00б", "101", "alpha", "alpha/101", "/", "alpha/", "room_301", "lease_601", "room_0", "room_-1",
       "room_9223372036854775808", "room_" + "9" * 400, "А-1", "%", "_", "\\", "'; --", "{x}", "\u202e101", "\ufffe", "🏢",
       "x" * 5000, "null", "NaN", "١٠١"]  # fmt: skip
TEXT = st.sampled_from(ODD) | st.text(st.characters(codec="utf-8"), max_size=12)
NUMBER = st.sampled_from([0, -1, 1, 2**31 - 1, -(2**31), 0.1, -0.0, 1e308, 1e-320, 600])
WHOLE = st.sampled_from([0, -1, 1, 900, 2**31 - 1, -(2**31)])
DAY = st.sampled_from(
    ["0001-01-01", "1899-12-31", "1900-01-01", "2026-02-28", "2027-01-01", "2200-12-31", "9999-12-31"]
)
MOMENT = st.sampled_from(
    ["0001-01-01T00:00:00+23:00", "2026-11-16T09:30:00Z", "2026-11-17T09:00:00+03:00", "9999-12-31T23:59:59-12:00"]
)
MONEY = st.sampled_from(["0", "-0", "1e3", "1E-400", "99999999999999999999", "0.005", "12.50", "1" + "0" * 60, 7, 7.25])


def optional(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | value


CALLS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "create_lease": st.fixed_dictionaries(
        {"building": TEXT, "tenant": TEXT, "number": TEXT, "start": DAY},
        optional={"end": optional(DAY), "rent": optional(MONEY), "currency": optional(TEXT | st.just("RUB"))},
    ),
    "place_tenant": st.fixed_dictionaries(
        {"lease": TEXT, "room": TEXT}, optional={"start": optional(DAY), "end": optional(DAY)}
    ),
    "end_lease": st.fixed_dictionaries({"lease": TEXT, "end": DAY}),
    "acknowledge_alarm": st.fixed_dictionaries({"alarm": TEXT, "note": optional(TEXT)}),
    "reset_alarm": st.fixed_dictionaries({"alarm": TEXT, "note": optional(TEXT)}),
    "note_alarm": st.fixed_dictionaries({"alarm": TEXT, "note": TEXT}),
    "shelve_alarm": st.fixed_dictionaries(
        {"alarm": TEXT, "reason": TEXT}, optional={"minutes": optional(WHOLE), "until": optional(MOMENT)}
    ),
    "unshelve_alarm": st.fixed_dictionaries({"alarm": TEXT}),
    "take_out_of_service": st.fixed_dictionaries(
        {"sensor": TEXT, "reason": TEXT}, optional={"until": optional(MOMENT)}
    ),
    "return_to_service": st.fixed_dictionaries({"sensor": TEXT}),
    "set_sensor_status": st.fixed_dictionaries(
        {"sensor": TEXT, "status": st.sampled_from(["OK", "FAULT"]), "reason": TEXT}
    ),
    "report_event": st.fixed_dictionaries(
        {"text": TEXT},
        optional={
            "building": optional(TEXT),
            "room": optional(TEXT),
            "sensor": optional(TEXT),
            "kind": TEXT,
            "at": optional(
                st.sampled_from(["0001-01-01T00:00:00+23:00", "2026-11-16T08:00:00Z", "9999-12-31T23:59:59Z"])
            ),
        },
    ),
    "update_room": st.fixed_dictionaries(
        {"room": TEXT},
        optional={
            "number": optional(TEXT),
            "name": optional(TEXT),
            "capacity": optional(WHOLE),
            "aliases": optional(st.lists(TEXT, max_size=3)),
        },
    ),
    "create_sensor": st.fixed_dictionaries(
        {"building": TEXT, "code": TEXT, "kind": st.sampled_from(["CO2", "DOOR"])},
        optional={
            "room": optional(TEXT),
            "name": optional(TEXT),
            "unit": optional(TEXT),
            "interval": optional(WHOLE),
            "externalId": optional(TEXT),
            "x": optional(NUMBER),
        },
    ),
    "create_fire_zone": st.fixed_dictionaries(
        {"building": TEXT, "code": TEXT}, optional={"name": optional(TEXT), "rooms": st.lists(TEXT, max_size=3)}
    ),
    "update_fire_zone": st.fixed_dictionaries(
        {"zone": TEXT},
        optional={"code": optional(TEXT), "name": optional(TEXT), "rooms": optional(st.lists(TEXT, max_size=3))},
    ),
    "delete_fire_zone": st.fixed_dictionaries({"zone": TEXT}),
    "report_panel_condition": st.fixed_dictionaries(
        {"zone": TEXT, "kind": st.sampled_from(["ALARM", "TEST"])},
        optional={"note": optional(TEXT), "since": optional(MOMENT)},
    ),
    "clear_panel_condition": st.fixed_dictionaries({"zone": TEXT}, optional={"note": optional(TEXT)}),
    "create_alarm_rule": st.fixed_dictionaries(
        {
            "building": TEXT,
            "name": TEXT,
            "condition": st.sampled_from([one.name for one in Condition]),
            "threshold": NUMBER,
        },
        optional={
            "sensorKind": optional(st.just("CO2")),
            "sensor": optional(TEXT),
            "room": optional(TEXT),
            "deadband": NUMBER,
            "onDelay": WHOLE,
            "thresholdHigh": optional(NUMBER),
            "window": optional(WHOLE),
            "reference": optional(TEXT),
        },
    ),
    "update_alarm_rule": st.fixed_dictionaries(
        {"rule": TEXT},
        optional={
            "name": optional(TEXT),
            "threshold": optional(NUMBER),
            "thresholdHigh": optional(NUMBER),
            "window": optional(WHOLE),
            "deadband": optional(NUMBER),
            "offDelay": optional(WHOLE),
            "escalateAfter": optional(WHOLE),
            "enabled": optional(st.booleans()),
        },
    ),
}
PLAUSIBLE = {
    "building": "alpha",
    "tenant": "Гамма",
    "lease": "А-1",
    "room": "101",
    "alarm": "alarm_1101",
    "sensor": "co2-101",
    "rule": "Душно",
    "zone": "alpha/2",
}
CALL = st.one_of(*(st.tuples(st.just(name), arguments) for name, arguments in CALLS.items()))
FAULTS = {"WRONG_KIND_OF_ID", "BAD_VALUE"}


@given(st.lists(st.tuples(CALL, st.booleans(), st.sets(st.sampled_from(sorted(PLAUSIBLE))), TEXT), max_size=12))
@settings(max_examples=30)
async def test_anything_gets_an_answer(
    caller: Caller, world: World, pool: Pool, calls: list[tuple[tuple[str, dict[str, Any]], bool, set[str], str]]
) -> None:
    manager = caller.as_user(world.user["manager"])
    for (name, arguments), dry_run, mended, confirmation in calls:
        given_ = arguments | {key: PLAUSIBLE[key] for key in mended if key in arguments}
        async with pool.acquire() as connection:
            before = await dump(connection)
            try:
                result = await getattr(manager, name)(
                    **given_, dry_run=dry_run, confirmation=confirmation if "room" in mended else None
                )
            except AssertionError as failed:
                (faults,) = failed.args[:1]
                codes = {code for code in FAULTS if code in str(faults)}
                assert codes, faults
                assert "INTERNAL" not in str(faults)
                result = {"message": ""}
            if dry_run or "message" in result:
                assert await dump(connection) == before, (name, given_)
