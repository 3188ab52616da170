"""The agent process: streamed turns over HTTP, threads that are their person's own and outlive the process."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from agent.server import create

ALARMS = '{if r1 empty}Тревог нет.{else}{for a in r1.nodes sep ", "}{a.title}{end}{end}'


async def stream(
    http: httpx.AsyncClient, url: str, body: dict[str, Any], person: str = "anna"
) -> list[tuple[str, Any]]:
    """The events of a request."""
    headers = {"Authorization": f"Bearer {person}", "Accept-Language": "ru"}
    events = []
    async with http.stream("POST", url, json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        kind = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((kind, json.loads(line.removeprefix("data: "))))
    return events


async def test_a_turn_is_a_stream_of_events(http, serve, house_with, script, call):
    house = house_with(script(steps=[call(("alarms", {"active": True})), ALARMS]))
    with serve(create(made=house), lifespan="on") as server:
        events = await stream(http, f"{server.url}/turns", {"text": "Какие тревоги?", "thread": "one"})
        told = await http.get(f"{server.url}/threads/one", headers={"Authorization": "Bearer anna"})
    assert [e for e, _ in events if e != "state"] == ["tool", "reply", "done"]
    assert [d["node"] for e, d in events if e == "state"][:3] == ["hear", "understand", "act"]
    reply = dict(events)["reply"]
    assert reply["text"] == "Душно в 101, Душно в 201"
    assert dict(events)["tool"] == {"name": "alarms", "arguments": {"active": True}, "outcome": "read"}
    assert told.json()["messages"] == [
        {"role": "person", "text": "Какие тревоги?"},
        {"role": "agent", "text": "Душно в 101, Душно в 201"},
    ]


async def test_nobody_reads_or_answers_anothers_thread(http, serve, house_with, script, call):
    house = house_with(script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"}))]))
    with serve(create(made=house), lifespan="on") as server:
        await stream(http, f"{server.url}/turns", {"text": "Подтверди тревогу", "thread": "one"})
        other = {"Authorization": "Bearer boris"}
        told = await http.get(f"{server.url}/threads/one", headers=other)
        resumed = await http.post(f"{server.url}/threads/one/resume", json={"approve": True}, headers=other)
        mine = await http.get(f"{server.url}/threads/one", headers={"Authorization": "Bearer anna"})
    assert told.json() == {"thread": "one", "pending": None, "messages": []}
    assert resumed.status_code == 409
    assert mine.json()["pending"]["kind"] == "confirm"


async def test_a_confirmation_outlives_the_process_and_works_once(
    http, serve, house_with, script, call, database, building
):
    first = house_with(script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"}))]), memory_url=database)
    with serve(create(made=first), lifespan="on") as server:
        events = await stream(http, f"{server.url}/turns", {"text": "Подтверди тревогу", "thread": "one"})
    assert [e for e, _ in events if e != "state"] == ["confirm", "done"]
    second = house_with(script(steps=["{if r1 done}Готово: {r1.title}{end}"]), memory_url=database)
    with serve(create(made=second), lifespan="on") as server:
        asked = await http.get(f"{server.url}/threads/one", headers={"Authorization": "Bearer anna"})
        events = await stream(http, f"{server.url}/threads/one/resume", {"approve": True})
        again = await http.post(
            f"{server.url}/threads/one/resume", json={"approve": True}, headers={"Authorization": "Bearer anna"}
        )
    assert asked.json()["pending"]["question"].startswith("Подтвердите изменение")
    assert dict(events)["reply"]["text"] == "Готово: Душно в 101"
    assert again.status_code == 409
    assert sum("confirmation" in r["variables"] for r in building.requests) == 1


async def test_an_empty_decision_is_a_no(http, serve, house_with, script, call, building):
    steps = [call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 declined}Не подтверждаю.{end}"]
    with serve(create(made=house_with(script(steps=steps))), lifespan="on") as server:
        await stream(http, f"{server.url}/turns", {"text": "Подтверди тревогу", "thread": "one"})
        events = await stream(http, f"{server.url}/threads/one/resume", {})
    assert dict(events)["reply"]["text"] == "Не подтверждаю."
    assert not building.alarms[0]["acknowledged"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic anna"}])
async def test_strangers_are_refused(http, serve, house_with, script, header):
    with serve(create(made=house_with(script(steps=[]))), lifespan="on") as server:
        answer = await http.post(f"{server.url}/turns", json={"text": "Привет"}, headers=header)
        health = await http.get(f"{server.url}/health")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORISED")
    assert health.json() == {"status": "ok", "model": {"name": "offline", "status": "ok"}}


async def test_strangers_learn_nothing_of_what_a_request_looks_like(http, serve, house_with, script):
    with serve(create(made=house_with(script(steps=[]))), lifespan="on") as server:
        for header in ({}, {"Authorization": "Bearer nobody"}):
            for body in ({"text": 5}, [], "x" * 10):
                answer = await http.post(f"{server.url}/turns", json=body, headers=header)
                assert answer.status_code == 401


async def test_whoever_asks_too_often_waits(http, serve, house_with, script):
    house = house_with(script(steps=["Здравствуйте!"] * 3), turns_a_minute=2)
    with serve(create(made=house), lifespan="on") as server:
        for _ in range(2):
            await stream(http, f"{server.url}/turns", {"text": "Привет"})
        answer = await http.post(
            f"{server.url}/turns", json={"text": "Привет"}, headers={"Authorization": "Bearer anna"}
        )
        await stream(http, f"{server.url}/turns", {"text": "Привет"}, person="boris")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 61


@pytest.mark.parametrize("body", [{"text": "x" * 5000}, {"text": "x", "thread": "../two"}, {"text": 5}])
async def test_misshapen_requests_are_told_what_is_wrong(http, serve, house_with, script, body):
    with serve(create(made=house_with(script(steps=[]))), lifespan="on") as server:
        answer = await http.post(f"{server.url}/turns", json=body, headers={"Authorization": "Bearer anna"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "BAD_REQUEST"


async def test_there_is_no_voice_yet(http, serve, house_with, script):
    with serve(create(made=house_with(script(steps=[]))), lifespan="on") as server:
        events = await stream(http, f"{server.url}/turns", {"audio": "UklGRg==", "language": "ru"})
    assert dict(events)["reply"]["text"] == "Голос здесь не подключён: напишите текстом."


async def test_the_graph_being_away_is_said(http, serve, house_with, script, building):
    with serve(create(made=house_with(script(steps=[]))), lifespan="on") as server:
        await stream(http, f"{server.url}/turns", {"text": "Привет"})
        building.status = 500
        events = await stream(http, f"{server.url}/turns", {"text": "Какие тревоги?"})
    assert dict(events)["reply"]["text"] == "Не получилось: граф здания не отвечает"
