"""`markoff.toml` holds the tables of all parts, files hold secrets; each part takes its own, and does without."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.channels.telegram.settings import TelegramSettings
from agent.settings import AgentSettings
from api.settings import ApiSettings
from db.settings import DatabaseSettings
from deploy.told import told as told_quickly
from voice.settings import VoiceSettings

ROOT = Path(__file__).parents[2]
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


def test_the_agents_table_and_what_the_bot_shares_with_it(told: Path) -> None:
    told.write_text(
        "[agent]\nmodel_url = 'http://model/v1'\nport = 9001\napi_url = 'http://api'\n[telegram]\nat_once = 3\n"
        "[[satellites]]\nname = 'lobby'\nlisten = 'tcp://127.0.0.1:10700'\n"
    )
    agent = AgentSettings()
    assert (agent.model_url, agent.port, [one.name for one in agent.satellites]) == ("http://model/v1", 9001, ["lobby"])
    assert (TelegramSettings().api_url, TelegramSettings().at_once) == ("http://api", 3)
    told.write_text(told.read_text().replace("[telegram]", "[telegram]\napi_url = 'http://nearer'"))
    assert (TelegramSettings().api_url, AgentSettings().api_url) == ("http://nearer", "http://api")


def test_the_environment_wins_over_files_of_secrets_and_those_over_the_file(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = told.rename(tmp_path / "house.toml") if told.exists() else tmp_path / "house.toml"
    elsewhere.write_text("[database]\nurl = 'postgresql:///file'\nreaders = 3\n[api]\nrate = 3\n")
    monkeypatch.setenv("MARKOFF_CONFIG", str(elsewhere))
    monkeypatch.setenv("MARKOFF_SECRETS", str(tmp_path / "secrets"))
    assert ApiSettings().database.url == "postgresql:///file"  # a folder that is not there says nothing
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "markoff_database_url").write_text("postgresql:///secret\n")
    (tmp_path / "secrets" / "markoff_jwt_key").write_text("s" * 40 + "\n")
    monkeypatch.delenv("MARKOFF_JWT_KEY")
    api = ApiSettings()
    assert (api.database.url, api.database.readers, api.rate) == ("postgresql:///secret", 3, 3)
    assert api.jwt_key.get_secret_value() == "s" * 40
    assert told_quickly("DATABASE_URL", "MARKOFF_DATABASE_URL", place="database.url") == "postgresql:///secret"
    monkeypatch.setenv("DATABASE_URL", "postgresql:///environment")
    assert DatabaseSettings().url == told_quickly("DATABASE_URL", place="database.url") == "postgresql:///environment"


def test_variables_of_others_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("URL", "https://somewhere.example")
    monkeypatch.setenv("API_URL", "https://somewhere.example")
    assert DatabaseSettings().url == ""
    assert AgentSettings().api_url == TelegramSettings().api_url == "http://127.0.0.1:8000"


def test_those_who_may_not_share_a_file_have_the_same() -> None:
    first, *others = ((ROOT / part / "filed.py").read_text() for part in ("db", "agent", "voice"))
    assert others == [first, first]
