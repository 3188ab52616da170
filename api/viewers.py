"""Who stands behind a token: viewers with their grants, loaded in one statement and remembered until grants change."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg

from api.auth import Claims, hash_secret, is_key, read, split_key
from api.errors import Fault
from api.settings import ApiSettings
from api.viewer import ANONYMOUS, Viewer
from db.engine import Pool
from db.models import KeyKind, Language, Role
from db.queries import access, links

log = logging.getLogger("markoff.api")

CHANNEL = "markoff_access"
"""Notified by triggers on users, grants, keys and links."""
REMEMBERED = 4096
S = TypeVar("S", str, int)
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Known:
    viewer: Viewer
    expires_at: float
    """Unix time at which the token ends."""
    fresh_until: float
    """Monotonic time until which the grants are believed."""


def of_user(found: access.Person, acting: str | None) -> Viewer:
    """The viewer that a user is, with all their grants."""
    buildings: dict[Role, tuple[int, ...]] = {}
    for role, building, _ in found.grants:
        if building is not None:
            buildings[role] = (*buildings.get(role, ()), building)
    return Viewer(
        user_id=found.id,
        admin=any(role is Role.ADMIN for role, _, _ in found.grants),
        buildings=buildings,
        tenants=tuple(sorted(tenant for _, _, tenant in found.grants if tenant is not None)),
        language=found.language,
        acting=acting,
    )


def of_claims(found: access.Person | None, claims: Claims, owners: Mapping[int, int]) -> Viewer:
    """The viewer of a token that names a user; `owners` by links. Raises BAD_TOKEN where there is none any more."""
    if found is None or not found.enabled:
        raise Fault("BAD_TOKEN")
    if claims.link is not None and owners.get(claims.link) != claims.user_id:
        raise Fault("BAD_TOKEN")
    return of_user(found, claims.acting)


def of_key(key: access.Key) -> Viewer:
    buildings = {Role.DEVICE: (key.building_id,)} if key.building_id is not None else {}
    return Viewer(key_id=key.id, buildings=buildings, readings_per_minute=key.readings_per_minute, language=Language.EN)


def _held(key: access.Key | None, text: str, kind: KeyKind | None = None) -> access.Key:
    """The key, if it is that of the text (and of that kind) and not revoked. Raises BAD_TOKEN."""
    _, secret = split_key(text)
    if key is None or not hmac.compare_digest(key.secret_hash, hash_secret(secret)):
        raise Fault("BAD_TOKEN")
    if key.revoked or (kind is not None and key.kind is not kind):
        raise Fault("BAD_TOKEN")
    return key


def _token(authorization: str) -> str:
    """The token in an `Authorization` header. Raises BAD_TOKEN."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Fault("BAD_TOKEN")
    return token.strip()


def _link(claims: Claims) -> set[int]:
    return set() if claims.link is None else {claims.link}


