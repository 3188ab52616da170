"""Push to talk: what is taken from a microphone, and a reply that is cut short. The microphone is a recording here."""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from agent.channels.cli import Told
from deploy.talking import converse
from tests.voice import saying
from voice import audio
from voice.microphone import utterance
from voice.ports import RATE


@dataclass
class Room:
    """A device in a room where these sounds are made, then silence; it remembers what it played."""

    sounds: list[np.ndarray]
    played: list[float] = field(default_factory=list)
    let_go: int = 0

    def record(self) -> Generator[bytes, None, None]:
        sound = self.sounds.pop(0) if self.sounds else np.zeros(0, np.float32)
        pcm = (np.concatenate([sound, np.zeros(RATE * 20, np.float32)]) * 32767).astype(np.int16).tobytes()
        try:
            for start in range(0, len(pcm), 1600):
                yield pcm[start : start + 1600]
        finally:
            self.let_go += 1

    def play(self, pcm: bytes, rate: int, stop: Callable[[], bool]) -> bool:
        for start in range(0, len(pcm), rate // 10):
            if stop():
                self.played.append(start / 2 / rate)
                return True
        self.played.append(len(pcm) / 2 / rate)
        return False


@dataclass
class Hands:
    """Keys pressed when they are waited for, and the counts of looks after which one is pressed in between."""

    waited: list[str]
    between: list[int] = field(default_factory=list)
    looks: int = 0

    def wait(self) -> str:
        return self.waited.pop(0) if self.waited else ""

    def pressed(self) -> bool:
        self.looks += 1
        if self.between and self.looks == self.between[0]:
            self.between.pop(0)
            return True
        return False


@pytest.fixture(scope="module")
def said() -> np.ndarray:
    return audio.decode(saying.spoken_wav("Покажи тревоги на третьем этаже", "ru"), 60)


def test_a_pause_ends_what_is_said(said: np.ndarray) -> None:
    room = Room([said])
    sound = utterance(room, 0.6, 60, lambda: False)
    assert sound is not None
    assert len(sound) / RATE == pytest.approx(len(said) / RATE + 0.6, abs=0.5)
    assert room.let_go == 1, "the microphone is let go"


def test_a_key_ends_it_at_once(said: np.ndarray) -> None:
    hands = Hands([], [16])
    sound = utterance(Room([np.concatenate([said, said])]), 0.6, 60, hands.pressed)
    assert sound is not None
    assert len(sound) / RATE == pytest.approx(0.8, abs=0.1)


def test_nobody_speaks() -> None:
    assert utterance(Room([]), 0.6, 60, lambda: False) is None


def test_a_talk_with_a_reply_cut_short(said: np.ndarray, capsys: pytest.CaptureFixture[str]) -> None:
    reply = audio.encode(
        saying.said("Пять тревог. Первая на третьем этаже, вторая на пятом.", "ru", saying.VOICES["ru"]),
        saying.ESPEAK_RATE,
    )
    asked: list[bytes] = []

    def ask(recording: bytes) -> Told:
        asked.append(recording)
        note: dict[str, Any] = {"ogg": base64.b64encode(reply).decode(), "seconds": 4.0, "engine": "espeak-ng"}
        return Told(reply="Пять тревог.", heard={"text": "покажи тревоги", "engine": "grammar"}, audio=note)

    room = Room([said, said])
    looks = Hands([])
    utterance(Room([said]), 0.6, 60, looks.pressed)
    hands = Hands([" ", "q"], [looks.looks + 5])
    converse(room, hands, ask, 0.6)
    assert len(asked) == 2, "the key that cut the reply short began the next question"
    assert all(recording.startswith(b"OggS") for recording in asked)
    assert room.played[0] < 1 < room.played[1]
    assert "покажи тревоги" in capsys.readouterr().out
