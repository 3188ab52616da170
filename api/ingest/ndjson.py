"""Readings over plain HTTP: `POST /ingest`, a JSON object a line (NDJSON), answered when they are stored.

    {"sensor": "tower/co2-412", "at": "2026-11-22T10:00:00+03:00", "value": 612.5}

`?building=tower` says where bare codes are meant. The answer counts what was accepted and known already, and tells of
each line that was not taken why. Lines are counted from 0; sending the same again does no harm.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.asking import ask
from api.errors import Fault
from api.ingest.body import body
from api.ingest.sender import doors_of, sender
from api.ingest.sheet import Sheet, moment, number, told
from db.models import Door

BESIDE = 256 << 10
"""From so many bytes on a body is read beside the loop, so that it holds nobody up."""


async def receive(request: Request) -> Response:
    """The endpoint. Raises whatever stops the request as a whole; then nothing was looked at."""
    parts = request.app.state.parts
    context = await ask(parts, request.headers, request.client.host if request.client else "")
    doors = doors_of(parts)
    doors.queue.room()
    who = await sender(context, Door.NDJSON, request.query_params.get("building"))
    try:
        raw = await body(request, doors.settings.body_limit)
    except ClientDisconnect:  # there is nobody to answer
        return Response(status_code=400)
    sheet = await read(raw, doors.settings.lines, context.clock.now())
    report = await doors.take(who, sheet.batch)
    answer = {
        "accepted": report.accepted,
        "duplicates": report.duplicates,
        "refused": told(sheet.refused(report), context.language),
    }
    return Response(orjson.dumps(answer), media_type="application/json")


async def read(raw: bytes, most: int, now: datetime) -> Sheet:
    """The readings of a body. Raises TOO_MANY_LINES."""
    if raw.count(b"\n") > most:
        raise Fault("TOO_MANY_LINES", most=most)
    return await asyncio.to_thread(sheet_of, raw, now) if len(raw) > BESIDE else sheet_of(raw, now)


def sheet_of(raw: bytes, now: datetime) -> Sheet:
    sheet = Sheet(now)
    found = parsed(raw)
    if _all_good(sheet, found):
        return sheet
    sheet = Sheet(now)
    for place, one in enumerate(found):
        _add(sheet, place, one)
    return sheet


def _all_good(sheet: Sheet, found: list[Any]) -> bool:
    """Take over readings that are as they should be, all at once; False when any is not."""
    try:
        sheet.sensors = [one["sensor"] for one in found]
        sheet.values = [one["value"] for one in found]
        sheet.at = [datetime.fromisoformat(one["at"]) for one in found]
    except (TypeError, KeyError, ValueError):
        return False
    sheet.places = range(len(found))
    named = {type(name) for name in sheet.sensors} <= {str}
    return (
        named and {type(value) for value in sheet.values} <= {float, int} and None not in {at.tzinfo for at in sheet.at}
    )


def _add(sheet: Sheet, place: int, found: Any) -> None:
    """One reading. A value that is no number is left to ingest to refuse."""
    if type(found) is not dict or type(found.get("sensor")) is not str or "value" not in found:
        sheet.refuse(place)
        return
    sensor: str = found["sensor"]
    given = found.get("at")
    at = sheet.stamp(sensor) if given is None else moment(given)
    if at is None:
        sheet.refuse(place, sensor=sensor)
    else:
        sheet.add(place, sensor, at, number(found["value"]))


def parsed(raw: bytes) -> list[Any]:
    """The objects of NDJSON; None for a line that is not JSON. Empty lines are not counted."""
    lines = [line for line in raw.split(b"\n") if line and not line.isspace()]
    try:
        together = orjson.loads(b"[" + b",".join(lines) + b"]")  # several times faster than one call a line
    except orjson.JSONDecodeError:
        together = []
    return together if len(together) == len(lines) else [_one(line) for line in lines]


def _one(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
