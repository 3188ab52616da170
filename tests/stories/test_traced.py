"""A house of real processes that is traced: what a person does is one tree, from their chat down to the statements."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
import websockets
from websockets.typing import Subprotocol
from wyoming.client import AsyncClient as Caller
from wyoming.event import Event as Wyoming

from agent.voice import Voice
from deploy import reach
from deploy.keeping.taking import SEALED
from tests.agent.telegram.botapi import TOKEN, BotApi, Shown
from tests.api.broker import Broker, broker_in
from tests.api.serving import line as opened
from tests.api.serving import served
from tests.deploy.conftest import fresh_folder
from tests.ports import free_port
from tests.stories.collector import Collector, Span, collecting
from tests.stories.house import House
from tests.voice.scripted import scripted

pytest.importorskip("opentelemetry.sdk")

QUESTION = "Какие сейчас тревоги?"
CHAT = 7


@dataclass
class Traced:
    """A house, its collector, a chat with its bot, its voice."""

    house: House
    collector: Collector
    chat: Chat
    voice: str
    token: str
    """Of the administrator."""
    satellite: int
    """The port at which one may call."""
    broker: Broker

    def settled(self, root: str, holds: Any = lambda tree: True) -> list[Span]:
        """The newest tree whose root is called so and of which something holds, as soon as there is one."""

        def whole(spans: list[Span]) -> list[Span] | None:
            roots = [one for one in spans if one.name == root and not one.parent]
            trees = (self.collector.tree(one) for one in reversed(roots))
            return next((tree for tree in trees if holds(tree)), None)

        found: list[Span] = self.collector.until(whole)
        return found


@dataclass
class Chat:
    """A chat with the bot; Telegram's stand-in runs in a thread of its own."""

    cloud: BotApi
    loop: asyncio.AbstractEventLoop

    def writes(self, text: str) -> None:
        self.loop.call_soon_threadsafe(self.cloud.says, CHAT, text)

    def speaks(self, sound: bytes) -> None:
        self.loop.call_soon_threadsafe(self.cloud.speaks, CHAT, sound)

    def sees(self, holds: Callable[[list[Shown]], bool], patience: float = 60.0) -> list[Shown]:
        end = time.monotonic() + patience
        while not holds(shown := self.cloud.chat(CHAT)):
            assert time.monotonic() < end, [one.text for one in shown]
            time.sleep(0.05)
        return shown


@contextmanager
def telegram() -> Iterator[Chat]:
    """Telegram's stand-in."""
    cloud, ready, loop = BotApi(), threading.Event(), asyncio.new_event_loop()
    ended = asyncio.Event()

    async def serve() -> None:
        async with served(cloud.app()) as address:
            cloud.url = f"http://{address}"
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(60)
    yield Chat(cloud, loop)
    loop.call_soon_threadsafe(ended.set)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """A demo house with a voice and a bot, all of whose requests are traced."""
    port, satellite = free_port(), free_port()
    called = [{"name": "lobby", "listen": f"tcp://127.0.0.1:{satellite}"}]
    with (
        collecting() as collector,
        telegram() as chat,
        fresh_folder() as folder,
        broker_in(tmp_path_factory.mktemp("broker")) as broker,
    ):
        settings = {
            "MARKOFF_TRACES_URL": collector.address,
            "MARKOFF_TRACES_REQUESTS": "1",
            "MARKOFF_TRACES_HEADERS": "x-scope=markoff",
            "MARKOFF_TELEGRAM_TOKEN": TOKEN,
            "MARKOFF_TELEGRAM_API_BASE": chat.cloud.url,
            "MARKOFF_TELEGRAM_POLL_SECONDS": "1",
            "MARKOFF_VOICE_WHISPER": str(scripted(tmp_path_factory.mktemp("whisper") / "scripted", QUESTION)),
            "MARKOFF_VOICE_DEVICE": "cpu",
            "MARKOFF_SATELLITES": json.dumps(called),
            "MARKOFF_MQTT_URL": broker.url,
        }
        with House.up(folder, "--voice", "--voice-port", str(port), settings=settings) as house:
            voice = f"tcp://127.0.0.1:{port}"
            house.wait_hears(voice)
            yield Traced(house, collector, chat, voice, house.token(), satellite, broker)


