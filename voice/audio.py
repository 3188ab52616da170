"""Recordings in and out: OGG/Opus (RFC 7845) and WAV by PyAV, and a change of rate. Blocking: call it in a thread."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from voice.faults import Fault, missing
from voice.ports import RATE

if TYPE_CHECKING:
    from voice.ports import Sound

OPUS_RATE = 48_000
BITS = 32_000
"""Bits a second of a voice note."""
EFFORT = "5"
"""Of the encoder, of 10: a fifth less processor time than the most, at the same bits a second."""
FORMATS = {1: "u8", 2: "s16", 4: "s32"}
"""What samples of so many bytes are called."""
FRAME = 48_000
"""Samples that are handed on at once."""


def decode(recording: bytes, most_seconds: float) -> Sound:
    """The sound of a recording in any format that is known; `Fault` if it is none, or longer than that."""
    av, np = _libraries()
    parts: list[Any] = []
    count, most = 0, int(most_seconds * RATE)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    try:
        with av.open(io.BytesIO(recording), mode="r", metadata_errors="replace") as container:
            if not container.streams.audio:
                raise Fault("not_sound")
            for frame in container.decode(audio=0):
                for part in _resampled(resampler, frame):
                    parts.append(part)
                    count += part.shape[0]
                if count > most:
                    raise too_long(most_seconds)
            parts.extend(_resampled(resampler, None))
    except av.error.FFmpegError as fault:
        if not parts:
            raise Fault("not_sound") from fault
    sound: Sound = np.concatenate(parts).astype(np.float32) / 32768 if parts else np.zeros(0, np.float32)
    return sound


def encode(pcm: bytes, rate: int) -> bytes:
    """OGG/Opus of 16-bit samples of one channel, as voice notes are: 48 kHz, mono, 32 kbit/s."""
    av, np = _libraries()
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=OPUS_RATE, layout="mono")
        stream.bit_rate = BITS
        stream.options = {"application": "voip", "vbr": "on", "frame_duration": "20", "compression_level": EFFORT}
        resampler = av.AudioResampler(format="s16", layout="mono", rate=OPUS_RATE)
        for start in range(0, len(pcm), FRAME * 2):
            samples = np.frombuffer(pcm[start : start + FRAME * 2], np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
            frame.sample_rate = rate
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def wav(pcm: bytes, rate: int) -> bytes:
    """WAV of 16-bit samples of one channel."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)
    return out.getvalue()


def seconds(pcm: bytes, rate: int) -> float:
    """How long 16-bit samples of one channel last."""
    return len(pcm) / 2 / rate


def too_long(most_seconds: float) -> Fault:
    return Fault("too_long", most=f"{most_seconds:g}", unit="seconds", unit_ru="секунд")


class Intake:
    """Samples that arrive bit by bit, in any rate, width and number of channels."""

    def __init__(self, rate: int, width: int, channels: int) -> None:
        if width not in FORMATS or not 1 <= channels <= 8 or not 4_000 <= rate <= 192_000:
            raise Fault("event", why=f"sound of {rate} Hz, {width} bytes, {channels} channels")
        self.av, self.np = _libraries()
        self.rate, self.width, self.channels = rate, width, channels
        self.resampler = self.av.AudioResampler(format="s16", layout="mono", rate=RATE)
        self.left = b""

    def take(self, pcm: bytes) -> Sound:
        """What these bytes add."""
        whole = self.width * self.channels
        data = self.left + pcm
        cut = len(data) - len(data) % whole
        self.left = data[cut:]
        if not cut:
            return self._joined([])
        kind = {1: self.np.uint8, 2: self.np.int16, 4: self.np.int32}[self.width]
        samples = self.np.frombuffer(data[:cut], kind)[None, :]
        layout = "mono" if self.channels == 1 else "stereo" if self.channels == 2 else f"{self.channels}c"
        frame = self.av.AudioFrame.from_ndarray(samples, format=FORMATS[self.width], layout=layout)
        frame.sample_rate = self.rate
        return self._joined(list(_resampled(self.resampler, frame)))

    def end(self) -> Sound:
        """What was still on its way."""
        return self._joined(list(_resampled(self.resampler, None)))

    def _joined(self, parts: list[Any]) -> Sound:
        np = self.np
        sound: Sound = np.concatenate(parts).astype(np.float32) / 32768 if parts else np.zeros(0, np.float32)
        return sound


def _resampled(resampler: Any, frame: Any) -> Iterator[Any]:
    for part in resampler.resample(frame):
        yield part.to_ndarray()[0]


def _libraries() -> tuple[Any, Any]:
    try:
        import av
        import numpy
    except ImportError as absent:
        raise missing("voice", absent.name or "PyAV") from absent
    return av, numpy
