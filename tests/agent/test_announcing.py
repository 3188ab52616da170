"""Who looks for satellites on the network finds ours as long as it listens (zeroconf)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from agent.channels import announcing
from agent.channels.announcing import KIND, announced
from agent.channels.satellite import Satellite

NAME = f"markoff-lobby.{KIND}"


async def test_who_looks_on_the_network_finds_it_until_it_is_gone() -> None:
    own = announcing._own()
    if own == "127.0.0.1":
        pytest.skip("this machine has no network beside loopback, which carries no multicast")
    found: asyncio.Queue[tuple[ServiceStateChange, str]] = asyncio.Queue()

    def changed(zeroconf: Any, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        found.put_nowait((state_change, name))

    satellite = Satellite(name="lobby", listen=f"tcp://{own}:10700", allow=[f"{own}/32"], announce=True)
    async with AsyncZeroconf(interfaces=[own]) as network:
        async with announced(satellite, f"tcp://{own}:10700"):
            browser = AsyncServiceBrowser(network.zeroconf, KIND, handlers=[changed])
            try:
                assert await asyncio.wait_for(found.get(), 60) == (ServiceStateChange.Added, NAME)
            except TimeoutError:
                pytest.skip("this network carries no multicast")
            told = await network.async_get_service_info(KIND, NAME)
            assert told is not None
            assert (told.parsed_addresses(), told.port) == ([own], 10700)
        assert await asyncio.wait_for(found.get(), 60) == (ServiceStateChange.Removed, NAME)
        await browser.async_cancel()


async def test_who_is_not_to_be_told_of_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf", None)  # would fail if it were made
    async with announced(Satellite(name="lobby", listen="tcp://127.0.0.1:0"), "tcp://127.0.0.1:10700"):
        pass
    async with announced(
        Satellite(name="lift", listen="unix:///run/lift.sock", announce=True), "unix:///run/lift.sock"
    ):
        pass
