"""Containers as Linux has them without Docker: a network, a file system and a user of their own for each service of compose.

Each runs with the very command, environment, secrets, volumes and user that the compose files say; its image is this
machine's own file system (or that of MARKOFF_ROOT, an image's, for services of ours) under a layer that is thrown away.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.composed import COMPOSE, composed

ROOT = COMPOSE.parents[1]
PROGRAMS = (ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve())
"""Where the code, its libraries and Python are: a container sees them wherever they lie."""
CLONE_NEWNET = 0x40000000
UP, SET_FLAGS = 0x1, 0x8914
NAMES = ("127.0.0.11", 53)
"""Docker's own server of names."""
USERS = {"postgres": "999:999"}
"""Of images whose own entrypoint leaves root."""
ENTER = """set -eu
mount -t tmpfs none {place}
mkdir {place}/upper {place}/work {place}/root
mount -t overlay none -o lowerdir={lower},upperdir={place}/upper,workdir={place}/work {place}/root
cd {place}/root
for one in proc sys dev; do mkdir -p $one; mount --rbind /$one $one; done
"""
OTHERS = """ln -sf /usr/bin/prometheus-alertmanager usr/local/bin/alertmanager
test -e usr/bin/nc || { printf '#!/bin/bash\\nexec 3<>"/dev/tcp/$2/$3"\\n' >usr/local/bin/nc; chmod 755 usr/local/bin/nc; }
"""
"""What images of others have under another name here."""


def namespaces() -> bool:
    """Whether we may have them here."""
    tried = "mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/r && "
    tried += "mount -t overlay none -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r"
    return (
        os.geteuid() == 0 and not subprocess.run(["unshare", "-mn", "sh", "-c", tried], capture_output=True).returncode
    )


@contextmanager
def network(known: Callable[[str], bool]) -> Iterator[None]:
    """A network of our own for this thread and all it starts, with a server of names that knows the services."""
    if not namespaces():
        pytest.skip("namespaces cannot be made here (root, unshare, overlay)")
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    assert libc.unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
    try:
        with socket.socket() as any_:
            fcntl.ioctl(any_, SET_FLAGS, struct.pack("16sh", b"lo", UP))
        Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").write_text("0")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(NAMES)
            threading.Thread(target=_answer, args=(server, known), daemon=True).start()
            yield
    finally:
        libc.setns(before, CLONE_NEWNET)
        os.close(before)


def _answer(server: socket.socket, knows: Callable[[str], bool]) -> None:
    """Services are all at 127.0.0.1, by IPv4; others are not known (RFC 1035)."""
    while True:
        try:
            asked, who = server.recvfrom(512)
        except OSError:
            return
        end, labels = 12, []
        while asked[end]:
            labels.append(asked[end + 1 : end + 1 + asked[end]].decode())
            end += 1 + asked[end]
        known, wants_ipv4 = knows(".".join(labels)), asked[end + 1 : end + 3] == b"\0\1"
        found = known and wants_ipv4
        head = asked[:2] + (b"\x85\x80" if known else b"\x85\x83") + struct.pack("!HHHH", 1, found, 0, 0)
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1" if found else b""
        with contextlib.suppress(OSError):
            server.sendto(head + asked[12 : end + 5] + record, who)


def image_environment(target: str) -> dict[str, str]:
    """ENV of a stage of the Dockerfile and of those it comes from."""
    text = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    stages = re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL)
    told: dict[str, str] = {}
    while found := next((one for one in stages if one[1] == target), None):
        target = found[0]
        for line in re.findall(r"^ENV (.*)$", found[2], re.MULTILINE):
            told = dict(pair.split("=", 1) for pair in shlex.split(line)) | told
    return told


