"""The edge on this machine: the very nginx that deploy/nginx describes, on free ports, with a certificate of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.conftest import wait_until
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
START = ROOT / "deploy" / "nginx" / "start.sh"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def wanted(*programs: str) -> None:
    """Skip the test where one of these is not installed."""
    for program in programs:
        if shutil.which(program, path=PATH) is None:
            pytest.skip(f"{program} is not installed here")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody but us trusts, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


@dataclass(frozen=True)
class Edge:
    """nginx at work."""

    folder: Path
    port: int
    """Of https."""
    plain: int
    inside: int
    trust: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def line(self) -> str:
        return f"wss://localhost:{self.port}/graphql"

    def log(self, told: str) -> str:
        """What it has written about requests, as soon as this is among it: a line comes after its answer."""
        file = self.folder / "requests.log"
        wait_until(lambda: told in file.read_text(), why=file.read_text)
        return file.read_text()


@contextmanager
def edge(folder: Path, apis: Sequence[str], **variables: str) -> Iterator[Edge]:
    """nginx before processes of the api ("address:port"), as deploy/nginx/start.sh runs it."""
    wanted("nginx", "openssl", "envsubst")
    folder.mkdir(exist_ok=True)
    chain, key = certificate(folder)
    port, plain, inside = free_port(), free_port(), free_port()
    environment = {
        "PATH": PATH,
        "NGINX_RUN": str(folder),
        "NGINX_LOG": str(folder / "requests.log"),
        "HTTP_LISTEN": f"127.0.0.1:{plain}",
        "HTTPS_LISTEN": f"127.0.0.1:{port}",
        "INSIDE_LISTEN": f"127.0.0.1:{inside}",
        "PUBLIC_NAME": "localhost",
        "HTTPS_PORT": str(port),
        "CERTIFICATE": str(chain),
        "CERTIFICATE_KEY": str(key),
        "RESOLVER": "",
        "API_SERVERS": " ".join(f"server {api} max_fails=0;" for api in apis),
        "AGENT_SERVER": "127.0.0.1:9",
        "TELEGRAM_SERVER": "127.0.0.1:9",
        **variables,
    }
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(["sh", str(START)], env=environment, stdout=log, stderr=log)
    try:
        _answers(process, inside, folder / "nginx.log")
        yield Edge(folder, port, plain, inside, ssl.create_default_context(cafile=str(chain)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 60).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"nginx does not answer: {log.read_text()}")
