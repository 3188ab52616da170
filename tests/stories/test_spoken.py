"""Talking with a house: a spoken question is heard, answered and spoken, by voice note, by satellite, by Telegram."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.client import AsyncClient
from wyoming.event import Event
from wyoming.tts import Synthesize, SynthesizeVoice

from agent.channels.cli import parsed
from agent.channels.telegram.app import at_work
from agent.channels.telegram.settings import TelegramSettings
from agent.voice import Voice
from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.api.serving import served
from tests.deploy.conftest import fresh_folder
from tests.ports import free_port
from tests.stories.house import House
from tests.voice.scripted import scripted
from voice import audio

RUSSIAN, ENGLISH = "Какие сейчас тревоги?", "Which alarms are active now?"
Told = list[tuple[str, Any]]


@dataclass
class Spoken:
    """A house that listens and speaks, and what its recogniser hears in whatever is said."""

    house: House
    voice: str
    satellite: str
    model: Path
    token: str
    """Of the administrator."""

    def turn(self, **body: Any) -> Told:
        """The events of a turn but those of its steps."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "ru"}
        address = f"http://127.0.0.1:{self.house.agent_port}/turns"
        with httpx.stream("POST", address, json=body, headers=headers, timeout=60) as answer:
            assert answer.status_code == 200, answer.read()
            return [(kind, data) for kind, data in parsed(answer.iter_lines()) if kind != "state"]

    def recorded(self, text: str, language: Any) -> str:
        """A text spoken by espeak-ng into an OGG, in base64."""
        return base64.b64encode(asyncio.run(Voice(self.voice, 30).say(text, language)).ogg).decode()

    def health(self) -> dict[str, Any]:
        told: dict[str, Any] = httpx.get(f"http://127.0.0.1:{self.house.agent_port}/health", timeout=60).json()["voice"]
        return told


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoken]:
    """A demo house with a voice that hears the Russian question, and a satellite in the lobby."""
    model = scripted(tmp_path_factory.mktemp("whisper") / "scripted", RUSSIAN)
    satellite = f"tcp://127.0.0.1:{free_port()}"
    port = free_port()
    settings = {
        "MARKOFF_VOICE_WHISPER": str(model),
        "MARKOFF_VOICE_DEVICE": "cpu",
        "MARKOFF_VOICE_HEALTH": "",
        "MARKOFF_SATELLITES": json.dumps([{"name": "lobby", "listen": satellite}]),
    }
    with (
        fresh_folder() as folder,
        House.up(folder, "--voice", "--voice-port", str(port), settings=settings) as house,
    ):
        told = Spoken(house, f"tcp://127.0.0.1:{port}", satellite, model, house.token())
        house.wait_hears(told.voice)
        yield told


def lasting(sound: Any) -> float:
    """The seconds of an `audio` event: a voice note that plays, lasts as long as it says, and is not silent."""
    ogg = base64.b64decode(sound["ogg"])
    assert ogg[:4] == b"OggS"
    assert b"OpusHead" in ogg[:64]
    samples = audio.decode(ogg, 120)
    assert len(samples) / 16000 == pytest.approx(sound["seconds"], abs=0.05)
    assert float((samples**2).mean()) > 1e-4
    return float(sound["seconds"])


def test_a_voice_note_is_answered_by_a_voice_note(spoken: Spoken) -> None:
    recording = spoken.recorded(RUSSIAN, "ru")
    told = spoken.turn(audio=recording, thread="night")
    assert [kind for kind, _ in told if kind != "tool"] == ["heard", "reply", "audio", "done"]
    events = dict(told)
    assert events["heard"]["text"] == RUSSIAN
    assert events["heard"]["engine"] == "faster-whisper"
    reply = events["reply"]["text"]
    assert reply.startswith("Сейчас 4 активные тревоги.")
    assert reply.endswith("Назвать?")
    assert len(reply) < 200 < len(events["reply"]["whole"])
    assert len(reply) / 30 < lasting(events["audio"]) < len(reply) / 8
    more = dict(spoken.turn(text="Да", spoken=True, thread="night"))
    assert more["reply"]["text"].endswith("Дальше?")
    assert lasting(more["audio"]) > 5


def test_a_change_is_read_back_and_made_by_a_spoken_yes(spoken: Spoken) -> None:
    asked = dict(spoken.turn(text="Подтверди последнюю тревогу", spoken=True, thread="change"))
    assert asked["confirm"]["said"].endswith("станет подтверждена. Подтверждаете?")
    assert lasting(asked["audio"]) > 2
    done = dict(spoken.turn(text="Да, подтверждаю", spoken=True, thread="change"))
    assert done["reply"]["text"].startswith("Подтверждена: ")
    assert lasting(done["audio"]) > 1


def test_silence_and_what_is_no_sound_are_answered_in_words(spoken: Spoken) -> None:
    silence = base64.b64encode(audio.wav(bytes(64000), 16000)).decode()
    assert dict(spoken.turn(audio=silence))["reply"]["text"].startswith("Я не расслышал слов")
    rubbish = base64.b64encode(b"not a recording").decode()
    assert dict(spoken.turn(audio=rubbish))["reply"]["text"].startswith("Это не звукозапись")


