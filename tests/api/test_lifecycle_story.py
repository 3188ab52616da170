"""How alarms are shelved, suppressed, escalated, taken out of service and noted, by whom and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import FastAPI

from db.clock import Setting, real
from db.lifecycle import WHO, Action
from db.models import AlarmState, Category, ClockMode, Role
from tests.api.caller import Caller
from tests.api.living import ACTS, HIGH, LOW, RULE, House, Result, Watch, let, until_true
from tests.api.serving import followed, line, served
from tests.api.waiting import until
from tests.world import World

REFUSING: dict[Action, list[str]] = {
    action: ["guard", "viewer", "tenant", "nobody", *(["dispatcher"] if Role.DISPATCHER not in roles else [])]
    for action, roles in WHO.items()
}


async def test_who_may_do_what(caller: Caller, house: House, world: World) -> None:
    """Those whom the table names may, in their building; everybody else may not, and changes nothing."""
    watch = await house.watch(Category.EQUIPMENT, latching=True)
    await watch.reach(AlarmState.ACTIVE)
    before = await watch.alarm()
    for action, logins in REFUSING.items():
        for login in logins:
            person = caller.as_user(world.user[login])
            if action in ACTS:
                name, arguments = ACTS[action]
                refused = await getattr(person, name)(alarm=before["id"], **arguments)
            elif action is Action.TAKE_OUT:
                refused = await person.take_out_of_service(sensor=f"alpha/{watch.code}", reason="New battery")
            else:
                refused = await person.return_to_service(sensor=f"alpha/{watch.code}")
            assert refused["__typename"] in ("NotAllowed", "NotFound"), (action, login)
    stranger = caller.as_user(world.user["mixed"])  # manager of the other building
    assert (await stranger.shelve_alarm(alarm=before["id"], reason="x", minutes=1))["__typename"] == "NotFound"
    assert await watch.alarm() == before


async def test_fire_and_leaks_latch_unless_told_otherwise(house: House) -> None:
    for category in Category:
        watch = await house.watch(category)
        assert watch.latching is (category in (Category.FIRE, Category.LEAK))
    assert (await house.watch(Category.LEAK, latching=False)).latching is False


async def test_what_is_raised_on_the_shelf_is_born_shelved(house: House) -> None:
    """The shelf belongs to the rule on the sensor: a new alarm within its time calls nobody either."""
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.CLOSED, shelved=True)
    await watch.report(HIGH)
    newest, older = await watch.alarms()
    assert (newest["state"], newest["annunciated"], newest["shelvedReason"]) == ("ACTIVE", False, "Known")
    assert (older["state"], older["shelvedReason"]) == ("CLOSED", "Known")
    told = await watch.last_told()
    assert (told["kind"], told["alarm"]["annunciated"]) == ("RAISED", False)
    await watch.done("unshelve_alarm")
    assert [alarm["shelvedUntil"] for alarm in await watch.alarms()] == [None, None]
    await watch.report(LOW)
    await watch.done("acknowledge_alarm")
    await watch.report(HIGH)
    assert (await watch.alarms())[0]["annunciated"] is True


async def test_a_rule_that_becomes_one_of_fire_leaves_the_shelf(house: House) -> None:
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.CLOSED, shelved=True)
    await house.pool.execute("UPDATE alarm.rule SET category = 'FIRE' WHERE name = $1", f"Rule of {watch.code}")
    await watch.report(HIGH)
    alarm = (await watch.alarms())[0]
    assert (alarm["state"], alarm["annunciated"], alarm["shelvedUntil"]) == ("ACTIVE", True, None)


async def test_the_shelf_is_taken_by_minutes_or_until_a_time_and_never_for_long(house: House) -> None:
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.ACTIVE)
    ahead = (house.now + timedelta(hours=3)).isoformat()
    far, past = (house.now + timedelta(hours=25)).isoformat(), house.now.isoformat()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"reason": "x"}, "MINUTES_OR_UNTIL"),
        ({"reason": "x", "minutes": 5, "until": ahead}, "MINUTES_OR_UNTIL"),
        ({"reason": " ", "minutes": 5}, "EMPTY"),
        ({"reason": "x", "minutes": 0}, "TOO_SMALL"),
        ({"reason": "x", "minutes": 1441}, "TOO_LARGE"),
        ({"reason": "x", "until": far}, "TOO_FAR_AHEAD"),
        ({"reason": "x", "until": past}, "NOT_AHEAD"),
    ]
    for given, code in wrong:
        refused = await watch.do("shelve_alarm", **given)
        assert (refused["__typename"], refused["code"]) == ("InvalidInput", code), given
    await watch.done("shelve_alarm", reason="Painters", until=ahead)
    assert datetime.fromisoformat((await watch.alarm())["shelvedUntil"]) == house.now + timedelta(hours=3)
    await watch.done("shelve_alarm", reason="Painters, longer", minutes=1440)
    await house.pass_to(house.now + timedelta(hours=4))
    other = await house.watch(Category.EQUIPMENT)
    await other.reach(AlarmState.ACTIVE, shelved=True)
    await house.pass_to(house.now + timedelta(minutes=31))
    await until_true(other, "annunciated")
    assert (await watch.alarm())["shelvedReason"] == "Painters, longer"


async def test_a_refusal_says_what_can_be_done(house: House) -> None:
    watch = await house.watch(Category.FIRE)
    await watch.reach(AlarmState.ACTIVE)
    russian, english = house.dispatcher.speaking("ru"), house.dispatcher.speaking("en")
    shelved = await watch.do("shelve_alarm", russian, reason="Учения", minutes=5)
    name = f"Rule of {watch.code}"
    assert shelved["message"] == f"Тревогу «{name}» отложить нельзя: она о пожаре или протечке."
    reset = await watch.do("reset_alarm", english)
    assert reset["message"] == (
        f"The cause of the alarm “{name}” still lasts. It can be reset once it is back to normal."
    )


async def test_nobody_comes_so_the_next_role_is_told_and_then_the_next(house: House) -> None:
    """MANAGER after the rule's time, ADMIN after as much again; once, at the exact times, and no further."""
    watch = await house.watch(Category.EQUIPMENT, escalateAfter=600)
    await watch.reach(AlarmState.ACTIVE)
    raised = house.now
    await house.pass_to(raised + timedelta(minutes=9, seconds=59))
    await house.pass_to(raised + timedelta(hours=5))

    async def twice() -> bool:
        return (await watch.alarm())["escalatedTo"] == "ADMIN"

    await until(twice)
    lines = [(line["note"], line["at"]) for line in (await watch.alarm())["transitions"] if line["kind"] == "ESCALATED"]
    assert [(role, datetime.fromisoformat(at)) for role, at in lines] == [
        ("MANAGER", raised + timedelta(minutes=10)),
        ("ADMIN", raised + timedelta(minutes=20)),
    ]


