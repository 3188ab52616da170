"""Whether the process lives, and whether the whole can be used."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from fastapi import FastAPI

import api.app
from api import health
from api.app import create
from api.settings import ApiSettings
from db import migrate
from db.engine import Pool
from db.settings import DatabaseSettings
from deploy.postgres import Postgres
from tests.api.caller import KEY, Caller


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, the database answers in time, and connections are given back in time."""
    monkeypatch.setattr(health, "PATIENCE", 60.0)
    monkeypatch.setattr(api.app, "CLOSING", 60.0)


async def test_alive_and_ready(caller: Caller) -> None:
    answer = await caller.http.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "alive")
    assert (await caller.http.get("/ready")).json()["status"] == "ready"


async def test_another_schema_is_not_ready(caller: Caller, pool: Pool) -> None:
    await pool.execute("UPDATE public.alembic_version SET version_num = '20301231_later'")
    answer = await caller.http.get("/ready")
    assert answer.status_code == 503
    (reason,) = answer.json()["reasons"]
    assert "20301231_later" in reason
    assert migrate.head() in reason
    assert (await caller.http.get("/health")).status_code == 200


async def test_deaf_is_not_ready(caller: Caller, app: FastAPI) -> None:
    await app.state.parts.viewers.stop()
    answer = await caller.http.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["changes of grants are not heard"]


async def test_without_its_database_it_says_so(cluster: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    """The database goes away under a running process: alive, not ready, and questions get a coded answer."""
    cluster.create_database("goes_away", template="template_markoff")
    settings = ApiSettings(jwt_key=KEY, database=DatabaseSettings(url=cluster.url("goes_away")), rate=0)
    app = create(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)  # what gets past the handlers would be logged twice, and raised here
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as http:
            admin = Caller(http)
            assert "data" in (await admin.post("{ house { now } }")).json()
            await asyncio.to_thread(cluster.drop_database, "goes_away")  # it waits for those who are signing in
            assert (await http.get("/health")).status_code == 200
            answer = await http.get("/ready")
            assert answer.status_code == 503
            assert any("cannot be reached" in reason for reason in answer.json()["reasons"])
            fault = await admin.speaking("ru").post('mutation { signIn(login: "a", password: "b") { __typename } }')
            assert fault.status_code in (200, 503)
            assert fault.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
            refused = await http.post("/ingest", content=b"{}", headers={"authorization": "Bearer mk_abc_def"})
            assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert not [record for record in caplog.records if record.exc_info and "reached" in record.getMessage()]
    assert "still in use" not in caplog.text, "lost connections went back to their pools"
