"""What people asked, and what the offline model does about it; every reply is held against the house's results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.agent.offline import corpus

HERE = Path(__file__).parent
LEARNED = ["heldout_a.txt", "heldout_c.txt", "heldout_d.txt", "heldout_e.txt"]
CASES = [case for name in LEARNED for case in corpus.read(HERE / name)]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.text)
def test_a_question_becomes_the_calls_that_answer_it(case: corpus.Case) -> None:
    why, turn = corpus.check(case)
    assert why is None, (why, turn.topic, turn.calls)
    assert turn.reply


def test_there_are_enough_questions() -> None:
    assert len(CASES) >= 250
