"""First light: a real building, real readings, an alarm seen live, a question asked in two languages, a proven answer."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.deploy.conftest import fresh_folder
from tests.stories.house import House
from tests.stories.listener import Listener

HERE = ZoneInfo("Europe/Amsterdam")
MAP = Path(__file__).parents[2] / "docs" / "examples" / "office-rooms.toml"
ROOMS = {"917810": "A102", "925038": "A103", "999169": "B102"}
CO2 = ("bms_co2__ppm", "CO2-meter-SCD4x_co2__ppm")
DELAYED, AT_ONCE = "CO₂ above 600 ppm", "CO₂ above 800 ppm"
CREATE_RULE = """
mutation ($input: CreateAlarmRuleInput!) {
  createAlarmRule(input: $input) { __typename ... on AlarmRule { id } ... on Refusal { code message } }
}
"""
CREATE_SENSOR = """
mutation ($input: CreateSensorInput!) {
  createSensor(input: $input) { __typename ... on Sensor { id } ... on Refusal { code message } }
}
"""
OCCURRENCES = "{ alarms(first: 100) { nodes { id state occurrences room { number } rule { name } transitions(first: 500) { kind at } } } }"

Series = list[tuple[datetime, float]]
Stay = tuple[datetime, datetime | None]


def measured(archive: Path) -> dict[str, Series]:
    """CO₂ of each room, straight from the table."""
    with zipfile.ZipFile(archive) as zipped, zipped.open(zipped.namelist()[0]) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")))
    series: dict[str, Series] = {room: [] for room in ROOMS.values()}
    for row in rows:
        if value := row[CO2[0]] or row[CO2[1]]:
            series[ROOMS[row["id"]]].append((datetime.fromisoformat(row["timestamp"]), float(value)))
    return {room: sorted(points) for room, points in series.items()}


def stays(series: Series, threshold: float, deadband: float, delay: timedelta) -> list[Stay]:
    """Stays in alarm: above the threshold for so long, until at or below threshold − deadband."""
    found: list[Stay] = []
    began: datetime | None = None
    raised: datetime | None = None
    for (at, value), (after, _) in pairwise([*series, (datetime.max.replace(tzinfo=HERE), 0.0)]):
        began = (began or at) if value > threshold else None
        if raised is None and began is not None and after > began + delay:
            raised = began + delay
        if raised is not None and value <= threshold - deadband:
            found.append((raised, at))
            raised = None
    return [*found, (raised, None)] if raised is not None and raised <= series[-1][0] else found


@pytest.fixture(scope="module")
def real_inputs() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real inputs (shared/data beside the checkout) are not here")
    return folder


@pytest.fixture(scope="module")
def expected(real_inputs: Path) -> dict[tuple[str, str], list[Stay]]:
    """Stays in alarm by room and rule."""
    co2 = measured(real_inputs / "office-rooms.zip")
    late, now = timedelta(minutes=15), timedelta(0)
    return {
        (room, rule): stays(series, threshold, deadband, delay)
        for room, series in co2.items()
        for rule, threshold, deadband, delay in ((DELAYED, 600, 50, late), (AT_ONCE, 800, 0, now))
    }


@pytest.fixture(scope="module")
def house(real_inputs: Path) -> Iterator[House]:
    """An empty house into which the real building was brought, with nine sensors and two rules."""
    with fresh_folder() as folder, House.up(folder, "--no-demo") as house:
        told = house.markoff("import", "ifc", str(real_inputs / "duplex.ifc"), "--zone", "Europe/Amsterdam")
        assert "21" in told
        for room in ROOMS.values():
            for kind, code in (("CO2", "co2"), ("TEMPERATURE", "temp"), ("HUMIDITY", "hum")):
                sensor = {
                    "building": "duplex",
                    "room": f"duplex/{room}",
                    "code": f"{code}-{room.lower()}",
                    "kind": kind,
                    "interval": 900,
                }
                made = house.graph(CREATE_SENSOR, {"input": sensor})["createSensor"]
                assert made["__typename"] == "Sensor", made
        rule = {"building": "duplex", "sensorKind": "CO2", "condition": "ABOVE", "category": "AIR"}
        for more in (
            {"name": DELAYED, "threshold": 600, "deadband": 50, "onDelay": 900, "priority": "MEDIUM"},
            {"name": AT_ONCE, "threshold": 800, "priority": "HIGH"},
        ):
            made = house.graph(CREATE_RULE, {"input": rule | more})["createAlarmRule"]
            assert made["__typename"] == "AlarmRule", made
        yield house


def states(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that change the state of an alarm; an escalation may come between any two, when ticks are judged."""
    return [change for change in changes if change["kind"] != "ESCALATED"]


@pytest.fixture(scope="module")
def heard(house: House, real_inputs: Path, expected: dict[tuple[str, str], list[Stay]]) -> list[dict[str, Any]]:
    """What a listener heard, cut off twice, while the readings were replayed."""
    changes = sum(1 + (returned is not None) for found in expected.values() for _, returned in found)
    beginning = house.graph("{ house { cursor } }")["house"]["cursor"]
    listener = Listener(house.api, house.token(), beginning, cuts=(7, 23))

    async def live() -> None:
        listening = asyncio.create_task(listener.listen(lambda heard: len(states(heard)) >= changes))
        replaying = asyncio.to_thread(
            house.markoff, "replay", str(real_inputs / "office-rooms.zip"), "--map", str(MAP), "--speed", "max"
        )
        await replaying
        await asyncio.wait_for(listening, 60)

    asyncio.run(live())
    return listener.changes


