"""What a traced api process tells: operations, statements without values, batches of readings with all their callers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from api import tracing
from api.app import create
from api.live.leader import Duty, Group, Leader
from api.settings import ApiSettings
from db import tracing as statements
from db.clock import Clock
from tests.api.caller import Caller
from tests.api.waiting import until
from tests.world import World

pytest.importorskip("opentelemetry.sdk")

AT = "2026-11-16T12:01:00+03:00"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = PARENT[:-1] + "0"
ROOMS = "query mine($like: String!) { rooms(where: {number: $like}) { nodes { number } } tenants { totalCount } }"


class Kept:
    """Spans of this process, as they end."""

    def __init__(self, share: float = 1.0, content: bool = False) -> None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        self.exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracing = tracing.Tracing(provider.get_tracer("tests"), share, content)

    @property
    def spans(self) -> list[Any]:
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> list[Any]:
        return [one for one in self.spans if one.name == name]

    def of(self, parent: Any) -> list[str]:
        return [one.name for one in self.spans if one.parent and one.parent.span_id == parent.context.span_id]


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr(tracing, "on", kept.tracing)
    monkeypatch.setattr(statements, "tracer", kept.tracing.tracer)
    return kept


@pytest.fixture
async def app(kept: Kept, settings: ApiSettings, world: World) -> AsyncIterator[FastAPI]:
    """The application, whose connections were made while somebody traces."""
    app = create(settings)
    async with app.router.lifespan_context(app):
        kept.exporter.clear()
        yield app


async def test_a_question_is_an_operation_with_one_statement(caller: Caller, world: World, kept: Kept) -> None:
    admin = caller.as_user(world.user["admin"])
    await admin.ask(ROOMS, like="secret room")
    kept.exporter.clear()
    await admin.ask(ROOMS, like="secret room")
    [operation] = kept.named("query rooms,tenants")
    assert operation.attributes["graphql.operation.name"] == "mine"
    assert operation.attributes["http.response.status_code"] == 200
    assert kept.of(operation) == ["WITH"]
    [statement] = kept.named("WITH")
    assert "$1" in statement.attributes["db.query.text"]
    assert statement.attributes["db.response.returned_rows"] == 1
    assert "secret room" not in str([dict(one.attributes) for one in kept.spans])


async def test_documents_and_variables_are_told_where_content_is(
    caller: Caller, world: World, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> None:
    monkeypatch.setattr(tracing, "on", tracing.Tracing(kept.tracing.tracer, 1.0, True))
    await caller.as_user(world.user["admin"]).ask(ROOMS, like="secret room")
    [operation] = kept.named("query rooms,tenants")
    assert operation.attributes["graphql.document"] == ROOMS
    assert "secret room" in operation.attributes["markoff.graphql.variables"]


async def test_a_change_tells_its_statements_and_its_commit(caller: Caller, world: World, kept: Kept) -> None:
    document = 'mutation { signIn(login: "nobody", password: "wrong") { __typename } }'
    await caller.post(document)
    admin = caller.as_user(world.user["admin"])
    await admin.post("mutation { makeLinkCode(channel: TELEGRAM) { __typename } }")
    [change] = kept.named("mutation makeLinkCode")
    told = kept.of(change)
    assert "INSERT" in told
    assert "wrong" not in str([dict(one.attributes) for one in kept.spans])


async def test_whose_caller_traces_is_within_it_and_who_does_not_want_to_is_left_out(
    caller: Caller, world: World, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "on", tracing.Tracing(kept.tracing.tracer, 0.0, False))
    admin = caller.as_user(world.user["admin"])
    ask = {"json": {"query": "{ me { user { id } } }"}}
    for parent, count in ((None, 0), (UNSAMPLED, 0), ("nonsense", 0), (PARENT, 1)):
        headers = admin.headers | ({"traceparent": parent} if parent else {})
        await caller.http.post("/graphql", **ask, headers=headers)
        assert len(kept.named("query me")) == count
    [operation] = kept.named("query me")
    assert format(operation.parent.span_id, "016x") == PARENT.split("-")[2]
    assert not [one for one in kept.spans if one.parent is None and not one.name.startswith(("duty ", "tell "))]


async def test_a_batch_is_within_its_first_caller_and_linked_to_the_others(
    caller: Caller, world: World, kept: Kept
) -> None:
    device = caller.with_token(world.secret["device"])

    async def report(minute: int) -> None:
        body = f'{{"sensor": "t-101", "at": "2026-11-16T12:{minute:02}:00+03:00", "value": 25}}\n'
        answer = await caller.http.post("/ingest", content=body, headers=device.headers)
        assert answer.json()["accepted"] == 1, answer.text

    await asyncio.gather(*(report(minute) for minute in range(1, 9)))
    posts, batches = kept.named("POST /ingest"), kept.named("ingest batch")
    assert len(posts) == 8
    of = {one.context.span_id for one in posts}
    joined = [one.parent.span_id for one in batches] + [link.context.span_id for one in batches for link in one.links]
    assert sorted(joined) == sorted(of), "each caller belongs to one batch"
    assert sum(one.attributes["markoff.ingest.readings"] for one in batches) == 8
    for batch in batches:
        assert "COMMIT" in kept.of(batch)


async def test_a_failure_is_told_by_its_code_only(caller: Caller, world: World, kept: Kept, pool: Any) -> None:
    await pool.execute("ALTER TABLE business.tenant RENAME TO somewhere_else")
    [fault] = await caller.as_user(world.user["admin"]).faults("{ tenants { totalCount } }")
    [operation] = kept.named("query tenants")
    assert not operation.status.is_ok
    assert operation.attributes["markoff.faults"] == ("INTERNAL",)
    assert operation.attributes["markoff.request.id"] == fault["extensions"]["id"]
    [statement] = [one for one in kept.spans if "error.type" in one.attributes and one.name == "WITH"]
    assert statement.attributes["error.type"] == "42P01"
    assert not operation.events
    assert not statement.events


@pytest.fixture
def given() -> list[str]:
    return ["request-of-mine-1", "x" * 64]


async def test_a_request_keeps_its_number_or_gets_one(caller: Caller, given: list[str]) -> None:
    for mine in given:
        answer = await caller.http.get("/health", headers={"X-Request-Id": mine})
        assert answer.headers["x-request-id"] == mine
    for bad in ("short", "x" * 65, "with space in it", "новый-номер".encode(), 'quote"quote'):
        answer = await caller.http.get(
            "/health", headers={b"X-Request-Id": bad if isinstance(bad, bytes) else bad.encode()}
        )
        assert answer.headers["x-request-id"] not in (bad, "")
        assert len(answer.headers["x-request-id"]) == 16
    assert (await caller.http.get("/nowhere")).headers["x-request-id"]
    refused = await caller.http.post("/graphql", content=b"{", headers={"X-Request-Id": given[0]})
    assert refused.headers["x-request-id"] == given[0]


async def test_duties_that_did_something_or_failed_are_told_and_idle_ones_are_not(database: str, kept: Kept) -> None:
    async def three(connection: Any, clock: Clock) -> int:
        return 3

    async def nothing(connection: Any, clock: Clock) -> int:
        return 0

    async def broken(connection: Any, clock: Clock) -> int:
        raise ValueError("of somebody")

    duties = tuple(Duty(act.__name__, act, every=60.0) for act in (three, nothing, broken))
    leader = Leader(database, Clock(), Group("ticks", 0x1234, duties))
    await leader.start()

    async def failed() -> bool:
        return bool(kept.named("duty broken"))

    await until(failed)
    await leader.stop()
    assert [one.attributes["markoff.duty.done"] for one in kept.named("duty three")] == [3]
    assert not kept.named("duty nothing")
    assert kept.named("duty broken")[0].attributes["error.type"] == "ValueError"
    assert "somebody" not in str([dict(one.attributes) for one in kept.spans])
    assert not [one for one in kept.spans if one.parent]
