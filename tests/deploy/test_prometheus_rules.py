"""The files that watch a house hold together: they parse, name metrics that exist, and every alert is explained."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy import exposed
from tests.deploy.conftest import ROOT
from tests.deploy.watching import DASHBOARDS, FILES, alerts, expressions, names, program

OTHERS = {"process_resident_memory_bytes", "process_cpu_seconds"}
"""Of the library of Prometheus itself."""


def known() -> set[str]:
    """All families that our code has."""
    return {metric._name for modules in exposed.PARTS.values() for module in modules for metric in exposed.of(module)}


def test_prometheus_reads_its_files() -> None:
    done = subprocess.run(
        [program("promtool"), "check", "config", "prometheus.yml"], cwd=FILES, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [program("promtool"), "test", "rules", "rules_test.yml"], cwd=FILES, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_dashboards_ask_what_prometheus_understands(tmp_path: Path) -> None:
    asked = [expression for dashboard in DASHBOARDS for expression in expressions(dashboard)]
    assert len(asked) > 100
    rules = [{"record": f"asked:{number}", "expr": one} for number, one in enumerate(asked)]
    (tmp_path / "asked.yml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))
    done = subprocess.run(
        [program("promtool"), "check", "rules", "asked.yml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_name_metrics_that_exist(dashboard: Path) -> None:
    lost = {name for expression in expressions(dashboard) for name in names(expression)} - known() - OTHERS
    assert lost == set()


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_dashboards_are_as_grafana_loads_them(dashboard: Path) -> None:
    told = json.loads(dashboard.read_text(encoding="utf-8"))
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())
    uid = source["datasources"][0]["uid"]
    ids = [panel["id"] for panel in told["panels"]]
    assert len(ids) == len(set(ids))
    for panel in told["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        if panel["type"] == "row":
            continue
        assert panel["datasource"]["uid"] == uid
        assert all(target["datasource"]["uid"] == uid and target["expr"] for target in panel["targets"])
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        assert re.search("[а-я]", panel["description"]) or panel["title"] == "Temperature", panel["title"]
    variables = {variable["name"] for variable in told["templating"]["list"]}
    used = set(re.findall(r"\$(?!__)(\w+)", json.dumps([p.get("targets") for p in told["panels"]])))
    assert used <= variables


def test_every_metric_is_on_some_dashboard_or_in_a_rule() -> None:
    asked = [*(one for dashboard in DASHBOARDS for one in expressions(dashboard)), *(rule["expr"] for rule in alerts())]
    assert known() - {name for expression in asked for name in names(expression)} == set()


def test_every_alert_is_explained_in_both_languages() -> None:
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    for rule in alerts():
        told = rule["annotations"]
        assert re.search("[а-яё]", told["summary_ru"]), rule["alert"]
        assert not re.search("[а-яё]", told["summary"]), rule["alert"]
        assert told["runbook"] == f"docs/alerts.md#{rule['alert'].lower()}"
        section = page.partition(f"### {rule['alert']}\n")[2].partition("\n### ")[0]
        assert "**Means.**" in section, rule["alert"]
        assert "**Do.**" in section, rule["alert"]
        assert f"`{rule['expr']}`" in section, f"{rule['alert']}: the page tells another condition"
        assert names(rule["expr"]) <= known(), rule["alert"]
    assert re.findall(r"^### (\w+)$", page, re.MULTILINE) == [rule["alert"] for rule in alerts()]


def test_the_page_of_metrics_is_as_the_code() -> None:
    written = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert written == exposed.page(), "it is stale: python -m deploy.exposed > docs/metrics.md"


def test_names_are_as_prometheus_wants_them() -> None:
    for modules in exposed.PARTS.values():
        for module in modules:
            for metric in exposed.of(module):
                assert re.fullmatch(r"markoff_[a-z0-9_]+", metric._name)
                assert metric._documentation.endswith("."), metric._name
                assert metric._type != "histogram" or metric._name.endswith(("_seconds", "_readings", "_steps")), (
                    metric._name
                )


ALL_WAYS = {
    "ALERTS_LANGUAGE": "en",
    "ALERTS_TELEGRAM_CHAT": "-100500",
    "ALERTS_MAIL_TO": "night@house.example",
    "ALERTS_MAIL_SERVER": "mail.house.example:587",
}


@pytest.mark.parametrize(
    ("told", "ways"), [({}, "nothing"), (ALL_WAYS, "Telegram mail webhook")], ids=["nobody", "everybody"]
)
def test_alertmanager_reads_what_is_written_for_it(tmp_path: Path, told: dict[str, str], ways: str) -> None:
    secrets = {
        "markoff_telegram_token": "7000:AA'b\n",
        "alerts_webhook": "https://hook.example/?key='x'\n" if told else "",
        "alerts_heartbeat": "https://beat.example\n" if told else "",
        "alerts_mail_password": "it's\n",
    }
    for name, text in secrets.items():
        (tmp_path / name).write_text(text)
    env = {"PATH": "/usr/bin:/bin", "ALERTMANAGER_SECRETS": str(tmp_path), "ALERTMANAGER_RUN": str(tmp_path / "run")}
    start = ROOT / "deploy" / "alertmanager" / "start.sh"
    run = [start.as_posix()]
    done = subprocess.run(run, env=env | {"ALERTMANAGER": "true"} | told, capture_output=True, text=True, check=True)
    assert f"told by: {ways}" in done.stderr
    made = tmp_path / "run" / "alertmanager.yml"
    assert made.stat().st_mode & 0o077 == 0
    config = yaml.safe_load(made.read_text(encoding="utf-8"))
    if told:
        page = next(one for one in config["receivers"] if one["name"] == "page")
        assert page["telegram_configs"][0]["bot_token"] == secrets["markoff_telegram_token"].strip()
        assert page["webhook_configs"][0]["url"] == secrets["alerts_webhook"].strip()
        assert page["email_configs"][0]["auth_password"] == "it's"
    checked = subprocess.run([program("amtool"), "check-config", made], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert subprocess.run(run, env=env | {"ALERTS_LANGUAGE": "de"}, capture_output=True).returncode == 1