def test_a_voice_note_is_one_tree_from_the_chat_to_the_statement(traced: Traced) -> None:
    linked = traced.house.markoff("link", "--login", "dispatcher", "--bot", "markoff_bot")
    note = asyncio.run(Voice(traced.voice, 30).say(QUESTION, "ru")).ogg
    traced.chat.writes(f"/start {linked.split()[1]}")
    traced.chat.sees(lambda shown: len(shown) >= 1)
    traced.chat.speaks(note)
    traced.chat.sees(lambda shown: any(one.method == "sendVoice" for one in shown))
    asked = ("execute_tool alarms", "invoke_agent markoff", "POST /turns", "telegram voice")

    def whole(tree: list[Span]) -> bool:
        """Each process sends its spans in a time of its own."""
        ways = {tuple(traced.collector.above(one)) for one in tree if one.name == "WITH"}
        told = ("WITH", "query alarms", "POST /graphql", *asked) in ways
        return told and {"speak", "transcribe"} <= {one.name for one in tree}

    tree = traced.settled("telegram voice", whole)
    drawn = traced.collector.drawn(tree[0])
    names = {(one.service, one.name) for one in tree}
    assert {one.trace for one in tree} == {tree[0].trace}
    for service, name in (
        ("markoff-agent", "POST /turns"),
        ("markoff-agent", "invoke_agent markoff"),
        ("markoff-agent", "chat offline"),
        ("markoff-agent", "execute_tool alarms"),
        ("markoff-voice", "transcribe"),
    ):
        assert (service, name) in names, drawn
    statements = [one for one in tree if one.told.get("db.system.name") == "postgresql"]
    ways = {tuple(traced.collector.above(one)) for one in statements}
    assert ("WITH", "query alarms", "POST /graphql", *asked) in ways, drawn
    assert all(one.told["db.query.text"] and one.told["db.response.returned_rows"] == 1 for one in statements)
    heard = [traced.collector.above(one) for one in tree if (one.service, one.name) == ("markoff-voice", "transcribe")]
    assert heard == [["transcribe", "hear", "hear", "invoke_agent markoff", "POST /turns", "telegram voice"]], drawn


async def arrived(traced: Traced) -> None:
    """A reading by MQTT is told to somebody who follows."""
    sensor = traced.house.graph("{ sensors(first: 1, where: {kind: CO2}) { nodes { code building { code } } } }")
    (found,) = sensor["sensors"]["nodes"]
    address = f"127.0.0.1:{traced.house.port}"
    async with opened(address, traced.token) as line:
        await line.subscribe("subscription { readingArrived { cursor } }")
        assert await line.waiting() == []
        topic = f"markoff/{found['building']['code']}/{found['code']}"
        told = asyncio.create_task(line.next())
        while not told.done():  # readings are told from when all processes know that somebody follows them
            await asyncio.to_thread(traced.broker.publish, (topic, b"431.5"))
            await asyncio.wait({told}, timeout=0.5)
        await told


def test_what_no_request_caused_is_traced_by_itself(traced: Traced) -> None:
    asyncio.run(arrived(traced))
    tree = traced.settled("mqtt message", lambda tree: {"ingest batch", "COMMIT"} <= {one.name for one in tree})
    assert {one.service for one in tree} == {"markoff-api"}
    told, *_ = traced.settled("tell readings", lambda tree: True)
    assert told.told["markoff.followers"] == 1
    duties = traced.collector.until(lambda spans: [one for one in spans if one.name.startswith("duty ")])
    assert all(one.told["markoff.duty.done"] > 0 or one.failed for one in duties)
    assert not [one for one in duties if one.parent]


FAILED = "story-of-a-failure"
SECRETS = {
    "a password": "correct-horse-battery",
    "a key": "mk_0a1b2c3d4e_abcdefghijklmnopqrstuvwxyz0123456",
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJlLW9mLW5vYm9keQ",
    "a code": "ABCDEFGHJK",
    "a telephone": "+7 921 555-12-34",
    "mail": "agafya@example.org",
    "a name": "Купердягина",
    "a query": "tell-tale-query",
}


