"""What the containers run before anybody is there: secrets made, databases made ready, a broker with passwords."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.postgres import Postgres
from tests.deploy.composed import COMPOSE

MARKOFF = [sys.executable, "-c", "from deploy.cli import main; main()", "--lang", "en"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compose as an owner has it after `./prepare`."""
    folder = tmp_path_factory.mktemp("compose")
    shutil.copy(COMPOSE / "env.example", folder)
    subprocess.run([COMPOSE / "prepare", folder], check=True, capture_output=True)
    return folder


def secret(made: Path, name: str) -> str:
    return (made / "secrets" / name).read_text(encoding="utf-8").strip()


def test_every_secret_of_compose_is_made_once(made: Path) -> None:
    from tests.deploy.composed import composed

    wanted = {Path(one["file"]).name for one in composed("gpu")["secrets"].values()}
    there = {path.name: path.read_text(encoding="utf-8") for path in (made / "secrets").iterdir()}
    assert set(there) == wanted
    assert [name for name, text in there.items() if not text.strip()] == ["markoff_telegram_token"]
    assert (made / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (made / "secrets").iterdir()} == {0o444}

    subprocess.run([COMPOSE / "prepare", made], check=True, capture_output=True)
    assert {path.name: path.read_text(encoding="utf-8") for path in (made / "secrets").iterdir()} == there
    page = (COMPOSE / "secrets" / "README.md").read_text(encoding="utf-8")
    assert [name for name in wanted if f"`{name}`" not in page] == []


@pytest.fixture(scope="module")
def server(cluster: Postgres, made: Path) -> Iterator[dict[str, str]]:
    """Addresses of the two databases as deploy/compose/postgres.sh makes them."""
    if shutil.which("psql") is None:
        pytest.skip("psql (postgresql-client) is not here")
    address = psycopg.conninfo.conninfo_to_dict(cluster.url("postgres"))
    env = os.environ | {"SECRETS": str(made / "secrets"), "PGHOST": str(address["host"])}
    env |= {"PGPORT": str(address.get("port", 5432)), "PGPASSWORD": str(address["password"])}
    subprocess.run([COMPOSE / "postgres.sh"], env=env | {"POSTGRES_USER": str(address["user"])}, check=True)
    place = f"@/%s?host={address['host']}&port={address.get('port', 5432)}"
    logins = {"markoff": "markoff_password", "markoff_agent": "memory_password"}
    yield {name: f"postgresql://{name}:{secret(made, file)}{place % name}" for name, file in logins.items()}
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        for name in logins:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE {name}")


def prepared(url: str, secrets: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MARKOFF_")}
    env |= {"DATABASE_URL": url, "MARKOFF_SECRETS": str(secrets)}
    return subprocess.run([*MARKOFF, "db", "prepare", *options], env=env, capture_output=True, text=True, cwd=secrets)


async def test_a_house_begins_on_a_server(server: dict[str, str], made: Path, tmp_path: Path) -> None:
    weak = prepared(server["markoff"], tmp_path)
    assert weak.returncode == 1
    assert "MARKOFF_AGENT_KEY is needed" in weak.stderr

    first, second = (prepared(server["markoff"], made / "secrets") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert "admin is its administrator" in first.stdout
    assert second.returncode == 0, second.stderr
    assert "knows its people" in second.stdout

    from api.auth import check_password

    with psycopg.connect(server["markoff"]) as connection:
        (hashed,) = connection.execute('SELECT password_hash FROM security."user"').fetchone() or ("",)
        assert connection.execute("SELECT kind FROM security.api_key").fetchall() == [("AGENT",)]
    assert await check_password(hashed, secret(made, "markoff_admin_password"))


def test_a_login_reaches_its_own_database_only(server: dict[str, str]) -> None:
    for ours, others in (("markoff", "markoff_agent"), ("markoff_agent", "markoff")):
        psycopg.connect(server[ours]).close()
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(server[ours].replace(f"@/{ours}", f"@/{others}"))
