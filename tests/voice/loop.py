"""The loop that hears what was really said: espeak-ng speaks, the grammar recogniser listens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.voice.saying import ESPEAK_RATE, said
from voice import spoken
from voice.grammar import Grammar
from voice.ports import RATE, Language, Words

if TYPE_CHECKING:
    from voice.ports import Sound

HERE = Path(__file__).parent
ROOMS = tuple(str(100 * floor + n) for floor in (1, 2, 3) for n in (*range(1, 13), *range(90, 98)))
"""The rooms of the demo building."""
WORDS: dict[Language, Words] = {
    "en": Words(
        ("Ladoga", "Neva meeting room", "coffee shop", "Mayak Soft", "Granit", "server room", "control room"), ROOMS
    ),
    "ru": Words(("Ладога", "Альфа-Проект", "Кофейня «Зерно»", "Маяк Софт", "Гранит", "Серверная"), ROOMS),
}


@dataclass(frozen=True)
class Speech:
    """Who says it, how fast (1 is 155 to 165 words a minute), over how much white noise (standard deviation)."""

    voice: str
    speed: float = 1.0
    noise: float = 0.0


@dataclass
class Score:
    commands: int = 0
    words: int = 0
    errors: int = 0
    exact: int = 0
    refused: int = 0

    @property
    def wer(self) -> float:
        return self.errors / self.words


def lines(name: str) -> list[str]:
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def sound(text: str, language: Language, speech: Speech, seed: int = 0) -> Sound:
    """What somebody says, at the rate of recognisers."""
    words = spoken.said(text, language).rstrip(".").lower()
    samples = np.frombuffer(said(words, language, speech.voice, speech.speed), np.int16).astype(np.float32) / 32768
    count = int(len(samples) * RATE / ESPEAK_RATE)
    at = np.arange(count) * ESPEAK_RATE / RATE
    heard = np.interp(at, np.arange(len(samples)), samples)
    return (heard + np.random.default_rng(seed).normal(0, speech.noise, count)).astype(np.float32)


def listen(grammar: Grammar, sound_: Sound, language: Language) -> str:
    return grammar.transcribe(sound_, language, WORDS[language], lambda: False).text


def loop(grammar: Grammar, commands: Iterable[str], language: Language, speech: Speech) -> Score:
    """Every command said and heard."""
    score = Score()
    for n, command in enumerate(commands):
        heard = listen(grammar, sound(command, language, speech, n), language)
        errors = distance(command.split(), heard.split())
        score.commands += 1
        score.words += len(command.split())
        score.errors += errors
        score.exact += not errors
        score.refused += not heard
    return score


def distance(one: list[str], other: list[str]) -> int:
    """Words to change, to add and to leave out."""
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, 1):
        before, row[0] = row[0], n
        for m, b in enumerate(other, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (a != b))
    return row[-1]