def fed(traced: Traced) -> None:
    """Secrets and people's data through all doors of the house."""
    said = f"Меня зовут {SECRETS['a name']}, телефон {SECRETS['a telephone']}, {SECRETS['mail']}"
    signed = {"Authorization": f"Bearer {traced.token}"}
    wrong = {"Authorization": f"Bearer {SECRETS['a token']}"}
    sign_in = "mutation ($l: String!, $p: String!) { signIn(login: $l, password: $p) { __typename } }"
    with httpx.Client(base_url=traced.house.api, timeout=30) as api:
        asked = {"query": sign_in, "variables": {"l": SECRETS["mail"], "p": SECRETS["a password"]}}
        api.post("/graphql", json=asked)
        api.post("/graphql", json={"query": f'{{ search(text: "{said}") {{ __typename }} }}'}, headers=signed)
        api.post(
            "/graphql", json={"query": f'{{ tenants(where: {{nosuch: "{said}"}}) {{ totalCount }} }}'}, headers=wrong
        )
        api.post("/ingest", content=f'{{"sensor": "{said}"', headers={"Authorization": f"Bearer {SECRETS['a key']}"})
        api.get("/query", params={"p": SECRETS["a password"], "q": SECRETS["a query"]})
        api.post("/write", params={"u": "device", "p": SECRETS["a password"], "db": "x"}, content=f"{said} v=1 1")
        grant = {"subject_token": SECRETS["a token"], "actor_token": SECRETS["a key"], "grant_type": "x"}
        api.post("/token", data=grant)
        link = {"actor_token": SECRETS["a key"], "channel": "telegram", "identity": "1", "code": SECRETS["a code"]}
        api.post("/link", data=link | {"name": SECRETS["a name"]})
        api.get(f"/plans/{SECRETS['a query']}.png", params={"signature": SECRETS["a token"]})
    agent = f"http://127.0.0.1:{traced.house.agent_port}"
    for headers in (signed, wrong):
        httpx.post(f"{agent}/turns", json={"text": said, "thread": "discreet"}, headers=headers, timeout=60)
    httpx.post(f"{agent}/turns", json={"text": said * 500}, headers=signed, timeout=60)
    httpx.post(f"{agent}/turns", json={"audio": "bm90IGEgcmVjb3JkaW5n"}, headers=signed, timeout=60)
    asyncio.run(fed_by_lines(traced, said))
    asyncio.run(fed_by_voice(traced, said))
    code = SECRETS["a query"]
    traced.broker.publish(
        (f"markoff/ladoga/{code}", said),
        ("markoff/ladoga/co2-101", f'{{"value": "{said}"}}'),
        (f"markoff/{code}/x", b"1"),
    )
    before = len(traced.chat.cloud.chat(CHAT))
    contact = {"phone_number": SECRETS["a telephone"], "first_name": SECRETS["a name"]}
    traced.chat.loop.call_soon_threadsafe(lambda: traced.chat.cloud.sends(CHAT, contact=contact))
    traced.chat.sees(lambda shown: len(shown) > before)
    before += 1
    traced.chat.writes(said)
    traced.chat.sees(lambda shown: len(shown) > before)
    traced.chat.writes(f"/start {SECRETS['a code']}")
    traced.chat.sees(lambda shown: len(shown) > before + 1)


async def fed_by_lines(traced: Traced, said: str) -> None:
    """WebSockets and event streams: whom they let in, and whom they do not."""
    address = f"ws://127.0.0.1:{traced.house.port}/graphql?q={SECRETS['a query']}"
    follow = "subscription ($after: Cursor) { alarmChanged(after: $after) { cursor } }"
    asked = {"query": follow, "variables": {"after": said}}
    subscribe = json.dumps({"type": "subscribe", "id": "1", "payload": asked})
    for token in (SECRETS["a token"], SECRETS["a key"], traced.token):
        init = json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}", "name": said}})
        for told in (
            [init, subscribe],
            [subscribe],
            [said],
            [init, f'{{"type": "subscribe", "id": "{said}"}}'],
            [said.encode()],
        ):
            async with websockets.connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as line:
                with suppress(websockets.ConnectionClosed):
                    for each in told:
                        await line.send(each)
                    while "error" not in (heard := str(await line.recv())):
                        assert "ack" in heard, heard
    async with httpx.AsyncClient(base_url=traced.house.api, timeout=30) as api:
        for token in (SECRETS["a token"], traced.token):
            streamed = {"Accept": "text/event-stream", "Authorization": f"Bearer {token}"}
            await api.post(f"/graphql?q={SECRETS['a query']}", json=asked, headers=streamed)
            await api.post("/graphql", json=asked | {"query": said}, headers=streamed)


