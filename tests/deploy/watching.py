"""The files that Prometheus and Grafana read, and the real Prometheus at work with them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.deploy.conftest import ROOT, wait_until
from tests.ports import free_port

FILES = ROOT / "deploy" / "prometheus"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\b(?:markoff|process)_\w+\b")
PARTS = re.compile(r"_(?:total|bucket|sum|count)$")


def program(name: str) -> str:
    """A program of Debian's package prometheus; skips without it."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (apt install prometheus)")
    return found


def alerts() -> list[dict[str, Any]]:
    told = yaml.safe_load((FILES / "rules" / "markoff.yml").read_text(encoding="utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def expressions(dashboard: Path) -> list[str]:
    """What the panels ask, as Grafana sends it."""
    told = json.loads(dashboard.read_text(encoding="utf-8"))
    found = [target["expr"] for panel in told["panels"] for target in panel.get("targets", ())]
    return [one.replace("$__rate_interval", "1m").replace("$instance", ".*") for one in found]


def names(expression: str) -> set[str]:
    """The metrics of ours in an expression, by the names of their families; labels in quotes are none."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    return {PARTS.sub("", name) for name in NAME.findall(bare)}


class Prometheus:
    """The real one."""

    def __init__(self, port: int) -> None:
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False)

    def get(self, path: str, **given: str) -> Any:
        answer = self.http.get(f"/api/v1/{path}", params=given)
        told = answer.json()
        assert told["status"] == "success", (given, told)
        return told["data"]

    def ask(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """The series that an expression gives now."""
        found = self.get("query", query=expression)
        rows = found["result"] if found["resultType"] == "vector" else [{"metric": {}, "value": found["result"]}]
        return [(row["metric"], float(row["value"][1])) for row in rows]

    def heard(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """The same, as soon as there are any: a target that was too slow for one look tells nothing until the next."""
        found: list[tuple[dict[str, str], float]] = []

        def asked() -> bool:
            found[:] = self.ask(expression)
            return bool(found)

        wait_until(asked, why=lambda: expression)
        return found

    def firing(self) -> set[tuple[str, str]]:
        """Alerts that fire, with their instances."""
        told = self.get("alerts")["alerts"]
        return {
            (one["labels"]["alertname"], one["labels"].get("instance", "")) for one in told if one["state"] == "firing"
        }

    def families(self) -> set[str]:
        """Names of all metrics that any target tells of, also of those that were not counted yet."""
        return {PARTS.sub("", one["metric"]) for one in self.get("targets/metadata", limit="10000")}


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, list[str]]) -> Iterator[Prometheus]:
    """Prometheus with the very files of deploy/, but for their patience: what takes a minute there takes seconds."""
    shutil.copytree(FILES, folder)
    for job, addresses in targets.items():
        (folder / "targets" / f"{job}.yml").write_text(yaml.safe_dump([{"targets": addresses}]))
    hurry(folder / "prometheus.yml", r"(scrape_interval|evaluation_interval): 15s", r"\1: 2s")
    hurry(folder / "prometheus.yml", "scrape_timeout: 10s", "scrape_timeout: 2s")
    hurry(folder / "rules" / "markoff.yml", r"for: \d+[mh]", "for: 3s")
    port = free_port()
    command = [program("prometheus"), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    said = folder / "log"
    with said.open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stderr=log, stdout=log)
    asked = Prometheus(port)
    try:
        wait_until(lambda: process.poll() is None and _ready(asked))
        yield asked
    finally:
        process.kill()
        process.wait()
        asked.http.close()


def _ready(asked: Prometheus) -> bool:
    try:
        return asked.http.get("/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def hurry(file: Path, pattern: str, instead: str) -> None:
    text, changed = re.subn(pattern, instead, file.read_text(encoding="utf-8"))
    assert changed, (file, pattern)
    file.write_text(text, encoding="utf-8")
