"""How a written reply is said aloud, and what a person says to it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.aloud import LONGEST, SAID, aloud, choices, go_on
from agent.answers import agrees, choice
from agent.hearing import asks_for_engines
from agent.render import Setting

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
RU = Setting("ru", ZoneInfo("Europe/Moscow"), NOW)
FIVE = "Сейчас 5 активных тревог:\n• Душно в 101: 913 ppm\n• Душно в 102\n• Течь в 201\n• Дым в 203\n• Дверь в 305"


def test_a_long_list_is_counted_and_offered_and_told_in_pieces():
    first = aloud(FIVE, RU)
    assert first.text == "Сейчас 5 активных тревог. Назвать?"
    second = go_on(first.rest, "ru")
    assert second.text == "Душно в 101: 913 ppm. Душно в 102. Течь в 201. Ещё 2. Дальше?"
    third = go_on(second.rest, "ru")
    assert (third.text, third.rest) == ("Дым в 203. Дверь в 305.", ())


@pytest.mark.parametrize(
    ("written", "language", "said", "rest"),
    [
        ("Тревог нет.", "ru", "Тревог нет.", 0),
        ("2 alarms:\n• A: 1 ppm\n• B", "en", "2 alarms. A: 1 ppm. B.", 0),
        ("Здесь:\n• а\n• б\n• в\n• г\n… и ещё 12", "ru", "Здесь. Пунктов: 16. Назвать?", 5),
        ("Here:\n- a\n- b\n- c\n- d\n… there is more", "en", "Here. More than 4 items. Shall I list them?", 5),
        ("Свободны: 101, 102, 103, 104, 105.", "ru", "Свободны. Пунктов: 5. Назвать?", 5),
        ("Свободны: 101, 102.", "ru", "Свободны: 101, 102.", 0),
        ("Аренда: Альфа, до 1 мая 2027, 20,5 м².", "ru", "Аренда: Альфа, до 1 мая 2027, 20,5 м².", 0),
        ("1. one\n2. two\n3. three\n4. four", "en", "4 items. Shall I list them?", 4),
        ("2 тревоги:\n• а\n• б\nВернулись 4 тревоги:\n• в\n• г\n• д\n• е", "ru",
         "2 тревоги. А. Б. Вернулись 4 тревоги. Назвать?", 4),
        ("2 тревоги:\n• а\n• б\nЕщё 2:\n• в\n• г", "ru", "2 тревоги. А. Б. Ещё 2. Назвать?", 2),
        ("5:\n• а\n• б\n• в\n• г\n• д\nИ ещё 1:\n• е", "ru", "5. И ещё 1. Назвать?", 6),
        ("Арендуют: Банк «Тихая гавань», ИП Лукина В. О., Альфа, Бета, Гамма.", "ru", "Арендуют. Пунктов: 5. Назвать?", 5),
        ("light-311 молчит", "ru", "light-311 молчит.", 0),
    ],
)  # fmt: skip
def test_replies_as_they_are_said(written, language, said, rest):
    speech = aloud(written, Setting(language, now=NOW))
    assert (speech.text, len(speech.rest)) == (said, rest)


def test_times_of_today_need_no_date_and_dates_of_this_year_no_year():
    written = "С 22 ноября 2026, 19:30, пик 21 ноября 2026, 08:00; договор до 22 ноября 2027, вчера 21 ноября 2026."
    assert aloud(written, RU).text == "С 19:30, пик 21 ноября, 08:00; договор до 22 ноября 2027, вчера 21 ноября."


def test_a_second_list_is_introduced_when_it_comes():
    two = "5 тревог:\n• а\n• б\n• в\n• г\n• д\nВернулись 4:\n• е\n• ё\n• ж\n• з"
    speech = aloud(two, RU)
    assert speech.text == "5 тревог. Вернулись 4. Назвать?"
    assert speech.rest[5] == "Вернулись 4: е."


def test_a_long_story_pauses():
    speech = aloud("Это предложение рассказывает о доме. " * 30, RU)
    assert speech.text.endswith("Продолжить?")
    assert len(speech.text) < LONGEST + 20


@settings(max_examples=60)
@given(st.lists(st.text("абв 1.,:•", min_size=1, max_size=30), min_size=1, max_size=14))
def test_nothing_is_lost_on_the_way(lines):
    """Each word of a reply is said at once or kept, and going on ends."""
    speech = aloud("\n".join(lines), RU)
    said = [speech.text]
    for _ in range(200):
        if not speech.rest:
            break
        before = len(speech.rest)
        speech = go_on(speech.rest, "ru")
        said.append(speech.text)
        assert before - SAID <= len(speech.rest) < before
    heard = "".join(c for c in " ".join(said).lower() if c in "абв1")
    for line in lines:
        kept = "".join(c for c in line.strip().removeprefix("1.").lower() if c in "абв")
        assert kept in "".join(c for c in heard if c in "абв")


@pytest.mark.parametrize(
    ("said", "going_on", "agreed"),
    [
        ("Да.", False, True), ("да, подтверждаю", False, True), ("Yes please", False, True), ("ага", False, True),
        ("Нет", False, False), ("не надо", False, False), ("No, cancel that", False, False), ("да нет", False, False),
        ("Подтверди последнюю тревогу", False, None), ("какие тревоги?", False, None), ("", False, None),
        ("да, а на пятом?", False, None), ("Дальше", False, None), ("дальше, пожалуйста", True, True),
        ("Назови их", True, True), ("go on", True, True), ("yes, list them", True, True), ("хватит", True, False),
    ],
)  # fmt: skip
def test_only_a_clear_yes_is_a_yes(said, going_on, agreed):
    assert agrees(said, going_on=going_on) is agreed


@pytest.mark.parametrize(
    ("said", "labels", "index"),
    [
        ("первая", ["Альфа", "Альфа Плюс"], 0), ("второй", ["Альфа", "Альфа Плюс"], 1), ("the second one", ["A", "B"], 1),
        ("Альфа", ["Альфа", "Альфа Плюс"], 0), ("плюс", ["Альфа", "Альфа Плюс"], 1), ("last", ["A", "B", "C"], 2),
        ("сто вторая", ["101", "102"], 1), ("102", ["101", "102"], 1), ("2", ["102", "2"], 1), ("номер два", ["A", "B"], 1),
        ("третий", ["A", "B"], None), ("бета", ["Альфа", "Альфа Плюс"], None), ("альф", ["Альфа", "Альфа Плюс"], None),
    ],
)  # fmt: skip
def test_a_choice_is_made_by_name_or_by_place(said, labels, index):
    assert choice(said, labels) == index


def test_choices_are_told_by_their_places():
    assert choices("Что вы имели в виду?", ["Альфа", "Альфа Плюс"], "ru") == (
        "Что вы имели в виду? Первый — Альфа. Второй — Альфа Плюс."
    )


@pytest.mark.parametrize(
    "said",
    [
        "Каким голосом ты говоришь?", "каким движком ты слушаешь", "Какой движок распознаёт речь?", "чем ты меня слышишь?",
        "чей это голос", "What voice are you using?", "which engine do you use to hear me?", "What speech engine is this?",
    ],
)  # fmt: skip
def test_somebody_asks_who_listens(said):
    assert asks_for_engines(said)


@pytest.mark.parametrize(
    "said",
    [
        "Какие тревоги сейчас?", "Какая температура в машинном зале?", "Which engine rooms are you using?",
        "Как звучит сирена?", "What is the noise level here?", "Кто снимает голосовой центр?", "чем занят кабинет 412?",
    ],
)  # fmt: skip
def test_questions_about_the_building_are_left_alone(said):
    assert not asks_for_engines(said)
