"""espeak-ng in this process: the library and data of the package `espeakng-loader`, reached by ctypes."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from typing import Any

from voice.faults import missing, no_engine
from voice.ports import LANGUAGES, Language

SYNCHRONOUS = 2
"""Audio comes by the callback only (AUDIO_OUTPUT_SYNCHRONOUS)."""
NO_EXIT = 0x8000
"""A failing start returns, instead of ending the process (espeakINITIALIZE_DONT_EXIT)."""
UTF8 = 1
IPA = 0x02
"""Phonemes come as the International Phonetic Alphabet (espeakPHONEMES_IPA)."""
SPEED = 1
"""The parameter espeakRATE, words a minute."""
WORDS_A_MINUTE = {"ru": 155, "en": 165}

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
_one = threading.Lock()
"""The library is one global state: one sentence at a time in a process."""


class Espeak:
    """A Speaker; sounds like a machine, and starts at once."""

    name = "espeak-ng"
    languages = LANGUAGES

    def __init__(self, voices: dict[Language, str], speed: float = 1.0) -> None:
        self.voices = voices
        self.speed = speed
        self.rate = 0
        self.version = ""

    @property
    def model(self) -> str:
        return f"{self.version} {'/'.join(self.voices.values())}".strip()

    def prepare(self) -> None:
        """Load the library and check the voices."""
        self.rate, self.version = _library().rate, _library().version
        for language, voice in self.voices.items():
            with _one:
                if _library().functions.espeak_SetVoiceByName(voice.encode()) != 0:
                    raise no_engine(
                        f"espeak-ng has no voice {voice} (espeak_{language})",
                        f"У espeak-ng нет голоса {voice} (espeak_{language})",
                    )

    def speak(self, sentence: str, language: Language) -> Iterator[bytes]:
        """One piece: a sentence takes some milliseconds."""
        speed = round(WORDS_A_MINUTE[language] * self.speed)
        yield _library().said(sentence, self.voices[language], speed)

    def close(self) -> None:
        """The library stays: it is one for the process."""


class _Library:
    """The loaded library, for good."""

    def __init__(self) -> None:
        try:
            import espeakng_loader
        except ImportError as absent:
            raise missing("voice", "espeakng-loader") from absent
        self.heard = bytearray()
        try:
            self.functions: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as broken:
            raise no_engine(f"espeak-ng cannot be loaded: {broken}", f"espeak-ng не загружается: {broken}") from broken
        call = self.functions
        call.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        call.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        call.espeak_SetParameter.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int]
        call.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
            ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        call.espeak_Info.restype = ctypes.c_char_p
        call.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        call.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = str(espeakng_loader.get_data_path())
        self.rate = int(call.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), NO_EXIT))
        if self.rate <= 0:
            raise no_engine(f"espeak-ng finds no data in {data}", f"espeak-ng не находит своих данных в {data}")
        self.version = call.espeak_Info(None).decode().split()[0]
        self.callback = _Callback(self._hear)
        """Kept, since the library calls it for as long as the process lives."""
        call.espeak_SetSynthCallback(self.callback)

    def _hear(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self.heard += ctypes.string_at(samples, count * 2)
        return 0

    def said(self, text: str, voice: str, speed: int) -> bytes:
        given = text.replace("\0", " ").encode() + b"\0"
        with _one:
            self.heard = bytearray()
            self.functions.espeak_SetVoiceByName(voice.encode())
            self.functions.espeak_SetParameter(SPEED, speed, 0)
            if self.functions.espeak_Synth(given, len(given), 0, 1, 0, UTF8, None, None) != 0:
                raise no_engine("espeak-ng failed at this text", "espeak-ng не справился с этим текстом")
            self.functions.espeak_Synchronize()
            return bytes(self.heard)

    def phonemes(self, text: str, voice: str) -> str:
        left = ctypes.c_char_p(text.replace("\0", " ").encode())
        told = []
        with _one:
            self.functions.espeak_SetVoiceByName(voice.encode())
            while left.value is not None:
                told.append(self.functions.espeak_TextToPhonemes(ctypes.byref(left), UTF8, IPA) or b"")
        return b" ".join(told).decode()


_loaded: _Library | None = None
_loading = threading.Lock()


def _library() -> _Library:
    global _loaded
    with _loading:
        if _loaded is None:
            _loaded = _Library()
        return _loaded


def phonemes(text: str, voice: str) -> str:
    """How a text sounds, in the International Phonetic Alphabet, a space between words."""
    return _library().phonemes(text, voice)
