"""Recordings in and out: what goes in comes out as long as it was, and what is none is told."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from tests.voice.saying import ESPEAK_RATE, spoken_wav
from voice import audio
from voice.faults import Fault


def tone(seconds: float, rate: int) -> np.ndarray:
    return (np.sin(np.arange(int(seconds * rate)) * 440 * 2 * np.pi / rate) * 12000).astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100, 48000])
@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_a_voice_note_is_opus_of_the_right_length(rate: int, seconds: float) -> None:
    ogg = audio.encode(tone(seconds, rate).tobytes(), rate)
    with av.open(io.BytesIO(ogg)) as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.codec_context.name) == ("ogg", "opus")
        assert (stream.codec_context.sample_rate, stream.codec_context.layout.name) == (48000, "mono")
    assert len(audio.decode(ogg, 60)) / 16000 == pytest.approx(seconds, abs=0.04)


def test_wav_is_read_too() -> None:
    recording = spoken_wav("Проверка звука", "ru")
    sound = audio.decode(recording, 60)
    assert len(sound) / 16000 == pytest.approx((len(recording) - 44) / 2 / ESPEAK_RATE, abs=0.04)
    assert float(abs(sound).max()) <= 1.0


@pytest.mark.parametrize("recording", [b"", b"RIFF", b"OggS" + bytes(100), b"<html>" * 500])
def test_what_is_no_recording_is_told(recording: bytes) -> None:
    with pytest.raises(Fault) as told:
        audio.decode(recording, 60)
    assert told.value.code == "not_sound"


def test_a_recording_cut_in_the_middle_is_heard_as_far_as_it_goes() -> None:
    ogg = audio.encode(tone(4, 16000).tobytes(), 16000)
    assert 0.5 < len(audio.decode(ogg[: len(ogg) // 2], 60)) / 16000 < 3.5


def test_a_long_recording_is_refused_before_it_is_read_whole() -> None:
    with pytest.raises(Fault) as told:
        audio.decode(audio.encode(tone(3, 16000).tobytes(), 16000), 2)
    assert told.value.code == "too_long"
    assert "2" in told.value.told("ru")


@pytest.mark.parametrize(("rate", "width", "channels"), [(22050, 2, 1), (48000, 2, 2), (16000, 4, 1), (8000, 1, 1)])
def test_sound_that_comes_bit_by_bit_keeps_its_length(rate: int, width: int, channels: int) -> None:
    samples = tone(1, rate)
    kinds = {1: (samples // 256 + 128).astype(np.uint8), 2: samples, 4: samples.astype(np.int32) << 16}
    pcm = np.repeat(kinds[width], channels).tobytes()
    intake = audio.Intake(rate, width, channels)
    parts = [intake.take(pcm[start : start + 1001]) for start in range(0, len(pcm), 1001)]
    sound = np.concatenate([*parts, intake.end()])
    assert len(sound) / 16000 == pytest.approx(1, abs=0.01)
    assert float(abs(sound).max()) == pytest.approx(12000 / 32768, abs=0.03)


@pytest.mark.parametrize(("rate", "width", "channels"), [(16000, 3, 1), (100, 2, 1), (16000, 2, 0), (16000, 2, 99)])
def test_sound_of_no_known_kind_is_refused(rate: int, width: int, channels: int) -> None:
    with pytest.raises(Fault):
        audio.Intake(rate, width, channels)
