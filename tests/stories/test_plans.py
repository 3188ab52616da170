"""A dispatcher asks for plans in words, and opens the pictures: a house run by the real command, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import httpx
import pytest

from tests.deploy.conftest import fresh_folder
from tests.stories.house import House

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("api.plans.drawing")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The demo house."""
    with fresh_folder() as folder, House.up(folder) as house:
        yield house


def opened(address: str) -> object:
    """The picture at an address that was told to a person: no token is sent."""
    answer = httpx.get(address, timeout=60)
    assert answer.status_code == 200, answer.text
    return Image.open(BytesIO(answer.content))


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("покажи план третьего этажа с арендаторами", {"layers": ["ROOMS", "TENANTS"]}),
        ("heat map of temperature on floor 2", {"layers": ["ROOMS", "HEAT"], "heat": "TEMPERATURE"}),
        ("покажи эвакуацию со второго этажа", {"layers": ["ROOMS", "FIRE_ZONES", "EVACUATION"]}),
        ("plan of floor 2 as of last Friday", {"layers": ["ROOMS", "ALARMS"]}),
    ],
)
def test_a_plan_is_asked_for_in_words_and_opened(house: House, question: str, arguments: dict[str, object]) -> None:
    told = house.ask(question)
    call = next(call for call in told["calls"] if call["name"] == "floorPlan")
    assert call["outcome"] == "read"
    assert arguments.items() <= call["arguments"].items()
    (picture,) = told["pictures"]
    assert picture["title"] in told["reply"]
    shown = opened(picture["address"])
    assert (shown.format, shown.width) == ("PNG", 1600)


def test_the_terminal_prints_where_the_picture_is(house: House) -> None:
    printed = house.markoff("ask", "план первого этажа").strip().splitlines()
    assert len(printed) == 2  # the title is not said again
    assert printed[1].startswith(f"{house.api}/plans/")
    assert printed[1].endswith(".png")


def test_an_alarm_is_found_on_the_plan_and_played_again(house: House) -> None:
    told = house.ask("где тревога на плане")
    assert told["pictures"], told
    assert any(call["arguments"].get("highlight") for call in told["calls"] if call["name"] == "floorPlan")
    again = house.ask("проиграй последнюю тревогу")
    film = opened(again["pictures"][0]["address"])
    assert (film.format, film.is_animated) == ("WEBP", True)
