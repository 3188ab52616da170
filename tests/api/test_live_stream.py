"""Server-sent events over real HTTP: what is missed comes with `Last-Event-ID`, mistakes are told as events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from db import changes
from tests.api.serving import followed
from tests.api.test_live_lines import FOLLOW, LONG, House, hasty, house, slow_socket, until_gone

__all__ = ["house"]

ACCEPT = {"Accept": "text/event-stream"}


class Events:
    """The events of one response."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, str]:
        """The fields of the next event; comments are passed over."""
        async with asyncio.timeout(60):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if not line and "event" in fields:
                    return fields
                name, _, value = line.partition(": ")
                fields[name.rstrip(":")] = value
        return {"event": "end"}

    async def told(self) -> tuple[str, str]:
        """Title and id of the next change."""
        event = await self.next()
        assert event["event"] == "next", event
        change = json.loads(event["data"])["data"]["alarmChanged"]
        assert change["cursor"] == event["id"]
        return change["alarm"]["title"], event["id"]


@asynccontextmanager
async def stream(house: House, query: str = FOLLOW, method: str = "POST", **headers: str) -> AsyncIterator[Events]:
    asked: dict[str, Any] = (
        {"json": {"query": query}} if method == "POST" else {"params": {"query": query, "variables": "{}"}}
    )
    shown = ACCEPT | {"Authorization": f"Bearer {house.token()}"} | {k.replace("_", "-"): v for k, v in headers.items()}
    async with (
        httpx.AsyncClient(timeout=60) as http,
        http.stream(method, f"http://{house.address}/graphql", headers=shown, **asked) as response,
    ):
        yield Events(response)


@hasty
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_changes_come_as_events_and_what_was_missed_with_the_last_id(house: House, method: str) -> None:
    async with stream(house, method=method) as events:
        assert events.response.headers["content-type"].startswith("text/event-stream")
        await followed(house.app)
        await house.happen("a", "b")
        assert (await events.told())[0] == "a"
        last = (await events.told())[1]
        await asyncio.sleep(1.5)  # with comments to keep it open
        await house.happen("c")
        assert (await events.told())[0] == "c"
    await until_gone(house)
    await house.happen("d")
    async with stream(house, method=method, last_event_id=last) as events:
        await house.happen("e")
        assert [(await events.told())[0] for _ in range(3)] == ["c", "d", "e"]


async def test_the_last_id_counts_more_than_the_cursor_of_the_beginning(house: House) -> None:
    async with house.pool.acquire() as connection:
        beginning = changes.cursor(*await changes.standing(connection))
    await house.happen("a", "b", "c")
    query = FOLLOW.replace("$after: Cursor", f'$after: Cursor = "{beginning}"')
    async with stream(house, query) as events:
        told = [await events.told() for _ in range(3)]
    async with stream(house, query, last_event_id=told[1][1]) as events:
        assert await events.told() == told[2]


@pytest.mark.parametrize(
    ("query", "method", "code"),
    [
        ("subscription { nonsense { cursor } }", "POST", "UNKNOWN_FIELD"),
        ("subscription {", "POST", "SYNTAX"),
        ('subscription { alarmChanged(where: {room: "sensor_1"}) { cursor } }', "POST", "WRONG_KIND_OF_ID"),
        ('subscription { alarmChanged(after: "?") { cursor } }', "POST", "CURSOR_MALFORMED"),
        ("{ me { roles } }", "GET", "ONLY_SUBSCRIPTIONS"),
        ("mutation { nonsense }", "GET", "UNKNOWN_FIELD"),
    ],
)
async def test_mistakes_are_told_as_events(house: House, query: str, method: str, code: str) -> None:
    async with stream(house, query, method) as events:
        event = await events.next()
        assert event["event"] == "next"
        assert json.loads(event["data"])["errors"][0]["extensions"]["code"].startswith(code)
        assert (await events.next())["event"] == "complete"
        assert (await events.next())["event"] == "end"


async def test_a_question_is_one_event(house: House) -> None:
    async with stream(house, "{ me { roles } }") as events:
        assert json.loads((await events.next())["data"]) == {"data": {"me": {"roles": ["DISPATCHER"]}}}
        assert (await events.next())["event"] == "complete"


async def test_requests_that_are_nobodys_or_no_requests_are_refused_by_status(house: House) -> None:
    address = f"http://{house.address}/graphql"
    body = {"query": FOLLOW}
    async with httpx.AsyncClient(timeout=60, headers=ACCEPT) as http:
        assert (await http.post(address, json=body)).status_code == 401
        assert (await http.post(address, json=body, headers={"Authorization": "Bearer nonsense"})).status_code == 401
        good = {"Authorization": f"Bearer {house.token()}"}
        assert (await http.post(address, content="[", headers=good)).status_code == 400
        assert (await http.get(address, headers=good)).status_code == 400
        assert (await http.get(address, params={"query": FOLLOW, "variables": "{"}, headers=good)).status_code == 400
        assert (await http.get(address, headers=good | {"Accept": "application/json"})).status_code == 405
        answer = await http.post(address, json=body, headers=good | {"Accept": "application/json"})
        assert answer.json()["errors"][0]["extensions"]["code"] == "ONLY_STREAMED"


async def test_a_user_has_so_many_streams(house: House) -> None:
    async with stream(house), stream(house), stream(house), stream(house), stream(house) as fifth:
        assert json.loads((await fifth.next())["data"])["errors"][0]["extensions"]["code"] == "TOO_MANY_SUBSCRIPTIONS"
        assert (await fifth.next())["event"] == "complete"
    await until_gone(house)


async def test_a_token_that_ends_ends_the_stream(house: House) -> None:
    async with stream(house) as events:
        await followed(house.app)
        house.let_the_token_end()
        event = await events.next()
        assert json.loads(event["data"])["errors"][0]["extensions"] == {"code": "TOKEN_EXPIRED"}
        assert (await events.next())["event"] == "complete"
    await until_gone(house)


@hasty
async def test_a_stream_that_is_not_read_is_ended(house: House) -> None:
    with slow_socket(house) as slow:
        body = json.dumps({"query": FOLLOW})
        slow.sendall(
            f"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Bearer {house.token()}\r\n\r\n{body}".encode()
        )
        async with stream(house) as fast:
            await followed(house.app, 2)
            for number in range(200):
                await house.happen(f"{number}", note=LONG)
                assert (await fast.told())[0] == str(number)
        await until_gone(house)


@hasty
async def test_streams_stay_open_while_nothing_happens(house: House) -> None:
    async with stream(house) as events:
        await followed(house.app)
        quiet = asyncio.create_task(events.next())
        await asyncio.sleep(timedelta(seconds=4).total_seconds())
        assert not quiet.done()
        await house.happen("a")
        assert (await quiet)["event"] == "next"
