"""Where copies go, how often, and how many are kept."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from db.settings import FileSettings


class BackupSettings(FileSettings):
    """Copies of the house."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_BACKUP_", toml_table_header=("backup",))

    to: Path | None = Field(None, description="The folder for copies; else markoff backup writes where it is run.")
    keep: int = Field(7, ge=1, description="How many copies markoff backup --every keeps.")
    passphrase: SecretStr | None = Field(
        None,
        description="What backup --with-secrets seals the keys with and restore opens them; else they ask.",
    )
    metrics: str | None = Field(
        None, description="host:port where markoff backup --every serves its metrics; nowhere unless told."
    )


__all__ = ["BackupSettings"]
