"""A small building behind real HTTP, made of the committed contract, and a chat model that says what a test tells it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from graphql import graphql_sync
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent.client import IDENTITY, Exchange, HttpGraph, connect
from agent.context import Context, House, voice
from agent.contract import contract
from agent.model import Engines
from agent.settings import AgentSettings
from agent.tools import build

NOW = "2022-10-20T12:15:00+00:00"
KEY = "mk_agent_key"
PEOPLE = {
    "anna": ("user_1", "Анна", ["DISPATCHER"]),
    "boris": ("user_2", "Борис", ["VIEWER"]),
    "clara": ("user_3", "Clara", ["ADMIN"]),
}


def page(items: Sequence[dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A connection over items, with `first` and `after`."""

    def resolve(info: Any, first: int | None = None, after: str | None = None, **filters: Any) -> dict[str, Any]:
        start = int(after) if after else 0
        kept = [i for i in items if matches(i, filters.get("where") or {})]
        shown = kept[start : start + (first or 20)]
        end = start + len(shown)
        return {
            "nodes": shown,
            "pageInfo": {"hasNextPage": end < len(kept), "hasPreviousPage": start > 0, "endCursor": str(end)},
            "totalCount": len(kept),
        }

    return resolve


def matches(item: dict[str, Any], where: dict[str, Any]) -> bool:
    """The filters that the tests use."""
    for name, wanted in where.items():
        if name == "level" and item.get("floor", {}).get("level") != wanted:
            return False
        if name == "room" and wanted not in (item.get("room", {}).get("id"), item.get("room", {}).get("number")):
            return False
        if name in ("active", "acknowledged") and item.get(name) != wanted:
            return False
        if name in ("kind", "state", "priority") and item.get(name) not in wanted:
            return False
    return True


