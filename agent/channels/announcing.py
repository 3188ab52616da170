"""Satellites' listeners told on the local network (zeroconf, `_wyoming._tcp`), for Home Assistant to find them."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from agent.channels.satellite import Satellite

log = logging.getLogger(__name__)

KIND = "_wyoming._tcp.local."


@asynccontextmanager
async def announced(satellite: Satellite, place: str) -> AsyncIterator[None]:
    """Tell of the listener at `place` as long as the block lasts, if the satellite is to be told of."""
    at = urlsplit(place)
    if not satellite.announce or at.scheme != "tcp":
        yield
        return
    try:
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf
    except ImportError:
        log.error("satellite %s is not announced: pip install 'markoff[satellites]'", satellite.name)
        yield
        return
    host, port = at.hostname or "127.0.0.1", at.port or 0
    own = _own() if host in ("0.0.0.0", "::") else host  # noqa: S104
    family = socket.AF_INET6 if ":" in own else socket.AF_INET
    told = AsyncServiceInfo(
        KIND, f"markoff-{satellite.name}.{KIND}", addresses=[socket.inet_pton(family, own)], port=port
    )  # fmt: skip
    network = AsyncZeroconf(interfaces=[own])  # where the listener is, and nowhere else
    try:
        await network.async_register_service(told, allow_name_change=True)  # another house may have a `lobby`, too
        yield
    finally:
        await (await network.async_unregister_service(told))  # until all have been told
        await network.async_close()


def _own() -> str:
    """The address by which this machine reaches the network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
