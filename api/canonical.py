"""Values in one canonical form, so that they can be signed, hashed and compared: contract names, plain JSON."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case


def plain(value: Any) -> Any:
    """A value of a resolver's argument as JSON: inputs by contract names without what was not given."""
    if dataclasses.is_dataclass(value):
        return arguments({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return value + 0.0
    return value


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by contract names, in JSON, without those not given."""
    return {to_camel_case(name): plain(value) for name, value in given.items() if value is not UNSET}


def digest(value: Any) -> str:
    """SHA-256 of a plain value's canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