async def fed_by_voice(traced: Traced, said: str) -> None:
    """The voice process and a satellite's listener, by what they know and by what they do not."""
    events = [
        Wyoming("note", {"text": said * 500, "language": said}),
        Wyoming("note", {"text": said, "language": "ru"}),
        Wyoming("recording", {"names": [SECRETS["a name"]], "language": "ru"}, said.encode()),
        Wyoming("transcript", {"text": said, "language": "ru"}),
        Wyoming("transcript", {"text": SECRETS["a code"], "language": "ru"}),
        Wyoming(said, {"text": said}),
    ]
    for address in (traced.voice, f"tcp://127.0.0.1:{traced.satellite}"):
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        for event in events:
            async with Caller.from_uri(address) as line:
                await line.write_event(event)
                await line.write_event(Wyoming("ping", {}))
                answer = await asyncio.wait_for(line.read_event(), 60)
                while answer is not None and answer.type != "pong":
                    answer = await asyncio.wait_for(line.read_event(), 60)
        for junk in (said.encode() + b"\n", json.dumps({"type": said, "data_length": said}).encode() + b"\n"):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(junk)
            await writer.drain()
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 60)
            writer.close()


def shown(traced: Traced) -> dict[str, str]:
    """What anybody may look at who watches the house."""
    agent = f"http://127.0.0.1:{traced.house.agent_port}"
    pages = [f"{traced.house.api}/metrics", f"{agent}/metrics", f"{traced.house.api}/health", f"{agent}/health"]
    found = {page: httpx.get(page, timeout=30).text for page in pages}
    found["doctor"] = traced.house.markoff("doctor", check=False)
    found["a copy's manifest"] = manifest(traced)
    return found


def manifest(traced: Traced) -> str:
    """What a copy of the house says of itself, to whoever holds the file."""
    copy = traced.house.data / "copy.markoff"
    traced.house.markoff("backup", str(copy))
    with zipfile.ZipFile(copy) as parts:
        assert SEALED not in parts.namelist(), "keys are taken along only when wished"
        return parts.read("manifest.json").decode()


def failed(traced: Traced) -> Any:
    """What a request is answered that the database cannot carry out, with somebody's name in it."""

    async def renamed(*tables: str) -> None:
        with reach.database(traced.house.data, None) as url:
            connection = await asyncpg.connect(url)
            await connection.execute("ALTER TABLE business.{} RENAME TO {}".format(*tables))
            await connection.close()

    asyncio.run(renamed("tenant", "away"))
    try:
        question = "query ($name: String!) { tenants(where: {name: $name}) { totalCount } }"
        asked = {"query": question, "variables": {"name": SECRETS["a name"]}}
        headers = {"Authorization": f"Bearer {traced.token}", "X-Request-Id": FAILED}
        return httpx.post(f"{traced.house.api}/graphql", json=asked, headers=headers, timeout=30).json()
    finally:
        asyncio.run(renamed("away", "tenant"))


def test_no_log_and_no_trace_knows_secrets_or_people(traced: Traced) -> None:
    fed(traced)
    answer = failed(traced)
    logs = {file.name: file.read_text() for file in (traced.house.data / "logs").iterdir()}
    logs |= {file.name: file.read_text() for file in (traced.house.data / "postgres").glob("*log*") if file.is_file()}
    assert {"api.log", "agent.log", "telegram.log", "voice.log"} <= set(logs)
    traced.settled("telegram text")
    known = {**logs, **shown(traced), "traces": "\n".join(f"{one.name} {one.told}" for one in traced.collector.spans)}
    ours = json.loads((traced.house.data / "secrets.json").read_text())
    hidden = SECRETS | {f"our {name}": str(value) for name, value in ours.items()} | {"our bot": TOKEN}
    for place, text in known.items():
        for what, secret in hidden.items():
            for line in text.splitlines():
                assert secret not in line, f"{place} knows {what}: {line[:400]}"
    assert answer["errors"][0]["extensions"] == {"code": "INTERNAL", "id": FAILED}
    assert f"request={FAILED}" in logs["api.log"]
