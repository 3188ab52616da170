"""The data folder of a house on one machine: its version, its secrets, and who runs it and where."""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from deploy.lock import Busy, Lock
from deploy.programs import user_name
from deploy.told import told
from deploy.trouble import Trouble

OURS = {
    "VERSION",
    "run.json",
    "secrets.json",
    "postgres",
    "playground",
    "logs",
    "lost+found",
    "counting",
    "server.json",
    "postgres.moved",
}


def default_folder() -> Path:
    """As the settings say; else /var/lib/markoff for root, `$XDG_DATA_HOME/markoff` or `~/.local/share/markoff`."""
    if folder := told("MARKOFF_DATA", place="house.data"):
        return Path(folder)
    if os.geteuid() == 0:
        return Path("/var/lib/markoff")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "markoff"


def told_apart(path: Path) -> str:
    """` --data DIR`, as a command needs it to find this folder; nothing for the usual one."""
    return "" if path == default_folder() else f" --data {shlex.quote(str(path))}"


def our_version() -> str:
    """The version of the installed Markoff."""
    return version("markoff")


@dataclass(frozen=True)
class Run:
    """A house at work: the process that runs it, and the addresses of its parts."""

    pid: int
    api: str
    agent: str
    database: str = ""
    """Address of the building's database, with its password."""
    memory: str = ""
    """Address of the agent's database, with its password."""
    ready: bool = False
    voice: str = ""
    """Address of the voice process, tcp://…; empty where there is none."""


@dataclass(frozen=True)
class Secrets:
    """What the house keeps to itself; made at random once."""

    jwt_key: str
    agent_key: str
    """The agent's API key, `mk_<prefix>_<secret>`."""
    memory_password: str
    """Of the agent's login on a database server that is not ours."""
    admin_password: str
    """Of the administrator of a house that began empty."""


@dataclass(frozen=True)
class Server:
    """Where the databases of a house are that has moved to a server; their addresses hold passwords."""

    building: str
    memory: str


def _new_secrets() -> Secrets:
    key = f"mk_{secrets.token_hex(6)}_{secrets.token_hex(24)}"
    return Secrets(secrets.token_urlsafe(48), key, secrets.token_urlsafe(24), secrets.token_urlsafe(9))


class DataFolder:
    """`VERSION`, `secrets.json` (0600), `run.json` (0600, locked by whoever runs the house), `logs/`, `postgres/`."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = Path(os.path.abspath(path or default_folder()))  # noqa: PTH100  (absolute, links kept)
        self.postgres = self.path / "postgres"
        self.logs = self.path / "logs"
        self._lock = Lock(self.path / "run.json")

    @property
    def exists(self) -> bool:
        """Whether a house was ever started here. Raises Trouble when we may not look."""
        try:
            return (self.path / "VERSION").exists()
        except PermissionError as refusal:
            raise self._closed() from refusal

    def open(self) -> None:
        """Make the folder, or see that it is ours and not of a newer Markoff. Raises Trouble."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.exists and {entry.name for entry in self.path.iterdir()} - OURS:
                raise Trouble("folder.foreign", folder=self.path)
            self.check_version()
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)  # PostgreSQL passes through when we are root
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except PermissionError as refusal:
            raise self._closed() from refusal
        except (FileExistsError, NotADirectoryError) as refusal:
            raise Trouble("folder.foreign", folder=self.path) from refusal
        except OSError as refusal:
            raise Trouble("folder.broken", folder=self.path, reason=refusal.strerror) from refusal

    def counting(self) -> Path:
        """A folder, empty, in which processes of one address count together."""
        place = self.path / "counting"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        return place

    def check_version(self) -> None:
        """Raise Trouble when a newer Markoff wrote here."""
        if not self.exists:
            return
        found = (self.path / "VERSION").read_text(encoding="utf-8").strip()
        if _numbers(found) > _numbers(our_version()):
            raise Trouble("folder.newer", folder=self.path, found=found, ours=our_version())

    def stamp(self) -> None:
        """Write down that this version of Markoff has been here."""
        draft = self.path / "VERSION.new"
        draft.write_text(our_version() + "\n", encoding="utf-8")
        draft.replace(self.path / "VERSION")

    def take(self, run: Run) -> None:
        """Become the one that runs this house, or raise Trouble with who does and where."""
        try:
            self._lock.take(_text(asdict(run)))
        except Busy as busy:
            other = _run(busy.note)
            if other is None:
                raise Trouble("folder.busy", folder=self.path) from busy
            code = "folder.running" if other.ready else "folder.starting"
            raise Trouble(code, folder=self.path, pid=other.pid, api=other.api, agent=other.agent) from busy

    def announce(self, run: Run) -> None:
        """Tell others where the house is now."""
        self._lock.write(_text(asdict(run)))

    def release(self) -> None:
        self._lock.release()

    def running(self) -> Run | None:
        """The house at work here, if there is one."""
        try:
            note = self._lock.note_of_holder()
        except PermissionError as refusal:
            raise self._closed() from refusal
        return _run(note) if note is not None else None

    def _closed(self) -> Trouble:
        return Trouble("folder.no_permission", folder=self.path, user=user_name(os.geteuid()))

    def secrets(self) -> Secrets:
        """The secrets, made at the first call. Raises Trouble when the file is broken."""
        file = self.path / "secrets.json"
        if not file.exists():
            self._write("secrets.json", _text(asdict(_new_secrets())))
        try:
            return Secrets(**json.loads(file.read_text(encoding="utf-8")))
        except PermissionError as refusal:
            raise Trouble("folder.no_permission", folder=file, user=user_name(os.geteuid())) from refusal
        except (ValueError, TypeError) as fault:
            raise Trouble("folder.broken", folder=file, reason=str(fault)) from fault

    def server(self) -> Server | None:
        """Where the house has moved to, if it has. Raises Trouble when the file is broken."""
        file = self.path / "server.json"
        try:
            return Server(**json.loads(file.read_text(encoding="utf-8")))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as refusal:
            raise Trouble("folder.no_permission", folder=file, user=user_name(os.geteuid())) from refusal
        except (ValueError, TypeError) as fault:
            raise Trouble("folder.broken", folder=file, reason=str(fault)) from fault

    def moved(self, server: Server) -> None:
        """Remember that the house is there from now on, and lay its old database aside."""
        self._write("server.json", _text(asdict(server)))
        self.postgres.rename(self.path / "postgres.moved")

    def secrets_text(self) -> str:
        """The secrets as they are kept in a copy."""
        return _text(asdict(self.secrets()))

    def keep_secrets(self, text: str) -> None:
        """Replace the secrets by those of a copy. Raises ValueError or TypeError when they are none."""
        self._write("secrets.json", _text(asdict(Secrets(**json.loads(text)))))

    def _write(self, name: str, text: str) -> None:
        """The whole file or nothing, readable by us only."""
        draft = self.path / f"{name}.new"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self.path / name)


def _text(values: Mapping[str, object]) -> str:
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _run(note: str) -> Run | None:
    try:
        return Run(**json.loads(note))
    except (ValueError, TypeError):
        return None


def _numbers(words: str) -> tuple[int, ...]:
    """`2.0.1.dev3` → (2, 0, 1); words that are no version come before all versions."""
    match = re.match(r"\d+(\.\d+)*", words)
    numbers = [int(part) for part in match.group().split(".")] if match else []
    return tuple(numbers + [0] * (3 - len(numbers)))
