"""Debian's PostgreSQL 15 and PgBouncer, started by a test as an owner runs them, and stopped with it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.edge import PATH, ROOT
from tests.ports import free_port

FIFTEEN = Path("/usr/lib/postgresql/15/bin")
INI = ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini"
PASSWORD = "only on this machine"


@contextmanager
def postgres_15(folder: Path) -> Iterator[str]:
    """The address of an empty database `house` on PostgreSQL 15."""
    if not FIFTEEN.is_dir():
        pytest.skip("PostgreSQL 15 of Debian (postgresql-15) is not installed here")
    data, port = folder / "fifteen", free_port()
    who = "postgres" if os.geteuid() == 0 else None
    data.mkdir()
    secret = folder / "password"
    secret.write_text(PASSWORD)
    for path in (data, secret):
        if who is not None:
            shutil.chown(path, who)
    begin = [
        FIFTEEN / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        f"--pwfile={secret}",
    ]
    subprocess.run(begin, user=who, check=True, capture_output=True)
    options = [
        "-c",
        "fsync=off",
        "-c",
        f"port={port}",
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
    ]
    with (folder / "fifteen.log").open("wb") as log:
        process = subprocess.Popen([FIFTEEN / "postgres", "-D", data, *options], user=who, stdout=log, stderr=log)
    try:
        _listens(process, port, folder / "fifteen.log")
        url = f"postgresql://postgres:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}"
        _run_sql(f"{url}/postgres", "CREATE DATABASE house")
        yield f"{url}/house"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _run_sql(url: str, statement: str) -> None:
    import psycopg

    until = time.monotonic() + 60
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(statement.encode())
            return
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def pgbouncer(folder: Path, direct: str) -> Iterator[str]:
    """The address of a pooler as deploy/pgbouncer describes it, before the database at `direct`."""
    program = shutil.which("pgbouncer", path=PATH)
    if program is None:
        pytest.skip("pgbouncer is not installed here")
    port, who = free_port(), "postgres" if os.geteuid() == 0 else None
    place = direct.rsplit("@", 1)[1].split("/")[0]
    host, behind = place.split(":")
    (folder / "pgbouncer.ini").write_text(INI.read_text().replace("%include ", f"%include {folder}/"))
    (folder / "users.txt").write_text(f'"postgres" "{PASSWORD}"\n')
    (folder / "databases.ini").write_text(f"[databases]\nhouse = host={host} port={behind} dbname=house\n")
    (folder / "local.ini").write_text(
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_file = {folder}/users.txt\n"
    )
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen([program, folder / "pgbouncer.ini"], user=who, stdout=log, stderr=log)
    try:
        _listens(process, port, folder / "pgbouncer.log")
        yield direct.replace(place, f"127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(60)


def _listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
