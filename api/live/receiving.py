"""Readings over plain HTTP: `POST /ingest`, a JSON object a line (NDJSON), answered when they are stored.

    {"sensor": "tower/co2-412", "at": "2026-11-22T10:00:00+03:00", "value": 612.5}

`?building=tower` says where bare codes are meant. The answer counts what was accepted and known already, and tells of
each line that was not taken why. Lines are counted from 0; sending the same again does no harm.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api import ids
from api.asking import ask
from api.context import Context
from api.errors import Fault, presented_one
from api.sentences import say
from api.viewer import Viewer
from db.ingest import Batch, Reason, Refused, Report, Window, ingest
from db.models import Role
from db.queries import space

REPORTERS = (Role.ADMIN, Role.MANAGER, Role.DEVICE)
TOLD = {"argument": "value", "roles": [role.name for role in REPORTERS]}
"""What sentences about a reading may name besides its sensor."""
LIMIT = 8 << 20
"""Most bytes of one body."""


async def receive(request: Request) -> Response:
    """The endpoint. Raises NOT_SIGNED_IN, BAD_TOKEN, TOO_MANY_REQUESTS, BODY_TOO_LARGE, UNAVAILABLE."""
    parts = request.app.state.parts
    context = await ask(parts, request.headers, request.client.host if request.client else "")
    viewer = context.viewer
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    buildings = await _buildings(context, request.query_params.get("building"))
    if not viewer.may(*REPORTERS) or buildings == []:
        fault = Fault("NOT_ALLOWED", roles=[role.name for role in REPORTERS])
        return _answer({"errors": [presented_one(fault, context.language)]}, 403)
    try:
        lines = Lines(await _body(request))
    except ClientDisconnect:  # there is nobody to answer
        return Response(status_code=400)
    database = parts.settings.database
    window = Window(database.window_back, database.window_ahead)
    report = await ingest(context.pool, context.clock, lines.batch, buildings, window)
    return _answer(lines.told(report, context))


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            raise Fault("BODY_TOO_LARGE", limit=LIMIT)
    return bytes(body)


async def _buildings(context: Context, named: str | None) -> list[int] | None:
    """Buildings whose sensors may be meant (None: all)."""
    allowed = _allowed(context.viewer)
    if named is None:
        return allowed
    async with context.pool.acquire() as connection:
        building = await connection.fetchval(space.BUILDING_KEY, ids.key("building", named), named)
    return [building] if building is not None and (allowed is None or building in allowed) else []


def _allowed(viewer: Viewer) -> list[int] | None:
    return None if viewer.admin else viewer.on(*REPORTERS)


def _answer(told: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(told), status, media_type="application/json")


class Lines:
    """A body: the readings that can be understood, as a batch, and the places of the others."""

    def __init__(self, body: bytes) -> None:
        self.places: list[int] = []
        self.malformed: list[int] = []
        sensors: list[str] = []
        times: list[datetime] = []
        values: list[float | None] = []
        for number, found in enumerate(parsed(body)):
            reading = _reading(found)
            if reading is None:
                self.malformed.append(number)
                continue
            self.places.append(number)
            sensors.append(reading[0])
            times.append(reading[1])
            values.append(reading[2])
        self.batch = Batch(sensors, times, values)

    def told(self, report: Report, context: Context) -> dict[str, Any]:
        refused = [Refused(number, "", Reason.MALFORMED) for number in self.malformed]
        refused += [Refused(self.places[one.index], one.sensor, one.reason) for one in report.refused]
        return {
            "accepted": report.accepted,
            "duplicates": report.duplicates,
            "refused": [
                {
                    "index": one.index,
                    "sensor": one.sensor,
                    "code": one.reason.name,
                    "message": say(one.reason.name, context.language, {"sensor": one.sensor, **TOLD}),
                }
                for one in sorted(refused, key=lambda one: one.index)
            ],
        }


def parsed(body: bytes) -> list[Any]:
    """The objects of NDJSON; None for a line that is not JSON. Empty lines are not counted."""
    lines = [line for line in body.split(b"\n") if line and not line.isspace()]
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


def _reading(found: Any) -> tuple[str, datetime, float | None] | None:
    """Sensor, time and value; None when it is no reading. A value that is no number is left to ingest to refuse."""
    try:
        sensor, at, value = found["sensor"], datetime.fromisoformat(found["at"]), found["value"]
    except (TypeError, KeyError, ValueError):
        return None
    if type(sensor) is not str or at.tzinfo is None:
        return None
    return sensor, at, float(value) if type(value) is float or type(value) is int else None
