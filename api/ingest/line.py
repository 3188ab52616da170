"""Line protocol over HTTP as InfluxDB takes it: `/api/v2/write` of version 2, `/write` of version 1, `/ping`.

A token or a device's key comes as `Authorization: Token …`, or as the password of a user of any name. 204 means that
all is stored. 400 tells by line number what was not taken; the rest is stored.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api import metrics
from api.asking import ask, language_before
from api.context import Context
from api.errors import UNREACHABLE, Fault, masked
from api.ingest.body import BESIDE, body
from api.ingest.doors import Sender
from api.ingest.sender import building_key, doors_of, sender
from api.ingest.series import sheet_of
from api.ingest.sheet import TOLD, Sheet
from api.sentences import say
from db.ingest import Refused
from db.models import Door, Language
from db.naming import DEVICE

TELLS = 20
"""Most lines that an answer names; the others are counted."""
VERSION = {"X-Influxdb-Version": "2-markoff", "X-Influxdb-Build": "OSS"}
CODES = {
    400: "invalid",
    401: "unauthorized",
    403: "forbidden",
    413: "request too large",
    415: "invalid",
    429: "too many requests",
    503: "unavailable",
}


async def write(request: Request) -> Response:
    """`POST /api/v2/write?bucket=&precision=` and `POST /write?db=&precision=`: a bucket may be a building's code."""
    try:
        return await _write(request)
    except ClientDisconnect:  # there is nobody to answer
        return Response(status_code=400)
    except Fault as fault:
        return _refused(fault, language_before(request.headers))
    except UNREACHABLE as error:
        return _refused(masked(error), language_before(request.headers))


async def _write(request: Request) -> Response:
    parts = request.app.state.parts
    headers = {"authorization": _bearer(request), "accept-language": request.headers.get("accept-language", "")}
    context = await ask(parts, headers, request.client.host if request.client else "")
    doors = doors_of(parts)
    doors.queue.room()
    who = await _sender(context, request.query_params.get("bucket") or request.query_params.get("db"))
    raw = await body(request, doors.settings.body_limit)
    precision = request.query_params.get("precision", "")
    arguments = (raw, precision, doors.settings.lines, Sheet(context.clock.now()))
    sheet = await asyncio.to_thread(sheet_of, *arguments) if len(raw) > BESIDE else sheet_of(*arguments)
    report = await doors.take(who, sheet.batch)
    refused = sheet.refused(report)
    if refused:
        return _partial(refused, context.language)
    return Response(status_code=204, headers=VERSION)


async def _sender(context: Context, bucket: str | None) -> Sender:
    """The caller, for the building whose code the bucket is; a bucket of another name means nothing."""
    who = await sender(context, Door.LINE)
    if bucket is None or (who.buildings is not None and len(who.buildings) == 1):
        return who
    try:
        named = await building_key(context, bucket)
    except Fault:
        return who
    ours = named is not None and (who.buildings is None or named in who.buildings)
    return await sender(context, Door.LINE, bucket) if ours else who


def _bearer(request: Request) -> str:
    """The token of a request in the form of our own; Influx's clients have four ways to send it."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = b64decode(given.strip(), validate=True).decode()
        except ValueError as error:
            raise Fault("BAD_TOKEN") from error
    given = given.strip().rpartition(":")[2] or request.query_params.get("p", "")
    return f"Bearer {given}" if given else ""


def _partial(refused: list[Refused], language: Language) -> Response:
    told = []
    for one in refused[:TELLS]:
        why = say(one.reason.name, language, {"sensor": one.sensor.removeprefix(DEVICE), **TOLD})
        told.append(f"line {one.index}: {one.reason.name}: {why}")
    if len(refused) > TELLS:
        told.append(f"and {len(refused) - TELLS} more")
    message = f"partial write: dropped={len(refused)}: " + "; ".join(told)
    return _told(400, {"code": "invalid", "message": message, "line": refused[0].index}, {})


def _refused(fault: Fault, language: Language) -> Response:
    metrics.FAULTS.labels(fault.code).inc()
    headers = {"Retry-After": str(fault.parameters["seconds"])} if "seconds" in fault.parameters else {}
    status = fault.status
    message = fault.message(language)
    return _told(
        status, {"code": CODES.get(status, "internal error"), "message": message, "fault": fault.code}, headers
    )


def _told(status: int, told: dict[str, Any], headers: dict[str, str]) -> Response:
    """An error for clients of version 2, which read `message`, and of version 1, which read `error`."""
    body = orjson.dumps({**told, "error": told["message"]})
    return Response(body, status, {**headers, **VERSION}, media_type="application/json")


async def ping(request: Request) -> Response:
    """What clients ask before they write."""
    return Response(status_code=204, headers=VERSION)


async def query(request: Request) -> Response:
    """Clients of version 1 make their database before they write: there is nothing to make, and nothing to tell."""
    return Response(b'{"results":[{"statement_id":0}]}', headers=VERSION, media_type="application/json")
