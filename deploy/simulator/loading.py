"""A building as its house tells it, over the graph: rooms, and the sensors that the model can play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.house_client import HouseClient
from deploy.simulator.site import AREA, NOWHERE, Place, Site, device
from deploy.trouble import Trouble

BUILDINGS = "{ buildings(first: 200) { nodes { code name timeZone } } }"
ROOMS = """
    query ($building: ID!, $after: Cursor) {
        page: rooms(where: {building: $building}, first: 1000, after: $after) {
            nodes { number kind area capacity outline floor { level } } pageInfo { hasNextPage endCursor }
        }
    }
"""
SENSORS = """
    query ($building: ID!, $after: Cursor) {
        page: sensors(where: {building: $building}, first: 2000, after: $after) {
            nodes { code kind unit interval at room { number } } pageInfo { hasNextPage endCursor }
        }
    }
"""
COUNT = "query ($building: ID!) { sensors(where: {building: $building}, first: 1) { totalCount } }"
DEMO, TOWER = "ladoga", "tower"
"""Buildings that are invented: nobody minds if their sensors are."""


def choose(house: HouseClient, wanted: str | None) -> str:
    """The building's code: the wanted one, the only one, or the demo's. Raises Trouble."""
    codes = [building["code"] for building in house.graph(BUILDINGS)["buildings"]["nodes"]]
    if wanted is not None:
        if wanted not in codes:
            raise Trouble("simulate.no_building", building=wanted, buildings=", ".join(codes) or "–")
        return wanted
    if DEMO in codes or len(codes) == 1:
        return DEMO if DEMO in codes else str(codes[0])
    raise Trouble("simulate.which" if codes else "simulate.empty", buildings=", ".join(codes))


def load(house: HouseClient, code: str) -> tuple[Site, float | None]:
    """The building, and the moment of its newest reading (seconds since 1970). Raises Trouble."""
    told = next(one for one in house.graph(BUILDINGS)["buildings"]["nodes"] if one["code"] == code)
    places = {row["number"]: _place(row) for row in _pages(house, ROOMS, code)}
    rows = list(_pages(house, SENSORS, code))
    devices = tuple(
        device(code, row["code"], row["kind"], _room(row, places), row["interval"], row["unit"]) for row in rows
    )
    newest = max((datetime.fromisoformat(row["at"]).timestamp() for row in rows if row["at"]), default=None)
    return Site(code, told["name"], ZoneInfo(told["timeZone"]), tuple(places.values()), devices), newest


def count(house: HouseClient, code: str) -> int:
    """How many sensors the building has."""
    return int(house.graph(COUNT, {"building": code})["sensors"]["totalCount"])


def _pages(house: HouseClient, query: str, building: str) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = house.graph(query, {"building": building, "after": after})["page"]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _place(row: Mapping[str, Any]) -> Place:
    x, y = _middle(row["outline"])
    area = row["area"] or AREA
    return Place(row["number"], row["kind"], row["floor"]["level"], area, row["capacity"], x, y)


def _middle(outline: list[list[list[float]]] | None) -> tuple[float | None, float | None]:
    """Of the box around the outline."""
    if not outline or not outline[0]:
        return None, None
    xs, ys = zip(*((point[0], point[1]) for point in outline[0]), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _room(row: Mapping[str, Any], places: Mapping[str, Place]) -> Place:
    return places.get((row["room"] or {}).get("number", ""), NOWHERE)


__all__ = ["DEMO", "TOWER", "choose", "count", "load"]
