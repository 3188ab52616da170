"""Turns that are talked: a real voice process listens and speaks, the agent answers, a graph stands behind real HTTP."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from agent.aloud import SAID
from agent.server import create
from agent.voice import Note, Voice
from tests.agent.test_agent_server import stream
from tests.voice.running import voice_process
from tests.voice.scripted import scripted
from voice import audio
from voice.server import Running

PATIENCE = 120.0
"""Seconds for the voice process to say something."""
QUESTION = "Какие сейчас тревоги?"
ALARMS = '{if r1 empty}Тревог нет.{else}{r1.total | plural "тревога" "тревоги" "тревог"}:\n{for a in r1.nodes}\n• {a.title}\n{end}{end}'
DONE = "{if r1 done}Подтверждена: {r1.title}{end}{if r1 declined}Тревога не подтверждена.{end}"
Events = list[tuple[str, Any]]


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A voice process that hears the same question in whatever is said."""
    folder = scripted(tmp_path_factory.mktemp("whisper") / "scripted", QUESTION)
    with voice_process(stt="whisper", whisper=str(folder)) as running:
        yield running


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the voice process is there."""
    monkeypatch.setattr("agent.voice.CONNECT", PATIENCE)


@pytest.fixture
async def recording(voice: Running) -> str:
    """The question, spoken; in base64."""
    return coded((await Voice(voice.address, PATIENCE).say(QUESTION, "ru")).ogg)


@pytest.fixture
def agent(serve: Any, house_with: Any, script: Any, voice: Running) -> Iterator[Any]:
    """Starts an agent whose model says these things, with that voice."""
    servers = []

    def start(*steps: Any, **settings: Any) -> str:
        house = house_with(
            script(steps=list(steps)), **({"voice_url": voice.address, "voice_seconds": PATIENCE} | settings)
        )
        servers.append(serve(create(made=house), lifespan="on"))
        return str(servers[-1].__enter__().url)

    yield start
    for server in servers:
        server.__exit__()


def coded(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


def kinds(events: Events) -> list[str]:
    return [kind for kind, _ in events if kind != "state"]


def heard_well(told: Any) -> float:
    """The seconds of an `audio` event, which is a voice note that can be played and heard."""
    ogg = base64.b64decode(told["ogg"])
    assert ogg[:4] == b"OggS"
    sound = audio.decode(ogg, 60)
    assert len(sound) / 16000 == pytest.approx(told["seconds"], abs=0.05)
    assert float((sound**2).mean()) > 1e-4, "silence"
    return float(told["seconds"])


async def test_a_spoken_question_is_heard_answered_and_spoken(http, agent, recording, call):
    url = agent(call(("alarms", {"active": True})), ALARMS)
    events = await stream(http, f"{url}/turns", {"audio": recording})
    assert kinds(events) == ["heard", "tool", "reply", "audio", "done"]
    told = dict(events)
    assert told["heard"] == {"text": QUESTION, "engine": "faster-whisper", "language": "ru", "confirm": False}
    assert told["reply"]["text"] == "2 тревоги. Душно в 101. Душно в 201."
    assert told["reply"]["whole"] == "2 тревоги:\n• Душно в 101\n• Душно в 201"
    assert told["audio"]["engine"] == "espeak-ng"
    assert 2 < heard_well(told["audio"]) < 8


async def test_a_recording_is_not_kept(http, agent, recording, call):
    url = agent(call(("alarms", {"active": True})), ALARMS)
    await stream(http, f"{url}/turns", {"audio": recording, "thread": "one"})
    told = (await http.get(f"{url}/threads/one", headers={"Authorization": "Bearer anna"})).text
    assert QUESTION in told
    assert recording[:40] not in told


async def test_a_long_list_is_offered_and_a_yes_goes_on(http, agent, building, recording, call):
    building.alarms = [building.alarm(n, 0, True, False) for n in range(1, 6)]
    url = agent(call(("alarms", {"active": True})), ALARMS)
    first = dict(await stream(http, f"{url}/turns", {"audio": recording, "thread": "one"}))
    assert first["reply"]["text"] == "5 тревог. Назвать?"
    second = await stream(http, f"{url}/turns", {"text": "Да", "spoken": True, "thread": "one"})
    assert dict(second)["reply"]["text"] == f"{'Душно в 101. ' * SAID}Ещё 2. Дальше?"
    assert kinds(second) == ["reply", "audio", "done"]
    third = dict(await stream(http, f"{url}/turns", {"text": "нет, хватит", "spoken": True, "thread": "one"}))
    assert third["reply"]["text"] == "Хорошо."


async def test_a_change_is_read_back_and_made_by_a_spoken_yes(http, agent, building, call):
    url = agent(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE)
    said = {"text": "Подтверди тревогу", "spoken": True, "thread": "one"}
    asked = await stream(http, f"{url}/turns", said)
    assert kinds(asked) == ["audio", "confirm", "done"]
    told = dict(asked)["confirm"]
    assert told["said"] == "Тревога «Душно в 101»: состояние: было активна, станет подтверждена. Подтверждаете?"
    assert heard_well(dict(asked)["audio"]) > 2
    assert not building.alarms[0]["acknowledged"]
    done = await stream(http, f"{url}/turns", said | {"text": "Да, подтверждаю"})
    assert dict(done)["reply"]["text"] == "Подтверждена: Душно в 101."
    assert building.alarms[0]["acknowledged"]
    assert kinds(done) == ["tool", "reply", "audio", "done"]


@pytest.mark.parametrize(
    ("answer", "reply"), [("нет", "Тревога не подтверждена."), ("стоп", "Тревога не подтверждена.")]
)
async def test_a_spoken_no_changes_nothing(http, agent, building, call, answer, reply):
    url = agent(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE)
    said = {"text": "Подтверди тревогу", "spoken": True, "thread": "one"}
    await stream(http, f"{url}/turns", said)
    told = dict(await stream(http, f"{url}/turns", said | {"text": answer}))
    assert told["reply"]["text"] == reply
    assert not building.alarms[0]["acknowledged"]


async def test_a_question_waits_on_when_nothing_was_heard(http, agent, building, call):
    url = agent(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE)
    said = {"text": "Подтверди тревогу", "spoken": True, "thread": "one"}
    await stream(http, f"{url}/turns", said)
    silence = coded(audio.wav(bytes(64000), 16000))
    again = await stream(http, f"{url}/turns", {"audio": silence, "thread": "one"})
    assert kinds(again) == ["reply", "audio", "confirm", "done"]
    assert dict(again)["reply"]["text"] == "Я не расслышал слов. Повторите, пожалуйста."
    resumed = await stream(http, f"{url}/threads/one/resume", {"approve": True})
    assert dict(resumed)["reply"]["text"] == "Подтверждена: Душно в 101."
    assert building.alarms[0]["acknowledged"]


async def test_a_written_turn_stays_as_it_was(http, agent, building, call):
    building.alarms = [building.alarm(n, 0, True, False) for n in range(1, 6)]
    url = agent(call(("alarms", {"active": True})), ALARMS)
    events = await stream(http, f"{url}/turns", {"text": QUESTION})
    assert kinds(events) == ["tool", "reply", "done"]
    assert dict(events)["reply"]["text"].count("• ") == 5
    assert "whole" not in dict(events)["reply"]


@pytest.mark.parametrize(
    ("sound", "reply"),
    [
        (audio.wav(bytes(64000), 16000), "Я не расслышал слов. Повторите, пожалуйста."),
        (b"no recording at all", "Это не звукозапись, которую я могу прослушать."),
    ],
)
async def test_what_cannot_be_heard_is_said(http, agent, sound, reply):
    events = await stream(http, f"{agent()}/turns", {"audio": coded(sound), "language": "ru"})
    assert dict(events)["reply"]["text"] == reply
    assert kinds(events) == ["reply", "audio", "done"]


async def test_a_voice_that_is_away_is_said_and_written_turns_go_on(http, agent, recording, call):
    url = agent(call(("alarms", {"active": True})), ALARMS, voice_url="tcp://127.0.0.1:9")
    events = await stream(http, f"{url}/turns", {"audio": recording, "language": "en"})
    assert dict(events)["reply"]["text"].startswith("I cannot hear just now")
    written = await stream(http, f"{url}/turns", {"text": QUESTION, "spoken": True})
    assert kinds(written) == ["tool", "reply", "done"]
    assert ("state", {"node": "speak", "failed": "voice: away"}) in written
    health = (await http.get(f"{url}/health")).json()
    assert (health["status"], health["voice"]) == ("ok", {"status": "away"})


async def test_what_is_no_base64_is_refused(http, agent):
    header = {"Authorization": "Bearer anna", "Accept-Language": "ru"}
    answer = await http.post(f"{agent()}/turns", json={"audio": "это не base64"}, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_REQUEST")


async def test_health_and_the_agent_name_the_engines(http, agent):
    url = agent()
    health = (await http.get(f"{url}/health")).json()["voice"]
    assert health["status"] == "ok"
    assert health["hears"].startswith("faster-whisper")
    assert health["speaks"].startswith("espeak-ng")
    told = dict(await stream(http, f"{url}/turns", {"text": "Каким движком ты слушаешь?"}))["reply"]["text"]
    assert told == f"Слушаю: {health['hears']}. Говорю: {health['speaks']}."
    english = dict(await stream(http, f"{url}/turns", {"text": "What voice are you using?"}))["reply"]["text"]
    assert english.startswith("I listen with faster-whisper")


async def test_the_buildings_words_help_to_hear_and_are_fetched_once(http, agent, building, recording, voice, call):
    building.tenant_name = "ООО «Тихая гавань»"
    url = agent(*[call(("alarms", {"active": True})), ALARMS] * 2)
    for _ in range(2):
        await stream(http, f"{url}/turns", {"audio": recording})
    asked = [r for r in building.requests if r["query"].startswith("query words")]
    assert len(asked) == 1
    assert voice.engines.words.names == ("Северный", "Тихая гавань", "Первый этаж", "Второй этаж", "Переговорная")
    assert voice.engines.words.terms == ("101", "102", "201")


async def test_words_are_names_first_and_each_once():
    from agent.vocabulary import words

    found = words({
        "buildings": {"nodes": [{"name": "Северный", "aliases": ["Север"]}]},
        "tenants": {"nodes": [{"name": "ООО «Тихая гавань»"}, {"name": "Альфа"}]},
        "rooms": {"nodes": [{"number": "101", "name": "Офис", "aliases": []}, {"number": "102", "name": "Офис", "aliases": []}]},
    })  # fmt: skip
    assert found.names == ("Северный", "Север", "Тихая гавань", "Альфа", "Офис")
    assert found.terms == ("101", "102")


async def test_a_voice_note_is_bytes_and_seconds(voice):
    note = await Voice(voice.address, PATIENCE).say("Three alarms.", "en")
    assert isinstance(note, Note)
    assert note.seconds > 0.5


@pytest.fixture(scope="module")
def unsure() -> Iterator[str]:
    """A voice process that can only match the commands it knows."""
    with voice_process(stt="grammar") as running:
        yield running.address


async def test_what_may_have_been_something_else_is_named_before_a_change(http, agent, building, unsure, call):
    url = agent(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE, voice_url=unsure)
    order = coded((await Voice(unsure, PATIENCE).say("Acknowledge the last alarm", "en")).ogg)
    asked = dict(await stream(http, f"{url}/turns", {"audio": order, "language": "en", "thread": "one"}))
    assert asked["heard"]["confirm"] is True
    assert asked["confirm"]["said"].startswith("I heard: “acknowledge the last alarm”. ")
    assert asked["confirm"]["said"].endswith("Do you confirm?")
    agreed = coded((await Voice(unsure, PATIENCE).say("yes", "en")).ogg)
    done = dict(await stream(http, f"{url}/turns", {"audio": agreed, "language": "en", "thread": "one"}))
    assert building.alarms[0]["acknowledged"], done


async def test_every_change_is_asked_for_when_in_doubt(http, agent, building, unsure, call):
    """Also one of low risk, which is made at once when it was written."""
    order = coded((await Voice(unsure, PATIENCE).say("Acknowledge the last alarm", "en")).ogg)
    low = [call(("noteAlarm", {"alarm": "alarm_1", "note": "seen"})), "{if r1 declined}Very well.{end}"]
    asked = await stream(
        http, f"{agent(*low, voice_url=unsure)}/turns", {"audio": order, "language": "en", "thread": "one"}
    )
    assert "confirm" in kinds(asked)
