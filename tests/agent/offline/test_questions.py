"""What people asked, and what the offline model does about it; every reply is held against the house's results."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.offline.sentence import spoken
from tests.agent.offline import corpus

HERE = Path(__file__).parent
LEARNED = [f"heldout_{letter}.txt" for letter in "acdefghij"] + ["heldout_fire.txt"]
CASES = [case for name in LEARNED for case in corpus.read(HERE / name)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.text)
def test_a_question_becomes_the_calls_that_answer_it(case: corpus.Case) -> None:
    why, turn = corpus.check(case)
    assert why is None, (why, turn.topic, turn.calls)
    assert turn.reply


def test_there_are_enough_questions() -> None:
    assert len(CASES) >= 250


def test_sentences_that_were_never_learned_from() -> None:
    """Written before the model; what is wanted of two of them is arguable, so not every one is held to it."""
    cases = list(corpus.read(HERE / "heldout_b.txt"))
    missed = [case.text for case in cases if corpus.check(case)[0] is not None]
    assert len(missed) <= len(cases) * 0.03, missed


def test_questions_about_plans_that_were_never_learned_from() -> None:
    """Written before these rules were mended for the list before, and scored once: 32 of 34."""
    cases = list(corpus.read(HERE / "heldout_k.txt"))
    missed = [case.text for case in cases if corpus.check(case)[0] is not None]
    assert len(missed) <= len(cases) * 0.1, missed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Какая температура в A102?", "ru"), ("kakaya temperatura v 305", "ru"), ("show тревоги на 3 floor", "ru"),
        ("What is the temperature in А102?", "en"), ("what does Ромашка rent", "en"), ("hi", "en"), ("412?", None), ("", None),
    ],
)  # fmt: skip
def test_the_language_of_a_sentence(text: str, language: str | None) -> None:
    assert spoken(text) == language
