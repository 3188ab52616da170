"""What is written is said as people say it: tables judged line by line, and what holds for any text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice import spoken

TABLES = {language: Path(__file__).with_name(f"said_{language}.txt") for language in ("ru", "en")}
PAIRS = [
    (language, *line.split(" → ", 1))
    for language, table in TABLES.items()
    for line in table.read_text(encoding="utf-8").splitlines()
]
PIECES = st.sampled_from(
    [
        *(written for _, written, _ in PAIRS),
        "в",
        "с",
        "до",
        ",",
        ".",
        "\n",
        "(",
        ")",
        "—",
        "№",
        "\u00a0",
        "м²",
        "and",
        "room",
    ]
)
ANY = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=6).map(" ".join))


@pytest.mark.parametrize(("language", "written", "said"), PAIRS, ids=[f"{p[0]}: {p[1]}" for p in PAIRS])
def test_said(language: str, written: str, said: str) -> None:
    assert spoken.said(written, language) == said


@pytest.mark.parametrize("language", ["ru", "en"])
def test_each_language_has_its_table(language: str) -> None:
    written = [pair[1] for pair in PAIRS if pair[0] == language]
    assert len(set(written)) == len(written) >= 150


@pytest.mark.parametrize(("language", "written", "said"), PAIRS, ids=[f"{p[0]}: {p[2]}" for p in PAIRS])
def test_said_text_stays_as_it_is(language: str, written: str, said: str) -> None:
    assert spoken.said(said, language) == said


@settings(max_examples=60, deadline=None)
@given(text=ANY, language=st.sampled_from(["ru", "en"]))
def test_nothing_is_left_that_an_engine_would_stumble_over(text: str, language: str) -> None:
    said = spoken.said(text, language)
    assert not re.search(r"[0-9%°№«»*_#|<>@=+]", said)
    assert not re.search(r"  | [,.]|,,", said)


@settings(max_examples=60, deadline=None)
@given(text=ANY, limit=st.integers(20, 200))
def test_sentences_lose_nothing_and_keep_within_the_limit(text: str, limit: int) -> None:
    pieces = spoken.sentences(text, "ru", limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert [c for c in "".join(pieces) if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "На ул. Ленина, д. 12 душно: 21.5 °C. Кто там? ИП Лукина В. О. и др. Всё.",
            ["На ул. Ленина, д. 12 душно: 21.5 °C.", "Кто там?", "ИП Лукина В. О. и др.", "Всё."],
        ),
        ("Всего 5 чел. Вызвать охрану?", ["Всего 5 чел.", "Вызвать охрану?"]),
        ("Аренда 1 500 руб. в месяц.", ["Аренда 1 500 руб. в месяц."]),
        ("До 31.12.2024. После — нет!", ["До 31.12.2024.", "После — нет!"]),
        (
            "Mr. Smith is in. Call e.g. Dr. Brown at 9 a.m. today.",
            ["Mr. Smith is in.", "Call e.g. Dr. Brown at 9 a.m. today."],
        ),
        ("Подождите... Готово", ["Подождите...", "Готово"]),
        ("2 тревоги:\n• Душно в 101\n• Протечка", ["2 тревоги:", "• Душно в 101", "• Протечка"]),
        ("", []),
        ("…", []),
    ],
)
def test_where_sentences_end(text: str, pieces: list[str]) -> None:
    assert spoken.sentences(text, "ru") == pieces


def test_a_long_sentence_is_cut_at_its_softest_places() -> None:
    text = "Свободны помещения на втором этаже: " + ", ".join(f"двести {n}" for n in ("первое", "второе", "третье") * 6)
    pieces = spoken.sentences(text, "ru")
    assert len(pieces) > 1
    assert all(piece.endswith((",", ":")) for piece in pieces[:-1])


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("piece", ["1", "1 ", "1.", "1-", "2×", "a.", "АБВ ", "а", " ", "* ", "1 240 ppm, "])
def test_long_and_senseless_text_is_said_as_well(language: str, piece: str) -> None:
    assert not re.search("[0-9]", spoken.said(piece * 300, language))
