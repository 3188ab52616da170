"""Where speech is: found in espeak-ng's words, and in nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from tests.voice.saying import spoken_wav
from voice import audio, vad
from voice.ports import RATE, Language

SAID: list[tuple[str, Language]] = [
    ("Внимание! На третьем этаже сработал датчик дыма.", "ru"),
    ("A smoke sensor went off on the third floor.", "en"),
]


def noise(seconds: float, loudness: float) -> np.ndarray:
    return np.random.default_rng(7).standard_normal(int(seconds * RATE)).astype(np.float32) * loudness


def speech(text: str, language: Language) -> np.ndarray:
    return audio.decode(spoken_wav(text, language), 60)


@pytest.mark.parametrize(("text", "language"), SAID)
@pytest.mark.parametrize("loudness", [0.0, 0.003, 0.01])
def test_speech_is_found_between_silence(text: str, language: Language, loudness: float) -> None:
    said = speech(text, language)
    loud = np.nonzero(abs(said) > 0.01)[0]
    sound = (
        np.concatenate([noise(1, 0), said, noise(1.5, 0)])
        + noise(2.5 + len(said) / RATE + 1, loudness)[: len(said) + int(2.5 * RATE)]
    )
    found = vad.segments(sound)
    assert found
    assert found[0][0] / RATE == pytest.approx(1 + loud[0] / RATE, abs=0.35)
    assert found[-1][1] / RATE == pytest.approx(1 + loud[-1] / RATE, abs=0.45)
    kept = vad.spoken(sound)
    assert kept is not None
    assert len(kept) < len(sound) - RATE


@pytest.mark.parametrize(
    "sound", [noise(3, 0), noise(3, 0.05), np.sin(np.arange(48000) * 0.17).astype(np.float32) * 0.3, noise(0.01, 0.1)]
)
def test_no_speech_in_silence_noise_or_a_tone(sound: np.ndarray) -> None:
    assert vad.spoken(sound) is None


@pytest.mark.parametrize(("text", "language"), [*SAID, ("Стоп.", "ru"), ("Stop.", "en")])
def test_the_end_is_noticed_while_it_is_said(text: str, language: Language) -> None:
    said = speech(text, language)
    sound = np.concatenate([noise(0.7, 0.003), said, noise(1.2, 0.003)])
    listening, told = vad.Endpoint(0.6), []
    for start in range(0, len(sound), 320):
        told += [(start / RATE, one) for one in listening.feed(sound[start : start + 320])]
    assert [one is None for _, one in told] == [True, False]
    utterance = told[1][1]
    assert utterance is not None
    assert len(utterance) / RATE == pytest.approx(len(said) / RATE + 0.6, abs=0.6)
    last_loud = 0.7 + np.nonzero(abs(said) > 0.01)[0][-1] / RATE
    assert told[1][0] - last_loud < 0.9
