"""All that is wrong with what is told, at once: in the file, the environment, the files of secrets."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from deploy import told
from deploy.config import catalogue
from deploy.config.catalogue import Setting
from deploy.config.values import HIDDEN, PASSWORD, effective, place
from deploy.config.wanted import wanted
from deploy.words import sentence

KINDS = {
    "time_delta_parsing": "duration",
    "time_delta_type": "duration",
    "greater_than_equal": "least",
    "greater_than": "more",
    "less_than_equal": "most",
    "less_than": "less",
    "string_too_short": "short",
    "too_short": "short",
    "missing": "missing",
    "value_error": "reason",
}
"""What pydantic calls a mistake, and the sentence for it; any other: what is wanted."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: a sentence's code and parameters, and whether one can go on with it."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False
    setting: Setting | None = None

    def told(self, language: str) -> str:
        """The sentence."""
        more = {"wanted": wanted(self.setting.field, language)} if self.setting else {}
        reason = self.parameters.get("reason")
        if isinstance(reason, str):
            more["reason"] = _reason(reason, language)
        return sentence(f"settings.{self.code}", language, **{**self.parameters, **more})


def found(missing_of: str = "") -> list[Mistake]:
    """All of them; what is not told at all counts for the class of this name only. Raises Trouble for no TOML."""
    told.tables()
    return [*_places(), *_unknown(), *_values(missing_of), *_environment(), *_secrets()]


def _places() -> Iterator[Mistake]:
    file, folder = told.config_file(), os.environ.get("MARKOFF_SECRETS")
    if os.environ.get("MARKOFF_CONFIG") and not file.exists():
        yield Mistake("no_file", {"file": file}, warning=True)
    if folder and not Path(folder).is_dir():
        yield Mistake("no_folder", {"folder": folder}, warning=True)


def _unknown() -> Iterator[Mistake]:
    """Tables and keys of the file that nobody reads."""
    known: dict[str, set[str]] = {}
    for part in catalogue.parts():
        keys = known.setdefault(catalogue.table_of(part), set())
        keys |= {name for name, one in part.model_fields.items() if not catalogue.nested(one)}
        keys |= {alias for one in part.model_fields.values() for alias in catalogue.aliases(one) if alias.islower()}
        top = {name for name, table in getattr(part, "elsewhere", {}).items() if table == ""}
        known.setdefault("", set()).update(top)
    for table, inside in told.tables().items():
        if table in known[""]:
            continue
        if table not in known:
            yield _stranger_at_the_top(table, known, isinstance(inside, dict))
        elif not isinstance(inside, dict):
            yield Mistake("no_table", {"name": place("", table), "table": table})
        else:
            yield from (_stranger(table, key, known) for key in inside if key not in known[table])


def _stranger_at_the_top(key: str, known: Mapping[str, set[str]], is_table: bool) -> Mistake:
    name = place(key, "") if is_table else place("", key)
    if is_table:
        return _alike("no_such_table", {"name": name}, key, [one for one in known if one])
    if (now := catalogue.MOVED.get(key, key)) in known["agent"]:
        return Mistake("moved", {"name": name, "table": "agent", "key": now})
    return _elsewhere(name, key, known) or _alike("no_such_key", {"name": name}, key, sorted(known["agent"]))


def _stranger(table: str, key: str, known: Mapping[str, set[str]]) -> Mistake:
    name = place(table, key)
    near = get_close_matches(key, known[table], 1, 0.75)
    if not near and (elsewhere := _elsewhere(name, key, known)):
        return elsewhere
    return _alike("no_such_key", {"name": name}, key, sorted(known[table]))


def _elsewhere(name: str, key: str, known: Mapping[str, set[str]]) -> Mistake | None:
    tables = [table for table, keys in known.items() if key in keys]
    return Mistake("moved", {"name": name, "table": tables[0], "key": key}) if len(tables) == 1 and tables[0] else None


