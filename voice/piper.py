"""Piper: neural voices that a processor speaks in real time. A voice is an .onnx file with its .onnx.json beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voice.faults import missing, no_engine
from voice.ports import Language


class Piper:
    """A Speaker of one language, with one voice."""

    name = "piper"

    def __init__(self, voice: Path, language: Language, speed: float = 1.0) -> None:
        self.voice = voice.expanduser()
        self.languages: tuple[Language, ...] = (language,)
        self.speed = speed
        self.rate = 0
        self.loaded: Any = None
        self.length = 1.0
        """The voice's own length of sounds; more is slower."""

    @property
    def model(self) -> str:
        return self.voice.stem

    def prepare(self) -> None:
        """Load the voice and speak a word. `Fault` if it is none, or one of another language."""
        try:
            from piper import PiperVoice
        except ImportError as absent:
            raise missing("voice", absent.name or "piper-tts") from absent
        self._check()
        try:
            self.loaded = PiperVoice.load(self.voice)
            self.rate = int(self.loaded.config.sample_rate)
            self.length = float(self.loaded.config.length_scale)
            for _ in self.speak("раз" if self.languages == ("ru",) else "one", self.languages[0]):
                pass
        except (RuntimeError, ValueError, KeyError, OSError) as broken:
            raise self._unusable(broken, broken) from broken
        except self._onnx_errors() as broken:
            raise self._unusable(broken, broken) from broken

    def speak(self, sentence: str, language: Language) -> Iterator[bytes]:
        """A piece for each sentence that Piper finds."""
        from piper import SynthesisConfig

        wished = SynthesisConfig(length_scale=self.length / self.speed)
        for piece in self.loaded.synthesize(sentence, wished):
            yield piece.audio_int16_bytes

    def close(self) -> None:
        """Give the memory back."""
        self.loaded = None

    def _check(self) -> None:
        about = Path(f"{self.voice}.json")
        for file in (self.voice, about):
            if not file.is_file():
                raise self._unusable(f"there is no file {file}", f"нет файла {file}")
        try:
            told = json.loads(about.read_text(encoding="utf-8"))
            language = str(told["espeak"]["voice"])[:2].lower()
        except (OSError, ValueError, KeyError, TypeError) as broken:
            raise self._unusable(f"{about} cannot be read", f"{about} не читается") from broken
        if language not in self.languages:
            raise self._unusable(f"it speaks {language}", f"он говорит на {language}")

    def _unusable(self, why: object, why_ru: object) -> Exception:
        return no_engine(
            f"The Piper voice {self.voice} cannot be used: {why}", f"Голос Piper {self.voice} не годится: {why_ru}"
        )

    @staticmethod
    def _onnx_errors() -> tuple[type[Exception], ...]:
        """What ONNX Runtime raises for a file that is no model; they have no parent of their own."""
        from onnxruntime.capi import onnxruntime_pybind11_state as state

        return (state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.InvalidArgument, state.NoSuchFile,
                state.RuntimeException)  # fmt: skip
