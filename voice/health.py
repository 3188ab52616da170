"""`/health`, `/ready` and `/metrics` over plain HTTP: a server so small that nothing else is needed for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from voice.engines import Engines

PATIENCE = 5.0
"""Seconds that a caller has for its question."""


class Health:
    """Tells how the engines are."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines

    async def called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question, one answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                first = await reader.readline()
                while (await reader.readline()).strip():
                    pass
                writer.write(self._answer(first.decode("latin-1").split()))
                await writer.drain()
        except (TimeoutError, ValueError, OSError):
            return
        finally:
            writer.close()

    def _answer(self, asked: list[str]) -> bytes:
        method, path = (*asked, "", "")[:2]
        if method not in ("GET", "HEAD"):
            return _response(405, "text/plain", "GET only\n", True)
        body = method == "GET"
        match path.partition("?")[0]:
            case "/health":
                return _response(200, "application/json", json.dumps(self.told(), ensure_ascii=False), body)
            case "/ready":
                ready = self.ready()
                return _response(200 if ready else 503, "text/plain", "ready\n" if ready else "not ready\n", body)
            case "/metrics":
                text = self.engines.metrics.text(self.engines.gauges(), self.engines.engines())
                return _response(200, "text/plain; version=0.0.4", text, body)
        return _response(404, "text/plain", "nothing here\n", body)

    def ready(self) -> bool:
        """Whether somebody listens and somebody speaks, as far as was wished."""
        deaf = self.engines.listener is None and self.engines.settings.stt != "none"
        return not deaf and bool(self.engines.speakers)

    def told(self) -> dict[str, Any]:
        """The engines in use, what is not as good as it could be, and the queues."""
        engines = self.engines
        return {
            "status": "ok" if self.ready() and not engines.notices.told else "degraded" if self.ready() else "failing",
            "engines": engines.engines(),
            "notices": [{"en": english, "ru": russian} for english, russian in engines.notices.told],
            "queues": {lane.name: {"requests": lane.open, "most": lane.most} for lane in _lanes(engines)},
            "stages": {
                name: {"count": stage.count, "last_ms": round(stage.last * 1000, 1)}
                for name, stage in engines.metrics.stages.items()
            },
        }


def _lanes(engines: Engines) -> tuple[Any, Any]:
    return engines.listening, engines.speaking


def _response(status: int, kind: str, text: str, body: bool) -> bytes:
    reason = {200: "OK", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}[status]
    data = text.encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(data)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (data if body else b"")
