"""`markoff doctor` on a real house, and on houses that are really broken: each thing is found and its mending told."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import psycopg
import pytest

from deploy.doctor import agent, api, channels, database, front, patient, round, secrets, settings, watching
from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Check, Finding, Patient, met
from deploy.postgres import Postgres
from tests.api.broker import broker_in
from tests.deploy.conftest import fresh_folder, wait_until
from tests.ports import free_port
from tests.stories.house import House

PING = "PT1S"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PROMETHEUS = shutil.which("prometheus")


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with fresh_folder() as folder, House.up(folder, settings={"MARKOFF_LIVE_PING": PING}, patience=120) as house:
        yield house


@pytest.fixture(autouse=True)
def untold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("MARKOFF_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("MARKOFF_LIVE_PING", PING)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def well(house: House) -> Patient:
    return replace(met(house.data, None, None, None), patience=60.0)


def found(check: Check, whom: Patient) -> dict[str, Finding]:
    return {one.code.removeprefix("doctor."): one for one in check(whom)}


def codes(check: Check, whom: Patient) -> set[tuple[str, str]]:
    return {(code, one.grade) for code, one in found(check, whom).items()}


class Told(BaseHTTPRequestHandler):
    """Answers by the function of its server."""

    answer: Callable[[str, Any], tuple[int, Any]]

    def _tell(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        asked = json.loads(self.rfile.read(length)) if length else None
        status, said = type(self).answer(self.path, asked)
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _tell

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def standing_in(answer: Callable[[str, Any], tuple[int, Any]]) -> Iterator[str]:
    handler = type("Answering", (Told,), {"answer": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_house_that_is_well(house: House, tmp_path: Path) -> None:
    told = json.loads(house.markoff("doctor", "--json"))
    assert told["wrong"] == 0, told
    grades = {row["code"]: row["grade"] for row in told["findings"]}
    for code in ("database", "api", "agent", "key", "offline", "disk_well", "strong_key", "closed", "settings"):
        assert grades[code] == WELL, code
    assert (grades["demo_password"], grades["no_copies_told"]) == (DOUBTFUL, DOUBTFUL)
    said = house.markoff("doctor", "--lang", "ru")
    assert "✓ api: версия" in said
    assert "! backup: не сказано, где хранятся копии" in said
    assert "Ничего не сломано" in said


def test_a_house_that_is_not_there(house: House, tmp_path: Path) -> None:
    nowhere = House(tmp_path / "none", 1, 2, house.process, house.log)
    with pytest.raises(AssertionError, match="No house is running on"):
        nowhere.markoff("doctor")


def test_its_database(well: Patient, cluster: Postgres, database: str) -> None:
    assert codes(database_look, well) == {("database", WELL), ("disk_well", WELL)}
    assert codes(database_look, replace(well, database="")) == {("no_database", WRONG)}
    gone = replace(well, database=f"postgresql://x@127.0.0.1:{free_port()}/x")
    assert found(database_look, gone)["trouble"].grade == WRONG
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE public.alembic_version SET version_num = 'older'")
    assert ("other_tables", WRONG) in codes(database_look, replace(well, database=database))
    cluster.drop_database("doctored")
    cluster.create_database("doctored")
    assert ("no_tables", WRONG) in codes(database_look, replace(well, database=cluster.url("doctored")))
    cluster.drop_database("doctored")
    assert found(database_look, replace(well, memory=gone.database))["trouble"].grade == WRONG


def test_its_connections(well: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKOFF_WORKERS", "64")
    wanted = found(database_look, well)["connections_wanted"]
    assert (wanted.grade, wanted.parameters["wanted"]) == (DOUBTFUL, 64 * 22)


def test_its_api_and_its_agent(well: Patient) -> None:
    assert ("api", WELL) in codes(api.look, well)
    assert codes(agent.look, well) == {("agent", WELL), ("key", WELL), ("offline", WELL)}
    assert codes(api.look, replace(well, api=f"http://127.0.0.1:{free_port()}")) == {("no_api", WRONG)}
    assert ("no_agent", WRONG) in codes(agent.look, replace(well, agent=f"http://127.0.0.1:{free_port()}"))
    assert ("bad_key", WRONG) in codes(agent.look, replace(well, agent_key="mk_abcd_efgh"))
    assert ("no_key", WRONG) in codes(agent.look, replace(well, agent_key=""))


def test_an_api_that_is_old_and_not_ready_with_a_clock_of_its_own(well: Patient) -> None:
    def answer(path: str, asked: Any) -> tuple[int, Any]:
        return (503, {"reasons": ["the stove is cold"]}) if path == "/ready" else (200, {"version": "1.0"})

    with standing_in(answer) as address:
        said = found(api.look, replace(well, api=address))
    assert said["not_ready"].parameters["reason"] == "the stove is cold"
    assert said["other_version"].grade == DOUBTFUL


@pytest.mark.parametrize(("late", "wrong"), [(2.5, False), (60.0, True)])
def test_a_date_may_be_as_old_as_servers_make_it(
    well: Patient, monkeypatch: pytest.MonkeyPatch, late: float, wrong: bool
) -> None:
    date = BaseHTTPRequestHandler.date_time_string
    monkeypatch.setattr(Told, "date_time_string", lambda self, timestamp=None: date(self, time.time() - late))
    with standing_in(lambda path, asked: (200, {"version": "1.0"})) as address:
        assert ("skew" in found(api.look, replace(well, api=address))) is wrong


def model(name: str, arguments: str, calls: bool = True) -> Callable[[str, Any], tuple[int, Any]]:
    def answer(path: str, asked: Any) -> tuple[int, Any]:
        if path == "/v1/models":
            return 200, {"data": [{"id": name}]}
        assert asked["tools"][0]["function"]["strict"]
        if not calls:
            return 400, {"error": "auto tool choice requires --enable-auto-tool-choice"}
        call = {"function": {"name": "floor", "arguments": arguments}}
        return 200, {"choices": [{"message": {"tool_calls": [call]}}]}

    return answer


@pytest.mark.parametrize(
    ("name", "arguments", "calls", "code", "grade"),
    [
        ("markoff", '{"code": "L07"}', True, "model", WELL),
        ("markoff", '{"code": "L09"}', True, "loose", DOUBTFUL),
        ("markoff", "L07", True, "loose", DOUBTFUL),
        ("markoff", "", False, "no_calls", WRONG),
        ("qwen", "", True, "other_model", WRONG),
    ],
)
def test_its_model(
    well: Patient, monkeypatch: pytest.MonkeyPatch, name: str, arguments: str, calls: bool, code: str, grade: str
) -> None:
    with standing_in(model(name, arguments, calls)) as address:
        monkeypatch.setenv("MARKOFF_MODEL_URL", f"{address}/v1")
        assert (code, grade) in codes(agent.look, well)
    assert ("no_model", WRONG) in codes(agent.look, well)


def test_its_bot(well: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, Any] = {"getMe": {"ok": True, "result": {"username": "house_bot"}}, "getWebhookInfo": {"ok": True}}

    def answer(path: str, asked: Any) -> tuple[int, Any]:
        return 200, said[path.rsplit("/", 1)[1]]

    assert codes(channels.telegram, well) == set()
    with standing_in(answer) as address:
        monkeypatch.setenv("MARKOFF_TELEGRAM_TOKEN", "123456:abcdefghijklmnopqrstuvwxyz")
        monkeypatch.setenv("MARKOFF_TELEGRAM_API_BASE", address)
        assert codes(channels.telegram, well) == {("telegram", WELL)}
        said["getWebhookInfo"] = {"ok": True, "result": {"url": "https://elsewhere.example/telegram"}}
        assert ("other_webhook", WRONG) in codes(channels.telegram, well)
        monkeypatch.setenv("MARKOFF_TELEGRAM_WEBHOOK_URL", "https://elsewhere.example/telegram")
        said["getWebhookInfo"]["result"]["last_error_message"] = "SSL error"
        assert ("webhook_fails", DOUBTFUL) in codes(channels.telegram, well)
        said["getMe"] = {"ok": False, "description": "Unauthorized"}
        assert codes(channels.telegram, well) == {("bad_token", WRONG)}
    assert codes(channels.telegram, well) == {("no_telegram", WRONG)}


def test_its_broker(well: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(channels.broker, well) == set()
    with fresh_folder() as folder:
        folder.mkdir()
        with broker_in(folder) as broker:
            monkeypatch.setenv("MARKOFF_MQTT_URL", broker.url)
            assert codes(channels.broker, well) == {("broker", WELL)}
            monkeypatch.setenv("MARKOFF_MQTT_URL", broker.url.replace("secret", "guess"))
            assert codes(channels.broker, well) == {("broker_refuses", WRONG)}
    assert codes(channels.broker, well) == {("no_broker", WRONG)}


def test_its_voice(well: Patient) -> None:
    assert codes(channels.voice, well) == set()
    away = replace(well, voice=f"tcp://127.0.0.1:{free_port()}", patience=2.0)
    assert codes(channels.voice, away) == {("no_voice", WRONG)}


def test_its_copies(well: Patient, tmp_path: Path) -> None:
    kept = replace(well, copies=tmp_path / "copies")
    assert codes(watching.copies, kept) == {("no_folder", WRONG)}
    (tmp_path / "copies").mkdir()
    assert codes(watching.copies, kept) == {("no_copies", WRONG)}
    copy = tmp_path / "copies" / "house.markoff"
    copy.touch()
    assert codes(watching.copies, kept) == {("empty_copy", WRONG)}
    copy.write_bytes(b"x" * 100)
    assert codes(watching.copies, kept) == {("copy", WELL)}
    for days, grade in ((3, DOUBTFUL), (30, WRONG)):
        os.utime(copy, (time.time() - days * 86400,) * 2)
        assert codes(watching.copies, kept) == {("old_copy", grade)}


def test_its_secrets(well: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("changeme" * 5, "a1" * 30, "short"):
        assert codes(secrets.keys, replace(well, jwt_key=key)) == {("weak_key", WRONG)}
    assert codes(secrets.folders, well) == {("closed", WELL)}
    (tmp_path / "markoff_jwt_key").write_text("k")
    monkeypatch.setenv("MARKOFF_SECRETS", str(tmp_path))
    open_, closed = ("open_file", WRONG), ("closed", WELL)
    for mode, inside, said in ((0o640, False, open_), (0o640, True, closed), (0o644, True, open_)):
        (tmp_path / "markoff_jwt_key").chmod(mode)
        monkeypatch.setattr(secrets, "in_container", lambda inside=inside: inside)
        assert codes(secrets.folders, well) == {said}, f"{mode:o}"
    monkeypatch.setattr(secrets, "MOUNTED", tmp_path)
    assert codes(secrets.folders, well) == {closed}, "what Docker mounts is of the modes that Docker gives it"
    monkeypatch.undo()
    assert codes(secrets.passwords, replace(well, public="https://house.example")) == {("demo_password", WRONG)}
    assert codes(secrets.doors, well) == set()


def test_doors_that_are_open_to_the_network(well: Patient) -> None:
    import socket

    with socket.create_server(("0.0.0.0", 0)) as listening:
        port = listening.getsockname()[1]
        open_ = replace(well, api=f"http://127.0.0.1:{port}")
        assert secrets.bound(open_) == [("api", f"0.0.0.0:{port}")]
        assert codes(secrets.doors, open_) == (set() if patient.in_container() else {("open_door", DOUBTFUL)})
    assert secrets.bound(open_) == []


def test_settings_that_are_wrong(well: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKOFF_READERS", "0")
    monkeypatch.setenv("MARKOFF_REEDERS", "0")
    assert sorted(one.grade for one in settings.look(well)) == [DOUBTFUL, WRONG]


WEB = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass {api}; proxy_http_version 1.1; {rules} }}
  }}
}}
"""
PASSING = (
    "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; proxy_buffering off;"
)
HOARDING = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;"


