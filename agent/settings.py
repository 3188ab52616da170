"""What the agent process is told: addresses, the model, limits."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from agent.channels.satellite import Satellite
from agent.contract import Risk
from agent.filed import FileSettings


class MetricsSettings(FileSettings):
    """Figures for Prometheus."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_METRICS_", toml_table_header=("metrics",))

    enabled: bool = Field(True, description="Whether each part tells what it does at `/metrics`.")


class AgentSettings(FileSettings):
    """The agent process: its house, its model, the limits of a turn."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_", toml_table_header=("agent",), populate_by_name=True)
    elsewhere: ClassVar = {"satellites": ""}

    api_url: str = Field("http://127.0.0.1:8000", description="Where the building's graph is.")
    public_url: str | None = Field(
        None, description="Where people reach the graph's server, for pictures; as `api_url` unless told."
    )
    agent_key: SecretStr | None = Field(None, description="The agent's own API key, for the exchange of tokens.")
    memory_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("MARKOFF_MEMORY_URL", "MARKOFF_AGENT_DATABASE_URL", "memory_url"),
        description="The agent's own database; without it threads live in this process only.",
    )
    host: str = Field("127.0.0.1", validation_alias="MARKOFF_AGENT_HOST", description="Address to listen on.")
    port: int = Field(
        8001,
        ge=0,
        le=65535,
        validation_alias="MARKOFF_AGENT_PORT",
        description="Port to listen on; 0 takes any free one.",
    )
    agent_token: SecretStr | None = Field(
        None, description="A person's token for LangGraph Studio, where nobody signs in."
    )

    model_url: str | None = Field(
        None, description="An OpenAI-compatible address (…/v1); without it the offline model answers."
    )
    model_name: str = Field("markoff", description="The model's name at that address.")
    model_key: SecretStr | None = Field(None, description="Its key, if it wants one.")
    model_temperature: float = Field(0.0, ge=0, le=2, description="0 is exact, more is freer.")
    model_max_tokens: int = Field(1500, gt=0, description="The most tokens of one answer of the model.")
    model_timeout: float = Field(30.0, gt=0, description="Seconds to wait for one answer of the model.")
    model_stall: float = Field(10.0, gt=0, description="Seconds to wait for the next piece of a streamed answer.")
    model_stream: bool = Field(True, description="Whether the model's answers are streamed.")

    voice_url: str | None = Field(
        None, description="Where the voice process is (tcp://host:port or unix:///path); without it people write."
    )
    voice_seconds: float = Field(60.0, gt=0, description="Seconds to wait for a recording's words, or a reply's sound.")

    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    satellites: list[Satellite] = Field([], description="Wyoming satellites that may talk with the house.")

    turn_steps: int = Field(25, ge=8, description="The most steps of one turn.")
    turn_seconds: float = Field(120.0, gt=0, description="The most seconds of one turn, waiting for a person apart.")
    turn_tokens: int = Field(
        150_000, gt=0, description="The most tokens of one turn; each step reads all tools again, some 15,000."
    )
    graph_timeout: float = Field(15.0, gt=0, description="Seconds to wait for the graph.")
    most_risk: Risk = Field(Risk.HIGH, description="The riskiest tools that are offered: READ, LOW or HIGH.")
    turns_kept: int = Field(6, ge=1, description="Turns of a thread that the model sees whole.")
    turns_a_minute: int = Field(30, ge=1, description="Turns that one person may take in a minute.")
    close_score: float = Field(
        0.9, gt=0, le=1, description="Search hits at least this near the best count as the same name."
    )
