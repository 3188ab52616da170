"""Whatever is asked, the planned answer is the one that a slow and plain server would give."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from graphql import parse, validate

from api.app import create
from api.context import Context
from api.documents import Mistaken
from api.execution import graph
from api.settings import ApiSettings
from db.engine import Pool
from tests.api.questions import Question
from tests.api.random_world import NOW, fill, viewers
from tests.api.reference import contract, reference

pytestmark = pytest.mark.usefixtures("still")
QUESTIONS = 20
"""Of each viewer in each world."""


@pytest.fixture
def world() -> None:
    """Not the one made by hand."""


@pytest.fixture
def template() -> str:
    """One in which there is nothing yet."""
    return "template_markoff"


@pytest.fixture(params=[1, 2, 3])
async def asked(request: pytest.FixtureRequest, pool: Pool, settings: ApiSettings) -> AsyncIterator[FastAPI]:
    await fill(pool, request.param)
    app = create(settings)
    async with app.router.lifespan_context(app):
        app.state.seed = request.param
        yield app


async def test_random_questions_are_answered_as_by_a_plain_server(asked: FastAPI, pool: Pool) -> None:
    dice = Random(asked.state.seed)
    compared = 0
    for viewer in viewers():
        plain = await reference(pool, viewer.user_id, NOW)
        for _ in range(QUESTIONS):
            question = Question(contract(), Random(dice.random()))
            document = parse(question.text)
            if validate(contract(), document):
                continue
            context = Context(asked.state.parts, viewer)
            answer = json.loads(await graph().answer(context, question.text, question.variables, None))
            expected = plain.answer(document, question.variables)
            assert expected.errors is None, (expected.errors, question.text, question.variables)
            found = differing(answer["data"], expected.data)
            assert found is None, (found, question.text, question.variables, viewer)
            compared += 1
    assert compared > QUESTIONS * len(viewers()) / 2


def differing(told: Any, expected: Any, path: str = "data") -> str | None:
    """Where two answers first differ, in values or in the order of keys."""
    if isinstance(told, dict) and isinstance(expected, dict):
        if list(told) != list(expected):
            return f"{path}: {list(told)} instead of {list(expected)}"
        parts = [(told[name], expected[name], f"{path}.{name}") for name in told]
    elif isinstance(told, list) and isinstance(expected, list) and len(told) == len(expected):
        parts = [(told[n], expected[n], f"{path}[{n}]") for n in range(len(told))]
    else:
        return None if told == expected else f"{path}: {told!r} instead of {expected!r}"
    return next((found for part in parts if (found := differing(*part)) is not None), None)


async def test_a_refused_document_is_not_planned(asked: FastAPI) -> None:
    with pytest.raises(Mistaken):
        await graph().answer(Context(asked.state.parts), "{ nothing }", {}, None)
