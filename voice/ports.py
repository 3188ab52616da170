"""What an engine is: one that hears, one that speaks. Both load on `prepare()`, and work in a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound: TypeAlias = NDArray[np.float32]
    """Samples of one channel, 16,000 a second, from -1 to 1."""

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
RATE = 16_000
"""Samples a second of everything that is listened to."""

Cancelled = Callable[[], bool]
"""Whether nobody wants the result any more; asked between steps of the work."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the building that are likely to be said."""

    names: tuple[str, ...] = ()
    """Proper names, which matter most: rooms, tenants."""
    terms: tuple[str, ...] = ()
    """Other words: kinds of sensors, commands."""

    def __bool__(self) -> bool:
        return bool(self.names or self.terms)


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine understood."""

    text: str
    """Empty if it understood nothing."""
    language: Language
    confirm: bool = False
    """Whether the engine can only match what it knows, so that nothing may be changed without a yes."""


class Engine(Protocol):
    """Something that is loaded once and then used from one thread."""

    @property
    def name(self) -> str:
        """What it is called to people: `faster-whisper`, `espeak-ng`."""

    @property
    def model(self) -> str:
        """What it was loaded with, and where it runs: `large-v3, cuda float16`."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages it knows."""

    def prepare(self) -> None:
        """Load, and work once so that the first person does not wait. Raises `Fault` with a reason."""

    def close(self) -> None:
        """Give back what it holds."""


class Transcriber(Engine, Protocol):
    """Makes words of sound."""

    def transcribe(self, sound: Sound, language: Language | None, words: Words, cancelled: Cancelled) -> Heard:
        """What was said. `sound` holds speech, its silence is cut; without a language the engine finds it."""


class Speaker(Engine, Protocol):
    """Makes sound of words."""

    @property
    def rate(self) -> int:
        """Samples a second; known once prepared."""

    def speak(self, sentence: str, language: Language) -> Iterator[bytes]:
        """Pieces of 16-bit samples of one channel, as early as they are there. The text is spoken text already."""
