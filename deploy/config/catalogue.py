"""Every setting there is: its table and key in `markoff.toml`, its variables, what it takes, and what it is for."""

from __future__ import annotations

import ast
import inspect
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

PARTS = (
    "deploy.settings:HouseSettings",
    "db.settings:DatabaseSettings",
    "db.settings:KeepingSettings",
    "api.settings:ApiSettings",
    "api.ingest.settings:IngestSettings",
    "api.ingest.settings:MqttSettings",
    "api.settings:LiveSettings",
    "api.alarm.settings:EscalationSettings",
    "api.plans.settings:PlansSettings",
    "agent.settings:AgentSettings",
    "agent.channels.telegram.settings:TelegramSettings",
    "voice.settings:VoiceSettings",
    "api.settings:MetricsSettings",
    "agent.settings:MetricsSettings",
    "deploy.keeping.settings:BackupSettings",
    "deploy.tracing:TracesSettings",
    "deploy.logs:LoggingSettings",
    "api.playground.settings:PlaygroundSettings",
    "deploy.keeping.settings:BackupSettings",
)
"""Every class of settings, in the order of the reference page; several may share a table."""

OTHERS: Mapping[str, tuple[str, str]] = {
    "MARKOFF_CONFIG": ("Where markoff.toml is.", "Где лежит markoff.toml."),
    "MARKOFF_SECRETS": (
        "A folder with files of secrets, each called like its variable in lower case.",
        "Папка с файлами секретов; имя файла — имя переменной строчными буквами.",
    ),
    "MARKOFF_TOKEN": ("An access token for commands (`--token`).", "Токен доступа для команд (`--token`)."),
    "MARKOFF_DEVICE_KEY": (
        "The device key that `markoff simulate` sends with.",
        "Ключ устройства, с которым шлёт `markoff simulate`.",
    ),
    "MARKOFF_TELEGRAM_BOT": (
        "The bot's name, for the addresses that `markoff link` prints.",
        "Имя бота для ссылок, которые печатает `markoff link`.",
    ),
    "MARKOFF_ADMIN_PASSWORD": (
        "The administrator's password, for the first preparation of a database on a server.",
        "Пароль администратора, для первой подготовки базы на сервере.",
    ),
    "MARKOFF_DEBUG": (
        "Set: a fault ends a command with its whole trace.",
        "Если задано, сбой команды показывается целиком.",
    ),
    "MARKOFF_VLLM": ("Of our own tests: run those with a real vLLM.", "Для наших проверок: с настоящим vLLM."),
}
"""Variables that are no settings of a part: what they are for, in English and Russian."""

MOVED = {"agent_host": "host", "agent_port": "port"}
"""Keys that were called otherwise when the agent's stood at the top of the file."""


@dataclass(frozen=True)
class Setting:
    """One setting."""

    table: str
    """Empty: at the top of the file."""
    key: str
    variables: tuple[str, ...]
    """Of the environment, the first one first."""
    description: str
    field: FieldInfo
    settings: type[BaseSettings]
    name: str
    """Of the field."""

    @property
    def secret(self) -> bool:
        """Whether it is never shown."""
        return "SecretStr" in str(self.field.annotation)

    @property
    def default(self) -> Any:
        """None where there is none."""
        if self.field.is_required():
            return None
        value = self.field.get_default(call_default_factory=True)
        return value.get_secret_value() or None if isinstance(value, SecretStr) else value


@cache
def parts() -> tuple[type[BaseSettings], ...]:
    """The classes of PARTS; loading them takes a second."""
    return tuple(getattr(import_module(module), name) for module, name in (part.split(":") for part in PARTS))


@cache
def settings() -> tuple[Setting, ...]:
    """All of them; one that several classes have is told once, as its first has it."""
    found: dict[tuple[str, str], Setting] = {}
    for part in parts():
        for one in _of(part):
            found.setdefault((one.table, one.key), one)
    return tuple(found.values())


def tables() -> dict[str, list[Setting]]:
    """Settings by table, in order; what stands at the top of the file comes last, as TOML wants tables of tables."""
    told: dict[str, list[Setting]] = {}
    for one in settings():
        told.setdefault(one.table, []).append(one)
    top = told.pop("", [])
    return told | ({"": top} if top else {})


@cache
def russian() -> Mapping[str, Mapping[str, str]]:
    """What settings are for in Russian, by table and key; the empty key is the table itself."""
    told: Mapping[str, Mapping[str, str]] = tomllib.loads(
        files("deploy.config").joinpath("russian.toml").read_text(encoding="utf-8")
    )
    return told


def purpose(one: Setting, language: str) -> str:
    """What a setting is for."""
    return russian()[one.table or "top"][one.key] if language == "ru" else one.description


def about(table: str, language: str = "en") -> str:
    """What a table is for, in a sentence: in English the first line of its class's docstring."""
    if language == "ru":
        return russian()[table].get("", "")
    for part in parts():
        if table_of(part) == table:
            return (inspect.getdoc(part) or "").split("\n\n")[0].replace("\n", " ")
    return ""


def table_of(part: type[BaseSettings]) -> str:
    """The table that a class reads."""
    (own,) = part.model_config.get("toml_table_header") or ("",)
    return own


def variables(part: type[BaseSettings], name: str, field: FieldInfo) -> tuple[str, ...]:
    """Names of the variables that set a field."""
    prefix = part.model_config.get("env_prefix") or ""
    named = tuple(alias for alias in aliases(field) if alias.isupper())
    own = f"{prefix}{name}".upper()
    by_name = part.model_config.get("populate_by_name") and own not in named and not named
    return named or ((own,) if by_name or not named else ())


def aliases(field: FieldInfo) -> Sequence[str]:
    """Other names under which a field is told."""
    choices = getattr(field.validation_alias, "choices", [field.validation_alias])
    return [choice for choice in choices if isinstance(choice, str)]


def nested(field: FieldInfo) -> bool:
    """Whether a field holds the settings of another class, with a table of their own."""
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)


def _of(part: type[BaseSettings]) -> Iterator[Setting]:
    words = _words(part)
    elsewhere = getattr(part, "elsewhere", {})
    for name, field in part.model_fields.items():
        if nested(field):
            continue
        table = "" if elsewhere.get(name) == "" else table_of(part)
        told = field.description or words.get(name, "")
        yield Setting(table, name, variables(part, name, field), told, field, part, name)


def _words(part: type[BaseSettings]) -> dict[str, str]:
    """The strings below the fields of a class, and of those it comes from."""
    told: dict[str, str] = {}
    for one in reversed(part.__mro__):
        if not issubclass(one, BaseSettings) or one.__module__.startswith("pydantic"):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
        assert isinstance(tree, ast.ClassDef)
        for field, below in zip(tree.body, tree.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
            ):
                told[field.target.id] = inspect.cleandoc(str(below.value.value)).replace("\n", " ")
    return told
