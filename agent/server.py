"""The agent process over HTTP: turns as streams of server-sent events, threads bound to their person."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import re
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter, FastAPI, Header
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from agent import metrics, words
from agent.channels import wyoming
from agent.client import IDENTITY, Exchange, GraphError, HttpGraph, Unauthorised, connect, for_person
from agent.context import Context, House, house
from agent.graph import machine
from agent.requests import Application
from agent.settings import AgentSettings
from agent.state import InputState
from agent.threads import kept
from agent.turns import Allowance, Event, Thread, Turns
from agent.voice import Voice, VoiceError
from agent.words import Language

log = logging.getLogger(__name__)
routes = APIRouter()

KNOWN = 60.0
"""Seconds for which a token is taken for the person that it was for."""
LEAVE = "markoff.leave"
"""In the lifespan's state: what the server calls when the process begins to leave (`deploy.draining`)."""
WHO = "query who { me { user { id } } }"


class Said(BaseModel):
    """What a person says."""

    text: str = Field("", max_length=4000)
    thread: str | None = Field(None, pattern=r"^[\w.:-]{1,64}$")
    language: Language | None = None
    audio: str | None = Field(None, max_length=4_000_000)
    """A recording, OGG/Opus or WAV, in base64."""
    spoken: bool = False
    """Whether the words were spoken, and somebody else has listened to them."""


class Decided(BaseModel):
    """What a person decided: yes or no, or the number of a choice, from zero."""

    approve: bool | None = None
    choice: int | None = Field(None, ge=0, le=100)


class Refused(Exception):
    """A request that is not served: its status, code and sentence."""

    def __init__(self, status: int, code: str, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.wait = status, code, message, wait


@dataclass
class Door:
    """Lets people in: whose token it is, and whether they may ask so often."""

    house: House
    graph: HttpGraph
    """The graph of nobody; `for_` gives that of a person."""
    allowance: Allowance
    known: dict[str, tuple[str, float]] = field(default_factory=dict)

    def for_(self, token: str, channel: str = "") -> Context:
        """The house as the bearer of the token may see it, who speaks by a channel."""
        graph = for_person(self.graph.http, token, self.graph.exchange)
        return Context(self.house, graph, channel=metrics.channel(channel))

    async def person(self, token: str, language: Language) -> str:
        """The id of the token's person; `Refused` if it is nobody's."""
        name, now = hashlib.sha256(token.encode()).hexdigest(), time.monotonic()
        if (held := self.known.get(name)) and held[1] > now:
            return held[0]
        try:
            data = await self.for_(token).graph.execute(WHO, {}, language)
        except Unauthorised:
            raise Refused(401, "UNAUTHORISED", words.say("forbidden", language)) from None
        except GraphError as fault:
            raise Refused(503, fault.code, words.say("unreachable", language)) from None
        person = ((data.get("me") or {}).get("user") or {}).get("id")
        if not person:
            raise Refused(401, "UNAUTHORISED", words.say("forbidden", language))
        self.known = {n: k for n, k in self.known.items() if k[1] > now} | {name: (str(person), now + KNOWN)}
        return str(person)

    def take(self, person: str, language: Language) -> None:
        """Count a turn; `Refused` if there were too many."""
        if wait := self.allowance.take(person):
            raise Refused(429, "TOO_MANY", words.say("busy", language), wait)


def create(settings: AgentSettings | None = None, made: House | None = None) -> FastAPI:
    """The application; the settings come from the environment unless given."""
    chosen = settings or (made.settings if made else AgentSettings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Callable[[float], None]]]:
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(connect(chosen.api_url, chosen.graph_timeout))
            url = chosen.memory_url.get_secret_value() if chosen.memory_url else None
            saver = await stack.enter_async_context(kept(url))
            here = made or house(chosen)
            key = chosen.agent_key.get_secret_value() if chosen.agent_key else None
            exchange = Exchange(http, key) if key else None
            app.state.turns = turns = Turns(machine(saver), here)
            allowance = Allowance(chosen.turns_a_minute)
            app.state.door = Door(here, HttpGraph(http, "", exchange), allowance)
            named = HttpGraph(http, "", Exchange(http, key, IDENTITY) if key else None)
            app.state.satellites = await stack.enter_async_context(
                wyoming.listening(chosen.satellites, turns, here, named, allowance)
            )
            yield {LEAVE: turns.leave}
            await turns.close()
            await here.engines.close()

    app = Application(title="Markoff's agent", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _misread)
    app.include_router(routes)
    return app


