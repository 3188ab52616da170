"""What the tests of sound share: models made once, and speech to listen to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.voice.scripted import scripted
from tests.voice.tones import tones

HEARD = "покажи тревоги на третьем этаже"


@pytest.fixture(scope="session")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Whisper model that hears HEARD in all speech."""
    return scripted(tmp_path_factory.mktemp("whisper") / "scripted", HEARD)


@pytest.fixture(scope="session")
def piper_ru(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Russian Piper voice of tones."""
    return tones(tmp_path_factory.mktemp("piper"), "ru")
