"""Where settings come from: the environment, then files of secrets, then the part's own table of `markoff.toml`.

db, agent and voice each have this very file, for none of them may import another.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


def config_file() -> Path:
    """MARKOFF_CONFIG, else `markoff.toml` in the working folder; it need not be there."""
    return Path(os.environ.get("MARKOFF_CONFIG") or "markoff.toml")


def secrets_folder() -> Path | None:
    """MARKOFF_SECRETS: a folder with a file for each secret, called like its variable in lower case."""
    told = os.environ.get("MARKOFF_SECRETS")
    return Path(told) if told and Path(told).is_dir() else None


class FileSettings(BaseSettings):
    """Settings of one part: `MARKOFF_*` in the environment, files of secrets, a table of `markoff.toml`, defaults.

    A field says what it is for in the string below it or in its `Field(description=…)`; the reference page reads both.
    """

    model_config = SettingsConfigDict(extra="ignore", env_prefix="MARKOFF_")
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """Fields that may stand in another table of the file too ("": at its top), where their own has them not."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over secrets' files over `markoff.toml` over defaults."""
        told = init_settings, Variables(settings_cls), Table(settings_cls)
        folder = secrets_folder()
        return (*told[:2], Secrets(settings_cls, folder), told[2]) if folder else told


class _Ours:
    """Takes a variable only under a name of ours, and leaves what is no JSON to be judged with all other values."""

    def _extract_field_info(self, *given: Any, **more: Any) -> list[tuple[str, str, bool]]:
        names: list[tuple[str, str, bool]] = super()._extract_field_info(*given, **more)  # type: ignore[misc]
        return [one for one in names if one[1].lower().startswith(("markoff_", "database_url"))]

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return json.loads(value)
        except ValueError:
            return value


class Variables(_Ours, EnvSettingsSource):
    """The environment."""


class Secrets(_Ours, SecretsSettingsSource):
    """A folder of secrets; an empty file says nothing."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        value, key, is_complex = super().get_field_value(field, field_name)
        return value or None, key, is_complex


class Table(TomlConfigSettingsSource):
    """The settings' own table; a file without it says nothing of them. Raises tomllib.TOMLDecodeError."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        self._settings = settings_cls
        super().__init__(settings_cls, config_file(), ())

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        whole = super()._read_file(file_path)
        told: dict[str, Any] = {}
        for name, table in getattr(self._settings, "elsewhere", {}).items():
            there = whole.get(table) if table else whole
            if isinstance(there, dict) and name in there:
                told[name] = there[name]
        (own,) = self._settings.model_config.get("toml_table_header") or ("",)
        table = whole.get(own)
        return told | (table if isinstance(table, dict) else {})
