"""Nothing to play: what a house has to have before its day can go by, and waiting until it has it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from deploy import console, external
from deploy.trouble import Trouble

NOTHING = ("simulate.empty", "simulate.no_sensors", "simulate.which")
PAUSE = 10.0
"""Seconds between two looks."""
BUILDINGS = """
    SELECT b.code, b.name, EXISTS (SELECT FROM telemetry.sensor s WHERE s.building_id = b.id)
    FROM physical.building b ORDER BY b.code
"""
DEMO = "ladoga"

Begun = TypeVar("Begun")


def lacking(database: str) -> Trouble | None:
    """Why nothing can be played in the house with this database; None where something can."""
    with external.connect(database) as connection:
        rows = connection.execute(BUILDINGS).fetchall()
    if not rows:
        return Trouble("simulate.empty")
    here = next((row for row in rows if row[0] == DEMO), rows[0])
    if len(rows) > 1 and here[0] != DEMO:
        return Trouble("simulate.which", buildings=", ".join(row[0] for row in rows))
    return None if here[2] else Trouble("simulate.no_sensors", name=here[1], building=here[0])


def patiently(begin: Callable[[], Begun]) -> Begun:
    """What `begin` makes, as soon as there is something to play; says once what is lacking."""
    said = None
    while True:
        try:
            return begin()
        except Trouble as trouble:
            if trouble.code not in NOTHING:
                raise
            if trouble.code != said:
                console.complain(trouble)
            said = trouble.code
        time.sleep(PAUSE)


__all__ = ["lacking", "patiently"]
