"""IMDF archives made by tests: a small building in Saint Petersburg, to be bent as a test needs."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LONGITUDE, LATITUDE = 30.38, 60.0
EAST, NORTH = 1 / 55799.5, 1 / 111412.2
"""Degrees in a metre there."""

Features = dict[str, list[dict[str, Any]]]


def feature(type_: str, id_: str, geometry: Any = None, **properties: Any) -> dict[str, Any]:
    made = {"id": id_, "type": "Feature", "feature_type": type_}
    return {**made, "geometry": geometry, "properties": properties}


def box(x: float, y: float, width: float, depth: float) -> dict[str, Any]:
    """A rectangle given in metres from the south-west corner of the building, clockwise as Apple does not want it."""
    corners = [(x, y), (x, y + depth), (x + width, y + depth), (x + width, y), (x, y)]
    ring = [[LONGITUDE + east * EAST, LATITUDE + north * NORTH] for east, north in corners]
    return {"type": "Polygon", "coordinates": [ring]}


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A line given in metres from there."""
    degrees = [[LONGITUDE + east * EAST, LATITUDE + north * NORTH] for east, north in points]
    return {"type": "LineString", "coordinates": degrees}


def both(russian: str, english: str) -> dict[str, str]:
    return {"ru": russian, "en": english}


def house() -> Features:
    """Two floors of 20 × 10 m whose ordinals are not their numbers, four rooms and what is odd, two occupants."""
    whole = box(0, 0, 20, 10)
    levels = [
        feature("level", f"level-{n}", whole, name=both(f"Этаж {n}", f"Level {n}"), short_name=both(str(n), str(n)),
                ordinal=n - 1, building_ids=["house"])
        for n in (1, 2)
    ]  # fmt: skip
    units = [
        unit("u-101a", "level-1", box(0, 0, 6, 4), both("Кабинет 101а", "Classroom 101а"), "classroom"),
        unit("u-101b", "level-1", box(6, 0, 6, 4), both("Кабинет 101a", "Classroom 101a"), "classroom"),
        unit("u-stairs", "level-1", box(12, 0, 6, 4), None, "stairs"),
        unit("u-blank", "level-1", box(0, 4, 6, 4), both("Кабинет ", "Classroom "), "auditorium"),
        unit("u-dean", "level-2", box(0, 0, 6, 4), both("Кабинет 206, Деканат", "Cabinet 206, Dean"), "administration"),
        unit("u-column", "level-2", box(6, 0, 1, 1), None, "column"),
        unit("u-coffee", "level-2", box(8, 0, 6, 4), both("Кафе «Лето»", "Coffee “Leto”"), "foodservice.coffee"),
    ]
    return {
        "building": [feature("building", "house", whole, name=both("Корпус", "House"), address_id="a-1")],
        "address": [feature("address", "a-1", address="ул. Тестовая, 1", locality="city", postal_code="195251")],
        "level": levels,
        "unit": units,
        "opening": [
            feature("opening", "o-1", line((6, 1), (6, 2)), category="pedestrian", level_id="level-1"),
            feature("opening", "o-2", None, category="pedestrian", level_id="level-2"),
            feature("opening", "o-3", line((0, 1), (0, 2)), category="pedestrian", level_id="level-9"),
        ],
        "detail": [feature("detail", "d-1"), feature("detail", "d-2")],
        "anchor": [anchor("at-dean", "u-dean"), anchor("at-coffee", "u-coffee")],
        "occupant": [
            occupant("11111111-dean", "at-dean", both("Кабинет 206, Деканат", "Cabinet 206, Dean")),
            occupant("22222222-leto", "at-coffee", both("Кафетерий «Лето»", "Leto"), phone="+7 812 555-42-81"),
        ],
    }


def unit(id_: str, level: str, geometry: Any, name: Any, category: str) -> dict[str, Any]:
    return feature("unit", id_, geometry, name=name, alt_name=None, category=category, level_id=level)


def anchor(id_: str, unit_id: str) -> dict[str, Any]:
    return feature("anchor", id_, None, unit_id=unit_id)


def occupant(id_: str, anchor_id: str, name: Any, **more: Any) -> dict[str, Any]:
    return feature("occupant", id_, None, name=name, anchor_id=anchor_id, **more)


def pack(path: Path, features: Mapping[str, Sequence[dict[str, Any]]], folder: str = "") -> Path:
    """The archive; with a folder as macOS packs it, with its litter."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, listed in features.items():
            collection = {"type": "FeatureCollection", "features": listed}
            archive.writestr(f"{folder}{name}.geojson", json.dumps(collection, ensure_ascii=False))
            if folder:
                archive.writestr(f"__MACOSX/{folder}._{name}.geojson", b"\x00\x05\x16\x07")
        archive.writestr(f"{folder}manifest.json", '{"version": "1.0.0", "language": "en"}')
        if folder:
            archive.writestr(f"{folder}.DS_Store", b"\x00")
    return path
