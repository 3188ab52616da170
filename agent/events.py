"""What a turn tells its channel as it goes on: events, streamed."""

from __future__ import annotations

from typing import Any

from langgraph.config import get_stream_writer


def tell(kind: str, **parts: Any) -> None:
    """An event of the running turn; docs/agent.md lists the kinds."""
    get_stream_writer()({"event": kind, **parts})
