"""Which engines are chosen: the best that is there, and a notice for whatever is less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voice import choice
from voice.faults import Fault
from voice.settings import VoiceSettings


def settings(**told: Any) -> VoiceSettings:
    return VoiceSettings(device="cpu", **told)


def test_espeak_speaks_where_nothing_else_is_told() -> None:
    notices = choice.Notices()
    found = choice.speakers(settings(), notices)
    assert {language: speaker.name for language, speaker in found.items()} == {"ru": "espeak-ng", "en": "espeak-ng"}
    assert not notices.told
    assert len(b"".join(found["ru"].speak("Привет", "ru"))) > 10_000


def test_piper_speaks_the_language_that_it_has_a_voice_for(piper_ru: Path) -> None:
    notices = choice.Notices()
    found = choice.speakers(settings(piper_ru=piper_ru), notices)
    assert (found["ru"].name, found["en"].name) == ("piper", "espeak-ng")
    pieces = list(found["ru"].speak("Внимание! На третьем этаже дым.", "ru"))
    assert len(pieces) == 2, "a piece for each sentence"
    assert not notices.told


def test_piper_speaks_faster_when_told(piper_ru: Path) -> None:
    slow, fast = (choice.speakers(settings(piper_ru=piper_ru, speed=speed), choice.Notices())["ru"] for speed in (1, 2))
    said = [len(b"".join(one.speak("Проверка скорости", "ru"))) for one in (slow, fast)]
    assert said[1] == pytest.approx(said[0] / 2, rel=0.05)


def test_piper_alone_tells_what_it_cannot_speak(piper_ru: Path) -> None:
    notices = choice.Notices()
    assert choice.speakers(settings(tts="piper", piper_ru=piper_ru), notices)["en"].name == "espeak-ng"
    assert "piper_en" in notices.told[0][0]


@pytest.mark.parametrize("broken", ["none", "text", "language"])
def test_a_broken_voice_is_told_and_espeak_speaks_instead(piper_ru: Path, tmp_path: Path, broken: str) -> None:
    voice = tmp_path / "voice.onnx"
    about = Path(f"{piper_ru}.json").read_text(encoding="utf-8")
    if broken != "none":
        voice.write_bytes(b"no model" if broken == "text" else piper_ru.read_bytes())
        Path(f"{voice}.json").write_text(about.replace('"ru"', '"de"') if broken == "language" else about)
    notices = choice.Notices()
    assert choice.speakers(settings(piper_ru=voice), notices)["ru"].name == "espeak-ng"
    assert "espeak-ng speaks ru instead" in notices.told[0][0]
    with pytest.raises(Fault):
        choice.speakers(settings(tts="piper", piper_ru=voice), choice.Notices())


def test_xtts_wants_its_licence_accepted_first(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="MARKOFF_VOICE_XTTS_LICENCE=accepted"):
        choice.speakers(settings(tts="xtts", xtts=tmp_path), choice.Notices())
    with pytest.raises(Fault, match=r"model\.pth"):
        choice.speakers(settings(tts="xtts", xtts=tmp_path, xtts_licence="accepted"), choice.Notices())
    with pytest.raises(Fault, match="MARKOFF_VOICE_XTTS"):
        choice.speakers(settings(tts="xtts"), choice.Notices())


def test_an_unknown_voice_of_espeak_is_told() -> None:
    with pytest.raises(Fault, match="nobody"):
        choice.speakers(settings(espeak_ru="nobody"), choice.Notices())


def test_whisper_listens_where_its_folder_is_told(whisper: Path) -> None:
    notices = choice.Notices()
    found = choice.listener(settings(whisper=str(whisper)), notices)
    assert (found.name, found.model) == ("faster-whisper", "scripted, cpu int8")
    assert not notices.told


def test_nobody_listens_where_that_is_the_wish() -> None:
    with pytest.raises(Fault):
        choice.listener(settings(stt="none"), choice.Notices())


def test_whisper_by_name_is_no_grammar() -> None:
    with pytest.raises(Fault, match="There is no folder"):
        choice.listener(settings(stt="whisper", whisper="/no/such/folder"), choice.Notices())


def test_a_broken_model_is_told_and_the_grammar_listens_instead() -> None:
    notices = choice.Notices()
    assert choice.listener(settings(whisper="/no/such/folder"), notices).name == "grammar"
    assert notices.told[0][0].startswith(
        "There is no folder /no/such/folder with a Whisper model: the grammar recogniser"
    )
