"""The compose files are whole: every path, port, variable, secret, check, network and command leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import typer.main
import yaml

from deploy import cli
from tests.deploy.composed import COMPOSE, FLAVOURS, composed, environment, services, variables

ROOT = COMPOSE.parents[1]
DOCKERFILE = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
MADE = {"./markoff.toml", "./acme"}
"""Paths that `prepare` makes."""
OURS = {"migrate", "api", "agent", "telegram", "voice", "backup", "doctor"}
ONE_OFF = {"migrate", "preload-models", "doctor"}
ROOTS = {"preload-models": "it fills volumes that are empty", "dcgm-exporter": "NVIDIA's image wants it"}
WRITABLE = {"dcgm-exporter": "its daemon writes beside itself", "preload-models": "a one-off that only writes"}
OUTWARD = {"telegram", "preload-models", "alertmanager", "doctor"}
"""They have to reach other machines: Telegram, a hub of models, a mail server."""
IMAGES = r"^[a-z0-9./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$"

flavours = pytest.mark.parametrize("flavour", FLAVOURS)
owners = pytest.mark.parametrize("flavour", ["prod", "gpu"])


def test_the_files_hold_to_the_schema_of_compose() -> None:
    files = map(str, sorted(COMPOSE.glob("*.yaml")))
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", *files]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_service_of_the_design_is_there() -> None:
    wanted = {"postgres", "migrate", "api", "agent", "telegram", "voice", "nginx", "prometheus", "grafana"}
    assert set(services("prod")) == wanted | {"mosquitto", "backup", "alertmanager", "doctor"}
    assert set(services("gpu")) == set(services("prod")) | {"vllm", "dcgm-exporter", "preload-models"}
    assert set(services("dev")) == {"postgres", "migrate", "api", "agent", "telegram", "voice", "mosquitto"}


def test_the_example_of_variables_names_all_that_are_used_and_no_other() -> None:
    used = {name: value for path in COMPOSE.glob("*.yaml") for name, value in variables(path.read_text()).items()}
    images = {name for name in used if name.endswith("_IMAGE") and name != "MARKOFF_IMAGE"}
    told = environment()
    assert set(told) - {"COMPOSE_FILE", "COMPOSE_PROFILES"} == set(used) - images - {"MARKOFF_TOML"}
    assert [name for name, value in used.items() if value is None] == [], "each has a value where nobody says one"
    differing = {name: (told[name], value) for name, value in used.items() if name in told and told[name] != value}
    assert set(differing) == {"MODEL_TEMPLATE_ARGUMENTS"}, "braces cannot stand in a default"


@flavours
def test_paths_volumes_secrets_and_networks_exist(flavour: str) -> None:
    whole = composed(flavour)
    lost = []
    for name, service in services(flavour).items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            there = (COMPOSE / source).exists() or source in MADE if source[0] in "./" else source in whole["volumes"]
            lost += [] if there else [f"{name}: volume {source}"]
        lost += [f"{name}: secret {one}" for one in service.get("secrets", ()) if one not in whole["secrets"]]
        lost += [f"{name}: network {one}" for one in service.get("networks", ()) if one not in whole["networks"]]
        lost += [f"{name}: needs {one}" for one in service.get("depends_on", ()) if one not in services(flavour)]
        assert service.get("networks"), f"{name} is in no network: it would be in the default one, which leads outside"
        if build := service.get("build"):
            assert (COMPOSE / build["context"] / build["dockerfile"]).is_file()
            assert f" AS {build['target']}\n" in DOCKERFILE
            assert all(f"ARG {one}={value}\n" in DOCKERFILE for one, value in build["args"].items())
    assert lost == []


@flavours
def test_whoever_is_waited_for_can_say_that_it_is_ready(flavour: str) -> None:
    for name, service in services(flavour).items():
        for other, wish in service.get("depends_on", {}).items():
            if wish["condition"] == "service_healthy":
                assert "healthcheck" in services(flavour)[other], f"{name} waits for {other}, which has no check"
            else:
                assert other in ONE_OFF
            if "profiles" in services(flavour)[other]:
                assert "profiles" in service, f"{name} needs {other}, which is off unless asked for"


def words(service: dict[str, Any]) -> list[str]:
    """What a container of ours runs, after the `markoff` of the image."""
    assert "entrypoint" not in service
    return list(service["command"])


@pytest.mark.parametrize("flavour", ["prod", "gpu"])
def test_every_command_of_ours_is_one(flavour: str) -> None:
    cli._register()
    top = typer.main.get_command(cli.app)
    for name in OURS:
        command: Any = top
        options: set[str] = set()
        for word in words(services(flavour)[name]):
            below = getattr(command, "commands", None) or {}
            if word.startswith("--"):
                assert word in options, f"{name}: markoff has no option {word} there"
            elif below:
                assert word in below, f"{name}: markoff has no command {word}"
                command = below[word]
            options = {option for parameter in command.params for option in parameter.opts}


@flavours
def test_a_check_asks_a_port_of_its_own_part(flavour: str) -> None:
    listens = {"api": "8000", "agent": "8001", "telegram": "8002", "voice": "10301"}
    for name, service in services(flavour).items():
        if name in ONE_OFF:
            continue
        test = service["healthcheck"]["test"]
        assert test[0] in ("CMD", "CMD-SHELL")
        if name in listens:
            assert test[1] == "answers"
            assert test[2].startswith(listens[name] + "/")
            said = [*map(str, service.get("command", ())), *map(str, service.get("environment", {}).values())]
            assert any(listens[name] in word for word in said), f"{name} is not told to listen on {listens[name]}"


@flavours
def test_addresses_name_services_that_share_a_network(flavour: str) -> None:
    ports = {"api": "8000", "agent": "8001", "voice": "10300", "vllm": "8000", "postgres": "5432", "mosquitto": "1883"}
    for name, service in services(flavour).items():
        for variable, value in service.get("environment", {}).items():
            match = re.match(r"(?:https?|tcp|mqtt)://([a-z]+):(\d+)", str(value))
            if match is None or match[1] == "localhost":
                continue
            other, port = match.groups()
            assert ports[other] == port, f"{name}: {variable}"
            assert set(service["networks"]) & set(services(flavour)[other]["networks"]), f"{name}: {variable}"


@owners
def test_an_owners_services_restart_are_limited_and_have_no_rights(flavour: str) -> None:
    for name, service in services(flavour).items():
        assert service["restart"] == ("no" if name in ONE_OFF else "unless-stopped"), name
        limits = service["deploy"]["resources"]["limits"]
        assert "memory" in limits, name
        assert "pids" in limits or name == "voice", name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        assert service.get("read_only") is True or name in WRITABLE, name
        root = str(service.get("user", "0:0")).startswith("0:")
        assert not root or name in ROOTS, f"{name} runs as root"
        assert name in ONE_OFF or "healthcheck" in service, name
        assert re.match(IMAGES, service["image"]), service["image"]


@owners
def test_no_password_is_in_an_owners_environment(flavour: str) -> None:
    secret = re.compile(r"(PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL|MEMORY_URL)$")
    told = [
        f"{name}: {variable}"
        for name, service in services(flavour).items()
        for variable in service.get("environment", {})
        if secret.search(variable)
    ]
    assert told == []
    everybody = {one for service in services(flavour).values() for one in service.get("secrets", ())}
    assert everybody == set(composed(flavour)["secrets"]), "a secret that nobody is given"


@owners
def test_other_machines_reach_nginx_only(flavour: str) -> None:
    networks = composed(flavour)["networks"]
    assert all(networks[name]["internal"] for name in ("house", "data"))
    for name, service in services(flavour).items():
        open_ = [port for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")]
        assert not open_ or name == "nginx", f"{name} is open to other machines: {open_}"
        assert not service.get("ports") or "edge" in service["networks"]
        assert "outward" not in service["networks"] or name in OUTWARD, name


def test_who_reaches_the_database() -> None:
    data = {name for name, service in services("gpu").items() if "data" in service["networks"]}
    assert data == {"postgres", "migrate", "api", "agent", "telegram", "backup", "doctor"}


def test_cards_are_asked_for_as_nvidias_runtime_wants_it() -> None:
    for name in ("vllm", "voice", "dcgm-exporter"):
        (card,) = services("gpu")[name]["deploy"]["resources"]["reservations"]["devices"]
        assert card["driver"] == "nvidia"
        assert "gpu" in card["capabilities"]
        assert ("count" in card) != ("device_ids" in card)


def test_scripts_of_containers_are_sound() -> None:
    scripts = [*COMPOSE.glob("*.sh"), COMPOSE / "prepare", *(ROOT / "deploy" / "docker").glob("[lp]*")]
    scripts += [ROOT / "deploy" / name / "start.sh" for name in ("mosquitto", "nginx", "alertmanager")]
    for script in scripts:
        if script.suffix in ("", ".sh"):
            subprocess.run(["sh", "-n", str(script)], check=True)
            assert script.stat().st_mode & 0o111, script


def test_prometheus_asks_services_at_ports_they_listen_on() -> None:
    told = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    ports = {"api": 8000, "agent": 8001, "telegram": 8002, "voice": 10301, "vllm": 8000, "dcgm-exporter": 9400,
             "alertmanager": 9093,
             "backup": int(services("prod")["backup"]["command"][-1].rpartition(":")[2])}  # fmt: skip
    asked = {
        name: found["port"]
        for job in told["scrape_configs"]
        for found in job.get("dns_sd_configs", ())
        for name in found["names"]
    }
    assert {name: ports.get(name) for name in asked} == asked
    for name in asked:
        assert set(services("gpu")[name]["networks"]) & set(services("gpu")["prometheus"]["networks"])
    grafana = (ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(grafana)["datasources"][0]["url"] == "http://prometheus:9090"
    assert set(services("prod")["grafana"]["networks"]) & set(services("prod")["prometheus"]["networks"])


def test_nginx_passes_on_to_services_and_is_checked_inside() -> None:
    start = (ROOT / "deploy" / "nginx" / "start.sh").read_text(encoding="utf-8")
    nginx = services("prod")["nginx"]
    assert "server api:8000 " in start
    for name, port in (("agent", 8001), ("telegram", 8443)):
        assert f":={name}:{port}}}" in start
    for name in ("api", "agent", "telegram"):
        assert set(services("prod")[name]["networks"]) & set(nginx["networks"])
    for name in re.findall(r"/run/secrets/(\w+)", start):
        assert name in nginx["secrets"]
    assert nginx["environment"]["HTTPS_PORT"] == "443"
    (inside,) = re.findall(r"INSIDE_LISTEN:=(\d+)", start)
    assert f"127.0.0.1:{inside}/health" in nginx["healthcheck"]["test"][-1]
    assert [port.split(":")[-1] for port in nginx["ports"]] == re.findall(r"HTTPS?_LISTEN:=(\d+)", start)
    assert inside not in {port.split(":")[-1] for port in nginx["ports"]}
    assert set(nginx["environment"]) <= set(re.findall(r"[{]([A-Z_]+):=", start))
