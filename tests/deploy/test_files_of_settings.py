"""`markoff.toml` holds the tables of all parts; each part takes its own, and does without where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.channels.telegram.settings import TelegramSettings
from api.settings import ApiSettings
from voice.settings import VoiceSettings

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MARKOFF_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("MARKOFF_AGENT_KEY", "mk_agent_key")
    monkeypatch.setenv("MARKOFF_JWT_KEY", "k" * 32)
    return tmp_path / "markoff.toml"


@pytest.mark.parametrize("text", [None, "", "[api]\nrate = 7\n"])
def test_a_file_without_its_table_says_nothing_of_a_part(told: Path, text: str | None) -> None:
    if text is not None:
        told.write_text(text)
    assert TelegramSettings().api_base == "https://api.telegram.org"
    assert VoiceSettings().device == VoiceSettings.model_fields["device"].default
    assert ApiSettings().rate == (7 if text else 6000)


def test_each_takes_its_own(told: Path) -> None:
    told.write_text("[voice]\ndevice = 'cpu'\n\n[telegram]\napi_base = 'http://127.0.0.1:1'\n\n[api]\nport = 9\n")
    assert (VoiceSettings().device, TelegramSettings().api_base, ApiSettings().port) == ("cpu", "http://127.0.0.1:1", 9)
