"""What a setting takes, in the words of its page and of its mistakes."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from deploy.words import sentence


def wanted(field: FieldInfo, language: str) -> str:
    """`whole number, ≥ 1, ≤ 8`."""
    kind = _plain(field.annotation)
    if choices := choices_of(kind):
        return sentence("settings.one_of", language, choices=", ".join(choices))
    return ", ".join([sentence(f"settings.takes_{_kind(kind)}", language), *_bounds(field)])


def choices_of(kind: Any) -> list[str]:
    """The words among which is chosen; empty where any are taken."""
    if get_origin(kind) is Literal:
        return [str(one) for one in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(one.value) for one in kind]
    return []


def _plain(annotation: Any) -> Any:
    """Without `| None`."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [one for one in get_args(annotation) if one is not NoneType]
        if len(kinds) == 1:
            return kinds[0]
    return annotation


def _kind(kind: Any) -> str:
    if get_origin(kind) in (list, tuple, dict):
        return "list"
    return {timedelta: "duration", bool: "bool", int: "whole", float: "number"}.get(kind, "text")


def _bounds(field: FieldInfo) -> list[str]:
    told: list[str] = []
    for one in field.metadata:
        for sign, kind, name in (("≥", Ge, "ge"), (">", Gt, "gt"), ("≤", Le, "le"), ("<", Lt, "lt")):
            if isinstance(one, kind):
                told.append(f"{sign} {_bound(getattr(one, name))}")
    return told


def _bound(value: Any) -> str:
    from deploy.config.values import duration

    return duration(value) if isinstance(value, timedelta) else f"{value}"
