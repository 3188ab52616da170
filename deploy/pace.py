"""When a reading of the past may be sent again: at once, at so many times real speed, or by the house's own clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """House time runs `speed` times the real one from `start` at the monotonic `begun`; no speed: everything is due."""

    start: datetime
    begun: float
    speed: float | None = None
    own: bool = False
    """The house's clock goes by itself, at about that speed."""

    def wait_for(self, at: datetime) -> float:
        """Seconds until a reading of this time is due; 0 or less: it is."""
        if self.speed is None:
            return 0.0
        return self.begun + (at - self.start).total_seconds() / self.speed - time.monotonic()


__all__ = ["Pace"]
