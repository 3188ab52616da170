"""How long alarms may wait for somebody, by priority."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from db.escalate import LIMITS
from db.models import Priority
from db.settings import FileSettings


class EscalationSettings(FileSettings):
    """`MARKOFF_ESCALATION_*` in the environment, then `[escalation]` of `markoff.toml`, then defaults.

    Seconds (house time) without an acknowledgement until the next role is told; 0: never. A rule may say otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="MARKOFF_ESCALATION_", toml_table_header=("escalation",))

    critical: int = Field(default=LIMITS[Priority.CRITICAL] or 0, ge=0)
    high: int = Field(default=LIMITS[Priority.HIGH] or 0, ge=0)
    medium: int = Field(default=LIMITS[Priority.MEDIUM] or 0, ge=0)
    low: int = Field(default=LIMITS[Priority.LOW] or 0, ge=0)

    @property
    def limits(self) -> Mapping[Priority, int | None]:
        return {priority: getattr(self, priority.name.lower()) or None for priority in Priority}
