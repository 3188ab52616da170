"""The building's graph over HTTP, on behalf of a person.

Errors::

    GraphError
    ├── Unreachable      no connection, or no answer in time; a write may or may not have happened (`uncertain`)
    ├── Unauthorised     the token is not accepted any more
    └── Faulty           the graph answered with an error: its code and its sentence
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from agent import tracing

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
IDENTITY = "urn:markoff:token-type:identity"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
EARLY = 30.0
"""Seconds before its expiry from which a delegated token is not used any more."""

IDLE = 2.0
"""Seconds for which an idle connection is kept: less than the other side does, so that none breaks in use."""


class GraphError(Exception):
    """The graph gave no answer."""

    def __init__(self, message: str, code: str = "UNKNOWN") -> None:
        super().__init__(message)
        self.code = code


class Unreachable(GraphError):
    """No connection, or no answer in time."""

    def __init__(self, message: str, *, uncertain: bool) -> None:
        super().__init__(message, "UNREACHABLE")
        self.uncertain = uncertain
        """Whether the request may have been carried out all the same."""


class Unauthorised(GraphError):
    """The token is not accepted any more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "UNAUTHORISED")


class Faulty(GraphError):
    """The graph answered with an error."""


class Graph(Protocol):
    """Whoever answers operations on behalf of one person."""

    async def execute(self, document: str, variables: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """The data of an operation; `GraphError` where there is none."""
        ...


@dataclass
class Exchange:
    """RFC 8693: a person's token and the agent's key give a short token that acts for the person."""

    http: httpx.AsyncClient
    key: str
    kind: str = ACCESS
    """How a person is shown: by their own token, or by an identity that they have linked (`satellite:lobby`)."""
    held: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def delegated(self, person: str) -> str:
        """A token that acts for the person, from the cache until shortly before it expires."""
        name = hashlib.sha256(person.encode()).hexdigest()
        now = time.monotonic()
        held = self.held.get(name)
        if held and held[1] > now:
            return held[0]
        token, lasts = await self._ask(person)
        self.held = {n: h for n, h in self.held.items() if h[1] > now}
        self.held[name] = (token, now + max(0.0, lasts - EARLY))
        return token

    def forget(self, person: str) -> None:
        """Drop the token held for a person."""
        self.held.pop(hashlib.sha256(person.encode()).hexdigest(), None)

    async def _ask(self, person: str) -> tuple[str, float]:
        form = {
            "grant_type": EXCHANGE,
            "subject_token": person,
            "subject_token_type": self.kind,
            "actor_token": self.key,
            "actor_token_type": ACCESS,
        }
        try:
            response = await self.http.post("/token", data=form)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"The graph cannot be reached: {error or type(error).__name__}", uncertain=False
            ) from error
        if response.status_code in (400, 401, 403):
            raise Unauthorised("The token was not accepted.")
        answer = _json(response)
        token = answer.get("access_token")
        if response.status_code != 200 or not isinstance(token, str):
            raise Faulty(f"The token exchange answered {response.status_code}.", "BAD_ANSWER")
        return token, float(answer.get("expires_in") or 60)


async def linked(exchange: Exchange, channel: str, identity: str, name: str, code: str) -> str:
    """Link an identity to whoever made the one-time code; their name. `Unauthorised` for a code that is not good."""
    form = {"actor_token": exchange.key, "channel": channel, "identity": identity, "name": name, "code": code}
    try:
        response = await exchange.http.post("/link", data=form)
    except httpx.HTTPError as error:
        raise Unreachable(f"The graph cannot be reached: {error or type(error).__name__}", uncertain=True) from error
    if response.status_code in (400, 401, 403, 429):
        raise Unauthorised("The code was not accepted.")
    return str(_json(response).get("name") or "")


def acts_already(token: str) -> bool:
    """The token names somebody who acts for its person (RFC 8693, `act`): the graph, not we, looks at its signature."""
    try:
        body = token.split(".")[1]
        return "act" in json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, TypeError):
        return False


def for_person(http: httpx.AsyncClient, token: str, exchange: Exchange | None) -> HttpGraph:
    """The graph for the token's person; a token that was delegated to a channel is used as it is."""
    return HttpGraph(http, token, None if acts_already(token) else exchange)


@dataclass
class HttpGraph:
    """The graph for one person. Nothing is sent twice, but after a token has expired."""

    http: httpx.AsyncClient
    person: str
    exchange: Exchange | None = None

    async def execute(self, document: str, variables: Mapping[str, Any], language: str) -> Mapping[str, Any]:
        """The data of an operation; `GraphError` where there is none."""
        response = await self._post(document, variables, language)
        if response.status_code == 401 and self.exchange is not None:
            self.exchange.forget(self.person)
            response = await self._post(document, variables, language)
        if response.status_code in (401, 403):
            raise Unauthorised("The token was not accepted.")
        answer = _json(response)
        if errors := answer.get("errors"):
            raise _fault(errors[0])
        data = answer.get("data")
        if not isinstance(data, dict):
            raise Faulty(f"The graph answered {response.status_code} without data.", "BAD_ANSWER")
        return data

    async def _post(self, document: str, variables: Mapping[str, Any], language: str) -> httpx.Response:
        token = await self.exchange.delegated(self.person) if self.exchange else self.person
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        body = {"query": document, "variables": dict(variables)}
        try:
            with tracing.span("POST /graphql", {"http.request.method": "POST"}, kind="CLIENT") as span:
                response = await self.http.post("/graphql", json=body, headers=headers)
                tracing.tell(span, {"http.response.status_code": response.status_code})
                return response
        except httpx.HTTPError as error:
            sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            why = str(error) or type(error).__name__
            raise Unreachable(f"The graph does not answer: {why}", uncertain=sent) from error


def connect(url: str, timeout: float) -> httpx.AsyncClient:
    """A client of the API process; `timeout` in seconds."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=IDLE)
    hooks = {"request": [tracing.carry]}
    return httpx.AsyncClient(
        base_url=url, timeout=timeout, limits=limits, event_hooks=hooks, follow_redirects=False, trust_env=False
    )


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Faulty(f"The graph answered {response.status_code}, and not in JSON.", "BAD_ANSWER")
    return answer


def _fault(error: Any) -> GraphError:
    message = str(error.get("message", "")) if isinstance(error, dict) else str(error)
    extensions = error.get("extensions") if isinstance(error, dict) else None
    code = str((extensions or {}).get("code") or "UNKNOWN")
    if code in ("UNAUTHENTICATED", "UNAUTHORISED", "TOKEN_EXPIRED"):
        return Unauthorised(message)
    return Faulty(message, code)
