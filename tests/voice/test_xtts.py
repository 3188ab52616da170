"""XTTS-v2's code path on a tiny random checkpoint; where the extra `voice-xtts` is not installed it is left out."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.voice.checkpoint import checkpoint
from tests.voice.running import ask, voice_process
from tests.voice.saying import spoken_wav
from voice import audio, cuda
from voice.faults import Fault
from voice.xtts import Xtts

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("TTS") is None or importlib.util.find_spec("torch") is None,
        reason="the extra voice-xtts is not installed",
    ),
    pytest.mark.filterwarnings("ignore"),
]
DEVICE = "cuda" if cuda.devices() else "cpu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkpoint(tmp_path_factory.mktemp("xtts") / "tiny")


@pytest.fixture(scope="module")
def xtts(folder: Path) -> Xtts:
    made = Xtts(folder, "", DEVICE, accepted=True)
    made.prepare()
    return made


@pytest.mark.parametrize(("text", "language"), [("На третьем этаже дым.", "ru"), ("Smoke on the third floor.", "en")])
def test_it_speaks_in_pieces(xtts: Xtts, text: str, language: str) -> None:
    pieces = list(xtts.speak(text, "ru" if language == "ru" else "en"))
    assert len(pieces) >= 2, "it comes in pieces"
    assert sum(len(piece) for piece in pieces) / 2 / xtts.rate > 0.3


def test_a_named_speaker_and_one_that_is_not_there(folder: Path) -> None:
    named = Xtts(folder, "Tiny", DEVICE, accepted=True)
    named.prepare()
    assert b"".join(named.speak("Да.", "ru"))
    with pytest.raises(Fault, match="no speaker Nobody; it has Tiny"):
        Xtts(folder, "Nobody", DEVICE, accepted=True).prepare()


def test_a_voice_like_that_of_a_recording(folder: Path, tmp_path: Path) -> None:
    example = tmp_path / "example.wav"
    example.write_bytes(spoken_wav("Это образец голоса, которым надо говорить.", "ru"))
    like = Xtts(folder, str(example), DEVICE, accepted=True)
    like.prepare()
    assert b"".join(like.speak("Да.", "ru"))


async def test_the_process_speaks_with_it(folder: Path) -> None:
    from wyoming.event import Event

    settings = {"tts": "xtts", "xtts": folder, "xtts_licence": "accepted", "stt": "none", "device": DEVICE}
    with voice_process(**settings) as running:
        (note,) = await ask(running.address, Event("note", {"text": "На 3 этаже дым.", "language": "ru"}))
        assert note.data["engine"] == "xtts"
        assert note.payload is not None
        assert len(audio.decode(note.payload, 60)) > 8000
