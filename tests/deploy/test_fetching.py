"""What an owner runs once with the net: models are fetched into the volume, images are pinned by their digests."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.deploy.composed import COMPOSE, environment, services

ROOT = COMPOSE.parents[1]
COMMIT = "a" * 40
DIGEST = "sha256:" + "d" * 64
VOICES = ("ru/ru_RU/irina/medium/ru_RU-irina-medium", "en/en_US/lessac/medium/en_US-lessac-medium")


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the hub's protocol as its own client asks for (GET /api/models/…, HEAD and GET /…/resolve/…)."""

    protocol_version = "HTTP/1.1"
    models: dict[str, list[str]]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        told: object = None
        if asked := re.match(r"/api/models/([^/]+/[^/]+)/tree/", path):
            told = [{"type": "file", "path": one, "size": 1, "oid": "0" * 40} for one in self.models[asked[1]]]
        elif asked := re.match(r"/api/models/([^/]+/[^/]+)", path):
            files = [{"rfilename": one} for one in self.models[asked[1]]]
            told = {"id": asked[1], "sha": COMMIT, "siblings": files, "tags": [], "private": False}
        body = b"x" if told is None else json.dumps(told).encode()
        self.send_response(200)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{zlib.crc32(path.encode()):x}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def hub() -> Iterator[str]:
    told = environment()
    Hub.models = {
        told["MODEL"]: ["config.json", "model.safetensors"],
        told["WHISPER"]: ["config.json", "model.bin"],
        "rhasspy/piper-voices": [voice + end for voice in (*VOICES, "de/other") for end in (".onnx", ".onnx.json")],
    }
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_models_are_fetched_to_where_the_parts_look_for_them(hub: str, tmp_path: Path) -> None:
    programs = Path(sys.executable).parent
    if not (programs / "hf").exists():
        pytest.skip("the hub's client is not here")
    if os.geteuid() != 0:
        pytest.skip("only root can give the cache to another user")
    (tmp_path / "cache").mkdir()
    told = services("gpu")["preload-models"]["environment"] | {"HF_ENDPOINT": hub, "HF_HOME": str(tmp_path / "home")}
    told |= {"MODELS": str(tmp_path / "models"), "CACHE": str(tmp_path / "cache"), "HF_HUB_DISABLE_XET": "1"}
    told |= {"HF_HUB_ETAG_TIMEOUT": "60", "HF_HUB_DOWNLOAD_TIMEOUT": "60"}
    env = os.environ | told | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", COMPOSE / "preload-models.sh"], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    models = tmp_path / "models"
    serve = (COMPOSE / "vllm.sh").read_text(encoding="utf-8")
    assert '"/models/llm/$MODEL"' in serve
    assert (models / "llm" / environment()["MODEL"] / "model.safetensors").exists()
    wanted = services("gpu")["voice"]["environment"]
    for name in ("WHISPER", "PIPER_RU", "PIPER_EN"):
        place = models / Path(wanted[f"MARKOFF_VOICE_{name}"]).relative_to("/models")
        assert place.exists(), place
        assert place.is_dir() or place.with_name(place.name + ".json").exists()
    assert not (models / "piper" / "de").exists()
    assert (tmp_path / "cache").stat().st_uid == 10001


def test_every_image_is_pinned_by_its_digest(tmp_path: Path) -> None:
    docker, env = tmp_path / "docker", tmp_path / ".env"
    shutil.copy(COMPOSE / "env.example", env)
    docker.write_text(f"#!/bin/sh\n[ ! -e {tmp_path}/away ] && echo {DIGEST}\n")
    docker.chmod(0o755)
    pin = [ROOT / "deploy" / "docker" / "pin", env]
    told = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(pin, env=told, check=True, capture_output=True)
    pinned = re.findall(r"^([A-Z_]+_IMAGE)=(\S+)@(\S+)$", env.read_text(), re.MULTILINE)
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in COMPOSE.glob("*.yaml")]
    named = {one.get("image", "") for file in files for one in file["services"].values()}
    used = {match[1] for one in named if (match := re.match(r"\$\{([A-Z_]+_IMAGE):-", one))} - {"MARKOFF_IMAGE"}
    assert {name for name, _, digest in pinned if digest == DIGEST} == used | {"PYTHON_IMAGE", "NODE_IMAGE"}
    assert len(pinned) == len(used) + 2
    (tmp_path / "away").touch()
    assert subprocess.run(pin, env=told, capture_output=True).returncode != 0