def test_the_building_is_as_it_was_drawn(house: House) -> None:
    data = house.graph('{ building(id: "duplex") { floors { name } rooms { number area } } }')["building"]
    assert len(data["floors"]) == 4
    assert len(data["rooms"]) == 21
    assert all(1 < room["area"] < 150 for room in data["rooms"])


def test_millimetres_are_told_from_metres(house: House, real_inputs: Path) -> None:
    house.markoff("import", "ifc", str(real_inputs / "bw_large_mm.ifc"), "--building", "whale")
    data = house.graph('{ building(id: "whale") { floors { name } rooms { area } } }')["building"]
    assert len(data["floors"]) == 2
    assert len(data["rooms"]) == 8
    assert all(2 < room["area"] < 1000 for room in data["rooms"])


def test_each_alarm_is_raised_and_returned_once_in_order(
    heard: list[dict[str, Any]], expected: dict[tuple[str, str], list[Stay]]
) -> None:
    for (room, rule), found in expected.items():
        mine = [
            change for change in heard if room in (change["alarm"]["room"] or "") and change["alarm"]["rule"] == rule
        ]
        told = [(change["kind"], datetime.fromisoformat(change["at"])) for change in states(mine)]
        moments = [[("RAISED", raised), *([("RETURNED", returned)] if returned else [])] for raised, returned in found]
        assert told == [moment for stay in moments for moment in stay], (room, rule)
    assert len({change["cursor"] for change in heard}) == len(heard)


def test_the_record_says_the_same(
    house: House, heard: list[dict[str, Any]], expected: dict[tuple[str, str], list[Stay]]
) -> None:
    alarms = house.graph(OCCURRENCES)["alarms"]["nodes"]
    assert {(alarm["room"]["number"], alarm["rule"]["name"]): alarm["occurrences"] for alarm in alarms} == {
        place: len(found) for place, found in expected.items() if found
    }


def number(value: float, language: str) -> str:
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if language == "ru" else text


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("ru", "Какая была максимальная концентрация CO2 в A102 20 октября?"),
        ("en", "What was the maximum CO2 in A102 on October 20?"),
    ],
)
def test_the_maximum_of_a_day(house: House, heard: object, real_inputs: Path, language: str, question: str) -> None:
    day = [
        (value, at)
        for at, value in measured(real_inputs / "office-rooms.zip")["A102"]
        if at.date() == date(2022, 10, 20)
    ]
    value, at = max(day, key=lambda point: point[0])
    reply = house.ask(question, "--lang", language)["reply"]
    assert "ppm" in reply
    assert "A102" in reply
    assert number(value, language).split("," if language == "ru" else ".")[0] in reply.replace("\u00a0", "").replace(
        " ", ""
    )
    assert f"{at.astimezone(HERE):%H:%M}" in reply


@pytest.mark.parametrize(
    ("language", "question"),
    [("ru", "Сколько тревог было за неделю и где?"), ("en", "How many alarms were there in the last week and where?")],
)
def test_how_many_and_where(
    house: House, heard: object, expected: dict[tuple[str, str], list[Stay]], language: str, question: str
) -> None:
    now = datetime.fromisoformat(house.graph("{ house { now } }")["house"]["now"])
    by_room: dict[str, int] = {}
    for (room, _), found in expected.items():
        count = sum(now - timedelta(days=7) <= raised <= now for raised, _ in found)
        if count:
            by_room[room] = by_room.get(room, 0) + count
    reply = house.ask(question, "--lang", language)["reply"]
    assert str(sum(by_room.values())) in reply
    for room, count in by_room.items():
        assert room in reply
        assert str(count) in reply


@pytest.mark.parametrize(("language", "question"), [("ru", "Где сейчас душно?"), ("en", "Where is it stuffy now?")])
def test_where_it_is_stuffy(house: House, heard: object, real_inputs: Path, language: str, question: str) -> None:
    answer = house.ask(question, "--lang", language)
    assert answer["reply"]
    assert answer["proof"]


def test_confirm_the_last_one(house: House, heard: object) -> None:
    before = house.graph(
        "{ alarms(first: 1, orderBy: [{field: LAST_RAISED_AT, direction: DESC}]) { nodes { id acknowledged } } }"
    )
    last = before["alarms"]["nodes"][0]
    assert last["acknowledged"] is False
    house.ask("Сколько тревог было за неделю и где?", "--lang", "ru", "--thread", "story")
    shown = house.markoff("ask", "Подтверди последнюю", "--lang", "ru", "--thread", "story", stdin="да\n")
    assert "A" in shown
    after = house.graph(
        "query ($id: ID!) { alarm(id: $id) { acknowledged acknowledgedBy { name } } }", {"id": last["id"]}
    )
    assert after["alarm"]["acknowledged"] is True
    assert after["alarm"]["acknowledgedBy"]["name"]
