"""A real Russian building comes as an IMDF archive, is talked about in Russian and English, and is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.channels.cli import Talk, Told
from tests.deploy.conftest import fresh_folder
from tests.stories.house import House

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "spbpu_k3_imdf.zip"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The third building of the Polytechnic, as it came, with a fire zone of its third floor."""
    if not ARCHIVE.is_file():
        pytest.skip("the real inputs (shared/data beside the checkout) are not here")
    with fresh_folder() as folder, House.up(folder, "--no-demo") as house:
        tried = house.markoff("import", "imdf", str(ARCHIVE), "--dry-run")
        assert "169" in tried
        told = house.markoff("import", "imdf", str(ARCHIVE))
        assert "opening 182" in told
        yield house


@pytest.fixture(scope="module")
def token(house: House) -> str:
    """The administrator's; with it a fire zone of two rooms is made."""
    token = house.token()
    made = graph(
        house,
        token,
        'mutation { it: createFireZone(input: {building: "spbpu_k3", code: "3", name: "Третий этаж", rooms: ["306", "302"]})'
        " { __typename ... on FireZone { code } ... on Refusal { message } } }",
    )
    assert made["it"] == {"__typename": "FireZone", "code": "3"}
    return token


def graph(house: House, token: str, query: str) -> dict[str, Any]:
    """One operation on the graph; its data, no errors tolerated."""
    headers = {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{house.api}/graphql", json={"query": query}, headers=headers, timeout=60).json()
    assert "errors" not in answer, answer["errors"]
    data: dict[str, Any] = answer["data"]
    return data


def ask(house: House, token: str, question: str) -> Told:
    """A question in its own language, in a thread of its own, as `markoff ask` puts it."""
    talk = Talk(f"http://127.0.0.1:{house.agent_port}", token, "en" if question.isascii() else "ru")
    return talk.ask(question, lambda kind, asked: None)


def test_the_building_is_as_it_stands(house: House, token: str) -> None:
    data = graph(
        house,
        token,
        '{ building(id: "spbpu_k3") { name address aliases floors { level name openings rooms(first: 100) { number } } } }',
    )["building"]
    assert data["name"] == "Учебный корпус №3"
    assert data["aliases"] == ["Academic building №3"]
    assert {floor["level"]: len(floor["rooms"]) for floor in data["floors"]} == {1: 50, 2: 40, 3: 32, 4: 21, 5: 26}
    assert {floor["level"]: len(floor["openings"]) for floor in data["floors"]} == {1: 54, 2: 43, 3: 33, 4: 24, 5: 28}


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_there_is_a_way_out_of_every_room(house: House, token: str, level: int) -> None:
    asked = f'{{ floorPlan(floor: "spbpu_k3/{level}", layers: [EVACUATION], language: EN) {{ legend {{ label }} }} }}'
    told = [entry["label"] for entry in graph(house, token, asked)["floorPlan"]["legend"]]
    assert "exit, stairs" in told
    assert "no way found" not in told


ASKED = [
    ("где деканат?", ["306", "Этаж 3"]),
    ("где находится деканат ИКНТ?", ["306"]),
    ("что на третьем этаже?", ["32 помещения", "306 Деканат ИКНТ", "302"]),
    ("сколько этажей в здании?", ["5 этажей"]),
    ("где кафе?", ["Кафе «Лето»"]),
    ("телефон кафетерия", ["+7 (812) 555-42-81"]),
    ("где кабинет 302?", ["302", "Этаж 3"]),
    ("где 510б?", ["510б", "Этаж 5"]),
    ("где триста шестая?", ["306", "Деканат"]),
    ("какая площадь кабинета 201?", ["235,59"]),
    ("кто в 306?", ["Деканат ИКНТ"]),
    ("где туалет на втором этаже?", ["Туалет женский", "Туалет мужской"]),
    ("где лестница на четвёртом?", ["4-Л1"]),
    ("где лекторий 215?", ["215", "Этаж 2"]),
    ("свободные помещения на 3 этаже", ["3-А4"]),
    ("кто в зоне 3?", ["306", "Деканат ИКНТ"]),
    ("состояние пожарной панели", ["ничего не сообщает"]),
    ("what is on the third floor?", ["32 rooms", "306"]),
    ("where is the coffee?", ["Кафе «Лето»"]),
    ("where is classroom 404?", ["404", "Этаж 4"]),
    ("how many floors are there?", ["5 floors"]),
]


@pytest.mark.parametrize(("question", "told"), ASKED, ids=[question for question, _ in ASKED])
def test_what_people_ask(house: House, token: str, question: str, told: list[str]) -> None:
    reply = ask(house, token, question).reply.replace("\u00a0", " ")
    for part in told:
        assert part in reply, reply


@pytest.mark.parametrize("question", ["покажи план третьего этажа", "план 1 этажа с арендаторами", "show floor 5"])
def test_its_plans(house: House, token: str, question: str) -> None:
    answer = ask(house, token, question)
    assert answer.pictures, answer.reply
    shown = httpx.get(answer.pictures[0]["address"], timeout=60)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png"), answer.reply
    assert shown.content.startswith(b"\x89PNG")
    assert len(shown.content) > 20_000


def test_a_fire_is_told_and_stands_in_the_situation(house: House, token: str) -> None:
    graph(
        house,
        token,
        'mutation { reportPanelCondition(input: {zone: "spbpu_k3/3", kind: ALARM, note: "Дым у 306"})'
        " { ... on FireZone { code } } }",
    )
    situation = graph(
        house, token, "{ situation { panelCount panelConditions { kind note zone { code } } events { text } } }"
    )
    assert situation["situation"]["panelConditions"] == [{"kind": "ALARM", "note": "Дым у 306", "zone": {"code": "3"}}]
    assert situation["situation"]["events"][0]["text"] == "Пожарная панель, зона 3 (Третий этаж): пожар. Дым у 306"
    reply = ask(house, token, "что говорит пожарная панель?").reply
    assert "пожар" in reply
    assert "Дым у 306" in reply
    assert "fire" in ask(house, token, "which fire zones are in alarm?").reply
