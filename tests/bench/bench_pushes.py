"""From a reading that raises a CRITICAL alarm to Telegram's door, for 25 chats.

    uv run pytest tests/bench/bench_pushes.py -m bench -s

The api, the stand-in of Telegram and the bot are a process each. `sent` is the moment before the reading is written,
`answered` the moment when its commit is known to the device; a message counts when the stand-in has read its request.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from db.engine import create_pool
from deploy.postgres import Postgres
from tests.agent.telegram.botapi import TOKEN
from tests.api.killing import Api, new_key
from tests.stories.alive import Furnished

CHATS, ROUNDS, SENSORS = 25, 10, 10
"""No more alarms than make no flood: its incident would be told of as well."""
PAUSE = 2.0
"""Seconds between two alarms: Telegram's own limit is about a second for so many chats."""
CLOUD = """
import sys, uvicorn
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.agent.telegram.botapi import BotApi
cloud = BotApi()
async def seen(request):
    return JSONResponse([(at, given["text"]) for at, method, given in cloud.calls if method == "sendMessage"])
app = cloud.app()
app.router.routes.append(Route("/seen", seen))
uvicorn.run(app, fd=int(sys.argv[1]), log_level="error")
"""
BOT = """
import asyncio, sys
from agent.channels.telegram.app import at_work
from agent.channels.telegram.settings import TelegramSettings
async def main() -> None:
    async with at_work(TelegramSettings()) as running:
        for chat in range(1, int(sys.argv[1]) + 1):
            await running.desk.pushes.follow(f"telegram:{chat}", chat)
        await asyncio.sleep(2)
        print("ready", flush=True)
        await asyncio.sleep(3600)
asyncio.run(main())
"""
PEOPLE = """
    WITH person AS (
        INSERT INTO security."user" (login, name, language, enabled)
        SELECT 'p' || n, 'P', 'RU', true FROM generate_series(1, $1) n RETURNING id, login
    ), held AS (
        INSERT INTO security."grant" (user_id, role, building_id) SELECT id, 'DISPATCHER', $2 FROM person
    )
    INSERT INTO security.link (user_id, channel, identity, name, linked_at)
    SELECT id, 'TELEGRAM', substr(login, 2), login, $3 FROM person
"""


async def furnish(url: str) -> tuple[Furnished, str]:
    """A house with people who are linked, and the agent's key."""
    pool = await create_pool(url, 2)
    furnished = await Furnished.at(pool, SENSORS)
    key = new_key()
    await pool.execute(
        "INSERT INTO security.api_key (prefix, secret_hash, name, kind, created_at) VALUES ($1, $2, 'agent', 'AGENT', $3)",
        key.prefix,
        key.secret_hash,
        datetime.now(UTC),
    )
    await pool.execute(PEOPLE, CHATS, furnished.site.building, datetime.now(UTC))
    await pool.execute("DELETE FROM alarm.rule WHERE id <> $1", furnished.rules[1])
    await pool.execute("UPDATE alarm.rule SET priority = 'CRITICAL', on_delay = 0")
    await pool.close()
    return furnished, key.text


async def raised(api: Api, furnished: Furnished) -> list[tuple[float, float]]:
    """Raise an alarm now and then; when each reading was sent, and when it was answered."""
    moments = []
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {furnished.key}"}) as http:
        for number in range(ROUNDS):
            line = json.dumps({"sensor": f"s{number}", "at": datetime.now(UTC).isoformat(), "value": 0.0})
            sent = time.monotonic()
            answer = await http.post(f"http://{api.address}/ingest", content=line)
            assert answer.json()["accepted"] == 1, answer.text
            moments.append((sent, time.monotonic()))
            await asyncio.sleep(PAUSE)
    return moments


def started(code: str, environment: dict[str, str], number: int, *fds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(number)]
    return subprocess.Popen(command, env=os.environ | environment, pass_fds=fds, stdout=subprocess.PIPE, text=True)


@pytest.mark.bench
def test_a_critical_alarm_is_handed_over_at_once(cluster: Postgres, database: str) -> None:
    furnished, key = asyncio.run(furnish(database))
    cluster.create_database("bench_memory")
    listening = socket.create_server(("127.0.0.1", 0))
    telegram = f"http://127.0.0.1:{listening.getsockname()[1]}"
    api = Api(database, Path(tempfile.mkdtemp()) / "api.log")
    api.start()
    asyncio.run(api.ready())
    cloud = started(CLOUD, {}, listening.fileno(), listening.fileno())
    told = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_BASE": telegram, "API_URL": f"http://{api.address}"}
    told |= {"AGENT_KEY": key, "MEMORY_URL": cluster.url("bench_memory")}
    bot = started(BOT, {f"MARKOFF_{name}": value for name, value in told.items()}, CHATS)
    assert bot.stdout is not None
    assert bot.stdout.readline().strip() == "ready"
    process = psutil.Process(bot.pid)
    before = process.cpu_times()
    moments = asyncio.run(raised(api, furnished))
    after = process.cpu_times()
    seen = [one for one in httpx.get(f"{telegram}/seen", timeout=10).json() if "🔴" in one[1]]  # and the incident's
    memory = process.memory_info().rss
    for each in (bot, cloud):
        each.kill()
        each.communicate()
    api.close()
    listening.close()
    asyncio.run(_dropped(cluster))
    assert len(seen) == CHATS * ROUNDS, f"{len(seen)} messages"
    report(moments, sorted(at for at, _ in seen), after.user + after.system - before.user - before.system, memory)


async def _dropped(cluster: Postgres) -> None:
    connection = await asyncpg.connect(cluster.url())
    await connection.execute("DROP DATABASE bench_memory WITH (FORCE)")
    await connection.close()


def report(moments: list[tuple[float, float]], seen: list[float], cpu: float, memory: int) -> None:
    since_sent, since_answered = [], []
    for number, (sent, answered) in enumerate(moments):
        ours = seen[number * CHATS : (number + 1) * CHATS]
        since_sent += [(at - sent) * 1000 for at in ours]
        since_answered += [(at - answered) * 1000 for at in ours]
    for name, values in (("reading sent", since_sent), ("reading answered", since_answered)):
        cuts = statistics.quantiles(values, n=100)
        print(f"{name} -> handed over: p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, worst {max(values):.0f} ms")
    print(f"bot: {cpu / len(seen) * 1000:.1f} ms of processor time a message, {memory / 2**20:.0f} MiB")
