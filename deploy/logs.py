"""How a process logs: by logging.yaml, in lines or in JSON, each under the number of its request, discreetly."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.filed import FileSettings
from deploy.discreet import Discretion
from deploy.trouble import Trouble

SHIPPED = Path(__file__).with_name("logging.yaml")
NUMBERS = (("api.requests", "number"), ("agent.tracing", "number"), ("voice.tracing", "number"))
"""Where a part keeps the number of what it does just now."""
OWN = ("uvicorn.error", "uvicorn")
"""Loggers that get handlers of their own from elsewhere."""


class Level(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class LoggingSettings(FileSettings):
    """Logs of all parts."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_LOGGING_", toml_table_header=("logging",))

    level: Level = Field(Level.INFO, description="From which level on is logged: DEBUG, INFO, WARNING or ERROR.")
    format: Format = Field(Format.TEXT, description="text: lines for people; json: an object a line, for programs.")
    file: Path | None = Field(None, description="A logging.yaml of your own instead of the one that is shipped.")


part = ""
"""What this process is: api, agent, telegram, voice."""


def begin(name: str) -> None:
    """Log as the settings say. Raises Trouble for a file that is no configuration."""
    global part
    part = name
    settings = LoggingSettings()
    file = settings.file or SHIPPED
    try:
        logging.config.dictConfig(_chosen(_read(file), settings))
    except (OSError, ValueError, TypeError, AttributeError, ImportError) as fault:
        raise Trouble("logs.unreadable", file=file, reason=_reason(fault)) from fault
    for other in OWN:
        logging.getLogger(other).handlers.clear()
        logging.getLogger(other).propagate = True
    logging.captureWarnings(True)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise ValueError(str(fault)) from fault
    if not isinstance(told, dict):
        raise TypeError("it is no table")
    return told


def _chosen(told: dict[str, Any], settings: LoggingSettings) -> dict[str, Any]:
    """The configuration with level and format as set; a file of one's own keeps what it says where nothing is set."""
    ours = settings.file is None
    if ours or "level" in settings.model_fields_set:
        told.setdefault("root", {})["level"] = settings.level.value
    if ours or "format" in settings.model_fields_set:
        for handler in told.get("handlers", {}).values():
            if handler.get("formatter") in tuple(Format):
                handler["formatter"] = settings.format.value
    return told


def _reason(fault: Exception) -> str:
    """The last words of a chain: dictConfig says what is wrong in the cause."""
    return str(fault.__cause__ or fault).splitlines()[0]


def request() -> str:
    """The number of what this process does just now; empty where there is none."""
    for module, name in NUMBERS:
        if (loaded := sys.modules.get(module)) is not None and (found := getattr(loaded, name).get()):
            return str(found)
    return ""


def trace() -> tuple[str, str]:
    """The trace and the span that are being recorded; empty where none is."""
    if (api := sys.modules.get("opentelemetry.trace")) is not None:
        span = api.get_current_span().get_span_context()
        if span.is_valid:
            return format(span.trace_id, "032x"), format(span.span_id, "016x")
    return "", ""


class Text(logging.Formatter):
    """A line for people: time, level, who, what, and in brackets the number of the request and its trace."""

    discretion = Discretion()

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        known = " ".join(f"{name}={value}" for name, value in _known().items())
        head = f"{at.replace('+00:00', 'Z')} {record.levelname} {record.name}"
        text = f"{record.getMessage()}{f' [{known}]' if known else ''}{_behind(self, record)}"
        return f"{head}: {self.discretion.told(text)}"


class Json(logging.Formatter):
    """An object a line, for programs that gather logs."""

    discretion = Discretion()

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "service": f"markoff-{part}" if part else "markoff",
            "process": os.getpid(),
            "message": self.discretion.told(record.getMessage()),
            **_known(),
        }
        if behind := _behind(self, record):
            told["error"] = self.discretion.told(behind.strip())
        return json.dumps(told, ensure_ascii=False)


def _known() -> dict[str, str]:
    run, span = trace()
    found = {"request": request(), "trace": run, "span": span}
    return {name: value for name, value in found.items() if value}


def _behind(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback of a record, if it has one."""
    if not record.exc_info or record.exc_info == (None, None, None):
        return ""
    return "\n" + formatter.formatException(record.exc_info)
