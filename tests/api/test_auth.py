"""Who asks is known by a token, a key, or both: and only as long as it holds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from api.auth import check_password, hash_password, mint, new_key, read, split_key
from api.errors import Fault
from api.limits import Attempts
from api.settings import ApiSettings
from db.clock import Clock
from db.engine import Pool
from db.housekeeping import forget_attempts
from db.models import Role
from tests.api.caller import KEY, Caller
from tests.api.waiting import until
from tests.world import PASSWORD, World

SIGN_IN = """
    mutation($login: String!, $password: String!) {
        signIn(login: $login, password: $password) {
            __typename ... on SignedIn { token expiresAt user { id name } } ... on Refusal { code message }
        }
    }
"""
ASK = "{ __typename }"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


async def sign_in(caller: Caller, login: str, password: str = PASSWORD) -> dict[str, Any]:
    result: dict[str, Any] = (await caller.ask(SIGN_IN, login=login, password=password))["signIn"]
    return result


async def test_signing_in(caller: Caller, world: World, pool: Pool) -> None:
    signed = await sign_in(caller, "manager")
    assert signed["__typename"] == "SignedIn"
    assert signed["user"]["name"] == "Мария Управ"
    assert (await caller.with_token(signed["token"]).create_lease(
        building="alpha", tenant="Гамма", number="Н-1", start="2026-12-01"
    ))["__typename"] == "Lease"  # fmt: skip
    entry = await pool.fetchrow("SELECT * FROM security.audit WHERE number = 1")
    assert (entry["operation"], entry["user_id"]) == ("signIn", world.user["manager"])
    assert PASSWORD not in str(entry["arguments"]["password"])


@pytest.mark.parametrize(("login", "password"), [("manager", "wrong"), ("nobody-at-all", PASSWORD), ("disabled", PASSWORD), ("manager", ""), ("manager\x00", "x")])  # fmt: skip
async def test_not_signing_in(caller: Caller, login: str, password: str) -> None:
    refused = await sign_in(caller.speaking("en"), login, password)
    assert (refused["__typename"], refused["message"]) == ("WrongPassword", "Wrong login or password.")


async def test_guessing_has_to_wait(caller: Caller, settings: ApiSettings) -> None:
    for _ in range(settings.attempts):
        assert (await sign_in(caller, "manager", "guess"))["__typename"] == "WrongPassword"
    (fault,) = await caller.speaking("ru").faults(SIGN_IN, login="manager", password=PASSWORD)
    assert fault["extensions"]["code"] == "TOO_MANY_ATTEMPTS"
    assert 0 < fault["extensions"]["seconds"] <= 300
    assert (await sign_in(caller, "dispatcher"))["__typename"] == "SignedIn", "others are not held up"


async def test_a_flood_of_guesses_gets_no_further_than_their_number(caller: Caller, settings: ApiSettings) -> None:
    """All at once, while none has failed yet."""

    async def guess() -> str:
        told = (await caller.post(SIGN_IN, login="manager", password="guess")).json()
        return str(
            told["errors"][0]["extensions"]["code"] if "errors" in told else told["data"]["signIn"]["__typename"]
        )

    told = Counter(await asyncio.gather(*(guess() for _ in range(4 * settings.attempts))))
    assert told == {"WrongPassword": settings.attempts, "TOO_MANY_ATTEMPTS": 3 * settings.attempts}


@pytest.mark.usefixtures("still")
async def test_processes_count_guesses_together(
    caller: Caller, world: World, pool: Pool, settings: ApiSettings
) -> None:
    """What another process counted counts here, is nobody's name, and is forgotten in time."""
    there = Attempts(pool, settings.attempts, settings.attempts_window)
    for _ in range(settings.attempts):
        await there.begin("manager", "127.0.0.1")
    (fault,) = await caller.faults(SIGN_IN, login="manager", password=PASSWORD)
    assert fault["extensions"]["code"] == "TOO_MANY_ATTEMPTS"
    rows = await pool.fetch("SELECT who FROM security.attempt")
    assert rows
    assert not [row for row in rows if "manager" in row["who"] or "127" in row["who"]]
    await pool.execute("UPDATE security.attempt SET until = now() - interval '1 s'")
    async with pool.acquire() as connection:
        assert await forget_attempts(connection, await Clock.load(pool)) == 2
    assert (await sign_in(caller, "manager"))["__typename"] == "SignedIn"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("TELEGRAM:5", "TELEGRAM:6", False),
    ],
)
async def test_neighbours_in_a_network_of_ipv6_are_one(pool: Pool, one: str, other: str, same: bool) -> None:
    attempts = Attempts(pool, 1, timedelta(minutes=5))
    await attempts.begin("manager", one)
    if not same:
        await attempts.begin("manager", other)
        return
    with pytest.raises(Fault):
        await attempts.begin("manager", other)


