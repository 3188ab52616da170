"""A real vLLM server, a demo house, and an agent process between them; all skipped unless MARKOFF_VLLM=1 asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.conftest import Served
from tests.deploy.conftest import fresh_folder
from tests.stories.house import House
from tests.vllm.recording import Recording
from tests.vllm.serving import Vllm, make_model, python
from tests.vllm.talking import Agent


@pytest.fixture(scope="session")
def vllm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """A real server."""
    if os.environ.get("MARKOFF_VLLM") != "1":
        pytest.skip("a real vLLM is tried by `MARKOFF_VLLM=1 bash .ci/vllm`")
    if not python().exists():
        pytest.skip(f"vLLM's environment is not built ({python()}): bash .ci/vllm")
    folder = tmp_path_factory.mktemp("vllm")
    server = Vllm(make_model(folder), folder / "vllm.log")
    server.start()
    try:
        server.wait()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def house(vllm: Vllm) -> Iterator[House]:
    """A demo house, whose clock is fast asleep in the minute it was planted in."""
    with fresh_folder() as folder, House.up(folder, patience=120) as house:
        yield house


@pytest.fixture(scope="session")
def recording(house: House) -> Iterator[tuple[Recording, str]]:
    """What the agent asks of the api, and the address where it does."""
    kept = Recording(house.api)
    with Served(kept.app()) as server:
        yield kept, server.url


@pytest.fixture(scope="session")
def agent(
    house: House, vllm: Vllm, recording: tuple[Recording, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agent]:
    """The agent process, with its memory in PostgreSQL, and vLLM for its model."""
    log: Path = tmp_path_factory.mktemp("agent") / "agent.log"
    with Agent(house, recording[1], vllm.url, log) as agent:
        yield agent
