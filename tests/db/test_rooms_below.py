"""Which rooms lie below which: by outlines, whatever their shape; by numbers where a room has none."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from db.engine import Pool

Ring = list[list[float]]


def box(x: float, y: float, width: float, depth: float) -> list[Ring]:
    return [[[x, y], [x + width, y], [x + width, y + depth], [x, y + depth], [x, y]]]


async def overlap(pool: Pool, one: list[Ring], other: list[Ring]) -> float:
    found: float = await pool.fetchval(
        "SELECT physical.overlap($1::text::jsonb, $2::text::jsonb)", json.dumps(one), json.dumps(other)
    )
    return found


sizes = st.floats(0.5, 30)
places = st.floats(-20, 20)
boxes = st.tuples(places, places, sizes, sizes)


@given(boxes, boxes)
async def test_boxes_share_what_they_share(
    pool: Pool, one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> None:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    depth = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    expected = width * depth if width > 0.05 and depth > 0.05 else 0.0
    assert math.isclose(await overlap(pool, box(*one), box(*other)), expected, abs_tol=1e-6)


async def test_neighbours_share_nothing(pool: Pool) -> None:
    assert await overlap(pool, box(0, 0, 6, 4), box(6, 0, 6, 4)) == 0
    assert await overlap(pool, box(0, 0, 6, 4), box(6, 4, 6, 4)) == 0
    assert await overlap(pool, box(0, 0, 6, 4), box(100, 0, 6, 4)) == 0


async def test_shapes_that_are_no_boxes(pool: Pool) -> None:
    corner = [[[0.0, 0.0], [10.0, 0.0], [10.0, 2.0], [2.0, 2.0], [2.0, 10.0], [0.0, 10.0], [0.0, 0.0]]]
    assert await overlap(pool, corner, box(4, 4, 5, 5)) == 0, "in the bend of an L"
    assert math.isclose(await overlap(pool, corner, box(0, 0, 10, 10)), 36, rel_tol=0.05)
    court = [*box(0, 0, 10, 10), *box(2, 2, 6, 6)]
    assert await overlap(pool, court, box(3, 3, 4, 4)) == 0, "in the court of a ring"
    assert math.isclose(await overlap(pool, court, box(0, 0, 10, 10)), 64, rel_tol=0.05)


async def test_an_outline_that_is_none(pool: Pool) -> None:
    for broken in ([], [[]], [[[0.0, 0.0], [1.0, 1.0]]], None):
        found = await pool.fetchval(
            "SELECT coalesce(physical.overlap($1::text::jsonb, $2::text::jsonb), 0)",
            json.dumps(broken),
            json.dumps(box(0, 0, 1, 1)),
        )
        assert found == 0
