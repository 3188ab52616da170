"""What the model says gets into a real house over HTTP: all of it, once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Any, cast

import asyncpg
import pytest

from api.app import create
from api.auth import mint
from api.settings import ApiSettings
from db.clock import Clock, Setting
from db.demo import tower
from db.engine import Pool
from db.models import ClockMode
from db.settings import DatabaseSettings
from deploy.house_client import HouseClient
from deploy.reach import Doorway
from deploy.simulator import loading
from deploy.simulator.driving import Sent, drive
from deploy.simulator.incidents import Incident
from deploy.simulator.key import device_key
from deploy.simulator.model import Model
from deploy.simulator.pace import Clocking, Pace, meet
from deploy.simulator.scripts import Wish, plan
from deploy.simulator.site import Site
from deploy.simulator.waiting import lacking, patiently
from deploy.trouble import Trouble
from tests.deploy.weather import KEY, Weather, run, serving
from tests.ports import free_port

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BEGIN = NOW.timestamp()
ADMIN = """
    WITH made AS (INSERT INTO security."user" (login, name, language, enabled) VALUES ('admin', 'A', 'EN', true)
        RETURNING id)
    INSERT INTO security."grant" (user_id, role) SELECT id, 'ADMIN' FROM made RETURNING user_id
"""


@dataclass
class Town:
    """A house with a tower of 800 sensors on two floors, its clock following the readings."""

    database: str
    admin: int
    code: str

    def settings(self) -> ApiSettings:
        return ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=self.database), rate=0)

    def person(self, address: str) -> HouseClient:
        return HouseClient(Doorway(address, mint(KEY, self.admin, timedelta(hours=1)).token), "en", 120)

    def device(self, address: str) -> HouseClient:
        return HouseClient(Doorway(address, device_key(self.database, KEY, self.code)), "en", 120)


@pytest.fixture
def town(database: str) -> Town:
    async def build(pool: Pool) -> Town:
        async with pool.acquire() as connection:
            await Clock().set(connection, Setting(ClockMode.MAX, NOW, None, 1.0))
            made = await tower.build(connection, 800)
            assert made.new
            assert not (await tower.build(connection, 800)).new
            return Town(database, await connection.fetchval(ADMIN), made.code)

    found: Town = run(database, build)
    return found


@contextmanager
def at_home(town: Town, weather: Weather | None = None) -> Iterator[tuple[str, Site]]:
    with serving(weather or create(town.settings()), free_port()) as address, town.person(address) as person:
        yield address, loading.load(person, loading.choose(person, None))[0]


def send(town: Town, address: str, model: Model, seconds: float, begins: float = BEGIN) -> Sent:
    sent = Sent()
    with town.device(address) as device:
        pace = Pace(Clocking.MAX, inf, begins, 0.0)
        drive(device, model, pace, (begins, begins + seconds), sent)
    return sent


def stored(town: Town) -> list[tuple[float, str, float]]:
    async def read(pool: Pool) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await pool.fetch(
            "SELECT r.at, b.code || '/' || s.code, r.value FROM telemetry.reading r JOIN telemetry.sensor s"
            " ON s.id = r.sensor_id JOIN physical.building b ON b.id = s.building_id"
        )
        return rows

    return sorted((at.timestamp(), name, value) for at, name, value in run(town.database, read))


def alarms(town: Town) -> list[asyncpg.Record]:
    async def read(pool: Pool) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await pool.fetch(
            "SELECT a.category, a.state, a.raised_at, r.number, f.level, s.code, rule.latching FROM alarm.alarm a"
            " JOIN physical.room r ON r.id = a.room_id JOIN physical.floor f ON f.id = r.floor_id"
            " JOIN telemetry.sensor s ON s.id = a.sensor_id JOIN alarm.rule ON rule.id = a.rule_id ORDER BY a.raised_at"
        )
        return rows

    found: list[asyncpg.Record] = run(town.database, read)
    return found


def test_the_building_is_as_the_house_tells_it(town: Town) -> None:
    with at_home(town) as (_, site):
        assert (site.code, site.zone.key, len(site.places), len(site.devices)) == (
            "tower-800",
            "Europe/Moscow",
            80,
            800,
        )
        kinds = {one.kind for one in site.devices}
        assert len(kinds) == 10
        assert {one.place.level for one in site.devices} == {1, 2}
        assert all(one.playable and one.interval == 300 and one.place.x is not None for one in site.devices)


def test_everything_comes_once_whatever_the_weather(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.house_client.FIRST_PAUSE", 0.01)
    weather = Weather(create(town.settings()), chance=0.4)
    with at_home(town, weather) as (address, site):
        before = weather.bad
        first = send(town, address, Model(site, 5), 700)
        second = send(town, address, Model(site, 5), 500, first.reached)
        again = send(town, address, Model(site, 5), 300)
        assert weather.bad > before + 2
    said = Model(site, 5).readings(BEGIN, BEGIN + 1200)
    assert stored(town) == [tuple(sample) for sample in said]
    assert first.refused + second.refused == 0
    assert first.accepted + first.known + second.accepted + second.known == len(said)
    assert (again.accepted, again.known) == (0, len(Model(site, 5).readings(BEGIN, BEGIN + 300)))


def test_a_house_that_dies_and_comes_back(town: Town) -> None:
    port, sent, told = free_port(), Sent(), []
    with serving(create(town.settings()), port) as address, town.person(address) as person:
        site = loading.load(person, "tower-800")[0]

    def work() -> None:
        pace = Pace(Clocking.MAX, inf, BEGIN, 0.0)
        with town.device(f"http://127.0.0.1:{port}") as device:
            drive(device, Model(site), pace, (BEGIN, BEGIN + 1500), sent, told.append)

    sender = threading.Thread(target=work)
    sender.start()
    for _ in range(3):
        with serving(create(town.settings()), port):
            asyncio.run(asyncio.sleep(0.3))
    with serving(create(town.settings()), port):
        sender.join()
    assert sent.refused == 0
    assert stored(town) == [tuple(sample) for sample in Model(site).readings(BEGIN, BEGIN + 1500)]


def test_sensors_that_are_made_meanwhile_begin_to_report(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.simulator.driving.RENEWED", 0.0)
    with at_home(town) as (address, site), town.device(address) as device, town.person(address) as person:
        few = Model(replace(site, devices=site.devices[:5]))
        loads: list[int] = []

        def renew(model: Model) -> Model:
            loads.append(len(model.devices))
            return Model(loading.load(person, site.code)[0]) if len(loads) == 3 else model

        drive(device, few, Pace(Clocking.MAX, inf, BEGIN, 0.0), (BEGIN, BEGIN + 3600), Sent(), renew=renew)
        assert loading.count(person, site.code) == 800
    assert loads[0] == 5
    assert loads[-1] == 800
    assert len({name for _, name, _ in stored(town)}) == 800


def test_it_drives_a_clock_that_follows(town: Town) -> None:
    with at_home(town) as (address, site), town.person(address) as person:
        pace = meet(person, None)
        assert (pace.clocking, pace.speed, pace.seen) == (Clocking.MAX, 60.0, BEGIN)
        send(town, address, Model(site), 900)
        told = person.graph("{ house { now } }")["house"]["now"]
        assert datetime.fromisoformat(told).timestamp() == Model(site).readings(BEGIN, BEGIN + 900)[-1].at
        assert loading.load(person, site.code)[1] == datetime.fromisoformat(told).timestamp()


def test_it_follows_a_clock_that_goes(town: Town) -> None:
    async def hurry(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await Clock().set(connection, Setting(ClockMode.SPEED, NOW, datetime.now(UTC), 600.0))

    run(town.database, hurry)
    with at_home(town) as (address, site), town.person(address) as person, town.device(address) as device:
        pace = meet(person, None)
        assert pace.clocking is Clocking.SPEED
        assert pace.speed == pytest.approx(600, rel=0.2)
        begins, sent = pace.now(), Sent()
        drive(device, Model(site), pace, (begins, begins + 1200), sent)
        assert sent.refused == 0
        assert datetime.fromisoformat(person.graph("{ house { now } }")["house"]["now"]).timestamp() >= begins + 1200


class Lingering:
    """A house whose clock goes 600 times as fast, and whose first answer is long on its way."""

    def __init__(self) -> None:
        self.begun, self.asked = time.monotonic(), 0

    def now(self) -> float:
        return BEGIN + (time.monotonic() - self.begun) * 600

    def graph(self, query: str) -> dict[str, Any]:
        now, self.asked = datetime.fromtimestamp(self.now(), UTC).isoformat(), self.asked + 1
        time.sleep(0.5 if self.asked == 1 else 0)
        return {"house": {"now": now, "simulated": True}}


def test_a_clock_is_never_believed_to_be_further_than_it_is() -> None:
    house = Lingering()
    pace = meet(cast(HouseClient, house), None)
    assert 540 <= pace.speed < 600.1
    assert pace.now() <= house.now() + 1


def test_a_house_in_real_time_is_not_hurried(town: Town) -> None:
    async def real(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await Clock().set(connection, Setting())

    run(town.database, real)
    with at_home(town) as (address, _), town.person(address) as person:
        assert meet(person, None).clocking is Clocking.REAL
        with pytest.raises(Trouble, match="real time"):
            meet(person, 60.0)


def test_an_empty_house_is_waited_for(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to play is said once, with what to do; it begins when there is something."""
    monkeypatch.setattr("deploy.simulator.waiting.PAUSE", 0.0)
    looks: list[str] = []

    def begin() -> str:
        looks.append("")
        if len(looks) == 3:
            run(database, build)
        if (trouble := lacking(database)) is not None:
            raise trouble
        return "begun"

    async def build(pool: Pool) -> None:
        async with pool.acquire() as connection:
            await tower.build(connection, 10)

    assert patiently(begin) == "begun"
    assert len(looks) == 3
    said = capsys.readouterr().err
    assert said.count("The house has no building") == 1
    assert "markoff simulate --sensors 1000" in said
    run(database, lambda pool: pool.execute("DELETE FROM telemetry.sensor_state; DELETE FROM telemetry.sensor"))
    lack = lacking(database)
    assert lack is not None
    assert lack.code == "simulate.no_sensors"


