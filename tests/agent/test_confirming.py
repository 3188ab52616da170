"""Writes wait for a yes; ambiguous names wait for a choice; whatever else happens, nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agent.graph import machine

THREAD: Any = {"configurable": {"thread_id": "t"}, "recursion_limit": 25}
OUTCOME = (
    "{if r1 done}Подтверждена: {r1.title}{end}{if r1 declined}Тревога не подтверждена.{end}"
    "{if r1 refused}{r1.message}{end}{if r1 failed}Не получилось: {r1.error.message}{end}"
)


@pytest.fixture
def graph() -> Any:
    return machine(InMemorySaver())


def commits(building: Any) -> int:
    return sum("confirmation" in r["variables"] for r in building.requests)


@pytest.mark.parametrize("answer", [{"approve": False}, {"choice": 0}, "да", {"approve": "true"}, [True]])
async def test_anything_but_a_clear_yes_changes_nothing(graph, building, speaking_for, script, call, answer):
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), OUTCOME]))
    await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    done = await graph.ainvoke(Command(resume=answer), THREAD, context=context)
    assert done["reply"] == "Тревога не подтверждена."
    assert commits(building) == 0


async def test_going_on_drops_the_question_and_closes_the_call(graph, building, speaking_for, script, call):
    steps = [call(("acknowledgeAlarm", {"alarm": "alarm_1"})), call(("house", {})), "Сейчас {r1.now}."]
    context = speaking_for("anna", script(steps=steps))
    await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    done = await graph.ainvoke({"text": "Который час?"}, THREAD, context=context)
    assert done["reply"] == "Сейчас 20 октября 2022, 15:15."
    assert done["pending"] is None
    assert commits(building) == 0
    asked = {c["id"] for m in done["messages"] if isinstance(m, AIMessage) for c in m.tool_calls}
    assert asked == {m.tool_call_id for m in done["messages"] if isinstance(m, ToolMessage)}
    resumed = await graph.aget_state(THREAD)
    assert not resumed.interrupts


async def test_data_that_changed_meanwhile_is_asked_about_again(graph, building, speaking_for, script, call):
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), OUTCOME]))
    await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    building.moved = True
    again = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    question = again["__interrupt__"][0].value["question"]
    assert question.startswith("Пока вы решали, данные изменились.")
    assert "заметка: другое" in question
    assert not building.alarms[0]["acknowledged"]
    done = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert done["reply"] == "Подтверждена: Душно в 101"


async def test_a_confirmation_that_lapsed_is_made_anew(graph, building, speaking_for, script, call):
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), OUTCOME]))
    await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    building.lapsed = True
    again = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert again["__interrupt__"][0].value["question"].startswith("Прежнее подтверждение устарело.")
    done = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert done["reply"] == "Подтверждена: Душно в 101"


@pytest.mark.parametrize(("alarm", "said"), [("alarm_9", "Такой тревоги нет"), ("alarm_2", "Тревога уже подтверждена")])
async def test_what_the_graph_refuses_is_said_without_asking(graph, building, speaking_for, script, call, alarm, said):
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": alarm})), OUTCOME]))
    done = await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    assert "__interrupt__" not in done
    assert done["reply"] == said


async def test_two_writes_are_asked_about_one_by_one(graph, building, speaking_for, script, call):
    both = call(("acknowledgeAlarm", {"alarm": "alarm_1"}), ("acknowledgeAlarm", {"alarm": "alarm_3"}))
    said = "{if r1 done}{r1.title}{end}; {if r2 declined}другая осталась{end}"
    context = speaking_for("anna", script(steps=[both, said]))
    first = await graph.ainvoke({"text": "Подтверди обе"}, THREAD, context=context)
    assert "Душно в 101" in first["__interrupt__"][0].value["question"]
    second = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert "Душно в 201" in second["__interrupt__"][0].value["question"]
    done = await graph.ainvoke(Command(resume={"approve": False}), THREAD, context=context)
    assert done["reply"] == "Душно в 101; другая осталась"
    assert [a["acknowledged"] for a in building.alarms] == [True, True, False]


async def test_no_answer_to_the_commit_is_said_as_it_is(graph, building, speaking_for, script, call):
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), OUTCOME]))
    await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    building.status = 502
    done = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert done["reply"].startswith("Не получилось:")


async def test_one_of_several_equal_names_is_never_guessed(graph, building, speaking_for, script, call):
    steps = [call(("search", {"text": "альфа"})), call(("tenant", {"id": "tenant_1"})), "Это {r2.name}."]
    context = speaking_for("anna", script(steps=steps))
    asked = await graph.ainvoke({"text": "Где Альфа?"}, THREAD, context=context)
    assert asked["__interrupt__"][0].value == {
        "kind": "choice",
        "language": "ru",
        "question": "Что вы имели в виду?",
        "choices": ["Альфа", "Альфа Плюс"],
    }
    done = await graph.ainvoke(Command(resume={"choice": 1}), THREAD, context=context)
    assert done["reply"] == "Это Альфа Плюс."
    assert building.requests[-1]["variables"] == {"id": "tenant_2"}


async def test_without_a_choice_the_call_is_not_made(graph, building, speaking_for, script, call):
    steps = [
        call(("search", {"text": "альфа"})),
        call(("tenant", {"id": "tenant_1"})),
        "{if r2 declined}Не буду гадать.{end}",
    ]
    context = speaking_for("anna", script(steps=steps))
    await graph.ainvoke({"text": "Где Альфа?"}, THREAD, context=context)
    done = await graph.ainvoke(Command(resume={"choice": 7}), THREAD, context=context)
    assert done["reply"] == "Не буду гадать."
    assert not any("tenant(" in r["query"] for r in building.requests)


async def test_a_clear_name_is_not_asked_about(graph, speaking_for, script, call):
    steps = [call(("search", {"text": "Бета"})), call(("tenant", {"id": "tenant_3"})), "Это {r2.name}."]
    context = speaking_for("anna", script(steps=steps))
    done = await graph.ainvoke({"text": "Где Бета?"}, THREAD, context=context)
    assert "__interrupt__" not in done


async def test_the_model_may_ask_itself_with_choices_from_results(graph, speaking_for, script, call):
    choices = [
        {"label": "{r1.nodes[0].label}", "value": "{r1.nodes[0].item.id}"},
        {"label": "Альфа Плюс", "value": "tenant_2"},
    ]
    question = call(("ask_person", {"question": "Кого вы имеете в виду?", "choices": choices}))
    steps = [call(("search", {"text": "альфа"})), question, "Выбрано: {r2.label}."]
    context = speaking_for("anna", script(steps=steps))
    asked = await graph.ainvoke({"text": "Где Альфа?"}, THREAD, context=context)
    assert asked["__interrupt__"][0].value["choices"] == ["Альфа", "Альфа Плюс"]
    done = await graph.ainvoke(Command(resume={"choice": 0}), THREAD, context=context)
    assert done["reply"] == "Выбрано: Альфа."


async def test_a_question_with_invented_choices_is_not_asked(graph, speaking_for, script, call):
    invented = [{"label": "Комната 404", "value": "room_404"}, {"label": "Комната 405", "value": "room_405"}]
    steps = [call(("ask_person", {"question": "Какая?", "choices": invented})), "Уточните вопрос, пожалуйста."]
    done = await graph.ainvoke({"text": "Где?"}, THREAD, context=speaking_for("anna", script(steps=steps)))
    assert "__interrupt__" not in done
    assert done["reply"] == "Уточните вопрос, пожалуйста."
