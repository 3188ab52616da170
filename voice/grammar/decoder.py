"""pocketsphinx with one grammar: the best command for a sound, and how much better any other sounds would fit."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice.faults import missing
from voice.ports import RATE

if TYPE_CHECKING:
    from voice.ports import Sound

PADDING = 0.3
"""Seconds of quiet put around what is said: words at the very edge are lost otherwise."""
DITHER = 0.002
"""Standard deviation of the noise added: the model has never heard digital silence, and fails on it."""
SEED = 412


@dataclass(frozen=True, slots=True)
class Match:
    """The words that fit best, and how much better any sounds at all would fit, per hundredth of a second."""

    words: tuple[str, ...]
    margin: float
    """Over all that was said; a natural logarithm."""
    worst: float
    """Over the word that fits worst, in the model's own units: a command that was not said has one at least."""
    covered: float
    """The part of the sound's energy that is in its words, not between them."""


class Decoder:
    """A grammar made ready. Not for several threads."""

    def __init__(self, jsgf: str, ways: Mapping[str, tuple[str, ...]]) -> None:
        """`ways` are the pronunciations of every word of the grammar, in the phones of the model."""
        sphinx = library()
        model = Path(sphinx.get_model_path()) / "en-us"
        with tempfile.TemporaryDirectory() as folder:
            known = Path(folder) / "words.dict"
            known.write_text("\n".join(_dictionary(ways)) + "\n", encoding="utf-8")
            self.decoder: Any = sphinx.Decoder(hmm=str(model / "en-us"), dict=str(known), lm=None, loglevel="FATAL")
        self.decoder.add_jsgf_string("commands", jsgf)
        self.decoder.add_allphone_file("sounds", str(model / "en-us-phone.lm.bin"))

    def match(self, sound: Sound) -> Match | None:
        """The command that fits best; None if there is none. It may be the beginning of one only."""
        pcm = prepared(sound)
        command = self._pass("commands", pcm)
        spoken = [one for one in command.parts if not one.word.startswith(FILLERS)]
        words = tuple(VARIANT.sub("", one.word) for one in spoken)
        if not words:
            return None
        sounds = self._pass("sounds", pcm)
        frames = max(1, self.decoder.n_frames())
        return Match(
            words, (sounds.score - command.score) / frames, _worst(spoken, sounds.parts, frames), _covered(spoken, pcm)
        )

    def _pass(self, search: str, pcm: bytes) -> _Pass:
        self.decoder.reinit_feat()  # or what was said before would colour what is heard now
        self.decoder.activate_search(search)
        self.decoder.start_utt()
        self.decoder.process_raw(pcm, no_search=False, full_utt=True)
        self.decoder.end_utt()
        best = self.decoder.hyp()
        if best is None:
            return _Pass(0.0, [])
        parts = [_Part(one.word, one.start_frame, one.end_frame, _log(one.ascore)) for one in self.decoder.seg()]
        return _Pass(_log(best.best_score), parts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A word or a phone: its first and last frame, and how well it fits."""

    word: str
    first: int
    last: int
    score: float


@dataclass(frozen=True, slots=True)
class _Pass:
    score: float
    parts: list[_Part]


LEAST = math.log(1e-300)
"""Scores come as likelihoods: what is less likely than this is too long a word to be judged."""


def _log(likelihood: float) -> float:
    return math.log(likelihood) if likelihood > 1e-300 else LEAST


VARIANT = re.compile(r"\(\d+\)$")
"""What marks another pronunciation of a word."""
FILLERS = ("<", "(", "[", "+")
"""How silence, breath, noise and what joins rules begin."""
SHORTEST = 8
"""Frames of a word that is long enough to be judged by itself."""


def _worst(words: list[_Part], sounds: list[_Part], frames: int) -> float:
    at = [0.0] * (frames + 1)
    for one in sounds:
        last = min(one.last, frames)
        for frame in range(one.first, last + 1):
            at[frame] = one.score / (one.last - one.first + 1)
    long = [one for one in words if one.last - one.first + 1 >= SHORTEST and one.score > LEAST]
    return max(
        ((sum(at[one.first : one.last + 1]) - one.score) / (one.last - one.first + 1) for one in long), default=0.0
    )


def _covered(words: list[_Part], pcm: bytes) -> float:
    import numpy as np

    samples = np.frombuffer(pcm, np.int16).astype(np.float64)
    frame = RATE // 100
    energy = np.add.reduceat(samples**2, np.arange(0, len(samples), frame))
    energy = np.maximum(energy - np.percentile(energy, 10), 0)
    inside = sum(float(energy[max(0, one.first - 2) : one.last + 4].sum()) for one in words)
    return inside / max(float(energy.sum()), 1e-9)


def library() -> Any:
    """The extra; `Fault` if it is not installed."""
    try:
        import pocketsphinx
    except ImportError as absent:
        raise missing("voice", "pocketsphinx") from absent
    return pocketsphinx


def prepared(sound: Sound) -> bytes:
    """16-bit samples with quiet around and dither over them; the same for the same sound."""
    import numpy as np

    quiet = np.zeros(int(PADDING * RATE), dtype=np.float32)
    padded = np.concatenate([quiet, sound.astype(np.float32), quiet])
    padded = padded + np.random.default_rng(SEED).normal(0.0, DITHER, len(padded)).astype(np.float32)
    return bytes((np.clip(padded, -1, 1) * 32767).astype(np.int16).tobytes())


def _dictionary(ways: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for word, pronounced in ways.items():
        for n, phones in enumerate(dict.fromkeys(pronounced)):
            yield f"{word} {phones}" if n == 0 else f"{word}({n + 1}) {phones}"
