"""The grammar recogniser hears the house's commands and the building's own words, and knows when it heard neither."""

from __future__ import annotations

import numpy as np
import pytest

from tests.voice.loop import ROOMS, WORDS, Speech, lines, listen, loop, sound
from voice.grammar import Commands, Grammar
from voice.grammar.accepting import acceptor, accepts
from voice.grammar.words import own
from voice.ports import RATE, Language, Words

CLEAR: dict[Language, Speech] = {"en": Speech("en-us", 0.9), "ru": Speech("ru", 0.9)}


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar()


@pytest.mark.parametrize(("language", "most"), [("en", 0.05), ("ru", 0.2)])
def test_commands_that_are_spoken_are_heard(grammar: Grammar, language: Language, most: float) -> None:
    score = loop(grammar, lines(f"commands_{language}")[2:24:3], language, CLEAR[language])
    assert score.wer <= most, score


def test_what_was_said_before_does_not_colour_what_is_heard() -> None:
    decoder = Commands("ru", own(WORDS["ru"], "ru")).decoder
    first, second = (sound(text, "ru", CLEAR["ru"]) for text in ("кто арендует 205", "отложи тревогу на час"))
    heard = decoder.match(first)
    decoder.match(second)
    assert decoder.match(first) == heard


def test_a_little_noise_does_no_harm(grammar: Grammar) -> None:
    score = loop(grammar, lines("commands_en")[:4], "en", Speech("en-us", 0.9, noise=0.01))
    assert score.wer <= 0.08, score


@pytest.mark.parametrize("language", ["en", "ru"])
def test_most_of_what_is_no_command_is_not_understood(grammar: Grammar, language: Language) -> None:
    said = lines(f"alien_{language}")[:4]
    taken = [text for text in said if listen(grammar, sound(text, language, CLEAR[language]), language)]
    assert len(taken) <= 1, taken


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", ["silence", "noise", "a click"])
def test_nothing_is_heard_where_nobody_speaks(grammar: Grammar, language: Language, kind: str) -> None:
    seconds = np.arange(RATE * 2) / RATE
    heard = {
        "silence": np.zeros(len(seconds)),
        "noise": np.random.default_rng(3).normal(0, 0.05, len(seconds)),
        "a click": np.where((seconds > 1) & (seconds < 1.01), 0.5, 0.0),
    }[kind]
    assert listen(grammar, heard.astype(np.float32), language) == ""


def test_names_and_rooms_come_back_as_the_building_writes_them(grammar: Grammar) -> None:
    assert listen(grammar, sound("who rents two oh five", "en", CLEAR["en"]), "en") == "who rents 205"
    assert listen(grammar, sound("what is the temperature in room three one two", "en", CLEAR["en"]), "en").endswith(
        "312"
    )
    assert listen(grammar, sound("where is the neva meeting room", "en", CLEAR["en"]), "en").endswith(
        "Neva meeting room"
    )
    assert listen(grammar, sound("какая температура в триста двенадцатой", "ru", CLEAR["ru"]), "ru").endswith("в 312")


def test_the_language_is_found_when_nobody_tells_it(grammar: Grammar) -> None:
    words = Words(WORDS["en"].names + WORDS["ru"].names, ROOMS)
    for language, said in (("en", "show active alarms"), ("ru", "есть ли активные тревоги")):
        heard = grammar.transcribe(sound(said, language, CLEAR[language]), None, words, lambda: False)  # type: ignore[arg-type]
        assert (heard.language, heard.text) == (language, said)


def test_whatever_it_hears_wants_a_yes_before_it_changes_anything(grammar: Grammar) -> None:
    heard = grammar.transcribe(sound("acknowledge the last alarm", "en", CLEAR["en"]), "en", WORDS["en"], lambda: False)
    assert heard.confirm
    assert heard.text == "acknowledge the last alarm"


def test_it_stops_when_nobody_waits_any_more(grammar: Grammar) -> None:
    assert grammar.transcribe(np.zeros(RATE, np.float32), None, Words(), lambda: True).text == ""


def test_the_beginning_of_a_command_is_none() -> None:
    allowed = acceptor(
        "<command> = (show | list) [me] <things> [on <floor>];\n<things> = alarms | free rooms;\n<floor> = floor one;"
    )
    assert accepts(allowed, ["show", "me", "free", "rooms", "on", "floor", "one"])
    assert accepts(allowed, ["list", "alarms"])
    assert not accepts(allowed, ["show", "me", "free", "rooms", "on"])
    assert not accepts(allowed, ["show"])
    assert not accepts(allowed, [])


def test_ways_to_say_the_buildings_own_words() -> None:
    words = own(Words(("Серверная", "Neva"), ("412", "0105", "A102")), "en")
    assert words.ways["room0"] == ("four twelve", "four one two", "four hundred and twelve", "four hundred twelve")
    assert words.ways["room1"][0] == "oh one oh five"
    assert words.ways["room2"] == ("a one oh two",)
    assert [words.written[name] for name in words.names] == ["Neva"]
    russian = own(Words(("Серверная", "Маяк Софт"), ("412",)), "ru")
    assert "четыреста двенадцатой" in russian.ways["room0"]
    assert "серверной" in russian.ways["name1"]


def test_names_that_nobody_can_say_break_nothing(grammar: Grammar) -> None:
    odd = Words(
        ("", "«»", "…", "a" * 59, "Ёж & Co. (II)", "🙂", "<command>", "яя-яя", "ъ"), ("", "-", "0", "000000", "T-4/1")
    )
    for language in ("en", "ru"):
        grammar.transcribe(sound("да", "ru", CLEAR["ru"]), language, odd, lambda: False)  # type: ignore[arg-type]
