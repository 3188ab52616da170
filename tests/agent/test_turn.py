"""A turn, from a person's words to a proven reply, against a graph behind real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agent.graph import machine

THREAD = {"configurable": {"thread_id": "t"}, "recursion_limit": 25}
ALARMS = '{if r1 empty}Тревог нет.{else}{r1.total | plural "тревога" "тревоги" "тревог"}:\n{for a in r1.nodes}\n• {a.title}: {a.value}\n{end}\n{end}'


@pytest.fixture
def graph() -> Any:
    return machine(InMemorySaver())


async def test_dispatcher_asks_for_alarms_and_gets_them_with_units(graph, building, speaking_for, script, call):
    model = script(steps=[call(("alarms", {"active": True})), ALARMS])
    done = await graph.ainvoke({"text": "Какие сейчас тревоги?"}, THREAD, context=speaking_for("anna", model))
    assert done["reply"] == "2 тревоги:\n• Душно в 101: 913\u00a0ppm\n• Душно в 201: 640,25\u00a0ppm"
    assert done["engine"] == "offline"
    proofs = {p["reference"]: p for p in done["proofs"]}
    assert proofs["r1.nodes[0].value"]["value"] == 913.0
    assert proofs["r1.nodes[0].value"]["tool"] == "alarms"
    assert proofs["r1.nodes[0].value"]["arguments"] == {"active": True}
    assert building.requests[-1]["variables"] == {"where": {"active": True}, "first": 16}
    assert building.requests[-1]["language"] == "ru"
    assert building.tokens[-1].startswith("acting-")


async def test_acknowledging_pauses_with_the_difference_and_goes_on_with_a_yes(
    graph, building, speaking_for, script, call
):
    context = speaking_for(
        "anna",
        script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 done}Подтверждена: {r1.title}{end}"]),
    )
    paused = await graph.ainvoke({"text": "Подтверди тревогу"}, THREAD, context=context)
    question = paused["__interrupt__"][0].value
    assert question["kind"] == "confirm"
    assert question["question"] == (
        "Подтвердите изменение:\n• тревога «Душно в 101»: состояние: активна → подтверждена; заметка: —"
    )
    assert "confirmation" not in str(question["changes"])
    assert not building.alarms[0]["acknowledged"]
    done = await graph.ainvoke(Command(resume={"approve": True}), THREAD, context=context)
    assert done["reply"] == "Подтверждена: Душно в 101"
    assert building.alarms[0]["acknowledged"]
    assert building.requests[-1]["variables"] == {"alarm": "alarm_1", "confirmation": "confirmation-1"}
