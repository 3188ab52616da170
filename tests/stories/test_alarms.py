"""What a dispatcher lives through with alarms, by the api alone: each condition, and each thing that people and time do.

One api process on an empty house; its clock is moved by `setClock` and by the readings, so an hour takes a second.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from api.auth import mint
from db.engine import create_pool
from deploy.postgres import Postgres
from tests.api.caller import KEY
from tests.api.killing import Api
from tests.api.serving import PROTOCOL
from tests.db.sensing import Site, add_sensors, make_site

BEGAN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
RESULT = "__typename ... on Refusal { code }"
CREATE_RULE = f"mutation ($input: CreateAlarmRuleInput!) {{ createAlarmRule(input: $input) {{ {RESULT} ... on AlarmRule {{ id }} }} }}"
ALARM = """query ($rule: ID!) { alarms(where: {rule: $rule}, orderBy: [{field: RAISED_AT, direction: DESC}]) { nodes {
  id state annunciated raisedAt lastRaisedAt returnedAt value peak occurrences
  shelvedUntil suppressed outOfService escalatedTo note transitions { kind at }
} } }"""
FOLLOW = """subscription ($after: Cursor, $rule: ID!) { alarmChanged(after: $after, where: {rule: $rule}) {
  kind at alarm { state } } }"""
codes = count(1)


@dataclass
class Story:
    """Its own sensors and rule in the house that all stories share; times are minutes since it began."""

    house: House
    began: datetime
    sensors: list[str] = field(default_factory=list)
    rule: str = ""

    def moment(self, minutes: float) -> datetime:
        return self.began + timedelta(minutes=minutes)

    def sensor(self, room: bool = True) -> str:
        self.sensors.append(self.house.sensor(room))
        return self.sensors[-1]

    def rules(self, **wanted: Any) -> None:
        """Make the rule, on the first sensor."""
        usual = {"building": "b1", "name": "Rule", "sensor": self.sensors[0], "category": "AIR", "priority": "LOW"}
        made = self.house.ask(CREATE_RULE, input=usual | wanted)["createAlarmRule"]
        assert made["__typename"] == "AlarmRule", made
        self.rule = made["id"]

    def report(self, *readings: tuple[float, float], sensor: int = 0) -> None:
        code = self.sensors[sensor]
        lines = [
            json.dumps({"sensor": code, "at": self.moment(minutes).isoformat(), "value": value})
            for minutes, value in readings
        ]
        told = self.house.http.post("/ingest", content="\n".join(lines), headers=self.house.admin).json()
        assert told["accepted"] == len(readings), told

    def wait(self, minutes: float) -> None:
        """Let the house's clock be at this minute."""
        self.house.set_clock(self.moment(minutes))

    def alarms(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.house.ask(ALARM, rule=self.rule)["alarms"]["nodes"]
        return found

    def alarm(self, **wanted: Any) -> dict[str, Any]:
        """The latest alarm, as soon as it is so."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = self.alarms()
            if found and all(found[0][name] == value for name, value in wanted.items()):
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"wanted {wanted}, found {self.alarms()}")

    def do(self, what: str, arguments: str = "", who: str = "dispatcher", subject: str | None = None) -> str:
        """A mutation of the latest alarm, or of the sensor; what it is answered: the code of a refusal, or the type."""
        named = f'alarm: "{self.alarms()[0]["id"]}"' if subject is None else subject
        answer = self.house.ask(f"mutation {{ {what}({named} {arguments}) {{ {RESULT} }} }}", who=who)[what]
        return str(answer.get("code") or answer["__typename"])

    def heard(self, changes: int) -> list[tuple[str, float, str]]:
        """What a subscriber of this rule's alarms is told from the beginning: kind, minutes, state."""
        with connect(f"ws://{self.house.api.address}/graphql", subprotocols=[PROTOCOL]) as line:
            line.send(
                json.dumps({"type": "connection_init", "payload": {"authorization": self.house.admin["Authorization"]}})
            )
            assert json.loads(line.recv(60))["type"] == "connection_ack"
            variables = {"after": self.house.beginning, "rule": self.rule}
            line.send(
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW, "variables": variables}})
            )
            heard = (json.loads(line.recv(60)) for _ in count())
            news = (message["payload"]["data"]["alarmChanged"] for message in heard if message["type"] != "ping")
            told = list(islice(news, changes))
        return [(one["kind"], self._minutes(one["at"]), one["alarm"]["state"]) for one in told]

    def journal(self) -> list[str]:
        return [one["kind"] for one in self.alarms()[0]["transitions"]]

    def _minutes(self, at: str) -> float:
        return (datetime.fromisoformat(at) - self.began).total_seconds() / 60


