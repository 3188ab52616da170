"""The voice process as its callers know it: real engines, a real Whisper decoder, a real Wyoming client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wyoming.event import Event

from tests.voice.running import ask, voice_process
from tests.voice.scripted import scripted
from voice import audio
from voice.server import Running

HEARD = "покажи тревоги на третьем этаже"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = scripted(tmp_path_factory.mktemp("whisper") / "scripted", HEARD)
    with voice_process(stt="whisper", whisper=str(folder)) as running:
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
