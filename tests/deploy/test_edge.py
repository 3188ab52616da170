"""nginx as deploy/nginx describes it, before a stand-in of the api that tells what reaches it."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.deploy.edge import PATH, Edge, edge, wanted


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked; `/graphql?stream` is a stream whose end comes when the client has its beginning."""

    protocol_version = "HTTP/1.1"
    begun = threading.Event()

    def do_GET(self) -> None:
        if self.path.endswith("stream"):
            self._stream()
            return
        self.rfile.read(int(self.headers.get("content-length", 0)))
        told = json.dumps({"path": self.path, "heads": {k.lower(): v for k, v in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"id: 1\n\n")
        self.wfile.flush()
        assert self.begun.wait(60), "the beginning was kept back"
        self.wfile.write(b"id: 2\n\n")
        self.close_connection = True

    def log_message(self, *told: object) -> None:
        pass


@pytest.fixture(scope="module")
def nginx() -> Iterator[Edge]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="markoff-edge-") as name:
        Path(name).chmod(0o755)
        with edge(Path(name), [f"127.0.0.1:{server.server_port}"]) as nginx:
            yield nginx
    server.shutdown()
    server.server_close()


@pytest.fixture
def http(nginx: Edge) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=nginx.url, verify=nginx.trust, timeout=60) as http:
        yield http


def test_heads_and_request_id(http: httpx.Client) -> None:
    answer = http.post("/graphql", json={}, headers={"X-Forwarded-For": "1.2.3.4", "X-Request-Id": "mine"})
    heads = answer.json()["heads"]
    assert heads["x-forwarded-for"] == "127.0.0.1"
    assert heads["x-request-id"] == answer.headers["x-request-id"] != "mine"
    assert "max-age" in answer.headers["strict-transport-security"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/metrics", "/ready", "/anything", "/graphql/x"])
def test_what_is_inside_is_not_there(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_bodies_are_bounded_by_place(http: httpx.Client) -> None:
    large = b"x" * (3 << 20)
    assert http.post("/graphql", content=large).status_code == 413
    assert http.post("/ingest", content=large).status_code == 200
    assert http.post("/token", content=large).status_code == 413


def test_who_never_ends_a_head_or_a_body_is_not_waited_for(nginx: Edge) -> None:
    """As nginx itself has taken its files: no place waits for longer."""
    told = ["nginx", "-T", "-q", "-c", str(nginx.folder / "nginx.conf")]
    taken = subprocess.run(told, capture_output=True, text=True, check=True, env={"PATH": PATH}).stdout
    assert re.findall(r"^\s*(client_(?:header|body)_timeout) (.+);", taken, re.MULTILINE) == [
        ("client_header_timeout", "15s"),
        ("client_body_timeout", "30s"),
    ]


def test_keys_are_exchanged_seldom(http: httpx.Client) -> None:
    """Eleven at once, and one more each three seconds."""
    begun = time.monotonic()
    statuses = [http.post("/token").status_code for _ in range(20)]
    earned = (time.monotonic() - begun) / 3
    assert statuses[0] == 200
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) <= 11 + earned


def test_streams_are_passed_on_at_once(http: httpx.Client) -> None:
    Echo.begun.clear()
    with http.stream("GET", "/graphql?stream") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "id: 1"
        Echo.begun.set()
        assert "id: 2" in list(lines)


def test_plain_http_is_sent_to_https(nginx: Edge) -> None:
    answer = httpx.get(f"http://localhost:{nginx.plain}/plans/1?x=2", timeout=60)
    assert answer.status_code == 308
    assert answer.headers["location"] == f"{nginx.url}/plans/1?x=2"


def test_a_client_of_http_2_gets_it(http: httpx.Client, nginx: Edge) -> None:
    wanted("curl")
    heard = ["curl", "--silent", "--http2", "--cacert", str(nginx.folder / "certificate.pem"), "--output", "/dev/null"]
    told = "%{http_version} %{http_code}"
    for more in ([], ["--data", "{}", "--header", "Content-Type: application/json"]):
        done = subprocess.run(
            [*heard, "--write-out", told, *more, f"{nginx.url}/graphql"], capture_output=True, text=True
        )
        assert done.stdout == "2 200", done.stderr
    assert nginx.log('"protocol":"HTTP/2.0"')


def test_the_log_names_nobody(http: httpx.Client, nginx: Edge) -> None:
    http.get("/graphql?query=secretword", headers={"Authorization": "Bearer secretword"})
    http.get("/plans/secretword.png")
    http.get("/health")
    log = nginx.log('"path":"/health"')
    assert "secretword" not in log
    for line in log.splitlines():
        json.loads(line)
