"""Whether the house keeps its secrets: strong keys, closed folders, no password that everybody knows, closed doors."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from deploy import external
from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient, in_container
from deploy.trouble import Trouble

DIFFERENT = 12
"""Different characters that a random key of 32 has at least."""
KNOWN_WORDS = ("change", "secret", "example", "password", "markoff", "test")
MOUNTED = Path("/run/secrets")
"""Where Docker puts the files that one container is given: nobody else is there, and their folder outside is closed."""
LOOPBACK = ("127.", "localhost", "::1")


def keys(patient: Patient) -> Iterator[Finding]:
    """The key that signs: whoever guesses it is anybody."""
    key = patient.jwt_key
    if not key:
        return
    guessed = any(word in key.lower() for word in KNOWN_WORDS)
    if len(key) < 32 or len(set(key)) < DIFFERENT or guessed:
        yield Finding("secrets", WRONG, "doctor.weak_key")
    else:
        yield Finding("secrets", WELL, "doctor.strong_key")


def folders(patient: Patient) -> Iterator[Finding]:
    """Files with secrets that others of this machine may read."""
    import os

    files = [patient.folder / "secrets.json"] if patient.folder else []
    told = os.environ.get("MARKOFF_SECRETS")
    if told and Path(told) != MOUNTED and Path(told).is_dir():
        files += sorted(file for file in Path(told).iterdir() if file.name.lower().startswith("markoff_"))
    open_ = [file for file in files if _open(file)]
    for file in open_:
        yield Finding("secrets", WRONG, "doctor.open_file", {"file": file})
    if files and not open_:
        yield Finding("secrets", WELL, "doctor.closed")


def _open(file: Path) -> bool:
    try:
        mode = file.stat().st_mode
    except OSError:
        return False
    others = stat.S_IRWXO | (0 if in_container() else stat.S_IRWXG)
    return bool(mode & others)


def passwords(patient: Patient) -> Iterator[Finding]:
    """People of the demo building who still have the password that is printed for everybody."""
    import asyncio

    import psycopg

    from api.auth import check_password
    from db.demo.people import PASSWORD, PEOPLE

    if not patient.database:
        return
    logins = [person.login for person in PEOPLE]
    question = 'SELECT login, password_hash FROM security."user" WHERE enabled AND login = ANY(%s)'
    try:
        with external.connect(patient.database) as connection:
            rows = connection.execute(question, (logins,)).fetchall()
    except (Trouble, psycopg.Error):
        return  # the database is told of by itself
    known = next((login for login, hashed in rows if asyncio.run(check_password(hashed, PASSWORD))), None)
    if known:
        yield Finding(
            "secrets", WRONG if patient.public or bound(patient) else DOUBTFUL, "doctor.demo_password",
            {"login": known},
        )  # fmt: skip


def doors(patient: Patient) -> Iterator[Finding]:
    """Parts that listen to the whole network themselves; only the web server should."""
    if not in_container():
        for name, address in bound(patient):
            yield Finding("network", DOUBTFUL, "doctor.open_door", {"name": name, "address": address})


def bound(patient: Patient) -> list[tuple[str, str]]:
    """Parts of this machine whose port is open on every address."""
    ports = _listening()
    parts = {"api": patient.api, "agent": patient.agent, "voice": patient.voice, "PostgreSQL": patient.database}
    found = []
    for name, address in parts.items():
        try:
            split = urlsplit(address)
            host, port = split.hostname or "", split.port
        except ValueError:
            continue
        here = host.startswith(LOOPBACK) or host in ("0.0.0.0", "::")  # noqa: S104 it is looked for, not listened on
        if here and port in ports:
            found.append((name, f"0.0.0.0:{port}"))
    return found


def _listening() -> set[int]:
    """Ports that are open on all addresses of this machine."""
    ports = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = (Path("/proc/net") / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            address, state = line.split()[1], line.split()[3]
            host, port = address.rsplit(":", 1)
            if state == "0A" and set(host) == {"0"}:
                ports.add(int(port, 16))
    return ports