async def test_an_address_guesses_with_all_logins_together(pool: Pool) -> None:
    """Ten times as often as with one; who is elsewhere is not held up."""
    attempts = Attempts(pool, 1, timedelta(minutes=5))
    for number in range(10):
        await attempts.begin(f"login-{number}", "192.0.2.1")
    with pytest.raises(Fault):
        await attempts.begin("one more", "192.0.2.1")
    await attempts.begin("one more", "192.0.2.2")


async def test_a_right_password_forgives(caller: Caller, settings: ApiSettings) -> None:
    for _ in range(3):
        for _ in range(settings.attempts - 1):
            await sign_in(caller, "manager", "guess")
        assert (await sign_in(caller, "manager"))["__typename"] == "SignedIn"


async def test_passwords_are_argon2id() -> None:
    hashed = hash_password("сезам")
    assert hashed.startswith("$argon2id$")
    assert await check_password(hashed, "сезам")
    assert not await check_password(hashed, "сезам ")
    assert not await check_password(None, "")
    assert not await check_password("not a hash", "x")


NONSENSE_IN_THE_HEADER: list[str] = [
    "Bearer",
    "Bearer ",
    "Basic bWFuYWdlcjo=",
    "Bearer x.y.z",
    "nonsense",
    "Bearer mk_a_b",
    "Bearer mk_",
    "Bearer \u00e9",
]


async def test_nonsense_in_the_header(caller: Caller) -> None:
    for header in NONSENSE_IN_THE_HEADER:
        response = await caller.http.post(
            "/graphql",
            json={"query": ASK},
            headers={b"Authorization": header.encode("latin-1"), b"Accept-Language": b"en"},
        )
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.json()["errors"][0]["extensions"]["code"] == "BAD_TOKEN"


def forged(user_id: int, **changes: Any) -> str:
    claims = jwt.decode(mint(KEY, user_id, timedelta(minutes=5)).token, options={"verify_signature": False})
    return jwt.encode({key: value for key, value in (claims | changes).items() if value is not None}, KEY)


TOKENS_THAT_DO_NOT_HOLD: list[tuple[dict[str, Any], str]] = [
    ({"exp": 1_000_000_000}, "TOKEN_EXPIRED"),
    ({"sub": "user_999999"}, "BAD_TOKEN"),
    ({"sub": "building_101"}, "BAD_TOKEN"),
    ({"sub": "1402"}, "BAD_TOKEN"),
    ({"sub": None}, "BAD_TOKEN"),
    ({"exp": None}, "BAD_TOKEN"),
    ({"iss": "somebody"}, "BAD_TOKEN"),
    ({"act": "agent"}, "BAD_TOKEN"),
    ({"act": {}}, "BAD_TOKEN"),
]


async def test_tokens_that_do_not_hold(caller: Caller, world: World) -> None:
    for changes, code in TOKENS_THAT_DO_NOT_HOLD:
        response = await caller.with_token(forged(world.user["manager"], **changes)).post(ASK)
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"]["code"] == code


async def test_another_key_is_another_house(caller: Caller, world: World) -> None:
    foreign = mint("x" * 40, world.user["admin"], timedelta(minutes=5)).token
    none = jwt.encode({"sub": f"user_{world.user['admin']}", "iss": "markoff"}, None, "none")
    for token in (foreign, none):
        assert (await caller.with_token(token).post(ASK)).status_code == 401


def test_a_short_key_signs_nothing() -> None:
    assert ApiSettings(jwt_key="k" * 32).jwt_key.get_secret_value() == "k" * 32
    with pytest.raises(ValidationError, match="at least 32"):
        ApiSettings(jwt_key="k" * 31)


async def test_keys_of_devices(caller: Caller, world: World, app: FastAPI) -> None:
    viewer = await app.state.parts.viewers.of(world.secret["device"])
    assert (viewer.user_id, viewer.roles) == (None, {Role.DEVICE})
    assert viewer.on(Role.DEVICE) == [world.building["alpha"]]
    for text in (world.secret["revoked"], world.secret["device"] + "x", "mk_device01_", "mk_nobody_secret"):
        assert (await caller.with_token(text).post(ASK)).status_code == 401


def test_a_new_key_is_kept_by_its_hash() -> None:
    made = new_key()
    prefix, secret = split_key(made.text)
    assert prefix == made.prefix
    assert secret not in made.secret_hash
    with pytest.raises(Fault):
        split_key("mk_only")


async def test_changed_grants_count_at_once(caller: Caller, world: World, pool: Pool, app: FastAPI) -> None:
    viewers = app.state.parts.viewers
    token = caller.as_user(world.user["nobody"]).token
    assert (await viewers.of(token)).roles == frozenset()
    assert token in viewers.known
    await pool.execute(
        'INSERT INTO security."grant" (user_id, role, building_id) VALUES ($1, $2, $3)',
        world.user["nobody"], "GUARD", world.building["beta"],
    )  # fmt: skip

    async def is_guard() -> bool:
        return bool((await viewers.of(token)).roles == {Role.GUARD})

    async def is_out() -> bool:
        return (await caller.with_token(token).post(ASK)).status_code == 401

    await until(is_guard)
    await pool.execute('UPDATE security."user" SET enabled = false WHERE id = $1', world.user["nobody"])
    await until(is_out)


