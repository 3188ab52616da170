"""A simulated day in a real house: its clock is driven by the command, a fire breaks out, and the floor is alarmed."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.deploy.conftest import fresh_folder, wait_until
from tests.stories.house import House

BEGIN = "2026-11-24T10:50+03:00"
ALARMS = """
query ($category: [Category!]) {
  alarms(where: {category: $category}, first: 200, orderBy: [{field: LAST_RAISED_AT, direction: DESC}]) {
    nodes { state raisedAt room { number floor { level } } rule { latching } }
  }
}
"""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The demo building on a Tuesday morning; readings drive its clock."""
    with fresh_folder() as folder, House.up(folder, "--clock", BEGIN, "--speed", "max", patience=120) as house:
        yield house


def now(house: House) -> str:
    told: str = house.graph("{ house { now } }")["house"]["now"]
    return told


def test_an_hour_goes_by_in_seconds(house: House) -> None:
    said = house.markoff("simulate", "--speed", "max", "--for", "1h", "--calm")
    assert "«Бизнес-центр «Ладога»» (ladoga): 200 sensors, from 2026-11-24 10:50:00 (Europe/Moscow)" in said
    assert " 0 refused; sent up to 2026-11-24 11:50:00." in said
    assert now(house).startswith("2026-11-24T08:49:")
    office = house.graph('{ sensor(id: "ladoga/people-201") { value at } }')["sensor"]
    assert office["value"] > 5, "they are at work"


def test_a_fire_on_the_third_floor(house: House) -> None:
    before = house.graph(ALARMS, {"category": ["FIRE"]})["alarms"]["nodes"]
    said = house.markoff(
        "simulate", "--speed", "max", "--for", "20m", "--incident", "fire", "--floor", "3", "--calm", "--lang", "ru"
    )
    assert "начнётся пожар, этаж · комната 3 · 3" in said
    found = house.graph(ALARMS, {"category": ["FIRE"]})["alarms"]["nodes"]
    fresh = found[: len(found) - len(before)]
    smoky = house.graph('{ sensors(where: {building: "ladoga", level: 3, kind: [SMOKE]}, first: 100) { totalCount } }')
    assert len(fresh) == smoky["sensors"]["totalCount"] > 10
    assert {alarm["room"]["floor"]["level"] for alarm in fresh} == {3}
    assert all(alarm["state"] == "ACTIVE" and alarm["rule"]["latching"] for alarm in fresh)


def test_it_goes_on_where_it_stopped_and_what_it_sent_is_known(house: House) -> None:
    again = house.markoff("simulate", "--speed", "max", "--for", "10m", "--seed", "0")
    assert "0 known already, 0 refused" in again


def test_what_does_not_fit_is_told(house: House) -> None:
    assert house.markoff("simulate", "--incident", "fire", "--floor", "9", check=False) == ""
    assert house.markoff("simulate", "--for", "soon", check=False) == ""


def test_up_plays_it_by_itself() -> None:
    with (
        fresh_folder() as folder,
        House.up(folder, "--simulate", "--clock", BEGIN, "--speed", "120", patience=120) as house,
    ):
        token = {"authorization": f"Bearer {house.token()}"}

        def told() -> str:
            asked = {"query": '{ sensor(id: "ladoga/co2-201") { at } }'}
            at: str = httpx.post(f"{house.api}/graphql", json=asked, headers=token, timeout=60).json()["data"][
                "sensor"
            ]["at"]
            return at

        wait_until(lambda: told() > "2026-11-24T08", 120)
        wait_until(lambda: "Its sensors are simulated" in house.log.read_text())  # it says so after they are
        assert "ladoga" in (folder / "logs" / "simulator.log").read_text()
