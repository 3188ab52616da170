"""The body of a request with readings: bounded as it comes, and bounded again when it is gzip."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import Request

from api import limits
from api.errors import Fault

BESIDE = 64 << 10
"""From so many compressed bytes on they are inflated beside the loop."""
GZIP = 16 + zlib.MAX_WBITS
"""zlib's word for the gzip format (RFC 1952)."""


async def body(request: Request, limit: int) -> bytes:
    """The body, decompressed. Raises BODY_TOO_LARGE, BAD_GZIP, or BAD_ENCODING for anything but gzip."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise Fault("BAD_ENCODING", encoding=encoding[:40])
    raw = await limits.body(request, limit)
    if not encoding.endswith("gzip"):
        return raw
    return await asyncio.to_thread(inflated, raw, limit) if len(raw) > BESIDE else inflated(raw, limit)


def inflated(raw: bytes, limit: int) -> bytes:
    """What was compressed by gzip, in one member or several; never makes more than `limit` bytes and one."""
    parts: list[bytes] = []
    room = limit
    rest = raw
    while rest:
        member = zlib.decompressobj(GZIP)
        try:
            part = member.decompress(rest, room + 1)
        except zlib.error as error:
            raise Fault("BAD_GZIP") from error
        room -= len(part)
        if room < 0:
            raise Fault("BODY_TOO_LARGE", limit=limit)
        if not member.eof:
            raise Fault("BAD_GZIP")  # it ends too early
        parts.append(part)
        rest = member.unused_data.lstrip(b"\0")  # padding after a member is allowed
    return b"".join(parts)
