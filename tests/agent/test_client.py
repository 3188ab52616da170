"""The agent as a client of the graph: whose token it carries, and what it makes of every kind of silence."""

from __future__ import annotations

import httpx
import jwt
import pytest

from agent.client import Exchange, Faulty, HttpGraph, Unauthorised, Unreachable, connect, for_person

HOUSE = "query q { house { now } }"
ACKNOWLEDGE = 'mutation m { acknowledgeAlarm(alarm: "alarm_1") { __typename } }'


@pytest.fixture
async def graph(api):
    async with connect(api, 60) as http:
        yield HttpGraph(http, "anna", Exchange(http, "mk_agent_key"))


async def test_a_delegated_token_is_fetched_once_and_sent_with_the_language(graph, building):
    for _ in range(3):
        assert await graph.execute(HOUSE, {}, "ru") == {"house": {"now": "2022-10-20T12:15:00+00:00"}}
    assert building.exchanges == 1
    assert set(building.tokens) == {"acting-1-anna"}
    assert {r["language"] for r in building.requests} == {"ru"}


async def test_each_person_has_a_token_of_their_own(graph, building):
    other = HttpGraph(graph.http, "boris", graph.exchange)
    await graph.execute(HOUSE, {}, "en")
    await other.execute(HOUSE, {}, "en")
    assert building.tokens == ["acting-1-anna", "acting-2-boris"]


async def test_an_expired_token_is_fetched_anew(graph, building):
    await graph.execute(HOUSE, {}, "en")
    building.expired.add("acting-1-anna")
    await graph.execute(HOUSE, {}, "en")
    assert building.tokens == ["acting-1-anna", "acting-1-anna", "acting-2-anna"]


async def test_strangers_get_no_token(graph):
    with pytest.raises(Unauthorised):
        await HttpGraph(graph.http, "eve", graph.exchange).execute(HOUSE, {}, "en")
    with pytest.raises(Unauthorised):
        await HttpGraph(graph.http, "eve").execute(HOUSE, {}, "en")
    with pytest.raises(Unauthorised):
        await HttpGraph(graph.http, "anna", Exchange(graph.http, "mk_stolen")).execute(HOUSE, {}, "en")


async def test_a_write_that_is_not_answered_is_not_sent_again(graph, building):
    await graph.execute(HOUSE, {}, "en")
    building.delay = 60
    graph.http.timeout = httpx.Timeout(60, read=0.5)
    with pytest.raises(Unreachable) as told:
        await graph.execute(ACKNOWLEDGE, {}, "en")
    assert told.value.uncertain
    assert sum(t == "acting-1-anna" for t in building.tokens) <= 2


async def test_a_graph_that_is_away_did_nothing():
    async with connect("http://127.0.0.1:9", 1.0) as http:
        with pytest.raises(Unreachable) as told:
            await HttpGraph(http, "anna").execute(HOUSE, {}, "en")
    assert not told.value.uncertain


@pytest.mark.parametrize("status", [500, 502, 418])
async def test_what_is_no_answer_of_the_graph_is_a_fault(graph, building, status):
    building.status = status
    with pytest.raises(Faulty):
        await graph.execute(HOUSE, {}, "en")


async def test_errors_of_the_graph_keep_their_sentence(graph):
    with pytest.raises(Faulty, match="Cannot query field 'nothing'"):
        await graph.execute("{ nothing }", {}, "en")


async def test_a_token_that_was_delegated_to_a_channel_is_used_as_it_is(api):
    acting = jwt.encode({"sub": "user_1", "act": {"sub": "agent"}}, "k" * 32)
    own = jwt.encode({"sub": "user_1"}, "k" * 32)
    async with connect(api, 0.5) as http:
        exchange = Exchange(http, "mk_agent_key")
        assert for_person(http, acting, exchange).exchange is None
        for other in (own, "mk_a_b", "nonsense", "a.!.c", "a.eA.c", ""):
            assert for_person(http, other, exchange).exchange is exchange, other