def test_a_satellite_listens_asks_the_house_and_speaks(spoken: Spoken) -> None:
    """As Home Assistant does it: the voice process hears, the agent handles, the voice process speaks."""
    unknown, _ = asyncio.run(handled(spoken.satellite, RUSSIAN))
    assert "markoff link --satellite lobby" in unknown
    assert "lobby" in spoken.house.markoff("link", "--satellite", "lobby", "--login", "guard")
    text, streamed, pcm, rate = asyncio.run(talked(spoken))
    assert text.startswith("Сейчас 4 активные тревоги.")
    assert "".join(streamed).split() == text.split()
    assert len(pcm) / 2 / rate > 3
    assert max(pcm) > 0
    refused, _ = asyncio.run(handled(spoken.satellite, "Подтверди последнюю тревогу"))
    assert "Подтверждаете?" not in refused


async def handled(place: str, text: str) -> tuple[str, list[str]]:
    """What the house answers to a text: whole, and the pieces that came before."""
    streamed = []
    async with AsyncClient.from_uri(place) as client:
        await client.write_event(Transcript(text=text, language="ru").event())
        while (event := await asyncio.wait_for(client.read_event(), 60)) is not None:
            if event.type in ("handled", "not-handled"):
                return str(event.data["text"]), streamed
            streamed += [event.data["text"]] if event.type == "handled-chunk" else []
    raise AssertionError("the house hung up")


async def talked(spoken: Spoken) -> tuple[str, list[str], bytes, int]:
    """A question as sound, its words to the house, the answer as sound."""
    question = audio.decode((await Voice(spoken.voice, 30).say(RUSSIAN, "ru")).ogg, 60)
    raw = (question * 32767).astype("int16").tobytes()
    how = {"rate": 16000, "width": 2, "channels": 1}
    async with AsyncClient.from_uri(spoken.voice) as client:
        await client.write_event(Transcribe(language="ru").event())
        await client.write_event(Event("audio-start", how))
        for at in range(0, len(raw), 2048):
            await client.write_event(Event("audio-chunk", how, raw[at : at + 2048]))
        await client.write_event(Event("audio-stop"))
        event = await asyncio.wait_for(client.read_event(), 60)
        assert event is not None
        words = Transcript.from_event(event).text
    assert words == RUSSIAN
    text, streamed = await handled(spoken.satellite, words)
    pcm, rate = b"", 0
    async with AsyncClient.from_uri(spoken.voice) as client:
        await client.write_event(Synthesize(text=text, voice=SynthesizeVoice(language="ru")).event())
        while (event := await asyncio.wait_for(client.read_event(), 60)) is not None and event.type != "audio-stop":
            if event.type == "audio-chunk":
                pcm, rate = pcm + (event.payload or b""), event.data["rate"]
    return text, streamed, pcm, rate


async def test_a_voice_note_in_telegram_is_answered_by_a_voice_note(spoken: Spoken) -> None:
    told = await asyncio.to_thread(spoken.house.markoff, "link", "--login", "dispatcher", "--bot", "markoff_bot")
    secrets = json.loads(await asyncio.to_thread((spoken.house.data / "secrets.json").read_text))
    question = (await Voice(spoken.voice, 30).say(RUSSIAN, "ru")).ogg
    cloud = BotApi()
    async with served(cloud.app()) as address:
        cloud.url = f"http://{address}"
        settings = TelegramSettings(
            token=TOKEN, api_base=cloud.url, api_url=spoken.house.api, agent_key=secrets["agent_key"], poll_seconds=1,
            agent_url=f"http://127.0.0.1:{spoken.house.agent_port}", health="",
        )  # fmt: skip
        async with at_work(settings):
            cloud.says(7, f"/start {told.split()[1]}")
            await cloud.told(7, patience=60)
            cloud.speaks(7, question)
            shown = await cloud.sees(7, lambda all_: any(one.method == "sendVoice" for one in all_), 60)
    heard, reply, note = shown[-3:]
    assert RUSSIAN in heard.plain
    assert reply.plain.startswith("Сейчас 4 активные тревоги:")
    samples = audio.decode(note.file, 120)
    assert len(samples) / 16000 > 2
    assert float((samples**2).mean()) > 1e-4


@contextmanager
def motionless(process: subprocess.Popen[str]) -> Iterator[None]:
    """Within, a process does nothing."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_voice_process_that_dies_is_missed_started_again_and_hears_english(spoken: Spoken) -> None:
    recording = spoken.recorded(ENGLISH, "en")
    scripted(spoken.model, ENGLISH, "en")
    voice = spoken.house.part(spoken.voice)
    assert voice is not None
    with motionless(spoken.house.process):  # nobody starts it again before it is missed
        voice.kill()
        away = dict(spoken.turn(audio=recording, language="en"))
    assert away["reply"]["text"].startswith(("I cannot hear just now", "Too many people"))
    spoken.house.wait_hears(spoken.voice)
    told = dict(spoken.turn(audio=recording, thread="day"))
    assert (told["heard"]["text"], told["heard"]["language"]) == (ENGLISH, "en")
    assert "active alarms now." in told["reply"]["text"]
    assert told["reply"]["text"].endswith("Shall I list them?")
    assert lasting(told["audio"]) > 2
    assert spoken.health()["hears"].startswith("faster-whisper")
