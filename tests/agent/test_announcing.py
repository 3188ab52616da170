"""Who looks for satellites on the network finds ours as long as it listens (zeroconf)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Any

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from agent.channels import announcing
from agent.channels.announcing import KIND, announced
from agent.channels.satellite import Satellite

OWN = announcing._own()
Found = asyncio.Queue[tuple[ServiceStateChange, str]]


@pytest.fixture
def satellite() -> Satellite:
    """One that nobody else on this network has just now."""
    if OWN == "127.0.0.1":
        pytest.skip("this machine has no network beside loopback, which carries no multicast")
    name = f"lobby-{token_hex(4)}"
    return Satellite(name=name, listen=f"tcp://{OWN}:10700", allow=[f"{OWN}/32"], announce=True)


@pytest.fixture
async def network() -> AsyncIterator[AsyncZeroconf]:
    """Somebody else's view of the network."""
    async with AsyncZeroconf(interfaces=[OWN]) as network:
        yield network


def looking(network: AsyncZeroconf, satellite: Satellite) -> tuple[Found, AsyncServiceBrowser]:
    """Look for satellites of this name: what comes and goes."""
    found: Found = asyncio.Queue()

    def changed(zeroconf: Any, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if name.startswith(f"markoff-{satellite.name}"):
            found.put_nowait((state_change, name))

    return found, AsyncServiceBrowser(network.zeroconf, KIND, handlers=[changed])


async def next_of(found: Found) -> tuple[ServiceStateChange, str]:
    try:
        return await asyncio.wait_for(found.get(), 60)
    except TimeoutError:
        pytest.skip("this network carries no multicast")


async def test_who_looks_on_the_network_finds_it_until_it_is_gone(network: AsyncZeroconf, satellite: Satellite) -> None:
    name = f"markoff-{satellite.name}.{KIND}"
    async with announced(satellite, f"tcp://{OWN}:10700"):
        found, browser = looking(network, satellite)
        assert await next_of(found) == (ServiceStateChange.Added, name)
        told = await network.async_get_service_info(KIND, name, timeout=60_000)
        assert told is not None
        assert (told.parsed_addresses(), told.port) == ([OWN], 10700)
    assert await asyncio.wait_for(found.get(), 60) == (ServiceStateChange.Removed, name)
    await browser.async_cancel()


async def test_two_houses_may_call_a_satellite_alike(network: AsyncZeroconf, satellite: Satellite) -> None:
    async with announced(satellite, f"tcp://{OWN}:10700"), announced(satellite, f"tcp://{OWN}:10701"):
        found, browser = looking(network, satellite)
        names: set[str] = set()
        while len(names) < 2:
            names.add((await next_of(found))[1])
        told = [await network.async_get_service_info(KIND, name, timeout=60_000) for name in sorted(names)]
    assert {one.port for one in told if one is not None} == {10700, 10701}
    await browser.async_cancel()


async def test_who_is_not_to_be_told_of_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeroconf.asyncio.AsyncZeroconf", None)  # would fail if it were made
    async with announced(Satellite(name="lobby", listen="tcp://127.0.0.1:0"), "tcp://127.0.0.1:10700"):
        pass
    async with announced(
        Satellite(name="lift", listen="unix:///run/lift.sock", announce=True), "unix:///run/lift.sock"
    ):
        pass
