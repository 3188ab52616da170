"""How `markoff up` and `markoff serve` run the parts, unless their options say otherwise."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.filed import FileSettings


class HouseSettings(FileSettings):
    """What `markoff up` starts; options of the command win."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_", toml_table_header=("house",))

    data: Path | None = None
    """The data folder; as `--data`."""
    demo: bool = True
    """Whether a house that knows nobody yet gets the demo building; false: only an administrator."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes of the api, all on one address."""
    voice: bool = False
    """Whether it listens and speaks: starts the voice process."""
    voice_port: int = Field(default=10300, ge=0, le=65535)
    """Port of the voice process that `markoff up` starts; 0: any free one."""
    simulate: bool = False
    """Whether the building's sensors are played."""
    telegram: bool | None = None
    """Whether the bot is started; unless told when there is a token."""
