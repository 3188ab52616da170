"""Spans of time as people type them: 90s, 30m, 8h, 2d, 1h30m."""

from __future__ import annotations

import re

from deploy.trouble import Trouble

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "": 1}
PART = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


def seconds(text: str) -> float:
    """How many seconds; a bare number is seconds. Raises Trouble."""
    compact = text.replace(" ", "").lower()
    parts = PART.findall(compact)
    total = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != compact or not 0 < total < 1e9:
        raise Trouble("simulate.bad_duration", text=text)
    return total


__all__ = ["seconds"]
