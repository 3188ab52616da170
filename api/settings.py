"""How the api process runs: its address, its keys, how long tokens live, how much one caller may ask."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from api.alarm.settings import EscalationSettings
from api.ingest.settings import IngestSettings, MqttSettings
from api.plans.settings import PlansSettings
from api.playground.settings import PlaygroundSettings
from db.settings import DatabaseSettings, FileSettings, KeepingSettings


class LiveSettings(FileSettings):
    """Lines on which somebody follows what happens."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_LIVE_", toml_table_header=("live",))

    lines: int = Field(default=50, ge=1)
    """Most open lines (WebSockets and event streams) of one user or key, in each process."""
    subscriptions: int = Field(default=200, ge=1)
    """Most subscriptions of one user or key on all their lines, in each process."""
    waiting: int = Field(default=1000, ge=1)
    """Most messages that wait for one client: who lets more wait is dropped."""
    waiting_size: int = Field(default=4 << 20, ge=1024)
    """Most characters of them."""
    patience: timedelta = timedelta(seconds=30)
    """A client that takes nothing of what waits for so long is dropped."""
    ping: timedelta = timedelta(seconds=20)
    """Between two pings; who has answered neither is dropped."""
    sign_in: timedelta = timedelta(seconds=10)
    """Within which a caller has to say who they are."""


class MetricsSettings(FileSettings):
    """Figures for Prometheus."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_METRICS_", toml_table_header=("metrics",))

    enabled: bool = True
    """Whether each part counts what it does and tells it at `/metrics`."""


class ApiSettings(FileSettings):
    """The api process: where it listens, how long tokens live, how much one caller may ask."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_", toml_table_header=("api",))

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 only behind something that ends TLS."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0: any free one."""
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    keeping: KeepingSettings = Field(default_factory=KeepingSettings)
    ingest: IngestSettings = Field(default_factory=IngestSettings)
    mqtt: MqttSettings = Field(default_factory=MqttSettings)
    live: LiveSettings = Field(default_factory=LiveSettings)
    escalation: EscalationSettings = Field(default_factory=EscalationSettings)
    plans: PlansSettings = Field(default_factory=PlansSettings)
    playground: PlaygroundSettings = Field(default_factory=PlaygroundSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    jwt_key: SecretStr = Field(min_length=32, validation_alias=AliasChoices("MARKOFF_JWT_KEY", "jwt_key"))
    """Signs access tokens (HS256) and, by keys derived from it, confirmations; at least 32 characters."""
    token_lifetime: timedelta = timedelta(hours=12)
    """How long a person is signed in."""
    delegated_lifetime: timedelta = timedelta(minutes=5)
    """Of the agent's token for a person."""
    confirmation_lifetime: timedelta = timedelta(minutes=10)
    """How long a change that was shown may still be confirmed."""
    viewer_cache: timedelta = timedelta(seconds=30)
    """How long a viewer's grants are remembered; a change of grants drops them at once."""
    body_limit: int = Field(default=1 << 20, ge=1024)
    """Most bytes of one request, but for ingest."""
    rate: int = Field(default=6000, ge=0)
    """Most requests a minute of one user, key or (anonymous) address, a tenth of it at once; 0: no limit."""
    attempts: int = Field(default=5, ge=1)
    """Most failed sign-ins of one login from one address within `attempts_window`; an address gets ten times that."""
    attempts_window: timedelta = timedelta(minutes=5)
    """For how long failed sign-ins are counted."""
    introspection: bool = True
    """Whether the graph may be asked for its schema."""
