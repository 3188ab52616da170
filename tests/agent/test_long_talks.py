"""Threads over time: what is kept, what is summed up, what happens when a turn takes too long or the process stops."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from agent.graph import graph as studio
from agent.graph import machine
from agent.house import language
from agent.memory import turns
from agent.turns import Thread, Turns

THREAD: Any = {"configurable": {"thread_id": "t"}, "recursion_limit": 25}
TOTAL = "Тревог: {r1.total}."


async def test_earlier_turns_are_kept_whole_and_older_ones_in_a_line(speaking_for, script, call):
    steps = [step for _ in range(8) for step in (call(("alarms", {"active": True})), TOTAL)]
    model = script(steps=steps)
    context, graph = speaking_for("anna", model, turns_kept=3), machine(InMemorySaver())
    for n in range(8):
        done = await graph.ainvoke({"text": f"Сколько тревог, раз {n}?"}, THREAD, context=context)
    kept = turns(done["messages"])
    assert [t[0].text for t in kept] == [f"Сколько тревог, раз {n}?" for n in (5, 6, 7)]
    assert len(done["summary"].splitlines()) == 5
    assert done["summary"].splitlines()[0] == "Сколько тревог, раз 0? → [alarms] Тревог: 2."
    system = model.heard[-1][0].text
    assert "Сколько тревог, раз 4? → [alarms] Тревог: 2." in system
    assert sum(isinstance(m, HumanMessage) for m in model.heard[-1]) == 3


async def test_follow_ups_see_the_results_of_the_turn_before(speaking_for, script, call):
    model = script(steps=[call(("alarms", {"level": 1})), TOTAL, call(("alarms", {"level": 2})), TOTAL])
    context, graph = speaking_for("anna", model), machine(InMemorySaver())
    await graph.ainvoke({"text": "Тревоги на первом?"}, THREAD, context=context)
    await graph.ainvoke({"text": "а на втором?"}, THREAD, context=context)
    heard = model.heard[2]
    assert [m.type for m in heard] == ["system", "human", "ai", "tool", "ai", "human"]
    assert heard[3].artifact["total"] == 1
    assert heard[2].tool_calls[0]["args"] == {"level": 1}
    assert heard[4].text == TOTAL


async def test_the_context_stands_in_the_last_line_and_the_rest_is_the_same_for_all(speaking_for, script):
    told = []
    for person in ("anna", "clara", "anna"):
        model = script(steps=["Здравствуйте!"])
        await machine(InMemorySaver()).ainvoke({"text": "Привет"}, THREAD, context=speaking_for(person, model))
        told.append(model.heard[0][0].text)
    assert told[0] == told[2]
    context = json.loads(told[0].splitlines()[-1])
    assert context == {
        "now": "2022-10-20T12:15:00+00:00",
        "zone": "Europe/Moscow",
        "language": "ru",
        "buildings": [{"id": "building_1", "code": "nord", "name": "Северный"}],
        "roles": ["DISPATCHER"],
    }


@pytest.mark.parametrize(
    ("said", "found"), [("Привет", "ru"), ("Hello", "en"), ("CO2 в A102?", "ru"), ("A1?", None), ("42", None)]
)
def test_the_language_is_heard_from_the_words(said, found):
    assert language(said) == found


async def test_a_turn_that_takes_too_long_is_given_up(house_with, speaking_for, script, building, call):
    context = speaking_for("anna", script(steps=[call(("alarms", {})), TOTAL]), turn_seconds=0.3)
    turns_ = Turns(machine(InMemorySaver()), context.house)
    building.delay = 60.0
    events = [e async for e in turns_.ask(context, Thread("user_1", "t"), {"text": "Тревоги?"})]
    assert [(e.kind, e.data.get("code")) for e in events[-2:]] == [("error", "TIMEOUT"), ("done", None)]


async def test_a_turn_goes_on_though_nobody_listens_any_more(speaking_for, script, building, call, monkeypatch):
    monkeypatch.setattr("agent.turns.PARTING", 60.0)
    steps = [call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 done}Готово: {r1.title}{end}"]
    context, thread = speaking_for("anna", script(steps=steps)), Thread("user_1", "t")
    turns_ = Turns(machine(InMemorySaver()), context.house)
    _ = [e async for e in turns_.ask(context, thread, {"text": "Подтверди"})]
    stream = turns_.resume(context, thread, {"approve": True})
    await anext(stream)
    await stream.aclose()
    await turns_.close()
    assert building.alarms[0]["acknowledged"]
    assert (await turns_.told(thread))[-1] == {"role": "agent", "text": "Готово: Душно в 101"}


async def test_a_process_that_stopped_while_it_committed_does_not_commit_twice(speaking_for, script, building, call):
    saver, thread = InMemorySaver(), Thread("user_1", "t")
    steps = [call(("acknowledgeAlarm", {"alarm": "alarm_1"}))]
    context = speaking_for("anna", script(steps=steps))
    graph = machine(saver)
    await graph.ainvoke({"text": "Подтверди"}, thread.config, context=context, durability="sync")
    building.silent = True
    resumed = asyncio.create_task(
        graph.ainvoke(Command(resume={"approve": True}), thread.config, context=context, durability="sync")
    )
    assert await asyncio.to_thread(building.committing.wait, 60)
    resumed.cancel()
    await asyncio.gather(resumed, return_exceptions=True)
    building.silent = False
    after = speaking_for("anna", script(steps=["{if r1 refused}{r1.message}{end}"]))
    turns_ = Turns(graph, after.house)
    assert await turns_.interrupted(thread)
    events = [e async for e in turns_.resume(after, thread, {"approve": True})]
    assert next(e for e in events if e.kind == "reply").data["text"] == "Тревога уже подтверждена"
    assert building.alarms[0]["acknowledged"]


async def test_after_a_stop_new_words_do_not_call_the_commit_undone(speaking_for, script, building, call):
    saver, thread = InMemorySaver(), Thread("user_1", "t")
    context = speaking_for("anna", script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "Здравствуйте!"]))
    graph = machine(saver)
    await graph.ainvoke({"text": "Подтверди"}, thread.config, context=context)
    await graph.aupdate_state(thread.config, {"decision": {"approve": True}})
    done = await graph.ainvoke({"text": "Привет"}, thread.config, context=context)
    [closed] = [m for m in done["messages"] if m.type == "tool"]
    assert closed.status == "error"
    assert "неизвестно, выполнено ли" in closed.artifact["error"]["message"]


def test_studio_finds_the_graph_without_a_checkpointer():
    named = json.loads((Path(__file__).parents[2] / "langgraph.json").read_text(encoding="utf-8"))
    assert named["graphs"]["markoff"]["path"] == "agent.graph:graph"
    assert studio.checkpointer is None
    assert {"hear", "understand", "act", "confirm", "check", "say", "speak"} <= set(studio.get_graph().nodes)
    assert set(studio.get_input_jsonschema()["properties"]) == {"text", "language", "spoken"}
