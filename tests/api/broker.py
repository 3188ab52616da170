"""Debian's mosquitto on a port of its own, and a client that publishes."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


@dataclass
class Broker:
    """A broker that can be stopped and started again with what it keeps."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    clients: list[paho.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"mqtt://house:secret@127.0.0.1:{self.port}"

    def start(self) -> None:
        assert MOSQUITTO is not None
        passwords = self.folder / "passwords"
        if not passwords.exists():
            subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "house", "secret"], check=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npassword_file {passwords}\npersistence true\n"
            f"persistence_location {self.folder}/\nautosave_interval 1\nautosave_on_changes true\n"
            "max_queued_messages 0\nmax_inflight_messages 0\nuser root\n"
        )
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stdout=log, stderr=log)
        log.close()
        for _ in range(1200):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def publish(self, *messages: tuple[str, Any], qos: int = 1, retain: bool = False) -> None:
        """Publish, and wait until the broker has them."""
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        sent = [client.publish(topic, payload, qos, retain) for topic, payload in messages]
        for one in sent:
            one.wait_for_publish(60)
            assert one.is_published()
        client.disconnect()
        client.loop_stop()


@contextmanager
def broker_in(folder: Path) -> Iterator[Broker]:
    """A broker, or a skip where mosquitto is not installed."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed (apt-get install mosquitto)")
    broker = Broker(folder, free_port())
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
