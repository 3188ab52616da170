"""How pictures are made: by how many threads, how many wait, how many are kept, how long an address is good for."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.settings import FileSettings


class PlansSettings(FileSettings):
    """How pictures of floors are made and kept."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_PLANS_", toml_table_header=("plans",))

    lifetime: timedelta = timedelta(hours=1)
    """How long the address of a picture is good for, in real time."""
    drawers: int = Field(default=2, ge=1, le=8)
    """Threads that draw, in each process."""
    waiting: int = Field(default=32, ge=1)
    """Most pictures that wait to be drawn, in each process."""
    kept: int = Field(default=64 << 20, ge=1 << 20)
    """Most bytes of finished pictures that a process keeps."""
