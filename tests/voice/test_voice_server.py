"""The voice process as its callers know it: real engines, a real Whisper decoder, a real Wyoming client."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import httpx
import pytest
from wyoming.client import AsyncClient
from wyoming.event import Event

from tests.voice.conftest import HEARD
from tests.voice.running import ask, voice_process
from tests.voice.saying import spoken_wav
from voice import audio
from voice.faults import Fault
from voice.server import Running


@pytest.fixture(scope="module")
def voice(whisper: Path) -> Iterator[Running]:
    with voice_process(stt="whisper", whisper=str(whisper)) as running:
        yield running


async def spoken(voice: Running, text: str, language: str) -> bytes:
    (answer,) = await ask(voice.address, Event("note", {"text": text, "language": language}))
    assert answer.type == "recording", answer
    assert answer.payload is not None
    return answer.payload


async def test_a_note_is_a_voice_note_that_lasts_as_long_as_it_says(voice: Running) -> None:
    told = Event("note", {"text": "На третьем этаже сработал датчик дыма. Вызвать инженера?", "language": "ru"})
    (note,) = await ask(voice.address, told)
    assert note.payload is not None
    assert note.payload[:4] == b"OggS"
    assert b"OpusHead" in note.payload[:64]
    sound = audio.decode(note.payload, 60)
    assert len(sound) / 16000 == pytest.approx(note.data["duration"], abs=0.04)
    assert float((sound**2).mean()) > 1e-4, "silence"
    assert note.data["engine"] == "espeak-ng"


async def test_a_recording_becomes_words_and_names_who_heard_them(voice: Running) -> None:
    recording = await spoken(voice, "Покажи тревоги на третьем этаже", "ru")
    given = {"language": "ru", "names": ["Альфа", "412"], "terms": ["тревога"]}
    (heard,) = await ask(voice.address, Event("recording", given, recording))
    assert heard.type == "transcript"
    assert heard.data["text"] == HEARD
    assert heard.data["language"] == "ru"
    assert heard.data["context"]["engine"] == "faster-whisper"
    assert heard.data["context"]["confirm"] is False
    assert voice.engines.words.names == ("Альфа", "412")


@pytest.mark.parametrize(
    ("recording", "code"),
    [(b"", "not_sound"), (b"no recording at all", "not_sound"), (audio.wav(bytes(64000), 16000), "no_speech")],
)
async def test_what_cannot_be_heard_is_told_by_a_code(voice: Running, recording: bytes, code: str) -> None:
    (answer,) = await ask(voice.address, Event("recording", {"language": "ru"}, recording))
    assert (answer.type, answer.data["code"]) == ("error", code)
    assert answer.data["text"]


async def test_info_is_what_clients_of_the_protocol_read(voice: Running) -> None:
    (told,) = await ask(voice.address, Event("describe"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the library's `audioop`, on Python 3.11 and 3.12
        from wyoming.info import Info
    info = Info.from_event(told)
    assert (info.asr[0].name, info.asr[0].models[0].name) == ("faster-whisper", "scripted, cpu int8")
    assert info.asr[0].models[0].languages == ["ru", "en"]
    assert (info.tts[0].name, [voice.languages for voice in info.tts[0].voices]) == ("espeak-ng", [["ru"], ["en"]])
    assert info.tts[0].supports_synthesize_streaming


def told_in_pieces(recording: bytes, **about: object) -> list[Event]:
    """The events of a satellite that says a WAV, 20 ms at once."""
    sound = {"rate": 22050, "width": 2, "channels": 1}
    pcm = recording[44:]
    chunks = [Event("audio-chunk", sound, pcm[start : start + 882]) for start in range(0, len(pcm), 882)]
    return [Event("transcribe", dict(about)), Event("audio-start", sound), *chunks, Event("audio-stop", {})]


@pytest.mark.parametrize("language", ["ru", "ru-RU", None])
async def test_a_satellite_is_heard(voice: Running, language: str | None) -> None:
    said = spoken_wav("Покажи тревоги на третьем этаже", "ru")
    (heard,) = await ask(voice.address, *told_in_pieces(said, language=language))
    assert (heard.type, heard.data["text"]) == ("transcript", HEARD)


async def test_a_satellite_that_says_nothing_gets_an_empty_transcript(voice: Running) -> None:
    (heard,) = await ask(voice.address, *told_in_pieces(bytes(44 + 44100), language="ru"))
    assert (heard.type, heard.data["text"]) == ("transcript", "")


async def test_who_asks_for_it_is_told_when_they_end_without_saying_so(voice: Running) -> None:
    said = spoken_wav("Покажи тревоги на третьем этаже", "ru") + bytes(44100 * 2)
    events = [event for event in told_in_pieces(said, vad_sensitivity="default") if event.type != "audio-stop"]
    answers = await ask(voice.address, *events, until="transcript")
    assert [answer.type for answer in answers] == ["voice-started", "voice-stopped", "transcript"]
    assert answers[-1].data["text"] == HEARD


async def test_a_text_is_spoken_as_sound(voice: Running) -> None:
    given = Event("synthesize", {"text": "Room 412 is vacant.", "voice": {"language": "en"}})
    answers = await ask(voice.address, given, until="audio-stop")
    assert [answers[0].type, answers[-1].type] == ["audio-start", "audio-stop"]
    rate = answers[0].data["rate"]
    pcm = b"".join(answer.payload or b"" for answer in answers)
    assert 1 < len(pcm) / 2 / rate < 4


async def test_a_text_that_comes_bit_by_bit_is_spoken_sentence_by_sentence(voice: Running) -> None:
    text = "Сейчас две тревоги. Первая: температура 27.5 градусов, ул. Ленина. Вторая — дым!"
    bits = [Event("synthesize-chunk", {"text": text[start : start + 5]}) for start in range(0, len(text), 5)]
    around = Event("synthesize", {"text": text})
    events = [Event("synthesize-start", {}), *bits, around, Event("synthesize-stop", {})]
    answers = await ask(voice.address, *events, until="synthesize-stopped")
    kinds = [answer.type for answer in answers if answer.type != "audio-chunk"]
    assert kinds == ["audio-start", "audio-stop", "synthesize-stopped"]
    streamed = sum(len(answer.payload or b"") for answer in answers)
    whole = await ask(voice.address, around, until="audio-stop")
    assert streamed == pytest.approx(sum(len(answer.payload or b"") for answer in whole), rel=0.05)


async def test_the_first_sentence_is_spoken_before_the_second_is_told(voice: Running) -> None:
    async with AsyncClient.from_uri(voice.address) as client:
        await client.write_event(Event("synthesize-start", {}))
        await client.write_event(Event("synthesize-chunk", {"text": "Пять тревог. Наз"}))
        first = await asyncio.wait_for(client.read_event(), 60)
        assert first is not None
        assert first.type == "audio-start"


async def test_barge_in_ends_what_is_spoken(voice: Running) -> None:
    """The text is some minutes long; the caller takes the first sound, and wants no more."""
    async with AsyncClient.from_uri(voice.address) as client:
        await client.write_event(
            Event("synthesize", {"text": "Это предложение номер один. " * 150, "voice": {"language": "ru"}})
        )
        while (await asyncio.wait_for(client.read_event(), 60) or Event("")).type != "audio-chunk":
            pass
        await client.write_event(Event("cancel"))
        got = 0
        while (event := await asyncio.wait_for(client.read_event(), 60)) and event.type != "cancelled":
            got += len(event.payload or b"")
        assert got / 44100 < 250, "it went on to the end"
        await client.write_event(Event("ping", {"text": "still here"}))
        assert (await asyncio.wait_for(client.read_event(), 60) or Event("")).type == "pong"
    assert await settled(voice)


async def test_who_hangs_up_is_not_worked_for(voice: Running) -> None:
    client = AsyncClient.from_uri(voice.address)
    await client.connect()
    await client.write_event(Event("note", {"text": "Это предложение номер один. " * 150, "language": "ru"}))
    await client.disconnect()
    assert await settled(voice)


async def settled(voice: Running) -> bool:
    """Whether nothing is being done any more, soon."""
    for _ in range(3000):
        if not voice.engines.speaking.open and not voice.engines.listening.open:
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Event("note", {"text": "  "}), "no_words"),
        (Event("note", {"text": "—"}), "no_words"),
        (Event("note", {"text": "а" * 6000, "language": "ru"}), "too_long"),
        (Event("note", {"text": "hallo", "language": "de"}), "language"),
        (Event("recording", {"language": "de"}, b"x"), "language"),
        (Event("synthesize", {"text": ""}), "no_words"),
        (Event("audio-start", {"rate": 1, "width": 2, "channels": 1}), "event"),
        (Event("audio-start", {}), "event"),
    ],
)
async def test_what_cannot_be_done_is_told_and_the_talk_goes_on(voice: Running, event: Event, code: str) -> None:
    told, pong = await both(voice, event)
    assert (told.type, told.data["code"]) == ("error", code)
    assert told.data["text"]
    assert pong.type == "pong"


async def both(voice: Running, event: Event) -> tuple[Event, Event]:
    async with AsyncClient.from_uri(voice.address) as client:
        await client.write_event(event)
        await client.write_event(Event("ping"))
        told, pong = [await asyncio.wait_for(client.read_event(), 60) for _ in range(2)]
        assert told is not None
        assert pong is not None
        return told, pong


async def test_a_fault_is_told_in_the_callers_language(voice: Running) -> None:
    told, _ = await both(voice, Event("recording", {"language": "ru"}, b"x"))
    assert "прочитать нельзя" in told.data["text"]


@pytest.mark.parametrize(
    "junk",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b'{"type": "x", "data_length": 99999999999}\n',
        b'{"type": "recording", "payload_length": 999999999}\n',
        b"[]\n",
        b"x" * 70_000 + b"\n",
    ],
)
async def test_what_is_no_event_ends_the_connection_and_nothing_else(voice: Running, junk: bytes) -> None:
    host, _, port = voice.address.removeprefix("tcp://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(junk)
    told = await asyncio.wait_for(reader.read(), 60)
    assert b'"error"' in told
    writer.close()
    (answer,) = await ask(voice.address, Event("ping"))
    assert answer.type == "pong"


async def test_health_and_metrics_name_the_engines(voice: Running) -> None:
    assert voice.health is not None
    async with httpx.AsyncClient(timeout=60) as http:
        health = (await http.get(f"{voice.health}/health")).json()
        assert health["status"] == "ok"
        assert {
            "role": "listens",
            "language": "ru,en",
            "engine": "faster-whisper",
            "model": "scripted, cpu int8",
        } in health["engines"]
        assert (await http.get(f"{voice.health}/ready")).status_code == 200
        assert (await http.get(f"{voice.health}/none")).status_code == 404
        assert (await http.post(f"{voice.health}/health")).status_code == 405
        metrics = (await http.get(f"{voice.health}/metrics")).text
    assert 'markoff_voice_engine{engine="espeak-ng",language="ru",' in metrics
    assert 'markoff_voice_stage_seconds_bucket{le="+Inf",stage="transcribe"}' in metrics
    assert 'markoff_voice_requests_total{kind="hear",outcome="ok"}' in metrics


async def test_many_callers_at_once_are_all_answered_or_told_to_come_again(voice: Running) -> None:
    events = [Event("note", {"text": f"Комната {number}. Всё спокойно.", "language": "ru"}) for number in range(30)]
    answers = [answer for (answer,) in await asyncio.gather(*(ask(voice.address, event) for event in events))]
    assert {answer.type for answer in answers} <= {"recording", "error"}
    assert {answer.data["code"] for answer in answers if answer.type == "error"} <= {"busy"}
    assert sum(answer.type == "recording" for answer in answers) >= 9, "as many as have a place"
    assert await settled(voice)


async def test_who_is_not_let_in_gets_no_answer() -> None:
    with voice_process(stt="none", allow=["10.0.0.0/8"]) as voice:
        client = AsyncClient.from_uri(voice.address)
        await client.connect()
        assert await asyncio.wait_for(client.read_event(), 60) is None
        await client.disconnect()


async def test_who_has_asked_is_answered_before_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.server.PARTING", 60.0)  # the machine may be slow
    async with AsyncExitStack() as callers:
        with ExitStack() as stack:
            voice = stack.enter_context(voice_process(stt="none"))
            client = await callers.enter_async_context(AsyncClient.from_uri(voice.address))
            idle = await callers.enter_async_context(AsyncClient.from_uri(voice.address))
            for each in (client, idle):
                await each.write_event(Event("ping", {}))
                assert await asyncio.wait_for(each.read_event(), 60)
            go = threading.Event()
            voice.engines.speaking.pool.submit(go.wait, 60)  # nobody speaks before the process is told to end
            await client.write_event(Event("note", {"text": "Это предложение номер один.", "language": "ru"}))
            async with asyncio.timeout(60):
                while not voice.engines.speaking.open:  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            ended = asyncio.create_task(asyncio.to_thread(stack.pop_all().close))
            await asyncio.sleep(0)
            go.set()
            told = await asyncio.wait_for(client.read_event(), 60)
            assert told is not None
            assert told.type == "recording"
            assert await asyncio.wait_for(idle.read_event(), 60) is None
            await ended


async def test_work_that_takes_too_long_is_given_up(whisper: Path) -> None:
    said = spoken_wav("Покажи тревоги на третьем этаже", "ru")
    with voice_process(stt="whisper", whisper=str(whisper), patience=0.0001) as voice:
        (told,) = await ask(voice.address, Event("recording", {}, said))
        assert (told.type, told.data["code"]) == ("error", "busy")


def test_engines_that_take_too_much_memory_are_not_served() -> None:
    with pytest.raises(Fault, match="memory is 1"), voice_process(stt="none", memory=1):
        pass


async def test_nobody_listens_where_that_is_the_wish() -> None:
    with voice_process(stt="none") as voice:
        (told,) = await ask(voice.address, Event("recording", {"language": "ru"}, spoken_wav("Раз", "ru")))
        assert (told.data["code"], told.data["text"]) == ("no_engine", "Распознавание выключено: stt — none")
        assert voice.health is not None
        async with httpx.AsyncClient(timeout=60) as http:
            assert (await http.get(f"{voice.health}/ready")).status_code == 200
            assert (await http.get(f"{voice.health}/health")).json()["notices"] == []


async def test_without_a_model_the_grammar_listens_and_that_is_told() -> None:
    with voice_process() as voice:
        assert voice.engines.listener is not None
        assert voice.engines.listener.name == "grammar"
        said = spoken_wav("show alarms on the third floor", "en")
        (heard,) = await ask(voice.address, Event("recording", {"language": "en"}, said))
        assert (heard.data["text"], heard.data["context"]["confirm"]) == ("show alarms on the third floor", True)
        assert voice.health is not None
        async with httpx.AsyncClient(timeout=60) as http:
            health = (await http.get(f"{voice.health}/health")).json()
        assert health["status"] == "degraded"
        assert "grammar recogniser" in health["notices"][0]["en"]
