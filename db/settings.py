"""Where the building's memory is and how it is kept: environment over `markoff.toml` over defaults."""

from __future__ import annotations

from datetime import timedelta

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from db.filed import FileSettings


class DatabaseSettings(FileSettings):
    """The database, its pools, and how far back and ahead of the house's clock readings are taken."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_", toml_table_header=("database",))

    url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "MARKOFF_DATABASE_URL", "url"))
    """`postgresql://…`; set by `markoff up` for the embedded server."""
    direct_url: str = ""
    """Of PostgreSQL itself, where `url` is that of a pooler in transaction mode (PgBouncer): what lives in a session,
    listening and locks, goes there."""
    readers: int = Field(default=8, ge=1)
    """Most connections for reads and ingest."""
    writers: int = Field(default=4, ge=1)
    """Most connections for writes by people."""
    read_patience: timedelta = timedelta(seconds=20)
    """A question that takes the database longer is cut off."""
    window_back: timedelta = timedelta(days=30)
    """Readings older than this are refused."""
    window_ahead: timedelta = timedelta(minutes=5)
    """Readings further in the future than this are refused."""

    @property
    def sessions(self) -> str:
        """Where a connection is a session of one's own."""
        return self.direct_url or self.url

    @property
    def pooled(self) -> bool:
        """Whether `url` is a pooler's."""
        return bool(self.direct_url)


class KeepingSettings(FileSettings):
    """How long things are kept, in house time; zero: for ever. What is rolled up by hours, and the audit, stay."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_KEEP_", toml_table_header=("keeping",))

    readings: timedelta = Field(default=timedelta(days=400), ge=timedelta(0))
    """Whole months (UTC) are dropped when all of them is older; not sooner than ingest refuses readings as too old."""
    changes: timedelta = Field(default=timedelta(days=7), ge=timedelta(0))
    """Of the change stream: how long a subscriber may be away and still miss nothing."""
    arrivals: timedelta = Field(default=timedelta(hours=1), ge=timedelta(0))
    """The same of readings in the stream, of which there are far more."""


__all__ = ["DatabaseSettings", "FileSettings", "KeepingSettings"]
