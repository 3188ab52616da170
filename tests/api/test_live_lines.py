"""Lines: what a client may say on one, what it is told when it must not, and how it is dropped."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import websockets
from fastapi import FastAPI
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from api.app import create
from api.auth import mint
from api.live.closing import Closing
from api.settings import ApiSettings, LiveSettings
from db import changes
from db.changes import News
from db.engine import Pool
from db.settings import DatabaseSettings
from tests.api.caller import KEY
from tests.api.serving import PROTOCOL, Line, followed, line, served
from tests.api.waiting import until, until_it_listens
from tests.world import World

FOLLOW = "subscription ($after: Cursor) { alarmChanged(after: $after) { cursor alarm { title note } } }"
LIVE = LiveSettings(lines=5, subscriptions=4, waiting=50, waiting_size=1 << 20)
HASTY = LIVE.model_copy(
    update={"patience": timedelta(seconds=1.5), "ping": timedelta(seconds=1), "sign_in": timedelta(seconds=1)}
)
"""For what happens to those who are late: nobody else is to be late by chance."""
hasty = pytest.mark.parametrize("house", [HASTY], indirect=True)
LONG = "x" * 20_000


@dataclass
class House:
    """A house whose limits are narrow, and what happens in it."""

    address: str
    app: FastAPI
    pool: Pool
    world: World
    told: list[str] = field(default_factory=list)

    def token(self, login: str = "dispatcher", seconds: float = 300) -> str:
        return mint(KEY, self.world.user[login], timedelta(seconds=seconds)).token

    async def happen(self, *titles: str, note: str = "") -> None:
        """Changes of an alarm of alpha, in one transaction."""
        building = self.world.building["alpha"]
        news = []
        for title in titles:
            alarm = SNAPSHOT | {"title": title, "note": note}
            keys = {
                "building": building,
                "code": "alpha",
                "floor": None,
                "level": 1,
                "room": None,
                "sensor": 1,
                "rule": 1,
            }
            payload = {"kind": "RAISED", "alarm": alarm, "keys": keys}
            news.append(News(self.world.now, "alarm", building, (), 1, payload))
        self.told += titles
        async with self.pool.acquire() as connection, connection.transaction():
            await changes.append(connection, news)

    @property
    def line(self) -> Any:
        """The only one, as the house has it."""
        [line] = self.app.state.parts.live.fanout.lines
        return line

    def pass_silently(self, pings: float) -> None:
        """On the only line nothing was heard or asked for so many times the seconds between two pings."""
        seconds = pings * LIVE.ping.total_seconds()
        self.line.heard -= seconds
        self.line.pinged -= seconds

    async def heard_since(self, before: float) -> bool:
        return bool(self.line.heard > before)

    def let_the_token_end(self) -> None:
        """That of the only line: it is there already, and the end of its token is now."""
        assert 200 < self.line.ends_at - time.time() <= 300
        self.line.ends_at = time.time()


SNAPSHOT: dict[str, Any] = {
    "id": "alarm_1", "state": "ACTIVE", "priority": "HIGH", "category": "AIR", "raisedAt": "2026-11-16T09:00:00+00:00",
    "lastRaisedAt": "2026-11-16T09:00:00+00:00", "returnedAt": None, "acknowledgedAt": None, "closedAt": None,
    "value": 1.0, "unit": "ppm", "occurrences": 1, "rule": "r", "sensor": "s", "sensorKind": "CO2", "room": None,
    "floor": None, "building": "A", "tenants": [], "acknowledgedBy": None, "resetAt": None, "resetBy": None,
    "latching": False, "shelvedUntil": None, "shelvedBy": None, "shelvedReason": None, "suppressed": False,
    "outOfService": False, "annunciated": True, "escalatedTo": None, "escalatedAt": None,
}  # fmt: skip


@pytest.fixture
async def house(request: pytest.FixtureRequest, database: str, pool: Pool, world: World) -> AsyncIterator[House]:
    live = getattr(request, "param", LIVE)
    app = create(ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=database), rate=0, live=live))
    async with app.router.lifespan_context(app), served(app) as address:
        await until_it_listens(app)
        yield House(address, app, pool, world)


@asynccontextmanager
async def raw(house: House, **options: Any) -> AsyncIterator[websockets.ClientConnection]:
    async with websockets.connect(
        f"ws://{house.address}/graphql",
        subprotocols=[PROTOCOL],
        close_timeout=0.2,
        open_timeout=60,
        ping_interval=None,
        **options,
    ) as opened:
        yield opened


async def everything(connection: websockets.ClientConnection) -> tuple[list[dict[str, Any]], tuple[int, str]]:
    """All messages on a line until it ends, and with what it does."""
    taken = []
    try:
        async with asyncio.timeout(60):
            while True:
                taken.append(json.loads(await connection.recv()))
    except websockets.ConnectionClosed as end:
        received = end.rcvd
    assert received is not None
    return taken, (received.code, received.reason)


async def closed(connection: websockets.ClientConnection) -> tuple[int, str]:
    """What the line is closed with; whatever comes before is passed over."""
    return (await everything(connection))[1]


INIT = '{"type":"connection_init"}'
SUBSCRIBE = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}})


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (['{"type":"subscribe","id":"1","payload":{"query":"{x}"}}'], 4401),
        ([INIT, INIT], 4429),
        ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
        ([b"\x00\x01"], 4400),
        ([INIT, b"{}"], 4400),
        ([INIT, "not json"], 4400),
        ([INIT, "[" * 100_000], 4400),
        ([INIT, "[]"], 4400),
        ([INIT, "7"], 4400),
        ([INIT, "{}"], 4400),
        ([INIT, '{"type":7}'], 4400),
        ([INIT, '{"type":"start"}'], 4400),
        ([INIT, '{"type":"next","id":"1"}'], 4400),
        ([INIT, '{"type":"subscribe","payload":{"query":"{x}"}}'], 4400),
        ([INIT, '{"type":"subscribe","id":7,"payload":{"query":"{x}"}}'], 4400),
        ([INIT, '{"type":"subscribe","id":"","payload":{"query":"{x}"}}'], 4400),
        ([INIT, json.dumps({"type": "subscribe", "id": "i" * 1000, "payload": {"query": "{x}"}})], 4400),
        ([INIT, '{"type":"subscribe","id":"1"}'], 4400),
        ([INIT, '{"type":"subscribe","id":"1","payload":{"query":7}}'], 4400),
        ([INIT, '{"type":"subscribe","id":"1","payload":{"query":"{x}","variables":[]}}'], 4400),
        ([INIT, '{"type":"subscribe","id":"1","payload":{"query":"{x}","operationName":{}}}'], 4400),
        ([INIT, '{"type":"complete"}'], 4400),
        ([INIT, '{"id":"\ud800","type":"complete"}'.encode("utf-8", "surrogatepass").decode("utf-8", "replace")], None),
        (['{"type":"connection_init","payload":"x"}'], 4400),
        (['{"type":"connection_init","payload":{"authorization":["a"]}}'], 4403),
        (['{"type":"connection_init","payload":{"authorization":"Bearer \\u0000"}}'], 4403),
        ([INIT, json.dumps({"type": "ping", "payload": {"x": "y" * (2 << 20)}})], 1009),
    ],
)  # fmt: skip
async def test_what_is_not_in_the_protocol_ends_the_line(
    house: House, frames: list[str | bytes], code: int | None
) -> None:
    async with raw(house, additional_headers={"Authorization": f"Bearer {house.token()}"}) as connection:
        for frame in frames:
            await connection.send(frame)
        if code is not None:
            assert (await closed(connection))[0] == code
    await until_gone(house)


@hasty
@pytest.mark.parametrize("frames", [[], ['{"type":"ping"}']])
async def test_who_does_not_say_who_they_are_is_not_waited_for(house: House, frames: list[str]) -> None:
    async with raw(house) as connection:
        for frame in frames:
            await connection.send(frame)
        assert (await closed(connection))[0] == 4408
    await until_gone(house)


async def until_gone(house: House) -> None:
    """The house has forgotten all lines."""

    async def gone() -> bool:
        fanout = house.app.state.parts.live.fanout
        return not fanout.lines and not fanout.audiences

    await until(gone)


async def test_another_protocol_is_not_spoken(house: House) -> None:
    for offered in (["graphql-ws"], None):
        async with websockets.connect(f"ws://{house.address}/graphql", subprotocols=offered) as connection:  # type: ignore[arg-type]
            assert (await closed(connection))[0] == 4406


async def test_pings_are_answered_and_asked_for(house: House) -> None:
    async with line(house.address, house.token()) as listening:
        await listening.say(type="ping", payload={"any": "thing"})
        assert json.loads(await listening.raw.recv()) == {"type": "pong"}
        for _ in range(4):
            house.pass_silently(1.1)
            assert json.loads(await listening.raw.recv()) == {"type": "ping"}
            before = house.line.heard
            await listening.say(type="pong")
            await until(partial(house.heard_since, before))
        house.pass_silently(2.1)
        messages, end = await everything(listening.raw)
        assert messages == []
        assert end == (4452, "No answer to pings")


async def test_a_user_has_so_many_lines_and_subscriptions(house: House) -> None:
    async with line(house.address, house.token()) as one, line(house.address, house.token()) as other:
        for number, listening in enumerate([one, one, other, other]):
            await listening.subscribe(FOLLOW, id=str(number))
        await followed(house.app, 4)
        await one.subscribe(FOLLOW, id="more")
        refused = await heard(one, "error")
        assert refused["payload"][0]["extensions"] == {"code": "TOO_MANY_SUBSCRIPTIONS", "most": 4}
        await other.say(type="complete", id="2")
        assert await other.waiting() == []  # it has been taken in
        await one.subscribe(FOLLOW, id="more")
        assert await one.waiting() == []
        await followed(house.app, 4)
        await house.happen("a")
        assert {(await heard(one, "next"))["id"] for _ in range(3)} == {"0", "1", "more"}
        async with line(house.address, house.token("viewer")) as another:
            await another.subscribe(FOLLOW)
        more = [await websockets.connect(f"ws://{house.address}/graphql", subprotocols=[PROTOCOL]) for _ in range(4)]
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {house.token()}"}}
        for connection in more[:3]:
            await connection.send(json.dumps(init))
            assert json.loads(await connection.recv()) == {"type": "connection_ack"}
        await more[3].send(json.dumps(init))
        assert await closed(more[3]) == (4451, "Too many lines")
        for connection in more:
            await connection.close()


async def heard(listening: Line, kind: str) -> dict[str, Any]:
    """The next message of that type."""
    async with asyncio.timeout(60):
        while (message := await listening.hear())["type"] != kind:
            pass
    return message


async def test_a_token_that_ends_ends_what_is_followed(house: House) -> None:
    async with line(house.address, house.token()) as listening:
        await listening.subscribe(FOLLOW)
        await followed(house.app)
        house.let_the_token_end()
        message = await heard(listening, "error")
        assert message["payload"][0]["extensions"] == {"code": "TOKEN_EXPIRED"}
        assert await closed(listening.raw) == (4453, "Token has ended")
    await until_gone(house)


async def test_who_loses_the_right_is_told_nothing_that_came_after(house: House) -> None:
    """Even where the notice of it has not come: the stream itself says by which grants it was read."""
    house.app.state.parts.viewers.forget = lambda *_: None  # what is remembered is not forgotten
    user = house.world.user["dispatcher"]
    async with line(house.address, house.token()) as listening, line(house.address, house.token("viewer")) as other:
        await listening.subscribe(FOLLOW)
        await other.subscribe(FOLLOW)
        await followed(house.app, 2)
        for round_ in range(5):
            held = await house.pool.fetch('DELETE FROM security."grant" WHERE user_id = $1 RETURNING *', user)
            await house.happen(f"hidden {round_}")
            assert await title(other) == f"hidden {round_}"
            await house.pool.execute(
                'INSERT INTO security."grant" (user_id, role, building_id) VALUES ($1, $2, $3)',
                user, held[0]["role"], held[0]["building_id"],
            )  # fmt: skip
            await house.happen(f"seen {round_}")
            assert await title(other) == f"seen {round_}"
            assert await title(listening) == f"seen {round_}"


async def title(listening: Line) -> str:
    message = await heard(listening, "next")
    assert "errors" not in message["payload"], message
    told: str = message["payload"]["data"]["alarmChanged"]["alarm"]["title"]
    return told


def slow_socket(house: House) -> socket.socket:
    """A connection whose receiver takes little at a time."""
    host, port = house.address.split(":")
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect((host, int(port)))
    return made


async def test_a_slow_client_is_dropped_with_its_cursor_and_the_fast_ones_never_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.live.line.FAREWELL", 600.0)  # it is told in the end, however long the fast ones take
    async with (
        line(house.address, house.token()) as fast,
        raw(
            house, sock=slow_socket(house), max_queue=1, additional_headers={"Authorization": f"Bearer {house.token()}"}
        ) as slow,
    ):
        await slow.send(INIT)
        await slow.send(SUBSCRIBE)
        await fast.subscribe(FOLLOW)
        assert json.loads(await slow.recv()) == {"type": "connection_ack"}
        await followed(house.app, 2)
        slow.transport.pause_reading()  # it takes nothing
        for number in range(200):
            await house.happen(f"{number}", note=LONG)
            assert await title(fast) == str(number)
        slow.transport.resume_reading()
        messages, (code, reason) = await everything(slow)
        taken = [each["payload"]["data"]["alarmChanged"] for each in messages if each["type"] == "next"]
        assert code == 4450
        assert reason == f"Too slow {taken[-1]['cursor']}"
        assert [one["alarm"]["title"] for one in taken] == house.told[: len(taken)]
        assert 0 < len(taken) < 200
    async with line(house.address, house.token()) as back:
        await back.subscribe(FOLLOW, after=reason.split()[-1])
        rest = [await title(back) for _ in range(200 - len(taken))]
        assert [one["alarm"]["title"] for one in taken] + rest == house.told


@pytest.mark.parametrize("house", [LIVE.model_copy(update={"patience": HASTY.patience})], indirect=True)
async def test_a_client_that_takes_nothing_for_ever_is_cut_off(house: House) -> None:
    headers = {"Authorization": f"Bearer {house.token()}"}
    async with raw(house, sock=slow_socket(house), max_queue=1, additional_headers=headers) as dead:
        await dead.send(INIT)
        await dead.send(SUBSCRIBE)
        assert json.loads(await dead.recv()) == {"type": "connection_ack"}
        await followed(house.app)
        dead.transport.pause_reading()
        theirs = house.line
        while theirs.closing is None and theirs.waiting < 5:  # the network takes a lot before anything waits
            await house.happen(*(str(n) for n in range(10)), note=LONG)
        await until_gone(house)
        assert theirs.closing is Closing.TOO_SLOW


async def test_who_catches_up_is_paced_and_not_dropped(house: House) -> None:
    """Far more is missed than may wait; who reads slowly gets it all."""
    async with house.pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    for number in range(0, 400, 100):
        await house.happen(*(str(n) for n in range(number, number + 100)), note=LONG[:2000])
    async with line(house.address, house.token()) as listening:
        await listening.subscribe(FOLLOW, after=beginning)
        titles = []
        for number in range(400):
            titles.append(await title(listening))
            if number % 40 == 0:
                await asyncio.sleep(0.05)
        await house.happen("now")
        assert [*titles, await title(listening)] == house.told


async def test_those_who_follow_the_same_are_told_by_one_evaluation(house: House) -> None:
    """Wherever they began, and whoever they are, as long as they see the same; another language is another audience."""
    async with house.pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    await house.happen("before")
    async with (
        line(house.address, house.token()) as one,
        line(house.address, house.token("viewer")) as other,
        line(house.address, house.token("admin"), acceptLanguage="en") as english,
        line(house.address, house.token(), acceptLanguage="ru") as russian,
    ):
        for listening in (one, other, english, russian):
            await listening.subscribe(FOLLOW, after=beginning)
        for listening in (one, other, english, russian):
            assert await title(listening) == "before"
        await house.happen("a", "b")
        for listening in (one, other, english, russian):
            assert [await title(listening) for _ in range(2)] == ["a", "b"]
        audiences = house.app.state.parts.live.fanout.audiences.values()
        assert sorted(len(each.members) for each in audiences) == [1, 3]
        assert [len(each._told) for each in audiences] == [3, 3]


async def test_the_client_gql_follows(house: House) -> None:
    transport = WebsocketsTransport(
        f"ws://{house.address}/graphql", init_payload={"authorization": f"Bearer {house.token()}"}, ping_interval=1, pong_timeout=30
    )  # fmt: skip
    async with Client(transport=transport) as session:
        titles: list[str] = []
        other: list[str] = []

        async def follow(into: list[str], count: int) -> None:
            async for result in session.subscribe(GraphQLRequest(FOLLOW)):
                into.append(result["alarmChanged"]["alarm"]["title"])
                if len(into) == count:
                    break

        tasks = [asyncio.create_task(follow(titles, 3)), asyncio.create_task(follow(other, 1))]
        await followed(house.app, 2)
        await house.happen("a")
        house.pass_silently(1.1)
        await until(partial(house.heard_since, house.line.heard))  # pings and pongs keep the line meanwhile
        await house.happen("b", "c")
        await asyncio.gather(*tasks)
        assert (titles, other) == (["a", "b", "c"], ["a"])
        with pytest.raises(TransportQueryError, match="nonsense"):
            async for _ in session.subscribe(GraphQLRequest("subscription { nonsense { cursor } }")):
                pass
    await until_gone(house)
