"""The catalogue: every code that is raised can be said, in both languages, with the parameters it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from api.sentences import SENTENCES, say
from api.speech import language_of, said
from db.changes import CursorRefused
from db.ingest import Reason
from db.models import Language, Priority

API = Path(__file__).parents[2] / "api"
CYRILLIC = range(0x400, 0x500)


def parameters(template: str) -> dict[str, str]:
    """Names of a sentence's parameters, with their formats."""
    return {name: spec or "" for _, name, spec, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_the_same(code: str) -> None:
    russian, english = SENTENCES[code]
    assert parameters(russian) == parameters(english)
    assert russian.strip().endswith((".", "}"))
    assert english.strip().endswith((".", "}"))
    assert any(ord(letter) in CYRILLIC for letter in russian)
    assert not any(ord(letter) in CYRILLIC for letter in english)


def _given(call: ast.Call, skip: int) -> tuple[str, set[str] | None] | None:
    """The code of a call, where it is written out, and the names of the parameters given (None: not all are seen)."""
    if len(call.args) <= skip - 1 or not isinstance(call.args[skip - 1], ast.Constant):
        return None
    code = call.args[skip - 1]
    assert isinstance(code, ast.Constant)
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    return str(code.value), None if any(keyword.arg is None for keyword in call.keywords) else names


def said_in_code() -> Iterator[tuple[str, str, set[str] | None]]:
    """Everywhere in api: a fault raised, a refusal made; where, its code, its parameters."""
    for path in sorted(API.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            where = f"{path.relative_to(API)}:{node.lineno}"
            called = ast.unparse(node.func)
            if called == "Fault" and (given := _given(node, 1)) is not None:
                yield where, *given
            elif called == "InvalidInput.of" and (given := _given(node, 1)) is not None:
                code, names = given
                yield where, code, None if names is None else names | {"argument"}
            elif called == "cls":
                keywords = {keyword.arg: keyword.value for keyword in node.keywords}
                if isinstance(code_ := keywords.get("code"), ast.Constant):
                    told = keywords.get("parameters")
                    plain = isinstance(told, ast.Dict) and all(isinstance(key, ast.Constant) for key in told.keys)
                    names = {str(ast.literal_eval(key)) for key in told.keys} if plain else None  # type: ignore[union-attr]
                    yield where, str(code_.value), names


def test_everything_raised_can_be_said() -> None:
    found = list(said_in_code())
    assert len(found) > 30
    for where, code, names in found:
        assert code in SENTENCES, f"{where}: {code} has no sentence"
        if names is not None:
            needed = set(parameters(SENTENCES[code][0]))
            assert needed <= names, f"{where}: {code} needs {needed - names}"


def test_everything_defined_below_can_be_said() -> None:
    assert {reason.value for reason in Reason} <= SENTENCES.keys()
    assert {kind.code for kind in CursorRefused.__subclasses__()} <= SENTENCES.keys()


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (date(2026, 12, 31), "31.12.2026", "31 December 2026"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "02.01.2026 03:04", "2 January 2026 03:04"),
        (Decimal("1250.50"), "1250,5", "1250.5"),
        (0.5, "0,5", "0.5"),
        (600.0, "600", "600"),
        (Priority.HIGH, "HIGH", "HIGH"),
        (["a", "b"], "a, b", "a, b"),
        (None, "—", "—"),
        ("{x}", "{x}", "{x}"),
    ],
)
def test_values_as_people_write_them(value: object, russian: str, english: str) -> None:
    assert said("{value}", Language.RU, {"value": value}) == russian
    assert said("{value}", Language.EN, {"value": value}) == english


def test_open_ends_and_proposals() -> None:
    days = {"start": date(2026, 6, 1), "end": None, "suggestions": ["rooms", "room"]}
    assert said("{start:since} {end:until}", Language.RU, days) == "с 01.06.2026 бессрочно"
    assert said("{start:since} {end:until}", Language.EN, days) == "from 1 June 2026 with no end"
    assert said("x.{suggestions:maybe}", Language.EN, days) == "x. Did you mean: rooms, room?"
    assert said("x.{suggestions:maybe}", Language.EN, {"suggestions": []}) == "x."


def test_a_name_in_a_sentence_is_only_a_name() -> None:
    """Text from the graph is data: braces in it are not filled in."""
    assert "{password}" in say("NOT_FOUND", Language.EN, {"value": "{password}", "argument": "room"})


@pytest.mark.parametrize(("name", "language"), [("переговорка", "RU"), ("Ёлка", "RU"), ("The Sky", "EN"), ("7", "EN")])
def test_names_know_their_language(name: str, language: str) -> None:
    assert language_of(name) is Language[language]