async def test_what_calls_nobody_does_not_escalate(house: House) -> None:
    """Shelved for half an hour: the time begins when it is heard again. Acknowledged: not at all. LOW: never."""
    shelved = await house.watch(Category.EQUIPMENT, escalateAfter=600)
    await shelved.reach(AlarmState.ACTIVE, shelved=True)
    end = house.now + timedelta(minutes=30)
    taken = await house.watch(Category.EQUIPMENT, escalateAfter=600)
    await taken.reach(AlarmState.ACKNOWLEDGED)
    low = await house.watch(Category.EQUIPMENT, priority="LOW")
    await low.reach(AlarmState.ACTIVE)
    await house.pass_to(end + timedelta(minutes=9))
    await until_true(shelved, "annunciated")
    await house.pass_to(end + timedelta(minutes=11))
    await until_true(shelved, "escalatedTo")
    assert datetime.fromisoformat((await shelved.alarm())["escalatedAt"]) == end + timedelta(minutes=10)
    assert (await taken.alarm())["escalatedTo"] is None
    assert (await low.alarm())["escalatedTo"] is None


async def test_a_raise_while_latched_begins_anew_with_the_dispatcher(house: House) -> None:
    watch = await house.watch(Category.LEAK, escalateAfter=600)
    await watch.reach(AlarmState.ACTIVE)
    await house.pass_to(house.now + timedelta(minutes=11))
    await until_true(watch, "escalatedTo")
    await watch.done("acknowledge_alarm")
    await watch.report(LOW)
    assert (await watch.alarm())["escalatedTo"] == "MANAGER"
    await watch.report(HIGH)
    alarm = await watch.alarm()
    assert (alarm["state"], alarm["occurrences"], alarm["acknowledged"]) == ("ACTIVE", 2, False)
    assert (alarm["escalatedTo"], alarm["acknowledgedAt"]) == (None, None)