@dataclass
class House:
    """The api of an empty house, and three people: an administrator, a manager and a dispatcher."""

    url: str
    api: Api
    site: Site
    http: httpx.Client
    tokens: dict[str, str]
    beginning: str
    days: Iterator[int] = field(default_factory=count)

    @property
    def admin(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['admin']}"}

    def ask(self, query: str, who: str = "admin", **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def set_clock(self, now: datetime) -> None:
        told = self.ask(f'mutation {{ setClock(now: "{now.isoformat()}") {{ {RESULT} }} }}')["setClock"]
        assert told["__typename"] == "ClockSet", told

    def sensor(self, room: bool) -> str:
        code = f"s{next(codes)}"
        asyncio.run(self._sensor(code, room))
        return code

    async def _sensor(self, code: str, room: bool) -> None:
        async with await create_pool(self.url, 1) as pool:
            await add_sensors(pool, self.site, code)

    def story(self) -> Story:
        """Each begins on a day of its own."""
        began = BEGAN + timedelta(days=next(self.days))
        self.set_clock(began)
        return Story(self, began)


async def furnish(url: str) -> tuple[Site, dict[str, str]]:
    async with await create_pool(url, 1) as pool:
        site = await make_site(pool)
        tokens = {}
        for role in ("ADMIN", "MANAGER", "DISPATCHER"):
            user = await pool.fetchval(
                "INSERT INTO security.\"user\" (login, name, language, enabled) VALUES ($1, $1, 'EN', true) RETURNING id",
                role.lower(),
            )
            await pool.execute(
                'INSERT INTO security."grant" (user_id, role, building_id) VALUES ($1, $2, $3)',
                user,
                role,
                None if role == "ADMIN" else site.building,
            )
            tokens[role.lower()] = mint(KEY, user, timedelta(hours=1)).token
    return site, tokens


@pytest.fixture(scope="module")
def house(cluster: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    cluster.create_database("stories", template="template_markoff")
    url = cluster.url("stories")
    api = Api(url, tmp_path_factory.mktemp("alarms") / "api.log")
    site, tokens = asyncio.run(furnish(url))
    api.start()
    asyncio.run(api.ready())
    with httpx.Client(base_url=f"http://{api.address}", timeout=60) as http:
        house = House(url, api, site, http, tokens, "")
        house.beginning = house.ask("{ house { cursor } }")["house"]["cursor"]
        yield house
    api.close()
    cluster.drop_database("stories")


@pytest.fixture
def story(house: House) -> Story:
    story = house.story()
    story.sensor()
    return story


def stay(raised: float, returned: float) -> list[tuple[str, float, str]]:
    return [("RAISED", raised, "ACTIVE"), ("RETURNED", returned, "RETURNED")]


def test_above_lasts_its_delays_without_a_reading(story: Story) -> None:
    story.rules(condition="ABOVE", threshold=800, deadband=50, onDelay=900, offDelay=300)
    story.report((0, 900), (10, 801), (12, 760))
    story.report((20, 900))
    story.wait(34)
    assert not story.alarms(), "the delay has not passed since it was broken"
    story.wait(36)
    assert story.alarm(state="ACTIVE")["value"] == 900
    story.report((40, 750))
    story.wait(46)
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(35, 45)


def test_below(story: Story) -> None:
    story.rules(condition="BELOW", threshold=5, deadband=1)
    story.report((0, 5), (1, 4.9), (2, 5.5), (3, 6))
    assert story.alarm(state="RETURNED")["peak"] == 4.9
    assert story.heard(2) == stay(1, 3)


def test_between(story: Story) -> None:
    story.rules(condition="BETWEEN", threshold=10, thresholdHigh=20)
    story.report((0, 10), (1, 15), (2, 19.5), (3, 20))
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(1, 3)


def test_equals(story: Story) -> None:
    story.rules(condition="EQUALS", threshold=1)
    story.report((0, 0), (1, 1), (2, 1), (3, 0))
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(1, 3)


def test_rate(story: Story) -> None:
    story.rules(condition="RATE", threshold=5, window=600)
    story.report((0, 20), (5, 24), (8, 26), (20, 26))
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(8, 20)


def test_deviation(story: Story) -> None:
    other = story.sensor()
    story.rules(condition="DEVIATION", threshold=3, reference=other)
    story.report((0, 20))
    story.report((1, 21), sensor=1)
    story.report((5, 24.5))
    story.alarm(state="ACTIVE")
    story.report((6, 22), sensor=1)
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(5, 6)


def test_silence_is_an_alarm_too(story: Story) -> None:
    story.rules(condition="STALE", threshold=1800)
    story.wait(60)
    assert not story.alarms(), "who has never spoken is unknown, not silent"
    story.report((61, 20), (80, 20))
    story.wait(109)
    assert not story.alarms()
    story.wait(111)
    story.alarm(state="ACTIVE")
    story.report((120, 20))
    story.alarm(state="RETURNED")
    assert story.heard(2) == stay(110, 120)


def test_a_fire_stays_until_it_is_over_seen_and_reset(story: Story) -> None:
    """Within the five minutes after which it would be told to the next role."""
    story.rules(condition="ABOVE", threshold=60, category="FIRE", priority="CRITICAL")
    story.report((0, 80))
    story.alarm(state="ACTIVE")
    assert story.do("shelveAlarm", 'reason: "noise" minutes: 30') == "NEVER_SHELVED"
    assert story.do("resetAlarm") == "ALARM_STILL_ACTIVE"
    story.report((2, 20))
    assert story.do("resetAlarm") == "ALARM_NOT_ACKNOWLEDGED"
    assert story.do("acknowledgeAlarm", 'note: "a toaster"') == "Alarm"
    assert story.alarm(state="LATCHED")["note"] == "a toaster"
    assert story.do("acknowledgeAlarm") == "ALARM_ALREADY_ACKNOWLEDGED"
    story.report((3, 80), (4, 20))
    assert story.alarm(state="RETURNED")["occurrences"] == 2
    assert story.do("acknowledgeAlarm") == "Alarm"
    assert story.do("resetAlarm") == "Alarm"
    story.alarm(state="CLOSED")
    assert story.do("resetAlarm") == "ALARM_CLOSED"
    seen = ["RAISED", "RETURNED", "ACKNOWLEDGED"]
    assert [kind for kind, *_ in story.heard(7)] == [*seen, *seen, "RESET"]


def test_a_recurrence_is_seen_until_somebody_acknowledges(story: Story) -> None:
    story.rules(condition="ABOVE", threshold=10)
    story.report((0, 11), (1, 9), (2, 12), (3, 9))
    assert story.alarm(state="RETURNED")["occurrences"] == 2
    assert story.do("acknowledgeAlarm") == "Alarm"
    story.alarm(state="CLOSED")
    story.report((4, 13))
    assert story.alarm(state="ACTIVE")["occurrences"] == 1
    assert len(story.alarms()) == 2


def test_what_is_shelved_calls_nobody_until_its_time_is_over(story: Story) -> None:
    story.rules(condition="ABOVE", threshold=10)
    story.report((0, 11))
    assert story.do("unshelveAlarm") == "ALARM_NOT_SHELVED"
    assert story.do("shelveAlarm", 'reason: "painters" minutes: 30') == "Alarm"
    story.alarm(state="ACTIVE", annunciated=False)
    assert story.do("acknowledgeAlarm") == "Alarm"
    story.report((5, 9), (6, 12))
    story.alarm(state="ACTIVE", annunciated=False)
    story.wait(29)
    time.sleep(1)
    story.alarm(annunciated=False)
    story.wait(31)
    story.alarm(state="ACTIVE", annunciated=True, shelvedUntil=None)
    assert "UNSHELVED" in story.journal()


def test_who_maintains_a_sensor_is_not_called_by_it(story: Story) -> None:
    sensor = f'sensor: "{story.sensors[0]}"'
    until = story.moment(60).isoformat()
    out = f'reason: "calibration" until: "{until}"'
    assert story.do("takeOutOfService", out, subject=sensor) == "NOT_ALLOWED"
    assert story.do("takeOutOfService", out, who="manager", subject=sensor) == "Sensor"
    story.rules(condition="ABOVE", threshold=10)
    story.report((1, 11))
    story.alarm(state="ACTIVE", annunciated=False, outOfService=True)
    story.wait(61)
    story.alarm(state="ACTIVE", annunciated=True, outOfService=False)
    assert story.do("takeOutOfService", 'reason: "again"', who="manager", subject=sensor) == "Sensor"
    story.alarm(annunciated=False)
    assert story.do("returnToService", who="manager", subject=sensor) == "Sensor"
    story.alarm(annunciated=True)
    assert story.do("noteAlarm", 'note: "calibrated"') == "Alarm"
    assert story.journal() == ["RAISED", "IN_SERVICE", "OUT_OF_SERVICE", "IN_SERVICE", "NOTED"]


def test_an_alarm_that_nobody_sees_goes_up(story: Story) -> None:
    story.rules(condition="ABOVE", threshold=10, escalateAfter=600)
    story.report((0, 11))
    story.alarm(escalatedTo=None)
    story.wait(11)
    story.alarm(escalatedTo="MANAGER")
    story.wait(21)
    story.alarm(escalatedTo="ADMIN")
    assert story.do("acknowledgeAlarm", who="manager") == "Alarm"
    story.wait(60)
    time.sleep(1)
    assert story.journal() == ["RAISED", "ESCALATED", "ESCALATED", "ACKNOWLEDGED"]


def test_a_vacant_room_calls_nobody_for_comfort(story: Story) -> None:
    """The room's lease ends with this day."""
    story.rules(condition="ABOVE", threshold=26, category="COMFORT")
    story.report((0, 28))
    story.alarm(annunciated=True, suppressed=False)
    end = story.began.date().isoformat()
    assert story.do("endLease", f'end: "{end}"', who="manager", subject='lease: "L-b1"') == "Lease"
    story.wait(17 * 60)
    story.alarm(state="ACTIVE", annunciated=False, suppressed=True)
    assert story.journal() == ["RAISED", "SUPPRESSED"]