def test_its_key_is_its_own_and_can_be_revoked(town: Town) -> None:
    key = device_key(town.database, KEY, town.code)
    assert key == device_key(town.database, KEY, town.code)
    assert key != device_key(town.database, "another key of forty characters or more!!", town.code)

    async def revoke(pool: Pool) -> None:
        await pool.execute("UPDATE security.api_key SET revoked_at = now()")

    run(town.database, revoke)
    with pytest.raises(Trouble, match="revoked"):
        device_key(town.database, KEY, town.code)


def struck(town: Town, wish: Wish, seconds: float) -> tuple[list[asyncpg.Record], Incident, Site]:
    """The alarms after an incident on an otherwise calm morning."""
    with at_home(town) as (address, site):
        incident = plan(site, 1, wish).incident
        sent = send(town, address, Model(site, 1, [incident], calm=True), seconds)
        assert sent.refused == 0
        return alarms(town), incident, site


def test_a_fire_raises_every_smoke_alarm_of_its_floor(town: Town) -> None:
    found, _, site = struck(town, Wish("fire", BEGIN + 60, floor=2), 1200)
    fire = [row for row in found if row["category"] == "FIRE"]
    smoky = sorted(one.code for one in site.devices if one.kind == "SMOKE" and one.place.level == 2)
    assert sorted(row["code"] for row in fire) == smoky
    assert all(row["state"] == "ACTIVE" and row["latching"] and row["level"] == 2 for row in fire)
    assert not [row for row in found if row["category"] == "LEAK"]


