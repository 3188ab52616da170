"""The whole of compose's production flavour at work without Docker: each service as its files say, with the secrets of `./prepare`."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import paho.mqtt.client as mqtt
import psycopg
import pytest
import uvicorn
from paho.mqtt.enums import CallbackAPIVersion

from deploy.programs import shipped
from tests.agent.telegram.botapi import TOKEN, BotApi
from tests.deploy.conftest import wait_until
from tests.deploy.containers import Server, server
from tests.deploy.watching import hurry

INITDB = """set -e
export PGDATA=/var/lib/postgresql/18/docker
initdb --username postgres --pwfile=$POSTGRES_PASSWORD_FILE --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS >/dev/null 2>&1
pg_ctl -w -o "-c listen_addresses=''" start >/dev/null
POSTGRES_USER=postgres /docker-entrypoint-initdb.d/markoff.sh
pg_ctl -w -m fast stop >/dev/null
exec "$@" -c listen_addresses='*'
"""
"""What the entrypoint of PostgreSQL's own image does."""
LEFT = (0, -signal.SIGTERM)
CHAT, SHIFT = 77, -100500
CLOUD = 9700
HOOK = "/telegram/hook"
SIGN_IN = 'mutation ($password: String!) { signIn(login: "admin", password: $password) { ... on SignedIn { token } } }'