async def test_a_recurrence_while_unacknowledged_is_seen(house: House) -> None:
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.RETURNED)
    await watch.report(HIGH)
    alarm, told = await watch.alarm(), await watch.last_told()
    assert (alarm["state"], alarm["occurrences"]) == ("ACTIVE", 2)
    assert (told["kind"], told["alarm"]["occurrences"]) == ("RAISED", 2)
    assert datetime.fromisoformat(told["alarm"]["lastRaisedAt"]) == house.now


async def test_a_comfort_alarm_of_a_vacant_room_calls_when_somebody_moves_in(house: House) -> None:
    watch = await house.watch(Category.COMFORT)
    await watch.reach(AlarmState.ACTIVE)
    listed = "{ alarms(first: 50, where: {suppressed: true}) { nodes { id } } }"
    assert (await watch.alarm())["id"] in [node["id"] for node in (await house.admin.ask(listed))["alarms"]["nodes"]]
    await let(house, house.now, house.now)
    await until_true(watch, "annunciated")
    other = await house.watch(Category.COMFORT)
    await other.reach(AlarmState.ACTIVE)
    assert (await other.alarm())["suppressed"] is False


async def test_a_corridor_is_never_vacant(house: House) -> None:
    given = {"building": "alpha", "room": "alpha/К1", "code": "t-k1", "kind": "OTHER"}
    assert (await house.admin.create_sensor(**given))["__typename"] == "Sensor"
    rule = {"building": "alpha", "sensor": "alpha/t-k1", "name": "Cold", "condition": "ABOVE", "threshold": 10.0}
    assert (await house.admin.ask(RULE, input=rule | {"category": "COMFORT"}))["createAlarmRule"]["latching"] is False
    watch = Watch(house, "t-k1", False)
    await watch.reach(AlarmState.ACTIVE)
    assert (await watch.alarm())["suppressed"] is False


async def test_a_sensor_under_maintenance(house: House) -> None:
    """Its alarm is raised and calls nobody, until the time is over; it can be prolonged, and returned by hand."""
    watch = await house.watch(Category.EQUIPMENT)
    sensor, end = f"alpha/{watch.code}", house.now + timedelta(hours=2)
    assert (await house.manager.return_to_service(sensor=sensor))["code"] == "SENSOR_IN_SERVICE"
    out = await house.manager.take_out_of_service(sensor=sensor, reason="Ремонт", until=end.isoformat())
    assert (out["outOfService"], out["outOfServiceReason"], out["outOfServiceBy"]) == (
        True,
        "Ремонт",
        {"name": "Мария Управ"},
    )
    await watch.reach(AlarmState.ACTIVE)
    alarm = await watch.alarm()
    assert (alarm["outOfService"], alarm["annunciated"]) == (True, False)
    await house.pass_to(end + timedelta(seconds=1))
    await until_true(watch, "annunciated")
    line = (await watch.alarm())["transitions"][-1]
    assert (line["kind"], datetime.fromisoformat(line["at"])) == ("IN_SERVICE", end)
    shown = await house.admin.ask("query($id: ID!) { sensor(id: $id) { outOfService } }", id=sensor)
    assert shown["sensor"]["outOfService"] is False


async def test_an_agent_shows_first_what_it_would_shelve(house: House, world: World) -> None:
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.ACTIVE)
    agent = house.dispatcher.as_user(world.user["dispatcher"], acting="agent")
    given: dict[str, Any] = {"reason": "Known", "minutes": 60}
    assert (await watch.do("shelve_alarm", agent, **given))["__typename"] == "ConfirmationRequired"
    tried = await watch.do("shelve_alarm", agent, **given, dry_run=True)
    told = {field["name"]: field["after"] for field in tried["changes"][0]["fields"]}
    assert {"shelvedUntil", "shelvedReason", "shelvedBy"} == set(told)
    assert (await watch.alarm())["shelvedUntil"] is None
    await house.pass_to(house.now + timedelta(minutes=2))
    done = await watch.do("shelve_alarm", agent, **given, confirmation=tried["confirmation"])
    assert datetime.fromisoformat(done["shelvedUntil"]) == house.now + timedelta(minutes=60)
    noted = await watch.do("note_alarm", agent, note="Painters are there")
    assert noted["note"] == "Painters are there", "a note harms nobody: it needs no yes"