def test_a_leak_raises_them_floor_by_floor(town: Town) -> None:
    found, _, _ = struck(town, Wish("leak", BEGIN + 60, riser="16"), 900)
    leaks = [row for row in found if row["category"] == "LEAK"]
    assert [row["number"] for row in leaks] == ["216", "116"]
    assert timedelta(minutes=2) <= leaks[1]["raised_at"] - leaks[0]["raised_at"] <= timedelta(minutes=5)


def test_a_flood_is_one(town: Town) -> None:
    found, _, _ = struck(town, Wish("flood", BEGIN + 60), 1800)
    times = [row["raised_at"] for row in found]
    assert len(times) > 60
    assert max(sum(begin <= at <= begin + timedelta(minutes=10) for at in times) for begin in times) > 30


def test_a_death_is_silence(town: Town) -> None:
    _, _, site = struck(town, Wish("death", BEGIN + 400, sensor="co2-205"), 1500)
    times = [at for at, name, _ in stored(town) if name == "tower-800/co2-205"]
    assert times
    assert max(times) <= BEGIN + 400
    others = [at for at, name, _ in stored(town) if name == "tower-800/co2-206"]
    assert all(later - sooner == 300 for sooner, later in pairwise(others))
    assert len(others) == 5
    assert len(site.devices) == 800