def wanted(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here")


@pytest.fixture(scope="module")
def house() -> Iterator[Server]:
    """All services, started in the order of compose; alerts in seconds instead of minutes."""
    wanted("nginx", "mosquitto", "prometheus", "prometheus-alertmanager", "pg_isready", "curl", "wget")
    with server("prod") as house:
        settled(house)
        house.start(
            "postgres", "sh", "-c", INITDB, "sh", *house.service("postgres")["command"], programs=shipped() / "bin"
        ).healthy()
        migrate = house.start("migrate")
        assert migrate.process.wait(180) == 0, migrate.words()
        for name in ("api", "mosquitto", "voice", "backup"):
            house.start(name)
        house.start("prometheus", "prometheus", *house.service("prometheus")["command"])
        house.start("alertmanager", TELEGRAM_API=f"http://127.0.0.1:{CLOUD}", ALERTS_TELEGRAM_CHAT=str(SHIFT))
        house.running["api"].healthy()
        house.start("agent")
        house.start("nginx", API_SERVERS="server api:8000 max_fails=0;")  # Debian's nginx does not know `resolve`
        for name in ("mosquitto", "backup", "prometheus", "alertmanager", "nginx", "voice", "agent"):
            house.running[name].healthy()
        yield house


def settled(house: Server) -> None:
    """What an owner of a bot writes; and patience that tests do not have."""
    (house.compose / "markoff.toml").write_text(
        f'[telegram]\napi_base = "http://127.0.0.1:{CLOUD}"\nwebhook_url = "https://localhost{HOOK}"\n'
        '[live]\nping = "PT1S"\n'
    )
    token = house.compose / "secrets" / "markoff_telegram_token"
    token.chmod(0o644)
    token.write_text(TOKEN + "\n")
    watching = house.compose.parent / "prometheus"
    hurry(watching / "prometheus.yml", r"scrape_(interval|timeout): \d+s", r"scrape_\1: 5s")  # doctors are as patient
    hurry(watching / "prometheus.yml", "evaluation_interval: 15s", "evaluation_interval: 1s")
    hurry(watching / "rules" / "markoff.yml", r"for: \d+[mh]", "for: 1s")
    hurry(house.compose.parent / "alertmanager" / "start.sh", r"(group_wait|group_interval): \w+", r"\1: 1s")


@pytest.fixture
def trust(house: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(house.compose / "secrets" / "tls_certificate"))


@pytest.fixture
def door(trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    with httpx.Client(base_url="https://localhost", verify=trust, timeout=60, trust_env=False) as http:
        yield http


@asynccontextmanager
async def telegram() -> AsyncIterator[BotApi]:
    """A stand-in of Telegram, where the owner's file says that it is."""
    cloud = BotApi()
    cloud.url = f"http://127.0.0.1:{CLOUD}"
    at_work = uvicorn.Server(uvicorn.Config(cloud.app(), port=CLOUD, log_level="error", timeout_graceful_shutdown=1))
    task = asyncio.create_task(at_work.serve())
    try:
        yield cloud
    finally:
        at_work.should_exit = True
        await task


def asked(door: httpx.Client, query: str, **variables: Any) -> Any:
    told = door.post("/graphql", json={"query": query, "variables": variables}).json()
    assert "errors" not in told, told
    return told["data"]


def signed_in(house: Server, door: httpx.Client) -> None:
    token = asked(door, SIGN_IN, password=house.secret("markoff_admin_password"))["signIn"]["token"]
    door.headers["Authorization"] = f"Bearer {token}"


def test_the_first_administrator_comes_in_by_the_public_door(house: Server, door: httpx.Client) -> None:
    signed_in(house, door)
    assert asked(door, "{ me { user { login } } }") == {"me": {"user": {"login": "admin"}}}
    plain = httpx.get("http://localhost/plans/1", trust_env=False)
    assert (plain.status_code, plain.headers["location"]) == (308, "https://localhost/plans/1")
    again = house.start("migrate")
    assert again.process.wait(120) == 0, again.words()
    assert "knows its people" in again.words()


def test_a_login_reaches_its_own_database_only(house: Server) -> None:
    for login, file, others in (
        ("markoff", "markoff_password", "markoff_agent"),
        ("markoff_agent", "memory_password", "markoff"),
    ):
        url = f"postgresql://{login}:{house.secret(file)}@127.0.0.1:5432/%s"
        psycopg.connect(url % login).close()
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(url % others)


def test_a_device_reports_by_mqtt_over_tls(house: Server, door: httpx.Client) -> None:
    signed_in(house, door)
    password = re.search(r"^devices:(.*)$", house.secret("mqtt_users"), re.MULTILINE)
    assert password is not None
    device = mqtt.Client(CallbackAPIVersion.VERSION2)
    device.username_pw_set("devices", password[1])
    device.tls_set(str(house.compose / "secrets" / "tls_certificate"))
    device.connect("localhost", 8883)
    device.loop_start()
    device.publish("zigbee2mqtt/kitchen", json.dumps({"co2": 612}), qos=1).wait_for_publish(60)
    device.disconnect()
    device.loop_stop()
    known = "{ unknownDevices(first: 5) { nodes { name } } }"
    wait_until(lambda: asked(door, known)["unknownDevices"]["nodes"] == [{"name": "zigbee2mqtt/kitchen/co2"}])


def test_a_question_is_asked_beside_the_api(house: Server) -> None:
    done = house.running["api"].exec("markoff", "ask", "какие тревоги?")
    assert done.returncode == 0, done.stdout + done.stderr


def all_are_watched() -> bool:
    """Prometheus may have come to some before they listened."""
    told = httpx.get("http://127.0.0.1:9090/api/v1/targets?state=active", timeout=60, trust_env=False).json()
    return all(one["health"] == "up" for one in told["data"]["activeTargets"])


def test_the_doctor_finds_only_the_certificate(house: Server) -> None:
    wait_until(all_are_watched)
    doctor = house.start("doctor", *house.service("doctor")["command"], "--json")
    doctor.process.wait(180)
    told = json.loads(doctor.words())
    wrong = {(one["subject"], one["code"]) for one in told["findings"] if one["grade"] != "well"}
    assert wrong == {("tls", "bad_certificate"), ("telegram", "no_telegram")}, told


async def test_people_talk_by_telegrams_webhook_and_alerts_are_told(house: Server, trust: ssl.SSLContext) -> None:
    async with telegram() as cloud, httpx.AsyncClient(verify=trust, trust_env=False, timeout=60) as http:
        bot = house.start("telegram")
        await asyncio.to_thread(bot.healthy)
        await cloud.until(lambda: cloud.webhook is not None)
        assert cloud.webhook is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": house.secret("markoff_telegram_webhook_secret")}
        assert (await http.post(cloud.webhook["url"], json={}, headers={})).status_code in (401, 403)
        printed = house.running["api"].exec("markoff", "link").stdout
        code = max(re.findall(r"[\w-]+", printed), key=len)
        for said in (f"/start {code}", "какие тревоги?"):
            before = len(cloud.chat(CHAT))
            cloud.says(CHAT, said)
            for update in cloud.take():
                assert (await http.post(cloud.webhook["url"], json=update, headers=headers)).status_code == 200
            await cloud.told(CHAT, before + 1, 60)
        voice = house.running["voice"].process
        voice.send_signal(signal.SIGSTOP)  # it hangs: its name stays, nothing is answered
        down = "voice на 127.0.0.1:10301 не отвечает"
        try:
            told = await cloud.sees(SHIFT, lambda shown: any(down in one.text for one in shown), 60)
        finally:
            voice.send_signal(signal.SIGCONT)
        assert any("docs/alerts.md#processdown" in one.text for one in told)
        assert await asyncio.to_thread(bot.stop) in LEFT, bot.words()


def test_all_leave_when_they_are_told_to(house: Server) -> None:
    for name in ("nginx", "agent", "voice", "backup", "api", "prometheus", "alertmanager", "mosquitto"):
        assert house.running[name].stop() in LEFT, (name, house.running[name].words())
    restored = sorted((house.folder / "volumes" / "backups").glob("*.backup"))[0]
    done = house.start("backup", "--lang", "en", "restore", f"/backups/{restored.name}", "--yes")
    assert done.process.wait(120) == 0, done.words()
