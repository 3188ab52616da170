"""A microphone and a loudspeaker of this machine, by PortAudio; and one utterance taken from it, push to talk."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from voice import vad
from voice.audio import Intake
from voice.faults import missing, no_engine
from voice.ports import RATE

if TYPE_CHECKING:
    from voice.ports import Sound

BLOCK = 0.05
"""Seconds of sound that are recorded and played at once."""
PATIENCE = 10.0
"""Seconds to wait for somebody to begin."""

Pressed = Callable[[], bool]
"""Whether a key was pressed since it was asked last."""


class Device(Protocol):
    """Where sound comes from and goes to."""

    def record(self) -> Generator[bytes, None, None]:
        """16-bit samples of one channel, 16,000 a second, for as long as they are taken."""

    def play(self, pcm: bytes, rate: int, stop: Pressed) -> bool:
        """Play 16-bit samples of one channel; whether it was stopped before their end."""


class PortAudio:
    """The default microphone and loudspeaker."""

    def __init__(self) -> None:
        try:
            import sounddevice
        except ImportError as absent:
            raise missing("voice", "sounddevice") from absent
        except OSError as absent:
            raise no_engine(
                "PortAudio, which reaches microphones, is not installed: apt install libportaudio2",
                "Не установлен PortAudio, нужный для микрофона: apt install libportaudio2",
            ) from absent
        self.library: Any = sounddevice
        for kind, english, russian in (("input", "microphone", "Микрофона"), ("output", "loudspeaker", "Динамика")):
            try:
                self.library.query_devices(kind=kind)
            except (ValueError, self.library.PortAudioError) as absent:
                raise no_engine(f"There is no {english} on this machine", f"{russian} на этой машине нет") from absent

    def record(self) -> Generator[bytes, None, None]:
        """As Device says."""
        block = int(RATE * BLOCK)
        with (
            self._told(),
            self.library.RawInputStream(samplerate=RATE, channels=1, dtype="int16", blocksize=block) as stream,
        ):
            while True:
                data, _ = stream.read(block)
                yield bytes(data)

    def play(self, pcm: bytes, rate: int, stop: Pressed) -> bool:
        """As Device says."""
        block = int(rate * BLOCK) * 2
        with self._told(), self.library.RawOutputStream(samplerate=rate, channels=1, dtype="int16") as stream:
            for start in range(0, len(pcm), block):
                if stop():
                    stream.abort()
                    return True
                stream.write(pcm[start : start + block])
        return False

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except self.library.PortAudioError as broken:
            raise no_engine(f"The sound device fails: {broken}", f"Ошибка звукового устройства: {broken}") from broken


def utterance(device: Device, pause: float, most_seconds: float, enough: Pressed) -> Sound | None:
    """What somebody says: until they pause or press a key. None if nobody says anything."""
    import numpy as np

    listening, intake = vad.Endpoint(pause), Intake(RATE, 2, 1)
    parts: list[Sound] = []
    samples, begun = 0, False
    with contextlib.closing(device.record()) as blocks:
        for block in blocks:
            sound = intake.take(block)
            parts.append(sound)
            samples += len(sound)
            for told in listening.feed(sound):
                if told is not None:
                    return told
                begun = True
            if enough() or samples > most_seconds * RATE or (not begun and samples > PATIENCE * RATE):
                break
    return np.concatenate(parts) if begun else None
