"""The offline model where any chat model stands: bound tools, a turn of several steps, choices, faults, two languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agent.offline import OfflineModel
from tests.agent.offline import house
from tests.agent.offline.test_writes import SALAD


def first(*messages: BaseMessage, tools: list[Any] | None = None) -> AIMessage:
    model = OfflineModel() if tools is None else OfflineModel().bind_tools(tools)
    answer = model.invoke(list(messages))
    assert isinstance(answer, AIMessage)
    return answer


def told(call: dict[str, Any], value: dict[str, Any], outcome: str = "read") -> ToolMessage:
    return ToolMessage(
        "r", artifact=value, tool_call_id=call["id"], name=call["name"], additional_kwargs={"outcome": outcome}
    )


def test_the_same_messages_give_the_same_message() -> None:
    messages = [house.system(), HumanMessage("Какая температура в A102?")]
    one, two = first(*messages), first(*messages)
    assert one.tool_calls == two.tool_calls
    assert one.tool_calls[0]["name"] == "search"


def test_it_works_without_any_context() -> None:
    assert first(HumanMessage("какие сейчас тревоги")).tool_calls[0]["name"] == "alarms"
    assert first(SystemMessage("not json"), HumanMessage("hello")).text


def test_a_tool_that_is_not_offered_is_not_called() -> None:
    tools = [{"type": "function", "function": {"name": "rooms"}}]
    answer = first(house.system(), HumanMessage("какие сейчас тревоги"), tools=tools)
    assert not answer.tool_calls
    assert answer.text.startswith("Это вам недоступно")


def test_results_are_read_from_the_text_where_there_is_no_artifact() -> None:
    said = HumanMessage("кто я")
    call = first(house.system(), said).tool_calls[0]
    result = ToolMessage(
        json.dumps({"user": {"id": "user_1", "name": "Анна"}, "roles": [], "grants": []}), tool_call_id=str(call["id"])
    )
    answer = first(house.system(), said, AIMessage("", tool_calls=[call]), result)
    assert "{r1.user.name}" in answer.text


def test_a_call_that_fails_is_told() -> None:
    said = HumanMessage("какие сейчас тревоги")
    asked = first(house.system(), said)
    fault = {"error": {"code": "UNREACHABLE", "message": "The house does not answer."}}
    results = [told(dict(c), fault, "failed") for c in asked.tool_calls]
    assert first(house.system(), said, asked, *results).text == "{if r1 failed}{r1.error.message}{end}"


def hit(kind: str, id_: str, label: str, score: float) -> dict[str, Any]:
    return {
        "score": score,
        "label": label,
        "kind": kind,
        "item": {"__typename": kind.title(), "id": id_, "number": label, "name": label},
    }


def test_two_names_as_near_become_a_question_and_the_choice_is_used() -> None:
    said = HumanMessage("что арендует Альфа")
    one = first(house.system(), said)
    hits = {
        "nodes": [hit("TENANT", "tenant_1", "Альфа", 0.9), hit("TENANT", "tenant_2", "Альфа-Банк", 0.88)],
        "hasMore": False,
    }
    two = first(house.system(), said, one, told(dict(one.tool_calls[0]), hits))
    ask = two.tool_calls[0]
    assert ask["name"] == "ask_person"
    assert [c["value"] for c in ask["args"]["choices"]] == ["{r1.nodes[0].item.id}", "{r1.nodes[1].item.id}"]
    chosen = told(dict(ask), {"choice": 1, "label": "Альфа-Банк", "value": "tenant_2"}, "chosen")
    three = first(house.system(), said, one, told(dict(one.tool_calls[0]), hits), two, chosen)
    assert three.tool_calls[0]["args"]["tenant"] == "tenant_2"
    declined = told(dict(ask), {"message": "no"}, "declined")
    assert not first(house.system(), said, one, told(dict(one.tool_calls[0]), hits), two, declined).tool_calls


def test_a_much_nearer_name_is_taken_without_asking() -> None:
    said = HumanMessage("что арендует Альфа")
    one = first(house.system(), said)
    hits = {
        "nodes": [hit("TENANT", "tenant_1", "Альфа", 1.0), hit("TENANT", "tenant_2", "Альфа-Банк", 0.8)],
        "hasMore": False,
    }
    two = first(house.system(), said, one, told(dict(one.tool_calls[0]), hits))
    assert two.tool_calls[0]["args"]["tenant"] == "tenant_1"


def test_the_same_number_in_two_buildings_is_asked_with_the_buildings() -> None:
    other = {**house.BUILDING, "id": "building_2", "code": "port", "name": "Порт"}
    system = house.system(buildings=[house.BUILDING, other])
    said = HumanMessage("кто арендует 101")
    one = first(system, said)
    assert one.tool_calls[0]["args"]["fields"] == ["item.building.name"]
    hits = {"nodes": [hit("ROOM", "room_1", "101", 1.0), hit("ROOM", "room_2", "101", 1.0)], "hasMore": False}
    ask = first(system, said, one, told(dict(one.tool_calls[0]), hits)).tool_calls[0]
    assert "{r1.nodes[0].item.building.name}" in ask["args"]["choices"][0]["label"]
    named = first(system, HumanMessage("кто арендует 101 в Порту"))
    assert named.tool_calls[0]["args"]["building"] == "building_2"


def test_nothing_found_is_said_with_the_name_that_was_asked() -> None:
    turn = house.talk("что арендует Газпром")
    assert turn.reply == "Не нашёл арендатора «Газпром» среди того, что вам видно. Проверьте название."
    turn = house.talk("who rents room 999", language="en")
    assert "999" in turn.reply


def test_several_open_alarms_are_asked_about_and_one_is_acknowledged() -> None:
    turn = house.talk("подтверди тревогу", choose=1)
    assert [tool for tool, _ in turn.calls] == ["alarms", "ask_person", "acknowledgeAlarm"]
    assert turn.calls[-1][1]["alarm"] == house.ALARMS[1]["id"]
    turn = house.talk("подтверди все тревоги", choose=0)
    assert "ask_person" in [tool for tool, _ in turn.calls]


def test_an_acknowledgement_carries_the_note() -> None:
    turn = house.talk("Подтверди тревогу в A102, комментарий: открыли окна, стало лучше")
    assert turn.calls[-1] == ("acknowledgeAlarm", {"alarm": "alarm_1", "note": "открыли окна, стало лучше"})


def test_a_refused_and_a_declined_write_say_so() -> None:
    said = HumanMessage("переименуй 306 в «Малый зал»")
    one = first(house.system(), said)
    room = {"nodes": [hit("ROOM", "room_9", "306", 1.0)], "hasMore": False}
    two = first(house.system(), said, one, told(dict(one.tool_calls[0]), room))
    refusal = told(
        dict(two.tool_calls[0]), {"__typename": "NotAllowed", "code": "NOT_ALLOWED", "message": "Нельзя."}, "refused"
    )
    text = first(house.system(), said, one, told(dict(one.tool_calls[0]), room), two, refusal).text
    assert "{if r2 refused}{r2.message}{end}" in text
    assert "{if r2 declined}" in text


def test_a_write_without_its_day_asks_for_it() -> None:
    turn = house.talk("расторгни договор с Бетой")
    assert not turn.calls
    assert "последний день" in turn.reply


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("какая температура в 412", "Сейчас в 412 температура: 19,5\u00a0°C (в 14:25)."),
        ("кто арендует A102", "A102 арендует Альфа, договор Д-15/22, до 31 декабря 2023."),
        ("кто арендует 3О6", "306: сейчас никто не арендует, помещение свободно."),
        ("кто арендует 306", "306: сейчас никто не арендует, помещение свободно."),
        ("телефон Беты", "Бета: Ольга Снегова, +7 495 000-00-03, info@beta.example."),
        ("когда заканчивается договор Беты", "Договор Д-7 (Бета) действует до 15 декабря 2022."),
        ("какая площадь у 305", "305: 28\u00a0м², по документам 28,5\u00a0м²."),
        ("сколько времени", "Сейчас 27 октября 2022, 14:30 (время в доме условное)."),
        ("тревоги на пятом этаже", "Сейчас активных тревог на 5-м этаже нет."),
        ("дверь в 412 закрыта?", "Сейчас в 412 дверь открыта (в 14:25)."),
        ("протечек нет?", "Протечек сейчас нет (1 датчик)."),
        ("Сколько тревог было за неделю и где?", "За неделю 5 тревог:\n• A102 — 2\n• 305 — 1\n• 203 — 1\n• 412 — 1"),
        ("какие датчики молчат", "Молчат 2 датчика:\n• X-202 (202): молчит, последнее показание 27 октября 2022, 04:30\n• X-306 (306): неизвестно"),
    ],
)  # fmt: skip
def test_what_people_read_in_russian(said: str, reply: str) -> None:
    assert house.talk(said).reply == reply


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("what's the temperature in 412?", "Now in 412: temperature 19.5\u00a0°C (at 14:25)."),
        ("who rents 306", "306: nobody rents it now, it is vacant."),
        ("when does Beta's lease end", "Lease Д-7 (Бета) runs until 15 December 2022."),
        ("any alarms on the fifth floor", "No active alarms on floor 5 now."),
        ("how many alarms were there yesterday", "1 alarm yesterday:\n• 412 — 1"),
        ("how big is 305", "305: 28\u00a0m², declared as 28.5\u00a0m²."),
    ],
)
def test_what_people_read_in_english(said: str, reply: str) -> None:
    assert house.talk(said, language="en").reply == reply


@pytest.mark.parametrize("text", ["бла бла", "qwerty", "???", "лорем ипсум долор", "колготки"])
def test_what_is_not_understood_gets_three_examples(text: str) -> None:
    reply = house.talk(text).reply
    assert reply.count("«") == 3 or "Не нашёл" in reply


@settings(max_examples=60, deadline=None)
@given(st.lists(SALAD, min_size=1, max_size=2), st.sampled_from(["ru", "en"]))
def test_any_heap_of_words_ends_in_a_reply_that_its_results_prove(texts: list[str], language: str) -> None:
    assert house.talk(*texts, language=language).reply