class Container:
    """One service at work."""

    def __init__(
        self, name: str, process: subprocess.Popen[bytes], log: Path, service: dict[str, Any], told: list[str]
    ) -> None:
        self.name, self.process, self.log, self.service, self.told = name, process, log, service, told

    def exec(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run something inside, as `docker compose exec` does."""
        inside = ["nsenter", "--target", str(self.process.pid), "--mount", "--root", "--wd"]
        words = [*inside, *_as(self.service), "env", "-i", *self.told, *command]
        return subprocess.run(words, capture_output=True, text=True, timeout=120)

    def healthy(self, patience: float = 120) -> None:
        """Wait until its own check is content."""
        kind, *test = self.service["healthcheck"]["test"]
        words = ["sh", "-c", *test] if kind == "CMD-SHELL" else test
        until, said = time.monotonic() + patience, ""
        while time.monotonic() < until:
            assert self.process.poll() is None, f"{self.name} has ended:\n{self.words()}"
            done = self.exec(*words)
            if done.returncode == 0:
                return
            said = done.stdout + done.stderr
            time.sleep(0.2)
        raise AssertionError(f"{self.name} is not healthy: {said}\n{self.words()}")

    def words(self) -> str:
        """What it has said."""
        return self.log.read_text(errors="replace")

    def stop(self, patience: float = 90) -> int:
        """SIGTERM, as `docker compose stop`; its status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def _as(service: dict[str, Any]) -> list[str]:
    """Who a service is: no rights of root's, and none to be had."""
    user, group = (service.get("user") or "0:0").split(":")
    words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    if "no-new-privileges:true" in service.get("security_opt", ()):
        words.append("--no-new-privs")
    if "ALL" in service.get("cap_drop", ()):
        kept = [f"+{one.lower()}" for one in service.get("cap_add", ())]
        words += ["--inh-caps=" + ",".join(["-all", *kept]), "--bounding-set=" + ",".join(["-all", *kept])]
    return words


class Server:
    """The owner's server: a copy of deploy/ after `./prepare`, and the containers on it."""

    def __init__(self, folder: Path, flavour: str) -> None:
        self.folder, self.flavour = folder, flavour
        self.compose = folder / "deploy" / "compose"
        self.running: dict[str, Container] = {}
        self.place = folder / "place"
        self.place.mkdir()
        ours = shutil.ignore_patterns("__pycache__", "*.py", "secrets")
        shutil.copytree(COMPOSE.parent, folder / "deploy", ignore=ours)
        for path in (folder / "deploy").rglob("*"):
            path.chmod(path.stat().st_mode & 0o700)  # as the umask of a careful administrator makes them
        (folder / "deploy").chmod(0o700)
        subprocess.run(["./prepare"], cwd=self.compose, check=True, capture_output=True)

    def secret(self, name: str) -> str:
        return (self.compose / "secrets" / name).read_text(encoding="utf-8").strip()

    def service(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = composed(self.flavour)["services"][name]
        return found

    def volume(self, source: str, user: str) -> Path:
        """A folder or file of the owner's, or a volume, which begins as a folder of the image's user."""
        if source[0] in "./":
            return (self.compose / source).resolve()
        folder = self.folder / "volumes" / source
        if not folder.exists():
            folder.mkdir(parents=True)
            os.chown(folder, *map(int, user.split(":")))
        return folder

    def start(self, name: str, *command: str, programs: Path | None = None, **environment: str) -> Container:
        """Run a service; another command, more variables, and where its programs are, if not on this machine's PATH."""
        service = self.service(name) | ({"user": USERS[name]} if name in USERS else {})
        words = list(command or service.get("command", ()))
        target = service.get("build", {}).get("target")
        ours = str(service["image"]).startswith("markoff")
        path = os.pathsep.join(filter(None, (str(programs or ""), "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")))
        told = {"PATH": path, "HOME": "/", "LANG": "C.UTF-8"}
        if ours:
            told |= image_environment(target or "api") | {"PATH": f"/opt/markoff/bin:{path}", "PYTHONUTF8": "1"}
        told |= {one: str(value) for one, value in service.get("environment", {}).items()} | environment
        entry = service.get("entrypoint") or (["markoff"] if ours else [])
        script = self._enter(service, ours=ours)
        variables = [f"{one}={value}" for one, value in told.items()]
        wanted = [*_as(service), "env", "-i", *variables, *entry, *words]
        cd = "/var/lib/markoff" if ours else "/"
        script += f"exec chroot . sh -c {shlex.quote(f'cd {cd}; exec {shlex.join(wanted)}')}\n"
        log = self.folder / f"{name}.log"
        with log.open("ab") as said:
            os.chown(log, *map(int, (service.get("user") or "0:0").split(":")))  # as Docker gives it to the user
            process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", script], stdout=said, stderr=said, start_new_session=True
            )
        self.running[name] = Container(name, process, log, service, variables)
        return self.running[name]

    def _enter(self, service: dict[str, Any], *, ours: bool) -> str:
        """The script that makes a container's file system and stands in it."""
        lower = Path(os.environ.get("MARKOFF_ROOT") or "/") if ours else Path("/")
        script = ENTER.format(place=self.place, lower=lower)
        user = service.get("user", "10001:10001")
        if ours and lower == Path("/"):
            script += _shims()
        if ours:
            script += "mkdir -p var/lib/markoff; chown 10001:10001 var/lib/markoff; chmod 0700 var/lib/markoff\n"
        number, group = user.split(":")
        script += (
            f"grep -q '^[^:]*:[^:]*:{number}:' etc/passwd || echo one:x:{number}:{group}::/:/bin/sh >>etc/passwd\n"
        )
        script += f"rm -f etc/resolv.conf; echo nameserver {NAMES[0]} >etc/resolv.conf\n"
        script += "" if ours else OTHERS
        binds = [(self.compose / "secrets" / one, f"/run/secrets/{one}", "ro") for one in service.get("secrets", ())]
        for volume in service.get("volumes", ()):
            source, inside, *more = volume.split(":")
            binds.append((self.volume(source, user), inside, *(more or ["rw"])))
        for source, inside, mode in binds:
            point = inside.lstrip("/")
            script += (
                f"rm -rf {point}; mkdir -p {point}\n"
                if source.is_dir()
                else f"mkdir -p {Path(point).parent}; touch {point}\n"
            )
            script += f"mount --bind {source} {point}\n" + (
                f"mount -o remount,bind,ro {point}\n" if mode == "ro" else ""
            )
        script += "mount -o remount,ro .\n" if service.get("read_only") else ""
        for one in service.get("tmpfs", ()):
            point, _, options = one.partition(":")
            options = ",".join(filter(None, ("noexec,nosuid,nodev", options)))  # as Docker has it
            script += f"mount -t tmpfs -o {options} none .{point}\n"
            script += "".join(
                f"mkdir -p .{one}; mount --bind {one} .{one}\n" for one in PROGRAMS if one.is_relative_to(point)
            )
        return script

    def runs(self, name: str) -> bool:
        """Whether a service has a name on the network: it does while it runs."""
        return name in self.running and self.running[name].process.poll() is None

    def down(self) -> None:
        """End what still runs."""
        for one in reversed(self.running.values()):
            if one.process.poll() is None:
                one.process.kill()
            one.process.wait()


def _shims() -> str:
    """`markoff`, `python` and `answers` where the image has them, and ways to our Python for users that are not root."""
    python = Path(sys.executable)
    lines = []
    for place in PROGRAMS:
        point = str(place).lstrip("/")
        if place.stat().st_dev != Path("/").stat().st_dev:
            lines.append(f"mkdir -p {point}; mount --bind /{point} {point}")
        lines += [
            f"chmod a+rx {str(parent).lstrip('/') or '.'}" for parent in Path(point).parents if str(parent) != "."
        ]
    shim = 'exec env PYTHONPATH="${PYTHONPATH:-' + str(ROOT) + '}" ' + str(python) + ' %s "$@"'
    markoff = shim % "-c 'from deploy.cli import main; main()'"
    for name, words in {"markoff": markoff, "python": shim % ""}.items():
        lines.append(
            f"mkdir -p opt/markoff/bin; printf '#!/bin/sh\\n%s\\n' {shlex.quote(words)} >opt/markoff/bin/{name}"
        )
        lines.append(f"chmod 755 opt/markoff/bin/{name}")
    answers = ROOT / "deploy" / "docker" / "answers"
    lines.append(f"cp {answers} usr/local/bin/answers; chmod 755 usr/local/bin/answers")
    return "\n".join(lines) + "\n"


@contextmanager
def server(flavour: str) -> Iterator[Server]:
    """An owner's server on a network of its own."""
    with tempfile.TemporaryDirectory(prefix="markoff-server-") as folder:
        machine = Server(Path(folder), flavour)
        with network(machine.runs):
            try:
                yield machine
            finally:
                machine.down()
