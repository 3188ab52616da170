"""Drawing floors: 50 rooms with 200 sensors, and 1,000 rooms; laying out, painting and encoding, each in processor time.

uv run pytest tests/bench/bench_drawing.py -m bench -s
"""

from __future__ import annotations

import importlib.util
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.plans import drawing, masks, raster, vector
from api.plans.floor import Layer, Wish
from api.plans.shapes import Drawing

FILE = Path(__file__).parents[1] / "api" / "plans" / "floors.py"
LAYERS = frozenset({Layer.ROOMS, Layer.TENANTS, Layer.SENSORS, Layer.ALARMS})


def spent(once: Callable[[], object], times: int) -> float:
    """The median of milliseconds of processor time."""
    found = []
    for _ in range(times):
        began = time.process_time()
        once()
        found.append((time.process_time() - began) * 1000)
    return statistics.median(found)


def anew(made: Drawing) -> None:
    """As the first picture of a process is painted."""
    for kept in (masks.letters, masks._small_line, masks._small_shape, masks.disc, masks.tile):
        kept.cache_clear()
    raster.image(made)


@pytest.mark.bench
def test_drawing() -> None:
    spec = importlib.util.spec_from_file_location("plan_floors", FILE)
    assert spec
    assert spec.loader
    floors = importlib.util.module_from_spec(spec)
    sys.modules["plan_floors"] = floors
    spec.loader.exec_module(floors)
    for rooms, sensors, times in ((50, 200, 15), (1000, 1000, 3)):
        floor, wish = floors.cells(rooms, sensors), Wish(LAYERS)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        made = drawing.draw(floor, wish)
        print(f"\n{rooms} rooms, {sensors} sensors, {made.width} × {made.height} px")
        for what, once in (
            ("lay out", lambda floor=floor, wish=wish: drawing.draw(floor, wish)),
            ("paint, with no mask kept", lambda made=made: anew(made)),
            ("paint", lambda made=made: raster.image(made)),
            ("paint and encode PNG", lambda made=made: raster.png(made)),
            ("paint and encode WebP", lambda made=made: raster.webp(made)),
            ("write SVG", lambda made=made: vector.svg(made)),
        ):
            print(f"{what:24} {spent(once, times):7.1f} ms")
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{'memory more':24} {(after - before) / 1024:7.1f} MiB")
