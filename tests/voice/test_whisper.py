"""Whisper by faster-whisper's real code, on a model whose words are known; and what is chosen where it cannot run."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.voice.conftest import HEARD
from tests.voice.scripted import scripted
from voice.faults import Fault
from voice.ports import Heard, Language, Words
from voice.whisper import HOTWORDS, LADDER, Rung, Whisper, hotwords, located

SOUND = np.random.default_rng(1).standard_normal(32000).astype(np.float32) * 0.1
CPU = LADDER[-1:]
NONE = Words()


class Told(list[tuple[str, str]]):
    def add(self, english: str, russian: str) -> None:
        self.append((english, russian))


def engine(folder: Path, told: Told, steps: tuple[Rung, ...] = CPU) -> Whisper:
    made = Whisper(folder, "scripted", steps, told.add, beam=5, threads=1)
    made.prepare()
    return made


def hear(made: Whisper, language: Language | None, words: Words = NONE) -> Heard:
    return made.transcribe(SOUND, language, words, lambda: False)


@pytest.mark.parametrize("language", ["ru", None])
@pytest.mark.parametrize("words", [Words(), Words(("Альфа", "Бета") * 300, ("тревога",) * 300)])
def test_the_words_are_heard(whisper: Path, language: Language | None, words: Words) -> None:
    told = Told()
    made = engine(whisper, told)
    assert hear(made, language, words) == Heard(HEARD, "ru", confirm=False)
    assert made.model == "scripted, cpu int8"
    assert not told


def test_a_language_that_is_not_spoken_here_is_taken_for_the_likelier_of_ours(tmp_path: Path) -> None:
    made = engine(scripted(tmp_path, HEARD, "uk"), Told())
    assert hear(made, None).language in ("ru", "en")


def test_without_a_card_the_processor_is_chosen_with_a_notice(whisper: Path) -> None:
    told = Told()
    made = engine(whisper, told, LADDER)
    assert str(made.rung) == "cpu int8"
    assert [english.split("(")[0] for english, _ in told] == [
        "Whisper cannot run on cuda float16 ",
        "Whisper cannot run on cuda int8_float16 ",
    ]
    assert hear(made, "ru").text == HEARD


def test_a_wish_for_the_card_alone_is_refused_where_there_is_none(whisper: Path) -> None:
    with pytest.raises(Fault, match="cannot run on cuda int8_float16"):
        engine(whisper, Told(), LADDER[:2])


@pytest.mark.parametrize("absent", ["model.bin", "tokenizer.json", "config.json", "vocabulary.json"])
def test_half_a_model_is_told_and_nothing_is_fetched(whisper: Path, tmp_path: Path, absent: str) -> None:
    half = tmp_path / "half"
    shutil.copytree(whisper, half)
    for file in half.glob(absent.replace(".json", ".*") if "vocabulary" in absent else absent):
        file.unlink()
    with pytest.raises(Fault, match=absent):
        engine(half, Told())


def test_a_model_of_128_bands_wants_its_preprocessor(tmp_path: Path) -> None:
    folder = scripted(tmp_path, HEARD, bands=128)
    assert hear(engine(folder, Told()), "ru").text == HEARD
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(Fault, match=r"preprocessor_config\.json"):
        engine(folder, Told())


def test_cancelled_work_stops_between_segments(whisper: Path) -> None:
    assert engine(whisper, Told()).transcribe(SOUND, "ru", Words(), lambda: True).text == ""


@pytest.mark.parametrize("wanted", ["/no/such/folder", "./none", "large-v3", "nobody/nothing", "what is this"])
def test_a_model_that_is_not_here_is_not_fetched_unasked(
    wanted: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Fault) as told:
        located(wanted, download=False)
    assert told.value.code == "no_engine"


def test_a_folder_is_found_by_its_name(whisper: Path) -> None:
    assert located(str(whisper), download=False) == whisper


def test_hotwords_are_names_first_and_not_too_many() -> None:
    told = hotwords(Words(("Альфа", "412", "Альфа"), tuple(f"слово{n}" for n in range(500))))
    assert told is not None
    assert told.startswith("Альфа, 412, слово0")
    assert len(told) <= HOTWORDS
    assert hotwords(Words()) is None
