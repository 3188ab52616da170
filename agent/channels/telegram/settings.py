"""What the Telegram channel is told: the bot's token, where the house is, how updates come. Environment over file."""

from __future__ import annotations

import re
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from agent.filed import FileSettings
from agent.settings import MetricsSettings

TOKEN = re.compile(r"\d+:[\w-]{20,}")


class TelegramSettings(FileSettings):
    """The Telegram bot; the house's addresses and the agent's key may stand in `[agent]` alone."""

    model_config = SettingsConfigDict(
        env_prefix="MARKOFF_TELEGRAM_", toml_table_header=("telegram",), populate_by_name=True
    )
    elsewhere: ClassVar = dict.fromkeys(("api_url", "agent_key", "memory_url"), "agent")

    token: SecretStr = Field(description="The bot's token, from @BotFather.")
    api_base: str = Field("https://api.telegram.org", description="Where Telegram's Bot API is.")

    api_url: str = Field(
        "http://127.0.0.1:8000",
        validation_alias=AliasChoices("MARKOFF_API_URL", "api_url"),
        description="Where the building's graph is.",
    )
    agent_url: str = Field(
        "http://127.0.0.1:8001",
        validation_alias=AliasChoices("MARKOFF_AGENT_URL", "agent_url"),
        description="Where the agent process is.",
    )
    agent_key: SecretStr = Field(
        validation_alias=AliasChoices("MARKOFF_AGENT_KEY", "agent_key"), description="The agent's own API key."
    )
    memory_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("MARKOFF_MEMORY_URL", "MARKOFF_AGENT_DATABASE_URL", "memory_url"),
        description="The agent's own database; without it no alarms are pushed.",
    )

    webhook_url: str | None = Field(
        None, description="Where Telegram finds the bot (https://…); without it the bot asks Telegram (long polling)."
    )
    webhook_secret: SecretStr | None = Field(
        None, description="What Telegram shows with each update: 1 to 256 of A-Z a-z 0-9 _ -. Needed with a webhook."
    )
    webhook_host: str = Field("127.0.0.1", description="Address on which the webhook listens.")
    webhook_port: int = Field(8443, ge=0, le=65535, description="Port on which the webhook listens; 0 is any.")
    poll_seconds: int = Field(25, ge=0, le=50, description="How long one question for updates waits.")

    health: str = Field("127.0.0.1:8002", description="host:port of /health and /metrics; empty for none.")
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)

    turns_a_minute: int = Field(20, ge=1, description="Messages of one person that are answered in a minute.")
    at_once: int = Field(64, ge=1, description="Updates that are worked on at the same time.")
    retries: int = Field(3, ge=0, description="How often a message is tried again when Telegram wants us to wait.")
    patience: float = Field(180.0, gt=0, description="Seconds to wait for the next event of a turn.")
    longest: int = Field(12_000, ge=4096, description="Letters of an answer; a longer one is sent as a file.")

    @field_validator("token")
    @classmethod
    def _a_token(cls, told: SecretStr) -> SecretStr:
        if TOKEN.fullmatch(told.get_secret_value().strip()) is None:
            raise ValueError("it looks like 123456789:AAE…, as @BotFather gives it")
        return SecretStr(told.get_secret_value().strip())

    @field_validator("api_base", "api_url", "agent_url")
    @classmethod
    def _bare(cls, told: str) -> str:
        return told.rstrip("/")

    @field_validator("health")
    @classmethod
    def _an_address(cls, told: str) -> str:
        host, _, port = told.rpartition(":")
        if told and not (host and port.isdigit() and int(port) < 65536):
            raise ValueError("write it as host:port")
        return told

    @model_validator(mode="after")
    def _a_secret_with_a_webhook(self) -> TelegramSettings:
        if self.webhook_url is None:
            return self
        if urlsplit(self.webhook_url).scheme not in ("https", "http"):
            raise ValueError("webhook_url has to begin with https://")
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret) is None:
            raise ValueError("webhook_secret is needed: 1 to 256 of A-Z a-z 0-9 _ -")
        return self

    @property
    def webhook_path(self) -> str:
        """The path under which Telegram posts updates."""
        return urlsplit(self.webhook_url or "").path or "/"