def _alike(code: str, parameters: Mapping[str, object], key: str, known: list[str], warning: bool = False) -> Mistake:
    near = get_close_matches(key, known, 1, 0.6)
    if near:
        return Mistake(f"{code}_but", {**parameters, "near": near[0]}, warning)
    return Mistake(code, parameters, warning)


def _values(missing_of: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for part in catalogue.parts():
        for error in _errors(part):
            if error["type"] == "missing" and part.__name__ != missing_of:
                continue
            one = _mistake(part, error)
            if (said := one.told("en")) not in seen:
                seen.add(said)
                yield one


def _errors(part: type[BaseSettings]) -> list[Any]:
    """What is wrong with these settings alone: others within them are left out."""
    within: dict[str, Any] = {
        name: one.annotation.model_construct()
        for name, one in part.model_fields.items()
        if isinstance(one.annotation, type) and issubclass(one.annotation, BaseSettings)
    }
    try:
        part(**within)
    except ValidationError as fault:
        return list(fault.errors())
    except (SettingsError, OSError) as fault:
        return [{"type": "unread", "loc": (), "msg": str(fault), "input": None}]
    return []


def _mistake(part: type[BaseSettings], error: Mapping[str, Any]) -> Mistake:
    first, *rest = error["loc"] or ("",)
    setting = _setting(part, str(first))
    reason = str(error["msg"]).removeprefix("Value error, ")
    if setting is None:
        table = catalogue.table_of(part)
        return Mistake("other", {"name": place(table, "") or part.__name__, "reason": reason})
    value = effective(setting)
    where = value.name or setting.variables[0]
    name = ".".join([where, *map(str, rest)])
    limits = error.get("ctx") or {}
    bound = next((limits[key] for key in ("ge", "gt", "le", "lt", "min_length") if key in limits), None)
    code = "reason" if rest and error["type"] not in KINDS else KINDS.get(error["type"], "not_wanted")
    shown = HIDDEN if setting.secret else PASSWORD.sub(rf"\1:{HIDDEN}@", str(error["input"]))
    return Mistake(code, {"name": name, "value": shown, "bound": bound, "reason": reason}, setting=setting)


def _setting(part: type[BaseSettings], told_as: str) -> Setting | None:
    """The setting that an error names, by its own name or by an alias."""
    for name, one in part.model_fields.items():
        if told_as == name or told_as in catalogue.aliases(one):
            table = "" if getattr(part, "elsewhere", {}).get(name) == "" else catalogue.table_of(part)
            return Setting(table, name, catalogue.variables(part, name, one), "", one, part, name)
    return None


def _known_variables() -> set[str]:
    return {name for one in catalogue.settings() for name in one.variables} | set(catalogue.OTHERS)


def _environment() -> Iterator[Mistake]:
    known = _known_variables()
    for name in sorted(os.environ):
        if name.startswith("MARKOFF_") and name not in known:
            yield _alike("no_variable", {"name": name}, name, sorted(known), warning=True)


def _secrets() -> Iterator[Mistake]:
    folder = Path(os.environ.get("MARKOFF_SECRETS") or "/nowhere")
    if folder.is_dir():
        known = {name.lower() for name in _known_variables()}
        for file in sorted(folder.iterdir()):
            if file.name.lower().startswith("markoff_") and file.name.lower() not in known:
                yield _alike("no_secret", {"name": file}, file.name, sorted(known), warning=True)
    file = told.config_file()
    inside = [one for one in catalogue.settings() if one.secret and effective(one).origin == "file"]
    if inside and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        keys = ", ".join(f"[{one.table}] {one.key}" for one in inside)
        yield Mistake("open_file", {"file": file, "keys": keys}, warning=True)


def _reason(reason: str, language: str) -> str:
    """A reason that a part gives in English, in the person's language where we know it."""
    from deploy.words.settings import REASONS

    return REASONS.get(reason, reason) if language == "ru" else reason
