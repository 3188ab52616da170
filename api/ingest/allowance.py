"""How many readings a key may send: a minute's worth at once, refilled evenly. Per process, in real time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict

from api.errors import Fault

REMEMBERED = 10_000
"""Most keys that are counted at a time; the one longest silent is forgotten."""


class Allowance:
    """A bucket for each key. A batch is taken as long as anything is left, and what it takes too much is owed."""

    def __init__(self, readings_per_minute: int) -> None:
        self.usual = readings_per_minute
        self.left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        """Of each key: what was left, and when (monotonic)."""

    def take(self, key_id: int, readings: int, readings_per_minute: int | None) -> None:
        """Count them; raises TOO_MANY_READINGS with the seconds to wait, and then counts nothing."""
        limit = self.usual if readings_per_minute is None else readings_per_minute
        if not limit:
            return
        now = time.monotonic()
        left, since = self.left.pop(key_id, (float(limit), now))
        left = min(float(limit), left + (now - since) * limit / 60)
        self.left[key_id] = (left if left <= 0 else left - readings, now)
        if len(self.left) > REMEMBERED:
            self.left.popitem(last=False)
        if left <= 0:
            raise Fault("TOO_MANY_READINGS", most=limit, seconds=max(1, math.ceil((1 - left) * 60 / limit)))
