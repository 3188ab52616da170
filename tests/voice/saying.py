"""Speech that is the same each time: espeak-ng in a process of its own for each sentence.

Its library keeps a state of chance over the sentences of a process, by which the same words come out a little different
each time: a recogniser at its limits then hears now this, now that.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from voice import audio
from voice.espeak import Espeak
from voice.ports import Language

ESPEAK_RATE = 22050
"""Samples a second of espeak-ng."""
VOICES: dict[Language, str] = {"en": "en-us", "ru": "ru"}


@cache
def said(text: str, language: Language, voice: str, speed: float = 1.0) -> bytes:
    """16-bit samples at `ESPEAK_RATE` in which the text is said."""
    command = [sys.executable, "-m", "tests.voice.saying", text, language, voice, str(speed)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    return done.stdout


def spoken_wav(text: str, language: Language) -> bytes:
    """A WAV in which the text is said."""
    return audio.wav(said(text, language, VOICES[language]), ESPEAK_RATE)


def _main(text: str, language: Language, voice: str, speed: str) -> None:
    espeak = Espeak({language: voice}, float(speed))
    espeak.prepare()
    assert espeak.rate == ESPEAK_RATE
    sys.stdout.buffer.write(b"".join(espeak.speak(text, language)))


if __name__ == "__main__":
    _main(*sys.argv[1:])  # type: ignore[arg-type]
