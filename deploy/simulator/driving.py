"""Sends what the model says through `POST /ingest` as it comes due: a reading is done with when the house has it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf

from deploy.house_client import HouseClient, Receipt
from deploy.simulator.model import Model, Sample
from deploy.simulator.pace import Pace

BATCH = 1000
TURN = 0.5
"""Seconds between two looks whether something is due."""
RENEWED = 60.0
"""Seconds between two looks at the building."""
AHEAD = 900.0
"""Most house seconds computed at once."""


@dataclass(slots=True)
class Sent:
    """What became of the readings."""

    accepted: int = 0
    known: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """The house's reasons for what it refused, in the person's language."""
    reached: float = 0.0
    """House time up to which everything is sent, seconds since 1970."""

    def add(self, receipt: Receipt) -> None:
        self.accepted += receipt.accepted
        self.known += receipt.duplicates
        self.reasons.update(one.message for one in receipt.refused)

    @property
    def refused(self) -> int:
        return self.reasons.total()


Progress = Callable[[Sent], None]
Renew = Callable[[Model], Model]
"""The model to go on with, from time to time: the building may have other sensors by now."""


def drive(
    house: HouseClient,
    model: Model,
    pace: Pace,
    span: tuple[float, float],
    sent: Sent,
    progress: Progress = lambda sent: None,
    renew: Renew = lambda model: model,
) -> None:
    """Send everything after the first moment of `span` up to the other (house time; inf: for ever). Raises Trouble.

    What is not acknowledged is sent again; what was sent twice the house knows. `sent` is kept up to date, so that
    whoever stops this knows how far it came.
    """
    sent.reached, ends = span
    for batch in _batches(model.opening(sent.reached)):
        sent.add(house.ingest(batch))
    slice_, renewed = _slice(model), time.monotonic()
    while sent.reached < ends:
        pace.follow(house)
        if time.monotonic() - renewed > RENEWED:
            model = renew(model)
            slice_, renewed = _slice(model), time.monotonic()
        due = min(pace.now(), ends)
        until = min(due, sent.reached + slice_)
        if until <= sent.reached:
            if pace.now() < sent.reached - AHEAD:  # the clock was set back: what follows is told anew
                sent.reached = pace.now()
            time.sleep(TURN)
            continue
        for batch in _batches(model.readings(sent.reached, until)):
            sent.add(house.ingest(batch))
        sent.reached = until
        progress(sent)
        if until == due < ends:
            time.sleep(TURN)


def _slice(model: Model) -> float:
    """House seconds that make a good batch."""
    often = sum(1 / device.interval if device.interval else 0.01 for device in model.devices)
    return max(1.0, min(AHEAD, BATCH / often if often else inf))


def _batches(samples: Sequence[Sample]) -> Iterator[list[tuple[str, datetime, float]]]:
    for first in range(0, len(samples), BATCH):
        yield [(name, datetime.fromtimestamp(at, UTC), value) for at, name, value in samples[first : first + BATCH]]


__all__ = ["Renew", "Sent", "drive"]
