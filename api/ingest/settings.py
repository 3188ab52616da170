"""How readings are let in: sizes of bodies and groups, how much may wait, limits of keys."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.settings import FileSettings


class IngestSettings(FileSettings):
    """`MARKOFF_INGEST_*` in the environment, then `[ingest]` of `markoff.toml`, then defaults."""

    model_config = SettingsConfigDict(
        env_prefix="MARKOFF_INGEST_", toml_file="markoff.toml", toml_table_header=("ingest",), extra="ignore"
    )

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
