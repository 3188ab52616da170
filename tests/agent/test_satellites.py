"""Satellites: a Wyoming client talks with the house, from where it may, as whom it was linked to, and changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import ValidationError
from wyoming.asr import Transcript
from wyoming.client import AsyncClient
from wyoming.event import Event
from wyoming.handle import Handled, NotHandled

from agent.channels.satellite import Satellite
from agent.channels.wyoming import listening
from agent.client import IDENTITY, Exchange, HttpGraph, connect
from agent.graph import machine
from agent.turns import Allowance, Turns

ALARMS = '{r1.total | plural "тревога" "тревоги" "тревог"}:\n{for a in r1.nodes}\n• {a.title}\n{end}'
KEY = "mk_agent_key"
Answers = list[Event]


async def said(place: str, *texts: str, **context: Any) -> list[Answers]:
    """What a client hears back for each of its sentences, said over one connection."""
    heard = []
    async with AsyncClient.from_uri(place) as client:
        for text in texts:
            await client.write_event(Transcript(text=text, language="ru", context=context or None).event())
            answers: Answers = []
            while not answers or answers[-1].type not in ("handled-stop", "not-handled"):
                event = await asyncio.wait_for(client.read_event(), 60)
                assert event is not None, "the house hung up"
                answers.append(event)
            heard.append(answers)
    return heard


def reply(answers: Answers) -> str:
    """The text of `handled`, or of `not-handled`."""
    for event in answers:
        if Handled.is_type(event.type) or NotHandled.is_type(event.type):
            return str(event.data["text"])
    raise AssertionError(answers)


@pytest.fixture
def at_home(api: str, building: Any, house_with: Any) -> Callable[..., Any]:
    """A house with satellites: `async with at_home(model, satellite, …) as places`."""

    @asynccontextmanager
    async def home(model: Any, *satellites: Satellite) -> AsyncIterator[list[str]]:
        house = house_with(model)
        async with connect(api, 60) as http:
            graph = HttpGraph(http, "", Exchange(http, KEY, IDENTITY))
            turns = Turns(machine(InMemorySaver()), house)
            async with listening(satellites, turns, house, graph, Allowance(30)) as places:
                yield places
            await turns.close()

    return home


def lobby(**more: Any) -> Satellite:
    return Satellite(name="lobby", **({"listen": "tcp://127.0.0.1:0"} | more))


async def test_a_satellite_asks_and_is_answered_in_pieces_and_whole(at_home, building, script, call):
    building.links["satellite:lobby"] = "anna"
    async with at_home(script(steps=[call(("alarms", {"active": True})), ALARMS]), lobby()) as (place,):
        (answers,) = await said(place, "Какие сейчас тревоги?", conversation_id="01K")
    assert [e.type for e in answers] == ["handled-start", *["handled-chunk"] * 3, "handled", "handled-stop"]
    assert reply(answers) == "2 тревоги. Душно в 101. Душно в 201."
    assert "".join(e.data["text"] for e in answers if e.type == "handled-chunk").strip() == reply(answers)
    assert answers[-2].data["context"] == {"conversation_id": "01K"}
    assert building.tokens[-1].endswith("-anna")


async def test_it_says_what_it_is(at_home, script):
    async with at_home(script(steps=[]), lobby()) as (place,), AsyncClient.from_uri(place) as client:
        await client.write_event(Event("ping", {"text": "?"}))
        assert (await client.read_event()).type == "pong"
        await client.write_event(Event("describe"))
        told = (await client.read_event()).data
    assert told["handle"][0]["models"][0]["languages"] == ["ru", "en"]
    assert told["handle"][0]["supports_handled_streaming"]
    assert told["asr"] == []


async def test_nothing_is_changed_by_a_satellite_whoever_it_stands_for(at_home, building, script, call):
    building.links["satellite:lobby"] = "clara"
    model = script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "Не получилось: {r1.error.message}"])
    async with at_home(model, lobby()) as (place,):
        (answers,) = await said(place, "Подтверди тревогу")
    assert "acknowledgeAlarm" not in str([r["query"] for r in building.requests])
    assert not building.alarms[0]["acknowledged"]
    assert answers[-1].type == "handled-stop"


async def test_talks_go_on_and_are_told_apart(at_home, building, script, call):
    building.links["satellite:lobby"] = "anna"
    building.alarms = [building.alarm(n, 0, True, False) for n in range(1, 6)]
    async with at_home(script(steps=[call(("alarms", {"active": True})), ALARMS, "Что?"]), lobby()) as (place,):
        (first,) = await said(place, "Какие сейчас тревоги?", conversation_id="one")
        (second,) = await said(place, "Да", conversation_id="one")
        (other,) = await said(place, "Да", conversation_id="two")
    assert reply(first) == "5 тревог. Назвать?"
    assert reply(second) == "Душно в 101. Душно в 101. Душно в 101. Ещё 2. Дальше?"
    assert reply(other) == "Что?"


async def test_which_of_several_is_asked_and_answered_by_voice(at_home, building, script, call):
    building.links["satellite:lobby"] = "anna"
    found, guess = call(("search", {"text": "альфа"})), call(("tenant", {"id": "tenant_1"}))
    async with at_home(script(steps=[found, guess, "Это {r2.name}."]), lobby()) as (place,):
        asked, told = await said(place, "Кто такая Альфа?", "вторая")
    assert reply(asked) == "Что вы имели в виду? Первый — Альфа. Второй — Альфа Плюс."
    assert reply(told) == "Это Альфа Плюс."


async def test_a_satellite_of_nobody_is_linked_by_a_code_and_then_answers(at_home, building, script):
    building.codes["ABCDEFGH23"] = "boris"
    async with at_home(script(steps=["Здравствуйте!"]), lobby()) as (place,):
        unknown, wrong, linked, known = await said(place, "Привет", "zzzzz zzzzz", "abcde-fgh23", "Привет")
    assert unknown[0].type == "not-handled"
    assert "markoff link" in reply(unknown)
    assert "не подошёл" in reply(wrong)
    assert "Борис" in reply(linked)
    assert reply(known) == "Здравствуйте!"
    assert building.links == {"satellite:lobby": "boris"}


async def test_each_satellite_has_its_own_listener_and_account(at_home, building, script, call, tmp_path):
    building.links |= {"satellite:lobby": "anna", "satellite:lift-2": "boris"}
    lift = Satellite(name="lift", identity="lift-2", listen=f"unix://{tmp_path}/lift.sock")
    steps = [call(("me", {})), "{r1.user.name}", call(("me", {})), "{r1.user.name}"]
    async with at_home(script(steps=steps), lobby(), lift) as places:
        names = [reply((await said(place, "Кто я?"))[0]) for place in places]
        assert await asyncio.to_thread(lambda: Path(f"{tmp_path}/lift.sock").stat().st_mode & 0o777) == 0o600
    assert names == ["Анна.", "Борис."]
    assert not await asyncio.to_thread(Path(f"{tmp_path}/lift.sock").exists)


async def test_others_are_not_let_in(at_home, building, script):
    building.links["satellite:lobby"] = "anna"
    async with at_home(script(steps=["Здравствуйте!"]), lobby(allow=["192.0.2.0/24"])) as (place,):
        with pytest.raises((AssertionError, OSError)):
            await said(place, "Привет")
    assert building.tokens == []


async def test_what_is_no_event_ends_the_call_and_nothing_else(at_home, building, script):
    building.links["satellite:lobby"] = "anna"
    huge = b'{"type":"transcript","data_length":999999999}\n'
    async with at_home(script(steps=["Здравствуйте!"]), lobby()) as (place,):
        port = int(place.rpartition(":")[2])
        for rubbish in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"[]\n",
            b'{"type":5}\n',
            huge,
            b'{"type":"transcript","data":3}\n',
            b"x" * 200_000,
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(rubbish)
            with suppress(ConnectionResetError):  # where it did not even read all of it
                assert await asyncio.wait_for(reader.read(), 60) == b""
            writer.close()
        (answers,) = await said(place, "Привет")
    assert reply(answers) == "Здравствуйте!"


async def test_the_house_being_away_is_said(at_home, building, script):
    building.links["satellite:lobby"] = "anna"
    building.status = 500
    async with at_home(script(steps=[]), lobby()) as (place,):
        (answers,) = await said(place, "Привет")
    assert answers[0].type == "not-handled"
    assert "не отвечает" in reply(answers)


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": "tcp://0.0.0.0:10700"}, {"listen": "tcp://192.0.2.5:10700"}, {"listen": "tcp://127.0.0.1"},
        {"listen": "http://127.0.0.1:1"}, {"listen": "tcp://127.0.0.1:1", "allow": ["all"]}, {"name": "a b"},
    ],
)  # fmt: skip
def test_a_network_is_listened_to_only_for_named_addresses(wrong):
    with pytest.raises(ValidationError):
        lobby(**wrong) if "name" not in wrong else Satellite(listen="tcp://127.0.0.1:1", **wrong)


@pytest.mark.parametrize(
    ("allow", "address", "good"),
    [
        ([], "127.0.0.1", True), ([], "::1", True), ([], "::ffff:127.0.0.1", True), ([], "10.0.0.1", False),
        (["10.0.0.7"], "10.0.0.7", True), (["10.0.0.0/24"], "::ffff:10.0.0.9", True), (["10.0.0.7"], "127.0.0.1", False),
        (["fe80::/10"], "fe80::1%eth0", True), (["10.0.0.7"], "nonsense", False),
    ],
)  # fmt: skip
def test_who_is_let_in(allow, address, good):
    assert lobby(allow=allow).lets_in(address) is good