class Viewers:
    """Tokens to viewers. `start` begins to listen for changed grants; without that nothing is remembered."""

    def __init__(self, settings: ApiSettings, pool: Pool) -> None:
        self.settings = settings
        self.pool = pool
        self.key = settings.jwt_key.get_secret_value()
        self.known: OrderedDict[str | int, Known] = OrderedDict()
        self.round = 0
        self.listening = False
        self._task: asyncio.Task[None] | None = None

    async def behind(self, authorization: str | None) -> Viewer:
        """The viewer of a request's `Authorization` header. Raises BAD_TOKEN or TOKEN_EXPIRED."""
        return await self.of(_token(authorization)) if authorization else ANONYMOUS

    async def of(self, token: str) -> Viewer:
        """The viewer of a token or an API key. Raises BAD_TOKEN or TOKEN_EXPIRED."""
        return await self._remembered(token, self._by_key if is_key(token) else self._by_token)

    async def person(self, user_id: int) -> Viewer:
        """The viewer that a user is by now. Raises BAD_TOKEN where there is none any more."""
        return await self._remembered(user_id, self._by_id)

    async def _remembered(self, shown: S, find: Callable[[S], Awaitable[tuple[Viewer, datetime]]]) -> Viewer:
        """The viewer behind a token (text) or a user's key (a number), as found lately if no grants changed since."""
        known = self.known.get(shown)
        if known is not None and time.monotonic() < known.fresh_until and time.time() < known.expires_at:
            return known.viewer
        round_ = self.round
        viewer, expires_at = await find(shown)
        if self.listening and round_ == self.round:
            fresh_until = time.monotonic() + self.settings.viewer_cache.total_seconds()
            self.known[shown] = Known(viewer, expires_at.timestamp(), fresh_until)
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        return viewer

    async def again(self, shown: Collection[str]) -> dict[str, Viewer | Fault]:
        """Who stands behind several `Authorization` headers by now, or why nobody does; nothing remembered counts."""
        tokens = {each: _token(each) for each in shown}
        people, prefixes, linked = set(), set(), set()
        for token in tokens.values():
            with contextlib.suppress(Fault):  # told below
                if is_key(token):
                    prefixes.add(split_key(token)[0])
                else:
                    claims = read(self.key, token)
                    people.add(claims.user_id)
                    linked |= _link(claims)
        async with self.pool.acquire() as connection:
            found = await access.people(connection, people)
            keys = await access.keys(connection, prefixes)
            owners = await links.owners(connection, linked)
        answer: dict[str, Viewer | Fault] = {}
        for each, token in tokens.items():
            try:
                if is_key(token):
                    answer[each] = of_key(_held(keys.get(split_key(token)[0]), token))
                else:
                    claims = read(self.key, token)
                    answer[each] = of_claims(found.get(claims.user_id), claims, owners)
            except Fault as fault:
                answer[each] = fault
        return answer

    def ends(self, authorization: str) -> float:
        """The Unix time at which the token in a header ends. Raises BAD_TOKEN or TOKEN_EXPIRED."""
        token = _token(authorization)
        return FOREVER.timestamp() if is_key(token) else read(self.key, token).expires_at.timestamp()

    async def _by_token(self, token: str) -> tuple[Viewer, datetime]:
        claims = read(self.key, token)
        async with self.pool.acquire() as connection:
            found = await access.person(connection, claims.user_id)
            owners = await links.owners(connection, _link(claims))
        return of_claims(found, claims, owners), claims.expires_at

    async def _by_id(self, user_id: int) -> tuple[Viewer, datetime]:
        async with self.pool.acquire() as connection:
            found = await access.person(connection, user_id)
        if found is None or not found.enabled:
            raise Fault("BAD_TOKEN")
        return of_user(found, None), FOREVER

    async def _by_key(self, text: str) -> tuple[Viewer, datetime]:
        return of_key(await self.api_key(text)), FOREVER

    async def api_key(self, text: str, kind: KeyKind | None = None) -> access.Key:
        """The API key of that text (of that kind). Raises BAD_TOKEN, also for a revoked one."""
        prefix, _ = split_key(text)
        async with self.pool.acquire() as connection:
            return _held(await access.key(connection, prefix), text, kind)

    def forget(self, *_: Any) -> None:
        """Drop everything remembered: grants, users or keys have changed."""
        self.round += 1
        self.known.clear()

    async def start(self) -> None:
        """Begin to listen for changed grants; returns when the first connection stands."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready))
        await ready.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self, ready: asyncio.Event) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self.settings.database.sessions)
                try:
                    gone = asyncio.Event()
                    connection.add_termination_listener(lambda *_, gone=gone: gone.set())
                    await connection.add_listener(CHANNEL, self.forget)
                    self.forget()
                    self.listening = True
                    ready.set()
                    await gone.wait()
                finally:
                    self.listening = False
                    self.forget()
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("not listening for changed grants: %r", error)
            ready.set()
            await asyncio.sleep(0.5)
