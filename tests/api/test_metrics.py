"""What `/metrics` tells of an api process: what was asked, refused, taken in, and how it stands."""

from __future__ import annotations

import math
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from api import figures
from tests.api.caller import Caller
from tests.api.living import House
from tests.api.serving import followed, line, served, told
from tests.world import World, typed

AT = "2026-11-16T12:01:00+03:00"


class Scraped:
    """The figures of one moment."""

    def __init__(self, text: str) -> None:
        self.samples = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def of(self, name: str, **labels: str) -> float:
        """A figure; 0 where it is not there yet."""
        return self.samples.get((name, tuple(sorted(labels.items()))), 0.0)


class Scraper:
    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __call__(self) -> Scraped:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://house") as http:
            answer = await http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return Scraped(answer.text)


@pytest.fixture
async def scrape(app: FastAPI) -> Scraper:
    return Scraper(app)


async def test_operations_are_counted_by_their_root_fields(scrape: Scraper, caller: Caller, world: World) -> None:
    before = await scrape()
    admin = caller.as_user(world.user["admin"])
    await admin.ask("query Secret { floors(first: 1) { nodes { id } } }")
    await admin.ask("{ ...both } fragment both on Query { floors(first: 1) { totalCount } rooms { totalCount } }")
    await admin.ask("{ __schema { queryType { name } } }")
    await admin.faults("{ nonsense }")
    await admin.faults('{ floor(id: "room_1") { id } }')
    after = await scrape()

    def counted(operation: str, outcome: str = "ok") -> float:
        name, labels = "markoff_api_requests_total", {"operation": operation, "outcome": outcome}
        return after.of(name, **labels) - before.of(name, **labels)

    assert [counted(name) for name in ("floors", "several", "introspection")] == [1, 1, 1]
    assert [counted("other", "fault"), counted("floor", "fault")] == [1, 1]
    for name in ("markoff_api_statements_total", "markoff_api_request_seconds_count"):
        assert after.of(name, operation="floors") - before.of(name, operation="floors") == 1, (
            "one question, one statement"
        )
    fault = {"code": "WRONG_KIND_OF_ID"}
    assert after.of("markoff_api_faults_total", **fault) == 1 + before.of("markoff_api_faults_total", **fault)
    assert not any("Secret" in str(labels) for _, labels in after.samples), "what people write is no label"


async def test_refusals_are_no_faults(scrape: Scraper, caller: Caller, world: World) -> None:
    before = await scrape()
    manager, name = caller.as_user(world.user["guard"]), "acknowledgeAlarm"
    refused = await manager.acknowledge_alarm(alarm=typed("alarm", world.alarm["active"]))
    assert refused["__typename"] == "NotAllowed"
    await caller.as_user(world.user["dispatcher"]).acknowledge_alarm(alarm=typed("alarm", world.alarm["active"]))
    after = await scrape()
    for metric, labels in (
        ("markoff_api_requests_total", {"outcome": "refused"}),
        ("markoff_api_requests_total", {"outcome": "ok"}),
        ("markoff_api_refusals_total", {"code": "NOT_ALLOWED"}),
    ):
        assert after.of(metric, operation=name, **labels) - before.of(metric, operation=name, **labels) == 1
    statements = "markoff_api_statements_total"
    assert after.of(statements, operation=name) - before.of(statements, operation=name) > 5, "those of the change"


async def test_readings_are_counted_by_door_and_reason(scrape: Scraper, caller: Caller, world: World) -> None:
    before = await scrape()
    device = caller.with_token(world.secret["device"])
    body = "\n".join(
        f'{{"sensor": "{name}", "at": "{AT}", "value": {value}}}' for name, value in (("t-101", 21), ("none", 4))
    )
    answer = await device.http.post("/ingest", content=body, headers=device.headers)
    assert answer.json()["accepted"] == 1
    assert (await device.http.post("/ingest", content=body)).status_code == 401
    after = await scrape()

    def more(name: str, **labels: str) -> float:
        return after.of(name, **labels) - before.of(name, **labels)

    assert more("markoff_ingest_readings_total", door="ndjson", outcome="accepted") == 1
    assert more("markoff_ingest_readings_total", door="ndjson", outcome="refused") == 1
    assert more("markoff_ingest_refused_readings_total", reason="UNKNOWN_SENSOR") == 1
    assert more("markoff_ingest_transactions_total", outcome="committed") == 1
    assert more("markoff_api_http_requests_total", route="ingest", status="200") == 1
    assert more("markoff_api_http_requests_total", route="ingest", status="401") == 1
    assert after.of("markoff_ingest_waiting_readings") == 0


