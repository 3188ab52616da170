"""Wyoming's events on a connection (a JSON line, JSON data, bytes), read within bounds that the library lacks."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from wyoming.event import Event, async_write_event

from voice.faults import Fault

MOST_DATA = 1 << 20
"""Bytes of an event's data: the words of a big building fit."""


async def read(reader: asyncio.StreamReader, most_payload: int) -> Event | None:
    """The next event; None at the end. `Fault` for what is none, after which the connection is of no use."""
    try:
        line = await reader.readline()
        if not line:
            return None
        head = json.loads(line)
        data: dict[str, Any] = dict(head.get("data") or {})
        if length := _length(head, "data_length", MOST_DATA):
            data.update(json.loads(await reader.readexactly(length)))
        length = _length(head, "payload_length", most_payload)
        payload = await reader.readexactly(length) if length else None
        return Event(type=str(head["type"]), data=data, payload=payload)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise Fault("event", why=str(wrong) or type(wrong).__name__) from wrong


def _length(head: dict[str, Any], name: str, most: int) -> int:
    length = head.get(name) or 0
    if not isinstance(length, int) or not 0 <= length <= most:
        raise ValueError(f"{name} is not from 0 to {most}")
    return length


async def write(writer: asyncio.StreamWriter, kind: str, data: dict[str, Any], payload: bytes | None = None) -> None:
    """Send an event; raises OSError if nobody is there any more."""
    if writer.is_closing():
        raise ConnectionResetError("the caller is gone")
    await async_write_event(Event(type=kind, data=data, payload=payload), writer)
