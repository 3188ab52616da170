"""The broker of compose, by its own files: nobody without a password, nobody reads but the api."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import SecretStr

from api.ingest.doors import opened_doors
from api.ingest.mqtt import Listener
from api.ingest.settings import IngestSettings, MqttSettings
from db.engine import Pool
from db.ingest import Window
from tests.db.sensing import START, HandClock
from tests.deploy.conftest import ROOT, wait_until
from tests.ports import free_port

FILES = ROOT / "deploy" / "mosquitto"


@dataclass
class Broker:
    port: int
    tls: int
    certificate: Path

    def client(self, user: str | None, password: str) -> mqtt.Client:
        """A client that has asked to connect."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(user, password) if user else None
        client.user_data_set([])
        client.on_message = lambda c, got, message: got.append((message.topic, message.payload))
        client.on_connect = lambda c, got, *more: got.append(str(more[1]))
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    if shutil.which("mosquitto") is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto is not here")
    folder = tmp_path_factory.mktemp("broker")
    port, tls = free_port(), free_port()
    conf = (FILES / "mosquitto.conf").read_text(encoding="utf-8")
    certificate = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    certificate += ["-subj", "/CN=localhost", "-keyout", str(folder / "key"), "-out", str(folder / "certificate")]
    subprocess.run(certificate, check=True, capture_output=True)
    for old, new in {
        "listener 1883": f"listener {port} 127.0.0.1",
        "listener 8883": f"listener {tls} 127.0.0.1",
        "/run/secrets/tls_": f"{folder}/",
        "/tmp/markoff": str(folder),
        "/mosquitto/data": str(folder),
    }.items():
        assert old in conf
        conf = conf.replace(old, new)
    if os.geteuid() == 0:
        conf += "user root\n"
    (folder / "conf").write_text(conf)
    (folder / "secrets").write_text("markoff:inside\ndevices:outside\n")
    env = {"PATH": "/usr/sbin:/usr/bin:/bin", "MOSQUITTO_RUN": str(folder), "MOSQUITTO_CONF": str(folder / "conf")}
    process = subprocess.Popen([FILES / "start.sh"], env=env | {"MOSQUITTO_USERS": str(folder / "secrets")})
    try:
        wait_until(lambda: _open(port))
        yield Broker(port, tls, folder / "certificate")
        assert "outside" not in (folder / "users").read_text()
    finally:
        process.terminate()
        process.wait(60)


def _open(port: int) -> bool:
    import socket

    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def told(client: mqtt.Client) -> list[object]:
    got: list[object] = client.user_data_get()
    return got


@pytest.mark.parametrize(("user", "password"), [(None, ""), ("markoff", "guess"), ("somebody", "outside")])
def test_nobody_comes_in_without_a_password(broker: Broker, user: str | None, password: str) -> None:
    client = broker.client(user, password)
    wait_until(lambda: bool(told(client)))
    client.loop_stop()
    assert told(client)[0] == "Not authorized"


def test_devices_write_and_the_api_reads(broker: Broker) -> None:
    api, device = broker.client("markoff", "inside"), broker.client("devices", "outside")
    wait_until(lambda: bool(told(api)) and bool(told(device)))
    answered: list[int] = []
    for client in (api, device):
        client.on_subscribe = lambda c, got, number, *more: answered.append(number)
        client.subscribe("#", 1)
    wait_until(lambda: len(answered) == 2)
    device.publish("markoff/duplex/co2-a102", "612", 1)
    wait_until(lambda: len(told(api)) > 1)
    for client in (api, device):
        client.loop_stop()
    assert told(api)[1] == ("markoff/duplex/co2-a102", b"612")
    assert told(device)[1:] == []


async def test_the_house_listens_to_a_broker_by_tls(broker: Broker, pool: Pool) -> None:
    address = SecretStr(f"mqtts://markoff:inside@localhost:{broker.tls}")
    settings = MqttSettings(url=address, ca=str(broker.certificate))
    clock = HandClock(START)
    assert settings.broker is not None
    async with opened_doors(pool, clock, Window(), IngestSettings()) as doors:
        listener = Listener(settings, settings.broker, doors, pool, clock)
        listener.start()
        assert await asyncio.to_thread(listener.connected.wait, 60)
        await listener.stop()