async def test_taking_a_sensor_out_shows_its_alarms_first(house: House) -> None:
    watch = await house.watch(Category.EQUIPMENT)
    await watch.reach(AlarmState.ACTIVE)
    tried = await house.manager.take_out_of_service(sensor=f"alpha/{watch.code}", reason="x", dry_run=True)
    told = {change["noun"]: {field["name"] for field in change["fields"]} for change in tried["changes"]}
    assert told == {"Sensor": {"outOfServiceBy", "outOfServiceReason"}, "Alarm": {"outOfService"}}


async def test_in_a_house_that_lives_fast_the_shelf_is_soon_over(house: House, app: FastAPI) -> None:
    """SPEED: an hour of house time passes in two seconds."""
    watch = await house.watch(Category.EQUIPMENT, escalateAfter=600)
    await watch.reach(AlarmState.ACTIVE)
    await watch.done("shelve_alarm", reason="Known", minutes=60)
    async with house.pool.acquire() as connection:
        fast = Setting(ClockMode.SPEED, house.now, real(), 1800.0)
        await app.state.parts.clock.set(connection, fast)
    end = (await watch.alarm())["shelvedUntil"]
    await until_true(watch, "escalatedTo")
    lines = {line["kind"]: line["at"] for line in (await watch.alarm())["transitions"]}
    assert lines["UNSHELVED"] == end
    ten_minutes = datetime.fromisoformat(end) + timedelta(minutes=10)
    assert datetime.fromisoformat(lines["ESCALATED"]) in (ten_minutes, ten_minutes + timedelta(minutes=10))


FOLLOW = """subscription($where: AlarmWhere) { alarmChanged(where: $where) { kind alarm {
    id state annunciated shelvedUntil shelvedBy shelvedReason suppressed outOfService escalatedTo latching resetBy note
} } }"""


async def test_what_begins_and_ends_to_be_quiet_is_told_to_those_who_ask_for_it(house: House, app: FastAPI) -> None:
    """Who follows all hears each; who follows what is to be heard hears the end."""
    watch = await house.watch(Category.LEAK, latching=True)
    quiet = await house.watch(Category.EQUIPMENT)
    await quiet.reach(AlarmState.ACTIVE)
    sensor = f"alpha/{quiet.code}"
    async with served(app) as address, line(address, house.dispatcher.token) as heard:
        await heard.subscribe(FOLLOW, "all", where={"sensor": sensor})
        await heard.subscribe(FOLLOW, "loud", where={"sensor": sensor, "annunciated": True})
        await heard.subscribe(FOLLOW, "leak", where={"sensor": f"alpha/{watch.code}", "state": ["LATCHED", "CLOSED"]})
        await followed(app, 3)
        await quiet.done("shelve_alarm", reason="Painters", minutes=10)
        await quiet.done("unshelve_alarm")
        await house.manager.take_out_of_service(sensor=sensor, reason="New battery")
        await house.manager.return_to_service(sensor=sensor)
        await quiet.done("note_alarm", note="Seen")
        await watch.reach(AlarmState.CLOSED)
        told: dict[str, list[Result]] = {"all": [], "loud": [], "leak": []}
        while len(told["leak"]) < 2 or len(told["all"]) < 5 or len(told["loud"]) < 3:
            message = await heard.hear()
            assert message["type"] == "next", message
            told[message["id"]].append(message["payload"]["data"]["alarmChanged"])
    kinds = {name: [change["kind"] for change in changes] for name, changes in told.items()}
    assert kinds == {
        "all": ["SHELVED", "UNSHELVED", "OUT_OF_SERVICE", "IN_SERVICE", "NOTED"],
        "loud": ["UNSHELVED", "IN_SERVICE", "NOTED"],
        "leak": ["RETURNED", "RESET"],
    }
    shelved = told["all"][0]["alarm"]
    assert (shelved["shelvedBy"], shelved["shelvedReason"]) == ("Денис Пульт", "Painters")
    assert told["leak"][1]["alarm"]["resetBy"] == "Денис Пульт"