@dataclass
class Building:
    """What the stand-in graph holds; tests change it as they like."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    exchanges: int = 0
    expired: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)
    """Who is linked to an identity, such as `satellite:lobby`."""
    codes: dict[str, str] = field(default_factory=dict)
    """One-time codes, and whose they are."""
    confirmations: dict[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    status: int = 200
    tenant_name: str = "Альфа"
    pictures: dict[str, bytes] = field(default_factory=dict)
    """What stands under which path."""
    plan: dict[str, Any] = field(default_factory=dict)
    moved: bool = False
    """Whether the alarm changes between the dry run and the confirmation."""
    lapsed: bool = False
    """Whether confirmations expire at once."""
    alarms: list[dict[str, Any]] = field(default_factory=list)
    committing: threading.Event = field(default_factory=threading.Event)
    """Set once a confirmation has come in."""
    silent: bool = False
    """Whether confirmations are carried out and not answered, for as long as this is so."""

    def __post_init__(self) -> None:
        self.house = {
            "id": "building_1",
            "code": "nord",
            "name": "Северный",
            "timeZone": "Europe/Moscow",
            "language": "RU",
            "aliases": [],
        }
        self.floors = [self.floor(1, "Первый этаж"), self.floor(2, "Второй этаж")]
        self.rooms = [self.room(1, "101", 0), self.room(2, "102", 0), self.room(3, "201", 1)]
        self.sensors = [
            self.sensor(1, "co2-101", "CO2", "ppm", 913.0, 0),
            self.sensor(2, "t-101", "TEMPERATURE", "°C", 21.5, 0),
            self.sensor(3, "co2-201", "CO2", "ppm", 640.25, 2),
        ]
        self.alarms = [self.alarm(1, 0, True, False), self.alarm(2, 2, True, True), self.alarm(3, 2, False, False)]

    def floor(self, level: int, name: str) -> dict[str, Any]:
        return {
            "__typename": "Floor",
            "id": f"floor_{level}",
            "level": level,
            "name": name,
            "aliases": [],
            "building": self.house,
        }

    def room(self, n: int, number: str, floor: int) -> dict[str, Any]:
        return {
            "__typename": "Room", "id": f"room_{n}", "number": number, "name": "Переговорная", "kind": "OFFICE", "area": 20.5, "aliases": [],
            "floor": self.floors[floor], "building": self.house,
            "tenant": lambda info, asOf=None: {"id": "tenant_1", "name": self.tenant_name} if n == 1 else None,
        }  # fmt: skip

    def sensor(self, n: int, code: str, kind: str, unit: str, value: float, room: int) -> dict[str, Any]:
        where = self.rooms[room]
        return {
            "__typename": "Sensor", "id": f"sensor_{n}", "code": code, "kind": kind, "unit": unit, "value": value, "at": NOW, "status": "OK",
            "outOfService": False, "interval": 900, "room": where, "floor": where["floor"], "building": self.house,
        }  # fmt: skip

    def alarm(self, n: int, sensor: int, active: bool, acknowledged: bool) -> dict[str, Any]:
        of = self.sensors[sensor]
        state = ("ACKNOWLEDGED" if acknowledged else "ACTIVE") if active else "RETURNED"
        return {
            "__typename": "Alarm", "id": f"alarm_{n}", "title": f"Душно в {of['room']['number']}", "state": state, "active": active,
            "acknowledged": acknowledged, "priority": "HIGH", "category": "AIR", "raisedAt": "2022-10-20T11:00:00+00:00",
            "lastRaisedAt": "2022-10-20T11:00:00+00:00", "value": of["value"], "unit": of["unit"], "occurrences": n, "sensor": of,
            "annunciated": True, "latching": False, "suppressed": False, "outOfService": False,
            "room": of["room"], "floor": of["floor"], "building": self.house,
        }  # fmt: skip

    def root(self, person: str) -> dict[str, Any]:
        """The resolvers of the root fields, for one person."""
        user, name, roles = PEOPLE[person]
        return {
            "me": {"user": {"id": user, "name": name, "language": "RU"}, "roles": roles, "grants": [], "links": [], "actingFor": True},
            "house": {"now": NOW, "version": "2", "epoch": "e", "cursor": "e1", "simulated": True},
            "buildings": page([self.house]),
            "floors": page(self.floors), "rooms": page(self.rooms), "sensors": page(self.sensors), "alarms": page(self.alarms),
            "tenants": page([{"__typename": "Tenant", "id": "tenant_1", "name": self.tenant_name}]),
            "room": lambda info, id: next((r for r in self.rooms if id in (r["id"], r["number"])), None),
            "sensor": lambda info, id: next((s for s in self.sensors if id in (s["id"], s["code"])), None),
            "readings": lambda info, **a: [
                {"at": NOW, "value": 913.0, "unit": "ppm", "bucketStart": NOW, "count": 4, "sensor": self.sensors[0]}
            ],
            "search": self.search,
            "tenant": lambda info, id: {"id": id, "name": self.tenant_name if id == "tenant_1" else "Альфа Плюс"},
            "events": page([{"id": "event_1", "at": NOW, "kind": "NOTE", "text": self.tenant_name, "building": self.house}]),
            "floorPlan": lambda info, **a: self.plan,
            "acknowledgeAlarm": lambda info, **a: self.acknowledge(person, **a),
            "noteAlarm": lambda info, dryRun=False, **a: (
                {"__typename": "DryRun", **self.difference(self.alarms[0], "seen")} if dryRun else self.alarms[0]
            ),
            "reportReadings": lambda info, input: {"__typename": "ReadingsReport", "accepted": 1, "duplicates": 0, "refused": []},
        }  # fmt: skip

    def search(self, info: Any, text: str, **rest: Any) -> list[dict[str, Any]]:
        tenants = [("tenant_1", self.tenant_name, 0.95), ("tenant_2", "Альфа Плюс", 0.93), ("tenant_3", "Бета", 0.3)]
        found = [
            {"score": s, "label": n, "kind": "TENANT", "item": {"__typename": "Tenant", "id": i, "name": n}}
            for i, n, s in tenants
            if text.lower()[:3] in n.lower()
        ]
        rooms = [
            {"score": 1.0, "label": r["number"], "kind": "ROOM", "item": r} for r in self.rooms if text in r["number"]
        ]
        return found + rooms

    def acknowledge(
        self, person: str, alarm: str, note: str | None = None, dryRun: bool = False, confirmation: str | None = None
    ) -> dict[str, Any]:
        found = next((a for a in self.alarms if a["id"] == alarm), None)
        if found is None:
            return {
                "__typename": "NotFound",
                "code": "NOT_FOUND",
                "message": "Такой тревоги нет",
                "argument": "alarm",
                "value": alarm,
            }
        if found["acknowledged"]:
            return {
                "__typename": "AlarmAlreadyAcknowledged",
                "code": "ALREADY",
                "message": "Тревога уже подтверждена",
                "alarm": found,
            }
        if dryRun:
            return {"__typename": "DryRun", **self.difference(found, note)}
        if confirmation not in self.confirmations:
            return {"__typename": "ConfirmationRequired", "code": "CONFIRM", "message": "Нужно подтверждение"}
        held = self.confirmations[confirmation]
        if held == "used":
            return {"__typename": "ConfirmationUsed", "code": "USED", "message": "Уже использовано"}
        if self.lapsed:
            self.lapsed = False
            return {"__typename": "ConfirmationExpired", "code": "EXPIRED", "message": "Срок истёк"}
        if self.moved:
            self.moved = False
            now = self.difference(found, "другое")
            return {"__typename": "ChangedSince", "code": "CHANGED", "message": "Данные изменились", "now": now}
        self.confirmations[confirmation] = "used"
        found |= {"acknowledged": True, "state": "ACKNOWLEDGED", "acknowledgedAt": NOW, "note": note}
        return found

    def difference(self, alarm: dict[str, Any], note: str | None) -> dict[str, Any]:
        token = f"confirmation-{len(self.confirmations) + 1}"
        self.confirmations[token] = alarm["id"]
        fields = [
            {"name": "state", "before": "ACTIVE", "after": "ACKNOWLEDGED"},
            {"name": "note", "before": None, "after": note},
        ]
        row = {"id": alarm["id"], "noun": "alarm", "label": alarm["title"], "fields": fields}
        return {"changes": [row], "confirmation": token, "expiresAt": NOW}


def app(building: Building) -> Starlette:
    """The stand-in API process: /graphql and /token."""
    schema = contract().schema

    async def token(request: Request) -> Response:
        form = await request.form()
        building.exchanges += 1
        shown = str(form.get("subject_token"))
        linked = form.get("subject_token_type") == IDENTITY
        person = building.links.get(shown) if linked else shown.rpartition("-")[2]
        if form.get("actor_token") != KEY or person not in PEOPLE:
            return JSONResponse({"error": "invalid_grant"}, 400)
        name = f"acting-{building.exchanges}-{person}"
        who = {"user": PEOPLE[person][0], "name": PEOPLE[person][1], "language": "RU"} if linked else {}
        return JSONResponse({"access_token": name, "token_type": "Bearer", "expires_in": 300} | who)

    async def picture(request: Request) -> Response:
        content = building.pictures.get(request.url.path)
        return Response(content, media_type="image/png") if content else Response(status_code=404)

    async def link(request: Request) -> Response:
        form = await request.form()
        person = building.codes.pop(str(form["code"]), None)
        if form.get("actor_token") != KEY or person is None:
            return JSONResponse({"error": "bad_code"}, 400)
        building.links[f"{form['channel']}:{form['identity']}"] = person
        return JSONResponse({"user": PEOPLE[person][0], "name": PEOPLE[person][1], "language": "RU"})

    async def graphql(request: Request) -> Response:
        body = await request.json()
        commits = "confirmation" in body.get("variables", {})
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        building.tokens.append(given)
        await asyncio.sleep(0 if commits else building.delay)
        person = given.rpartition("-")[2]
        if person not in PEOPLE or given in building.expired:
            return JSONResponse({"errors": [{"message": "no"}]}, 401)
        if building.status != 200:
            return Response("broken", building.status)
        building.requests.append(body | {"language": request.headers.get("accept-language")})
        done = graphql_sync(schema, body["query"], building.root(person), variable_values=body.get("variables"))
        if commits:
            building.committing.set()
            while building.silent:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        answer: dict[str, Any] = {"data": done.data}
        if done.errors:
            answer["errors"] = [e.formatted for e in done.errors]
        return Response(json.dumps(answer), media_type="application/json")

    doors = {"/graphql": graphql, "/token": token, "/link": link}
    posts = [Route(path, door, methods=["POST"]) for path, door in doors.items()]
    return Starlette(routes=[*posts, Route("/plans/{name}", picture)])


class Served(uvicorn.Server):
    """An application on a free port, in a thread."""

    def __init__(self, application: Any, lifespan: Any = "off") -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        told = {"timeout_keep_alive": 75, "timeout_graceful_shutdown": 1}  # no connection ends while it is used again
        super().__init__(uvicorn.Config(application, log_level="error", lifespan=lifespan, **told))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def __enter__(self) -> Served:
        self.thread = threading.Thread(target=self.run, args=([self.listening],), daemon=True)
        self.thread.start()
        while not self.started:
            assert self.thread.is_alive(), "it did not begin to serve"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.should_exit = True
        self.thread.join()
        self.listening.close()


@pytest.fixture(scope="session")
def serve() -> type[Served]:
    """Serves an application over real HTTP: `with serve(app) as server: server.url`."""
    return Served


@pytest.fixture
def building() -> Building:
    """The stand-in building."""
    return Building()


@pytest.fixture
def api(building: Building) -> Iterator[str]:
    """The address of its graph."""
    with Served(app(building)) as server:
        yield server.url


class Script(BaseChatModel):
    """A chat model that answers with what it is given, in order; a function is asked."""

    steps: list[Any]
    heard: list[list[BaseMessage]] = []
    tools: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "script"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        self.tools = list(tools)
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.heard.append(list(messages))
        step = self.steps.pop(0) if self.steps else AIMessage("…")
        said = step(messages) if callable(step) else step
        return ChatResult(generations=[ChatGeneration(message=AIMessage(said) if isinstance(said, str) else said)])


def calls(*wanted: tuple[str, dict[str, Any]]) -> AIMessage:
    """A message that calls tools."""
    numbered = [{"name": n, "args": a, "id": f"c{i}-{n}-{time.monotonic_ns()}"} for i, (n, a) in enumerate(wanted)]
    return AIMessage("", tool_calls=numbered)


@pytest.fixture(scope="session")
def call() -> Callable[..., AIMessage]:
    """Makes a message that calls tools: `call(("alarms", {"level": 2}))`."""
    return calls


@pytest.fixture(scope="session")
def script() -> type[Script]:
    """A chat model that says what a test tells it: `script(steps=[…])`."""
    return Script


@pytest.fixture
async def speaking_for(api: str) -> AsyncIterator[Callable[..., Context]]:
    """Contexts of people who speak to scripted models: `speaking_for("anna", offline=script(steps=[…]))`."""
    http = connect(api, 60.0)
    known = contract()

    def make(person: str, offline: BaseChatModel, configured: BaseChatModel | None = None, **settings: Any) -> Context:
        chosen = AgentSettings(**settings)
        made = Engines(offline, configured, "scripted" if configured else "offline", stream=False)
        return Context(House(known, build(known), made, chosen), HttpGraph(http, person, Exchange(http, KEY)))

    yield make
    await http.aclose()


@pytest.fixture
def house_with(api: str) -> Callable[..., House]:
    """Houses whose models are scripted: `house_with(script(steps=[…]), turns_a_minute=3)`."""

    def make(offline: BaseChatModel, configured: BaseChatModel | None = None, **settings: Any) -> House:
        chosen = AgentSettings(api_url=api, agent_key=KEY, graph_timeout=60, **settings)
        made = Engines(offline, configured, "scripted" if configured else "offline", stream=False)
        return House(contract(), build(contract()), made, chosen, voice(chosen))

    return make


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A plain HTTP client."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        yield client