async def test_without_a_listener_nothing_is_remembered(world: World, settings: ApiSettings, pool: Pool) -> None:
    from api.viewers import Viewers

    viewers = Viewers(settings, pool)
    token = mint(KEY, world.user["manager"], timedelta(minutes=5)).token
    assert (await viewers.of(token)).roles == {Role.MANAGER}
    assert not viewers.known


async def test_the_listener_comes_back(world: World, app: FastAPI, pool: Pool) -> None:
    viewers = app.state.parts.viewers
    await pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )

    async def deaf() -> bool:
        return not viewers.listening

    async def listening() -> bool:
        return bool(viewers.listening)

    await until(deaf)
    await until(listening)


async def exchanged(caller: Caller, **form: str) -> httpx.Response:
    return await caller.http.post("/token", data={"grant_type": EXCHANGE} | form)


async def test_the_agent_acts_for_a_person(caller: Caller, world: World, app: FastAPI) -> None:
    person = mint(KEY, world.user["dispatcher"], timedelta(hours=1)).token
    response = await exchanged(caller, subject_token=person, actor_token=world.secret["agent"])
    given = response.json()
    assert response.status_code == 200
    assert (given["token_type"], response.headers["cache-control"]) == ("Bearer", "no-store")
    assert 295 <= given["expires_in"] <= 300
    claims = read(KEY, given["access_token"])
    assert (claims.user_id, claims.acting) == (world.user["dispatcher"], "agent")
    viewer = await app.state.parts.viewers.of(given["access_token"])
    assert (viewer.acting, viewer.roles) == ("agent", {Role.DISPATCHER})


async def test_a_delegated_token_ends_with_the_persons(caller: Caller, world: World) -> None:
    person = mint(KEY, world.user["dispatcher"], timedelta(seconds=60)).token
    given = (await exchanged(caller, subject_token=person, actor_token=world.secret["agent"])).json()
    assert given["expires_in"] <= 60


WHO_CANNOT_ACT_FOR_WHOM: list[tuple[str, str, int, str]] = [
    ("person", "device", 401, "invalid_client"),
    ("person", "revoked", 401, "invalid_client"),
    ("person", "nonsense", 401, "invalid_client"),
    ("person", "person", 401, "invalid_client"),
    ("delegated", "agent", 400, "invalid_grant"),
    ("device", "agent", 400, "invalid_grant"),
    ("disabled", "agent", 400, "invalid_grant"),
    ("old", "agent", 400, "invalid_grant"),
    ("nonsense", "agent", 400, "invalid_grant"),
]


async def test_who_cannot_act_for_whom(caller: Caller, world: World) -> None:
    for subject, actor, status, error in WHO_CANNOT_ACT_FOR_WHOM:
        user = world.user["dispatcher"]
        tokens = dict(world.secret) | {
            "person": mint(KEY, user, timedelta(hours=1)).token,
            "delegated": mint(KEY, user, timedelta(hours=1), acting="agent").token,
            "disabled": mint(KEY, world.user["disabled"], timedelta(hours=1)).token,
            "old": mint(KEY, user, timedelta(seconds=-60)).token,
            "nonsense": "nonsense",
        }
        response = await exchanged(caller, subject_token=tokens[subject], actor_token=tokens[actor])
        assert (response.status_code, response.json()["error"]) == (status, error)


async def test_requests_for_tokens_that_are_none(caller: Caller, world: World) -> None:
    post = caller.http.post
    assert (await post("/token", data={"grant_type": "password"})).json()["error"] == "unsupported_grant_type"
    assert (await exchanged(caller, actor_token=world.secret["agent"])).json()["error"] == "invalid_request"
    odd = await exchanged(caller, actor_token=world.secret["agent"], subject_token="x", subject_token_type="saml")
    assert odd.json()["error"] == "invalid_request"
    assert (await post("/token", content=b"\xff\xfe")).status_code == 400
    assert (await post("/token", content=b"a=" + b"b" * 20_000)).status_code == 413
    assert (await caller.http.get("/token")).status_code == 405


async def test_too_many_requests(world: World, settings: ApiSettings) -> None:
    from api.app import create

    app = create(settings.model_copy(update={"rate": 60}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
            somebody = Caller(http).as_user(world.user["manager"])
            begun, earned = time.monotonic(), 0
            answers = [await somebody.post(ASK) for _ in range(6)]
            assert [one.status_code for one in answers] == [200] * 6
            while (refused := await somebody.post(ASK)).status_code == 200:
                earned += 1
                assert earned <= time.monotonic() - begun, "one more each second"
            assert refused.status_code == 429
            assert int(refused.headers["Retry-After"]) >= 1
            assert (await Caller(http).as_user(world.user["admin"]).post(ASK)).status_code == 200
