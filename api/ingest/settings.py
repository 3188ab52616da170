"""How readings are let in: sizes of bodies and groups, how much may wait, limits of keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from api.ingest.mapping import Topic, usual
from db.settings import FileSettings


class IngestSettings(FileSettings):
    """How readings are let in: sizes of bodies and groups, how much may wait, limits of keys."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_INGEST_", toml_table_header=("ingest",))

    body_limit: int = Field(default=8 << 20, ge=1024)
    """Most bytes of one body, also after it is decompressed."""
    lines: int = Field(default=100_000, ge=1)
    """Most lines of one body."""
    group: int = Field(default=4000, ge=1)
    """Most readings of one transaction."""
    wait: timedelta = Field(default=timedelta(0), ge=timedelta(0), le=timedelta(seconds=10))
    """How long a transaction waits for more; 0: it takes what has gathered while the one before ran."""
    writers: int = Field(default=2, ge=1, le=6)
    """Most transactions at a time."""
    waiting: int = Field(default=200_000, ge=1)
    """Most readings that wait for their commit; who comes then is told to come again."""
    readings_per_minute: int = Field(default=0, ge=0)
    """Most readings a minute of one key that has no limit of its own; 0: no limit."""


class MqttSettings(FileSettings):
    """Readings from a broker; `[[mqtt.topics]]` are the rows of its table of topics."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_MQTT_", toml_table_header=("mqtt",))

    url: SecretStr = SecretStr("")
    """The broker: `mqtt://user:password@host:1883`, or `mqtts://` with TLS. Empty: none."""
    ca: str | None = None
    """A file with the certificates to trust, instead of the system's."""
    client_id: str = Field(default="markoff", min_length=1)
    """Under which the broker keeps our session; another for each house on a broker."""
    prefix: str = Field(default="markoff", pattern="^[^+#]+$")
    """What our own topics begin with: `<prefix>/<building>/<sensor>`."""
    in_flight: int = Field(default=1000, ge=1, le=65535)
    """Most messages that the broker sends before we acknowledge the first."""
    session: timedelta = timedelta(days=7)
    """How long the broker keeps messages for us while we are away."""
    topics: tuple[Topic, ...] = ()
    """Rows of the table of topics, looked at before the usual ones."""

    @field_validator("url")
    @classmethod
    def _address(cls, value: SecretStr) -> SecretStr:
        Broker.at(value.get_secret_value())
        return value

    @property
    def broker(self) -> Broker | None:
        return Broker.at(self.url.get_secret_value())

    @property
    def table(self) -> tuple[Topic, ...]:
        return (*self.topics, *usual(self.prefix))


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is and who we are there."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None

    @classmethod
    def at(cls, url: str) -> Broker | None:
        """Raises ValueError for what is no address; None for an empty one."""
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError("the address of a broker looks like mqtt://user:password@host:1883")
        tls = parts.scheme == "mqtts"
        user = None if parts.username is None else unquote(parts.username)
        password = None if parts.password is None else unquote(parts.password)
        return cls(parts.hostname, parts.port or (8883 if tls else 1883), tls, user, password)