@contextmanager
def web(folder: Path, house: House, rules: str, days: int = 90) -> Iterator[str]:
    """A real nginx with a certificate of its own, in front of the house."""
    if NGINX is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    port = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem", "-days", str(days), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "nginx.conf").write_text(WEB.format(folder=folder, port=port, api=house.api, rules=rules))
    process = subprocess.Popen([NGINX, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(port)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int) -> None:
    import socket

    def listens() -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens)


def test_a_web_server_that_passes_everything_on(
    well: Patient, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web(tmp_path, house, PASSING) as address:
        through = replace(well, public=address)
        assert codes(front.lines, through) >= {("sockets", WELL), ("streams", WELL), ("open_inside", DOUBTFUL)}
        assert codes(front.certificate, through) == {("bad_certificate", WRONG)}
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert codes(front.certificate, through) == {("certificate", WELL)}
    assert codes(front.certificate, through) == {("no_front", WRONG)}
    assert codes(front.lines, through) == {("no_front", WRONG)}
    assert codes(front.certificate, replace(well, public="http://house.example")) == {("no_tls", WRONG)}


def test_a_web_server_that_hoards_and_whose_certificate_ends(
    well: Patient, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web(tmp_path, house, HOARDING, days=3) as address:
        through = replace(well, public=address, patience=6.0)
        assert codes(front.lines, through) >= {("no_sockets", WRONG), ("hoarded", WRONG)}
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert codes(front.certificate, through) == {("certificate_ends", WRONG)}
    assert ssl.get_default_verify_paths().cafile


def test_a_prometheus_with_a_target_that_is_down(well: Patient, house: House, tmp_path: Path) -> None:
    if PROMETHEUS is None:
        pytest.skip("prometheus is not installed (apt-get install prometheus)")
    port, dead = free_port(), free_port()
    targets = json.dumps([f"127.0.0.1:{house.port}", f"127.0.0.1:{dead}"])
    (tmp_path / "p.yml").write_text(
        f"global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: markoff-api, static_configs: [{{targets: {targets}}}]}}]\n"
    )
    command = [
        PROMETHEUS,
        f"--config.file={tmp_path}/p.yml",
        f"--storage.tsdb.path={tmp_path}/d",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    watched = replace(well, prometheus=f"http://127.0.0.1:{port}")

    def down() -> list[str]:
        """Another target may be too slow for a look."""
        said = watching.prometheus(watched)
        return [str(one.parameters["target"]) for one in said if one.code == "doctor.target_down"]

    try:
        wait_for(port)
        wait_until(lambda: any(f":{dead}/" in target for target in down()))
    finally:
        process.terminate()
        process.wait(60)
    assert codes(watching.prometheus, watched) == {("no_prometheus", WRONG)}


database_look = database.look


def test_all_of_it_at_once_on_a_house_without_anything(tmp_path: Path) -> None:
    nothing = Patient(api=f"http://127.0.0.1:{free_port()}", agent=f"http://127.0.0.1:{free_port()}")
    said = {one.code for one in round.look(nothing)}
    assert said >= {"doctor.no_database", "doctor.no_api", "doctor.no_agent", "doctor.no_key", "doctor.no_copies_told"}
    assert patient.met(tmp_path, None, None, None).api == "http://127.0.0.1:8000"
