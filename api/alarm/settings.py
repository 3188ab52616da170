"""How long alarms may wait for somebody, by priority."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.escalate import LIMITS
from db.models import Priority
from db.settings import FileSettings


class EscalationSettings(FileSettings):
    """Seconds (house time) without an acknowledgement until the next role is told of an alarm; 0: never.

    A rule may say otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="MARKOFF_ESCALATION_", toml_table_header=("escalation",))

    critical: int = Field(default=LIMITS[Priority.CRITICAL] or 0, ge=0)
    """Of critical priority."""
    high: int = Field(default=LIMITS[Priority.HIGH] or 0, ge=0)
    """Of high priority."""
    medium: int = Field(default=LIMITS[Priority.MEDIUM] or 0, ge=0)
    """Of medium priority."""
    low: int = Field(default=LIMITS[Priority.LOW] or 0, ge=0)
    """Of low priority."""

    @property
    def limits(self) -> Mapping[Priority, int | None]:
        return {priority: getattr(self, priority.name.lower()) or None for priority in Priority}
