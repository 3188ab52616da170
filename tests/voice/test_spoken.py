"""What is written is said as people say it."""

from __future__ import annotations

import pytest

from voice import spoken


@pytest.mark.parametrize(
    ("language", "written", "said"),
    [
        ("ru", "Температура 21,5 °C.", "Температура двадцать один с половиной градус."),
        ("ru", "В 412-й 2 тревоги.", "В четыреста двенадцатой две тревоги."),
        ("ru", "План 3 этажа", "План третьего этажа."),
        ("en", "Room 412: 913 ppm CO₂.", "Room four twelve: nine hundred and thirteen parts per million C O two."),
    ],
)
def test_said(language: str, written: str, said: str) -> None:
    assert spoken.said(written, language) == said


def test_sentences_end_at_stops_not_at_abbreviations_or_in_numbers() -> None:
    text = "На ул. Ленина, д. 12 душно: 21.5 °C. Кто там? ИП Лукина В. О. и др. Всё."
    assert spoken.sentences(text, "ru") == [
        "На ул. Ленина, д. 12 душно: 21.5 °C.",
        "Кто там?",
        "ИП Лукина В. О. и др.",
        "Всё.",
    ]
