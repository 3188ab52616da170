"""What the images hold: their install steps run in a clean environment, and `markoff` works from there."""

from __future__ import annotations

import http.server
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.deploy.installing import DOCKER, ROOT, environment, run, uv, wheel

DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
PINNED = re.compile(r"^([a-z0-9-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((DOCKER / f"{name}.txt").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `markoff` as the images have it."""
    folder = tmp_path_factory.mktemp("image")
    made = wheel(folder)
    python = environment(folder / "markoff")
    hashed = ("--require-hashes", "--only-binary", ":all:", "-r", DOCKER / "requirements.txt")
    run(uv(), "pip", "install", "-q", "--python", python, *hashed, folder=folder)
    run(uv(), "pip", "install", "-q", "--python", python, "--no-deps", "--no-index", made, folder=folder)
    run(uv(), "pip", "check", "-q", "--python", python, folder=folder)
    return python.parent


def test_markoff_runs_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "markoff", "schema", folder=tmp_path) == (ROOT / "schema.graphql").read_text(
        encoding="utf-8"
    )
    parts = "import deploy.cli, api.app, agent.server, agent.channels.telegram.app; print(deploy.__file__)"
    assert run(installed / "python", "-P", "-c", parts, folder=tmp_path).startswith(str(installed.parent))


def test_every_file_that_is_read_is_in_the_wheel(installed: Path) -> None:
    (there,) = installed.parent.glob("lib/python*/site-packages")
    listed = subprocess.run(["git", "ls-files", "db", "api", "agent", "voice", "deploy"], cwd=ROOT, capture_output=True)
    names = listed.stdout.decode().split() if listed.returncode == 0 else []
    beside = ("deploy/compose/", "deploy/docker/", "deploy/nginx/", "deploy/mosquitto/", "deploy/pgbouncer/")
    beside += ("deploy/prometheus/", "deploy/grafana/")
    wanted = [name for name in names if not name.startswith(beside) and (ROOT / name).exists()]
    assert [name for name in wanted if not (there / name).exists()] == []
    assert [name for name in names if name.startswith(beside) and (there / name).exists()] == []
    assert (there / "agent" / "schema.graphql").exists()


def test_layers_agree_on_every_version() -> None:
    base, voice, gpu = map(pinned, ("requirements", "requirements-voice", "requirements-voice-gpu"))
    assert base.items() <= voice.items() <= gpu.items(), "run deploy/docker/lock"


def test_the_pins_are_those_of_the_project() -> None:
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for name, parts in {"requirements": (), "requirements-voice": ("voice",)}.items():
        wanted = [*project["dependencies"], *extras["ifc"], *extras["satellites"], *extras["tracing"]]
        wanted += [one for part in parts for one in extras[part]]
        there = pinned(name)
        for line in wanted:
            one = Requirement(line)
            if one.marker is None or one.marker.evaluate({"python_version": "3.11"}):
                assert one.name in there, f"{one.name}: run deploy/docker/lock"
                assert one.specifier.contains(there[one.name], prereleases=True), f"{one.name}: run deploy/docker/lock"


def test_the_dockerfile_keeps_the_rules() -> None:
    text = DOCKERFILE.replace("\\\n", " ")
    stages = re.findall(r"^FROM (\S+)(?: AS ([\w-]+))?$", text, re.MULTILINE)
    names = [name for _, name in stages]
    assert {"api", "agent", "telegram", "voice", "voice-gpu"} <= set(names)
    for base, _ in stages:
        assert base in names or re.fullmatch(r"\$\{(\w+)_IMAGE\}", base), (
            f"{base} is neither a stage nor a pinned image"
        )
    for image in re.findall(r"^ARG \w+_IMAGE=(\S+)$", text, re.MULTILINE):
        assert ":" in image
        assert not image.endswith(":latest")
    for step in re.findall(r"^RUN .*pip install.*$", text, re.MULTILINE):
        assert "--require-hashes" in step or "--no-deps --no-index" in step, step
    assert not re.search(r"^ADD |sudo|curl |wget |apt-get", text, re.MULTILINE)
    for target in ("api", "agent", "telegram", "voice", "voice-gpu"):
        stage = re.split(rf"^FROM \S+ AS {target}$", text, maxsplit=1, flags=re.MULTILINE)[1].split("\nFROM ")[0]
        users = re.findall(r"^USER (\S+)$", stage, re.MULTILINE)
        assert not users or users[-1] == "10001:10001", f"{target} ends as root"
        assert re.search(r"^CMD \[", stage, re.MULTILINE)
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    for line in re.findall(r"^COPY (?!--from)(?:--\S+ )*(.*) \S+$", text, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists()
            assert f"!{name.split('/')[0]}" in kept, f"{name} is left out by .dockerignore"


def test_a_check_tells_ready_from_not() -> None:
    class Part(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/ready" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Part) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port
        codes = [
            subprocess.run([sys.executable, "-S", DOCKER / "answers", place], capture_output=True).returncode
            for place in (f"{port}/ready", f"{port}/other")
        ]
        server.shutdown()
    assert codes == [0, 1]
    assert subprocess.run([sys.executable, DOCKER / "answers", f"{port}/ready"], capture_output=True).returncode == 1