@routes.get("/health")
async def health(request: Request) -> dict[str, Any]:
    house: House = request.app.state.door.house
    model = await house.engines.health()
    return {"status": "ok", "model": model} | ({"voice": await _engines(house.voice)} if house.voice else {})


@routes.get("/metrics")
async def figures(request: Request) -> Response:
    if not request.app.state.door.house.settings.metrics.enabled:
        return Response(status_code=404)
    return Response(metrics.page(), media_type=metrics.TEXT)


@routes.post("/turns")
async def turn(
    said: Said, request: Request, authorization: str = Header(""), accept_language: str = Header("")
) -> StreamingResponse:
    door, turns, token = _parts(request, authorization, accept_language)
    language = said.language or _language(accept_language)
    person = await door.person(token, language)
    door.take(person, language)
    sound = _sound(said.audio, language)
    given = InputState(text=said.text, language=said.language, spoken=said.spoken or sound is not None)
    thread = Thread(person, said.thread or uuid.uuid4().hex)
    here = replace(door.for_(token, request.headers.get(metrics.CHANNEL, "")), person=person, recording=sound)
    return _stream(turns.ask(here, thread, given))


@routes.post("/threads/{name}/resume")
async def resume(
    name: str,
    decided: Decided,
    request: Request,
    authorization: str = Header(""),
    accept_language: str = Header(""),
) -> StreamingResponse:
    door, turns, token = _parts(request, authorization, accept_language)
    language = _language(accept_language)
    person = await door.person(token, language)
    thread = Thread(person, _named(name, language))
    if await turns.pending(thread) is None and not await turns.interrupted(thread):
        raise Refused(409, "NOTHING_PENDING", words.say("nothing_pending", language))
    here = door.for_(token, request.headers.get(metrics.CHANNEL, ""))
    return _stream(turns.resume(here, thread, decided.model_dump(exclude_none=True)))


@routes.get("/threads/{name}")
async def thread(
    name: str, request: Request, authorization: str = Header(""), accept_language: str = Header("")
) -> dict[str, Any]:
    door, turns, token = _parts(request, authorization, accept_language)
    language = _language(accept_language)
    found = Thread(await door.person(token, language), _named(name, language))
    return {"thread": name, "pending": await turns.pending(found), "messages": await turns.told(found)}


async def _engines(voice: Voice) -> dict[str, str]:
    """Who listens and speaks; `status` says why nobody does."""
    try:
        known = await voice.engines()
    except VoiceError as fault:
        return {"status": fault.code}
    return {"status": "ok", "hears": known.hears, "speaks": known.speaks}


def _parts(request: Request, authorization: str, accept_language: str) -> tuple[Door, Turns, str]:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(401, "UNAUTHORISED", words.say("forbidden", _language(accept_language)))
    return request.app.state.door, request.app.state.turns, token.strip()


def _sound(audio: str | None, language: Language) -> bytes | None:
    if audio is None:
        return None
    try:
        return base64.b64decode(audio, validate=True)
    except ValueError:
        raise Refused(422, "BAD_REQUEST", words.say("voice_not_sound", language)) from None


def _named(name: str, language: Language) -> str:
    if not re.fullmatch(r"[\w.:-]{1,64}", name):
        raise Refused(409, "NOTHING_PENDING", words.say("nothing_pending", language))
    return name


def _language(header: str) -> Language:
    return "ru" if header.strip().lower().startswith("ru") else "en"


def _stream(events: AsyncIterator[Event]) -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        async for event in events:
            if event.kind == "alive":
                yield ": alive\n\n"
                continue
            yield f"event: {event.kind}\ndata: {json.dumps(event.data, ensure_ascii=False, default=str)}\n\n"

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(lines(), media_type="text/event-stream", headers=headers)


async def _refused(request: Request, refused: Exception) -> JSONResponse:
    assert isinstance(refused, Refused)
    metrics.REFUSED.labels(refused.code).inc()
    headers = {"Retry-After": str(int(refused.wait) + 1)} if refused.wait else None
    return JSONResponse({"code": refused.code, "message": refused.message}, refused.status, headers)


async def _misread(request: Request, error: Exception) -> JSONResponse:
    """What is wrong with a request is told to somebody whom we know only."""
    assert isinstance(error, RequestValidationError)
    spoken = request.headers.get("accept-language", "")
    try:
        door, _, token = _parts(request, request.headers.get("authorization", ""), spoken)
        await door.person(token, _language(spoken))
    except Refused as refused:
        return await _refused(request, refused)
    parts: list[Mapping[str, Any]] = list(error.errors())
    said = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in parts)
    return JSONResponse({"code": "BAD_REQUEST", "message": said}, 422)
