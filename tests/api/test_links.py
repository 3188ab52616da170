"""A chat stands for a person: by a code said once, as long as the link lasts, and never for more than they may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from agent.client import GraphError
from agent.identities import BadCode, Identities, Stranger, TooOften
from api.auth import CODE_LENGTH, hash_code, new_code, read
from api.settings import ApiSettings
from db.engine import Pool
from db.models import Role
from tests.api.caller import KEY, Caller
from tests.api.waiting import until
from tests.world import World, typed

MAKE = """
    mutation($channel: LinkChannel!, $user: ID) { result: makeLinkCode(channel: $channel, user: $user) {
        __typename ... on LinkCode { code expiresAt } ... on Refusal { code message }
    } }
"""
LINKS = "{ me { links { id channel identity name user { login } } } }"
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:markoff:token-type:identity",
}


async def made(caller: Caller, channel: str = "TELEGRAM", user: str | None = None) -> str:
    result = (await caller.ask(MAKE, channel=channel, user=user))["result"]
    assert result["__typename"] == "LinkCode", result
    return str(result["code"])


async def shown(caller: Caller, world: World, code: str, identity: str = "99", **other: str) -> httpx.Response:
    form = {"channel": "telegram", "identity": identity, "name": "@somebody", "code": code}
    return await caller.http.post("/link", data=form | {"actor_token": world.secret["agent"]} | other)


async def exchanged(caller: Caller, world: World, identity: str, actor: str = "agent") -> httpx.Response:
    form = EXCHANGE | {"subject_token": identity, "actor_token": world.secret[actor]}
    return await caller.http.post("/token", data=form)


async def unlink(caller: Caller, link: str, **how: Any) -> dict[str, Any]:
    return await caller.change("unlink", {"link": "ID!"}, "... on User { name links { id } }", link=link, **how)


async def test_a_chat_is_linked_by_a_code(caller: Caller, world: World, pool: Pool) -> None:
    dispatcher = caller.as_user(world.user["dispatcher"])
    code = await made(dispatcher)
    assert len(code) == CODE_LENGTH
    answer = await shown(caller, world, f" {code[:5].lower()}-{code[5:]} ")
    assert (answer.status_code, answer.json()) == (
        200,
        {"user": typed("user", world.user["dispatcher"]), "name": "Денис Пульт", "language": "RU"},
    )
    (link,) = (await dispatcher.ask(LINKS))["me"]["links"]
    assert (link["channel"], link["identity"], link["name"]) == ("TELEGRAM", "99", "@somebody")
    assert link["user"] == {"login": "dispatcher"}
    entry = await pool.fetchrow("SELECT * FROM security.audit ORDER BY number DESC LIMIT 1")
    assert (entry["operation"], entry["actor"], entry["outcome"]) == ("link", "agent", link["id"])
    kept = await pool.fetchval("SELECT string_agg(code_hash, ' ') FROM security.link_code")
    assert code not in kept


async def test_a_code_is_good_once_and_for_ten_minutes(caller: Caller, world: World, pool: Pool) -> None:
    dispatcher = caller.as_user(world.user["dispatcher"])
    first, second = await made(dispatcher), await made(dispatcher)
    assert (await shown(caller, world, first)).json()["error"] == "bad_code", "a newer one takes its place"
    assert (await shown(caller, world, second, channel="satellite")).json()["error"] == "bad_code", "it is for a chat"
    assert (await shown(caller, world, second)).status_code == 200
    assert (await shown(caller, world, second)).json()["error"] == "bad_code"
    third = await made(dispatcher)
    await pool.execute("UPDATE security.link_code SET expires_at = expires_at - interval '10 minutes'")
    assert (await shown(caller, world, third)).json()["error"] == "bad_code"
    fourth = await made(dispatcher)
    await pool.execute("UPDATE security.\"user\" SET enabled = false WHERE login = 'dispatcher'")
    assert (await shown(caller, world, fourth)).json()["error"] == "bad_code"


async def test_who_gets_a_code(caller: Caller, world: World) -> None:
    admin, manager = caller.as_user(world.user["admin"]), caller.as_user(world.user["manager"])
    code = await made(admin, "SATELLITE", "viewer")
    assert (await shown(caller, world, code, "hall", channel="satellite")).json()["name"] == "Вера Смотр"
    refused = (await manager.ask(MAKE, channel="TELEGRAM", user="viewer"))["result"]
    assert refused["__typename"] == "NotAllowed"
    refused = (await admin.ask(MAKE, channel="TELEGRAM", user="disabled"))["result"]
    assert refused["__typename"] == "NotFound"
    agent = caller.as_user(world.user["manager"], acting="agent").speaking("ru")
    refused = (await agent.ask(MAKE, channel="TELEGRAM"))["result"]
    assert (refused["__typename"], refused["code"]) == ("NotAllowed", "ONLY_ONESELF")
    device = caller.with_token(world.secret["device"])
    assert (await device.ask(MAKE, channel="TELEGRAM"))["result"]["__typename"] == "NotAllowed"
    (fault,) = await caller.faults(MAKE, channel="TELEGRAM")
    assert fault["extensions"]["code"] == "NOT_SIGNED_IN"


async def test_guessing_codes_has_to_wait(caller: Caller, world: World, settings: ApiSettings) -> None:
    code = await made(caller.as_user(world.user["dispatcher"]))
    for _ in range(settings.attempts):
        assert (await shown(caller, world, new_code())).json()["error"] == "bad_code"
    assert (await shown(caller, world, code)).status_code == 429
    assert (await shown(caller, world, code, "100")).status_code == 200, "others are not held up"


WRONG_FORMS: list[tuple[dict[str, str], int, str]] = [
    ({"actor_token": "mk_nobody_secret"}, 401, "invalid_client"),
    ({"channel": "pigeon"}, 400, "invalid_request"),
    ({"identity": ""}, 400, "invalid_request"),
    ({"identity": "1\n2"}, 400, "invalid_request"),
    ({"name": "x" * 200}, 400, "invalid_request"),
    ({"code": "\x00"}, 400, "invalid_request"),
    ({"code": "!!!"}, 400, "bad_code"),
]


@pytest.mark.parametrize(("wrong", "status", "error"), WRONG_FORMS)
async def test_requests_that_are_none(
    wrong: dict[str, str], status: int, error: str, caller: Caller, world: World
) -> None:
    answer = await shown(caller, world, **({"code": "ABCDE"} | wrong))
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_the_agent_acts_for_a_linked_person(caller: Caller, world: World, app: FastAPI) -> None:
    given = (await exchanged(caller, world, "telegram:700")).json()
    assert (given["user"], given["name"], given["language"]) == (
        typed("user", world.user["manager"]),
        "Мария Управ",
        "RU",
    )
    claims = read(KEY, given["access_token"])
    assert (claims.acting, claims.link) == ("agent", world.link["700"])
    viewer = await app.state.parts.viewers.of(given["access_token"])
    assert (viewer.acting, viewer.roles) == ("agent", {Role.MANAGER})


@pytest.mark.parametrize("identity", ["telegram:999", "telegram:703", "satellite:700", "pigeon:1", "telegram", "telegram:", "telegram:\x00", ":"])  # fmt: skip
async def test_nobody_stands_behind(identity: str, caller: Caller, world: World) -> None:
    answer = await exchanged(caller, world, identity)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert (await exchanged(caller, world, "telegram:700", "device")).status_code == 401


async def test_what_was_given_on_a_link_ends_with_it(caller: Caller, world: World, pool: Pool) -> None:
    acting = caller.with_token((await exchanged(caller, world, "telegram:700")).json()["access_token"])
    manager = caller.as_user(world.user["manager"])
    link = typed("link", world.link["700"])
    assert (await unlink(acting, link))["__typename"] == "ConfirmationRequired"
    tried = await unlink(manager, link, dry_run=True)
    (change,) = tried["changes"]
    assert (change["noun"], change["label"]) == ("Link", "@maria")
    assert await unlink(manager, link, confirmation=tried["confirmation"]) == {
        "__typename": "User",
        "name": "Мария Управ",
        "links": [],
    }

    async def is_out() -> bool:
        return (await acting.post("{ __typename }")).status_code == 401

    await until(is_out)
    assert (await exchanged(caller, world, "telegram:700")).status_code == 400
    entry = await pool.fetchrow("SELECT * FROM security.audit ORDER BY number DESC LIMIT 1")
    assert (entry["operation"], entry["user_id"]) == ("unlink", world.user["manager"])


async def test_a_chat_that_changes_hands(caller: Caller, world: World) -> None:
    before = caller.with_token((await exchanged(caller, world, "telegram:700")).json()["access_token"])
    code = await made(caller.as_user(world.user["dispatcher"]))
    assert (await shown(caller, world, code, "700")).status_code == 200

    async def is_out() -> bool:
        return (await before.post("{ __typename }")).status_code == 401

    await until(is_out)
    given = (await exchanged(caller, world, "telegram:700")).json()
    assert given["name"] == "Денис Пульт"


async def test_others_links_are_not_there(caller: Caller, world: World) -> None:
    theirs = typed("link", world.link["701"])
    assert (await unlink(caller.as_user(world.user["manager"]), theirs))["__typename"] == "NotFound"
    assert (await unlink(caller.as_user(world.user["admin"]), theirs))["__typename"] == "User"


def test_a_code_is_kept_by_a_hash_that_needs_the_houses_key() -> None:
    assert hash_code(KEY, "abcd-e fgh") == hash_code(KEY, "ABCDEFGH")
    assert hash_code(KEY, "ABCDEFGH") != hash_code("y" * 40, "ABCDEFGH")


async def test_a_channel_of_the_agent_speaks_for_people(caller: Caller, world: World, settings: ApiSettings) -> None:
    people = Identities(caller.http, world.secret["agent"])
    with pytest.raises(Stranger):
        await people.person("telegram:99")
    with pytest.raises(BadCode):
        await people.link("telegram:99", "ABCDE", "@x")
    code = await made(caller.as_user(world.user["guard"]))
    linked = await people.link("telegram:99", code, "@x")
    assert (linked.name, linked.language, linked.token) == ("Gerard Poort", "en", "")
    person = await people.person("telegram:99")
    assert await people.person("telegram:99") is person
    assert (await caller.with_token(person.token).ask("{ me { actingFor user { id } } }"))["me"] == {
        "actingFor": True,
        "user": {"id": person.id},
    }
    for _ in range(settings.attempts):
        with pytest.raises(BadCode):
            await people.link("telegram:98", "", "@y")
    with pytest.raises(TooOften) as told:
        await people.link("telegram:98", "ABCDE", "@y")
    assert told.value.wait > 0
    with pytest.raises(GraphError):
        await Identities(caller.http, "mk_no_key").person("telegram:99")
