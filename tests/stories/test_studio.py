"""LangGraph Studio's server on a real house: its API is driven as the Studio page drives it, and nobody else is called."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.deploy.conftest import fresh_folder
from tests.ports import free_port
from tests.stories.house import House, environment

ROOT = Path(__file__).parents[2]
STEPS = {"hear", "understand", "act", "confirm", "check", "say", "speak"}
pytest.importorskip("langgraph_api", reason="needs the extra `studio`")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The demo house."""
    with fresh_folder() as folder, House.up(folder) as house:
        yield house


@pytest.fixture(scope="module")
def token(house: House) -> str:
    """The dispatcher's, for whom the agent speaks here."""
    return house.token("dispatcher")


def waiting(house: House, token: str) -> int:
    """Alarms that nobody has acknowledged."""
    question = {"query": "{ alarms(where: {acknowledged: false}) { totalCount } }"}
    bearer = {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{house.api}/graphql", json=question, headers=bearer, timeout=30)
    return int(answer.json()["data"]["alarms"]["totalCount"])


@pytest.fixture(scope="module")
def studio(house: House, token: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`langgraph dev` from the checkout; it speaks for the dispatcher."""
    place = tmp_path_factory.mktemp("studio")
    port = free_port()
    settings = environment() | {
        "MARKOFF_API_URL": house.api,
        "MARKOFF_AGENT_TOKEN": token,
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGGRAPH_NO_VERSION_CHECK": "1",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
    program = Path(sys.executable).with_name("langgraph")
    command = [program, "dev", "--no-browser", "--no-reload", "--port", str(port), "--config", ROOT / "langgraph.json"]
    log = place / "studio.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=place, env=settings, stdout=output, stderr=subprocess.STDOUT)
    try:
        answers(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def answers(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when it does."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            if httpx.get(f"{address}/ok", timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture
async def client(studio: str) -> AsyncIterator[Any]:
    client = pytest.importorskip("langgraph_sdk").get_client(url=studio, api_key=None)
    yield client
    await client.aclose()


async def test_the_graph_is_found_with_its_steps_and_its_forms(client: Any) -> None:
    (assistant,) = await client.assistants.search(graph_id="markoff")
    drawn = await client.assistants.get_graph(assistant["assistant_id"])
    assert {node["id"] for node in drawn["nodes"]} >= STEPS
    forms = await client.assistants.get_schemas(assistant["assistant_id"])
    assert set(forms["input_schema"]["properties"]) == {"text", "language", "spoken"}


async def test_a_question_is_answered_and_remembered(client: Any) -> None:
    thread = await client.threads.create()
    done = await client.runs.wait(thread["thread_id"], "markoff", input={"text": "Сколько помещений на третьем этаже?"})
    assert any(letter.isdigit() for letter in done["reply"])
    again = await client.runs.wait(thread["thread_id"], "markoff", input={"text": "А на втором?"})
    assert any(letter.isdigit() for letter in again["reply"])
    assert again["reply"] != done["reply"]
    history = await client.threads.get_history(thread["thread_id"], limit=50)
    assert len(history) > 5


async def test_steps_are_streamed_as_they_happen(client: Any) -> None:
    thread = await client.threads.create()
    seen: list[str] = []
    async for part in client.runs.stream(
        thread["thread_id"], "markoff", input={"text": "Where is it stuffy now?"}, stream_mode="updates"
    ):
        assert part.event != "error", part.data
        if part.event == "updates":
            seen += part.data
    assert [step for step in seen if step in STEPS][:2] == ["hear", "understand"]
    assert seen[-1] == "speak"


@pytest.mark.parametrize("approve", [False, True])
async def test_a_change_waits_for_a_yes_and_goes_on(client: Any, house: House, token: str, approve: bool) -> None:
    thread = (await client.threads.create())["thread_id"]
    before = waiting(house, token)
    await client.runs.wait(thread, "markoff", input={"text": "Подтверди последнюю тревогу"})
    state = await client.threads.get_state(thread)
    (interrupt,) = state["interrupts"]
    assert interrupt["value"]["kind"] == "confirm"
    assert interrupt["value"]["changes"]
    assert waiting(house, token) == before
    done = await client.runs.wait(thread, "markoff", command={"resume": {"approve": approve}})
    assert done["reply"]
    assert (await client.threads.get_state(thread))["interrupts"] == []
    assert waiting(house, token) == before - approve