@pytest.mark.usefixtures("still")
async def test_those_who_follow_are_counted_and_what_they_are_told(
    scrape: Scraper, app: FastAPI, caller: Caller, world: World, house: House
) -> None:
    before = await scrape()
    token = caller.as_user(world.user["dispatcher"]).token
    async with served(app) as address:
        async with line(address, token) as opened:
            await opened.subscribe("subscription { alarmChanged { cursor } }")
            await followed(app)
            await house.dispatcher.acknowledge_alarm(alarm=typed("alarm", world.alarm["active"]))
            await opened.next()
            during = await scrape()
            await opened.say(type="nonsense")
            with pytest.raises(Exception, match="4400"):
                await opened.hear()
        await told(app, house.pool)
        after = await scrape()
    assert during.of("markoff_lines", kind="websocket") == 1
    assert during.of("markoff_subscribers", topic="alarmChanged") == 1
    assert during.of("markoff_stream_listening") == 1
    assert after.of("markoff_stream_told_number") == after.of("markoff_stream_read_number") > 0
    for name, labels in (
        ("markoff_stream_changes_total", {"kind": "alarm"}),
        ("markoff_lines_closed_total", {"reason": "invalid"}),
        ("markoff_subscriptions_total", {"topic": "alarmChanged"}),
    ):
        assert after.of(name, **labels) - before.of(name, **labels) == 1, name


async def test_metrics_can_be_left_out(settings: object, world: World) -> None:
    from api import metrics
    from api.app import create
    from api.settings import ApiSettings, MetricsSettings

    assert isinstance(settings, ApiSettings)
    app = create(settings.model_copy(update={"metrics": MetricsSettings(enabled=False)}))
    transport = httpx.ASGITransport(app)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://h") as http,
        ):
            assert (await http.get("/metrics")).status_code == 404
            nobody = await Caller(http).post("{ __typename }")
            assert nobody.json() == {"data": {"__typename": "Query"}}
    finally:
        metrics.Switch.on = True


@pytest.mark.usefixtures("still")
async def test_the_leader_tells_of_the_house(scrape: Scraper, app: FastAPI, world: World, house: House) -> None:
    parts = app.state.parts
    async with parts.pool.acquire() as connection:
        await figures.moment(connection, parts.clock)
        await figures.day(connection, parts.clock)
    seen = await scrape()
    live = await house.pool.fetchval("SELECT count(*) FROM alarm.alarm WHERE closed_at IS NULL")
    assert sum(value for (name, _), value in seen.samples.items() if name == "markoff_alarms") == live > 0
    sensors = await house.pool.fetchval("SELECT count(*) FROM telemetry.sensor_state")
    assert sum(value for (name, _), value in seen.samples.items() if name == "markoff_sensors") == sensors > 0
    assert seen.of("markoff_database_bytes") > 1e6
    since, until = parts.clock.now() - timedelta(days=1), parts.clock.now()
    asked = (
        "query ($since: DateTime, $until: DateTime) { alarmStatistics(from: $since, to: $until) { raises standing } }"
    )
    answer = await house.admin.ask(asked, since=since.isoformat(), until=until.isoformat())
    assert seen.of("markoff_alarm_raises", within="1d") == answer["alarmStatistics"]["raises"]
    assert seen.of("markoff_alarms_standing") == answer["alarmStatistics"]["standing"]
    async with figures.kept(*figures.NOWS):
        pass
    gone = await scrape()
    assert math.isnan(gone.of("markoff_alarms", state="ACTIVE", priority="HIGH")), "another leads: it tells"
