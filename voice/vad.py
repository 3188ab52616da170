"""Where speech is: Silero's network, as it comes with faster-whisper. Of a whole recording, or while it is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from voice.faults import missing
from voice.ports import RATE

if TYPE_CHECKING:
    from voice.ports import Sound

WINDOW = 512
"""Samples that the network judges at once: 32 ms."""
BEFORE = 64
"""Samples of the window before, which it wants too."""
SURE, UNSURE = 0.5, 0.35
"""Probabilities: from here it is speech; under this it is none any more."""
PAD = int(0.2 * RATE)
"""Samples kept around speech, for soft beginnings and ends."""
GAP = int(0.5 * RATE)
"""Samples of silence within speech; longer ones are shortened to this."""
LEAST = 3
"""Windows of speech that are a word, about 0.1 s."""

_loading = threading.Lock()


class Judge:
    """How likely each window is speech; remembers what came before."""

    def __init__(self) -> None:
        self.session = _session()
        import numpy as np

        self.np = np
        self.reset()

    def reset(self) -> None:
        """Forget what came before."""
        np = self.np
        self.h = np.zeros((1, 1, 128), np.float32)
        self.c = np.zeros((1, 1, 128), np.float32)
        self.before = np.zeros(BEFORE, np.float32)

    def speech(self, window: Sound) -> float:
        """The probability that these 512 samples are speech."""
        given = self.np.concatenate([self.before, window])[None].astype(self.np.float32)
        self.before = window[-BEFORE:]
        told, self.h, self.c = self.session.run(None, {"input": given, "h": self.h, "c": self.c})
        return float(told.squeeze())


def prepare() -> None:
    """Load the network."""
    _session()


def segments(sound: Sound) -> list[tuple[int, int]]:
    """Where speech is, as first and last sample, with a little around it."""
    judge = Judge()
    windows = len(sound) // WINDOW
    active = [judge.speech(sound[n * WINDOW : (n + 1) * WINDOW]) for n in range(windows)]
    found: list[list[int]] = []
    start: int | None = None
    for number, chance in enumerate([*active, 0.0]):
        if start is None and chance >= SURE:
            start = number
        elif start is not None and chance < UNSURE:
            if number - start >= LEAST:
                found.append([start * WINDOW, number * WINDOW])
            start = None
    joined: list[tuple[int, int]] = []
    for first, last in found:
        first, last = max(0, first - PAD), min(len(sound), last + PAD)
        if joined and first - joined[-1][1] < GAP:
            first = joined.pop()[0]
        joined.append((first, last))
    return joined


def spoken(sound: Sound) -> Sound | None:
    """The sound without its silence; None if there is no speech in it."""
    import numpy as np

    found = segments(sound)
    if not found:
        return None
    return np.concatenate([sound[first:last] for first, last in found])


class Endpoint:
    """Listens while it is said, and tells when it began and ended."""

    def __init__(self, pause: float) -> None:
        self.judge = Judge()
        self.np = self.judge.np
        self.quiet_for = max(1, round(pause * RATE / WINDOW))
        self.kept = PAD // WINDOW + LEAST
        self.reset()

    def reset(self) -> None:
        """Wait for the next words."""
        self.judge.reset()
        self.speaking = False
        self.loud = self.quiet = 0
        self.windows: list[Any] = []
        self.rest: Sound = self.np.zeros(0, self.np.float32)

    def feed(self, sound: Sound) -> Iterator[Sound | None]:
        """None when somebody begins; what was said when they end."""
        self.rest = self.np.concatenate([self.rest, sound])
        while len(self.rest) >= WINDOW:
            window, self.rest = self.rest[:WINDOW], self.rest[WINDOW:]
            self.windows.append(window)
            chance = self.judge.speech(window)
            if not self.speaking:
                self.loud = self.loud + 1 if chance >= SURE else 0
                self.windows = self.windows[-self.kept :]
                if self.loud >= LEAST:
                    self.speaking, self.quiet = True, 0
                    yield None
                continue
            self.quiet = self.quiet + 1 if chance < UNSURE else 0
            if self.quiet >= self.quiet_for:
                said = self.np.concatenate(self.windows)
                self.speaking, self.loud, self.windows = False, 0, []
                yield said


def _session() -> Any:
    with _loading:
        try:
            from faster_whisper.vad import get_vad_model
        except ImportError as absent:
            raise missing("voice", absent.name or "faster-whisper") from absent
        return get_vad_model().session
