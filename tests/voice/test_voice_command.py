"""`markoff speak`, `transcribe` and `voice serve` as commands."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from wyoming.event import Event

from tests.voice.conftest import HEARD
from tests.voice.running import ask
from voice import audio

ROOT = Path(__file__).parents[2]


def markoff(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main()", *arguments],
        env=environment(**settings), capture_output=True, text=True, timeout=120, cwd="/",
    )  # fmt: skip


def environment(**settings: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "MARKOFF_VOICE_DEVICE": "cpu",
        "PYTHONWARNINGS": "default",
        **settings,
    }


def test_speak_then_transcribe(tmp_path: Path, whisper: Path) -> None:
    note = tmp_path / "f.ogg"
    spoken = markoff("--lang", "ru", "speak", "Комната 412, 21.5 °C", "-o", str(note))
    assert spoken.returncode == 0, spoken.stderr
    assert "espeak-ng" in spoken.stdout
    assert 2 < len(audio.decode(note.read_bytes(), 60)) / 16000 < 8
    heard = markoff("transcribe", str(note), MARKOFF_VOICE_WHISPER=str(whisper))
    assert (heard.returncode, heard.stdout.strip()) == (0, HEARD), heard.stderr
    assert "faster-whisper (scripted, cpu int8)" in heard.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["speak", "x", "-o", "f.mp3"], "ends in .ogg or .wav"),
        (["speak", "x", "-o", "/no/such/folder/f.ogg"], "No such file"),
        (["speak", " ", "-o", "f.ogg"], "There is nothing to say"),
        (["transcribe", "/no/such/file.ogg"], "No such file"),
        (["transcribe", __file__], "no recording that can be read"),
        (["voice", "serve", "--listen", "tcp://10.255.255.1:1"], "cannot listen at tcp://10.255.255.1:1"),
        (["voice", "serve", "--listen", "nonsense"], "tcp://host:port or unix:///path"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], sentence: str, whisper: Path) -> None:
    told = markoff(*arguments, MARKOFF_VOICE_WHISPER=str(whisper))
    assert told.returncode == 1
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr


def test_serve_on_a_unix_socket_until_told_to_stop(tmp_path: Path, whisper: Path) -> None:
    place = tmp_path / "voice.sock"
    process = subprocess.Popen(
        [sys.executable, "-c", "from deploy.cli import main; main()", "voice", "serve"], cwd="/", stdout=subprocess.PIPE, text=True,
        env=environment(MARKOFF_VOICE_LISTEN=f"unix://{place}", MARKOFF_VOICE_HEALTH="127.0.0.1:0", MARKOFF_VOICE_WHISPER=str(whisper)),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        assert next(line for line in lines if "speaks en" in line) == "espeak-ng speaks en (1.52.0 ru/en-us)\n"
        (note,) = asyncio.run(ask(f"unix://{place}", Event("note", {"text": "Ready.", "language": "en"})))
        assert note.type == "recording"
        (heard,) = asyncio.run(ask(f"unix://{place}", Event("recording", {}, note.payload)))
        assert heard.data["text"] == HEARD
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert not place.exists(), "the socket is removed"
