"""Settings that cannot be read, told in plain words: all of them at once, by the names people set them under."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsError

from deploy.foreign import Foreign
from deploy.told import config_file
from deploy.words import sentence

OURS = ("db", "api", "agent", "voice", "deploy")
WRONG = (ValidationError, SettingsError, TOMLDecodeError)
"""What reading settings raises."""
KINDS = {
    "time_delta_parsing": "duration",
    "time_delta_type": "duration",
    "int_parsing": "whole",
    "int_type": "whole",
    "int_from_float": "whole",
    "float_parsing": "number",
    "float_type": "number",
    "bool_parsing": "bool",
    "bool_type": "bool",
    "greater_than_equal": "least",
    "greater_than": "more",
    "less_than_equal": "most",
    "less_than": "less",
    "string_too_short": "short",
    "too_short": "short",
    "missing": "missing",
}
"""What pydantic calls a mistake, and the sentence for it."""


def told(fault: ValidationError | SettingsError | TOMLDecodeError) -> Foreign:
    """Every mistake in the settings of this process, a line each."""
    if isinstance(fault, TOMLDecodeError):
        return Foreign(lambda language: sentence("settings.file", language, file=config_file(), reason=fault))
    if isinstance(fault, SettingsError):
        return Foreign(lambda language: sentence("settings.unread", language, reason=fault))
    mistakes = list(_mistakes(fault))
    return Foreign(
        lambda language: "\n".join(
            [sentence("settings.wrong", language)]
            + ["  " + sentence(f"settings.{code}", language, **parameters) for code, parameters in mistakes]
        )
    )


def _mistakes(fault: ValidationError) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Those of the settings that failed, then those of all others that are loaded."""
    found = sorted(_loaded(BaseSettings), key=lambda one: (one.__name__ != fault.title, one.__name__))
    for settings in found:
        for error in _errors(settings):
            if error["type"] != "missing" or settings.__name__ == fault.title:
                yield _mistake(settings, error)
    if fault.title not in {settings.__name__ for settings in found}:
        for error in fault.errors():
            yield "other", {"name": _path(error["loc"]), "reason": error["msg"]}


def _loaded(base: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for settings in base.__subclasses__():
        yield from _loaded(settings)
        if settings.__module__.split(".")[0] in OURS:
            yield settings


def _errors(settings: type[BaseSettings]) -> list[Any]:
    """What is wrong with these settings alone: others within them are left out."""
    within: dict[str, Any] = {
        name: field.annotation.model_construct()
        for name, field in settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)
    }
    try:
        settings(**within)
    except ValidationError as fault:
        return list(fault.errors())
    except (SettingsError, TOMLDecodeError):
        return []
    return []


def _mistake(settings: type[BaseSettings], error: Mapping[str, Any]) -> tuple[str, Mapping[str, object]]:
    first, *rest = error["loc"] or ("",)
    name, field = _field(settings, str(first))
    known = [one for one in _environment(settings, name, field) if one in os.environ]
    table = settings.model_config.get("toml_table_header") or ()
    where = known[0] if known else _environment(settings, name, field)[0]
    if not known and error["type"] != "missing":
        where = f"markoff.toml {'.'.join(f'[{part}]' for part in table)} {name}".replace("  ", " ")
    where = ".".join([where, *map(str, rest)])
    limits = error.get("ctx") or {}
    bound = next((limits[key] for key in ("ge", "gt", "le", "lt", "min_length") if key in limits), None)
    code = KINDS.get(error["type"], "other")
    hidden = field is not None and "SecretStr" in str(field.annotation)
    value = "…" if hidden or isinstance(error["input"], SecretStr) else error["input"]
    return code, {"name": where, "value": value, "bound": bound, "reason": error["msg"]}


def _field(settings: type[BaseSettings], told: str) -> tuple[str, FieldInfo | None]:
    """The field that an error names, by its own name or by an alias."""
    for name, field in settings.model_fields.items():
        if told == name or told in _aliases(field):
            return name, field
    return told, None


def _aliases(field: FieldInfo) -> list[str]:
    choices = getattr(field.validation_alias, "choices", [field.validation_alias])
    return [choice for choice in choices if isinstance(choice, str)]


def _environment(settings: type[BaseSettings], name: str, field: FieldInfo | None) -> list[str]:
    """Names of the variables that set it."""
    named = [alias for alias in (_aliases(field) if field else []) if alias.isupper()]
    return named or [f"{settings.model_config.get('env_prefix', '')}{name}".upper()]


def _path(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place))


__all__ = ["WRONG", "told"]
