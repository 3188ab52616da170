"""The embedded PostgreSQL: made, started, watched and stopped by us, reached by a Unix socket only.

    with Postgres(folder) as server:                 # durable; `temporary()` is the same for tests
        server.create_role("markoff")                # idempotent; a random password is made and kept
        server.create_database("markoff", owner="markoff")
        server.url("markoff", "markoff")             # postgresql://markoff:…@/markoff?host=/socket/folder&port=5432

The URL is understood as it is by asyncpg and psycopg, and by SQLAlchemy after `postgresql` became `postgresql+asyncpg`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, LiteralString, Self
from urllib.parse import quote

from deploy import programs
from deploy.passwords import Passwords
from deploy.sockets import socket_folder
from deploy.trouble import Trouble

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import SQL, Composed

ADMINISTRATOR = "postgres"
PORT = 5432  # of the socket's name; nothing listens on TCP
OURS = {"data", "data.new", "socket", "lock", "passwords.json", "postgres.log", "postgres.log.1"}
LOG_LIMIT = 10_000_000  # bytes; a longer log is moved to postgres.log.1 at the next start
CHILD = Path(__file__).with_name("child.py")
ALWAYS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0777",  # the folder and the passwords guard it
    "lc_messages": "C",  # we read the log
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
AT_CREATION = {"max_connections": "200", "password_encryption": "scram-sha-256", "max_wal_size": "2GB"}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}

Report = Callable[[str, dict[str, object]], None]


def _quiet(code: str, parameters: dict[str, object]) -> None:
    pass


class Postgres:
    """One PostgreSQL on one folder, which holds `data/`, `postgres.log`, `passwords.json` (0600) and `lock`.

    `durable=False` trades crash safety for speed (tests). `report(code, parameters)` hears what takes time: the codes
    `postgres.recovering` and `postgres.orphan` of deploy.words. Every failure is a Trouble with a sentence for people.
    Start it from the main thread. When this process dies, however it dies, PostgreSQL shuts down (on Linux).
    """

    def __init__(
        self, folder: Path, *, durable: bool = True, report: Report = _quiet, install: Path | None = None
    ) -> None:
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100  (absolute, links kept)
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.recovered = False
        self._durable = durable
        self._report = report
        self._install = install
        self._passwords = Passwords(self.folder / "passwords.json")
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the running server, None when it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def url(self, database: str = ADMINISTRATOR, user: str = ADMINISTRATOR) -> str:
        """The address of a database for a role whose password we know; KeyError for another role."""
        secret = quote(self._passwords[user], safe="")
        role, name = quote(user, safe=""), quote(database, safe="")
        return f"postgresql://{role}:{secret}@/{name}?host={self._socket}&port={PORT}"

    # -- life

    def start(self) -> None:
        """Make the database if there is none, start the server and return when it answers. Raises Trouble."""
        if threading.current_thread() is not threading.main_thread():
            raise Trouble("postgres.wrong_thread")
        if self.pid is not None:
            return
        who = programs.account(self.data)
        bin_folder = programs.reachable(self._install or programs.shipped(), who)
        self._prepare_folder(who)
        self._take_lock()
        try:
            if not (self.data / "PG_VERSION").exists():
                self._create(bin_folder, who)
            self._check_version(bin_folder)
            self._end_orphan()
            self._socket = socket_folder(self.folder, who)
            self._run(bin_folder, who)
        except BaseException:
            self.stop()
            raise

    def stop(self, patience: float = 30.0) -> None:
        """Shut down within `patience` seconds: politely, then at once. Does nothing when it is not running."""
        if self._process is not None:
            for sign, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    if self._process.poll() is None:
                        self._process.send_signal(sign)
                    self._process.wait(seconds)
                    break
            self._process = None
        if self._socket is not None and self._socket.parent != self.folder:
            with contextlib.suppress(OSError):
                self._socket.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _prepare_folder(self, who: programs.Account) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (self.data / "PG_VERSION").exists() and {entry.name for entry in self.folder.iterdir()} - OURS:
                raise Trouble("postgres.foreign_folder", folder=self.folder)
            if who.switch:
                self.folder.chmod(0o711)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
        except PermissionError as refusal:
            raise Trouble("postgres.no_permission", folder=self.folder, user=_me()) from refusal
        except NotADirectoryError as refusal:
            raise Trouble("postgres.foreign_folder", folder=self.folder) from refusal
        if who.switch and (closed := programs.closed_parent(self.folder, who)):
            raise Trouble("postgres.unreachable_folder", user=who.name, folder=self.folder, closed=closed)

    def _take_lock(self) -> None:
        file = self.folder / "lock"
        lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as refusal:
            os.close(lock)
            raise Trouble("postgres.locked", folder=self.folder, pid=file.read_text().strip() or "?") from refusal
        os.truncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        self._lock = lock

    def _create(self, bin_folder: Path, who: programs.Account) -> None:
        """initdb, made aside and renamed: an interrupted one leaves nothing that looks like a database."""
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        self._passwords.make_anew(ADMINISTRATOR)
        draft.mkdir(mode=0o700)
        secret = draft / "secret"
        try:
            pgdata = draft / "data"
            pgdata.mkdir(mode=0o700)
            secret.touch(mode=0o600)
            secret.write_text(self._passwords[ADMINISTRATOR])
            if who.switch:
                for path in (draft, pgdata, secret):
                    os.chown(path, who.uid, who.gid)
            command = [
                str(bin_folder / "initdb"), f"--pgdata={pgdata}", f"--username={ADMINISTRATOR}", f"--pwfile={secret}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                *(f"--set={name}={value}" for name, value in AT_CREATION.items()),
                *([] if self._durable else ["--no-sync"]),
            ]  # fmt: skip
            process = self._spawn(signal.SIGKILL, command, who, subprocess.PIPE)
            words = process.communicate()[0].decode(errors="replace")
            if process.returncode:
                raise self._failure(words, "postgres.no_init", tail=_tail(words), folder=self.folder)
            pgdata.rename(self.data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _check_version(self, bin_folder: Path) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        ours = programs.major_version(bin_folder)
        if int(found) != ours:
            code = "postgres.newer" if int(found) > ours else "postgres.older"
            raise Trouble(code, folder=self.folder, found=found, ours=ours)
        if not self._passwords.known():
            raise Trouble("postgres.no_password", folder=self.folder, file=self._passwords.file)

    def _end_orphan(self) -> None:
        """We hold the lock, so a server still at work here lost its owner: it is asked to end, and waited for.

        A postmaster.pid whose number some other program got meanwhile (common in containers) is stale: removed.
        """
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if not _is_postgres(pid):
            note.unlink()
            return
        self._report("postgres.orphan", {"pid": pid})
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 60
        while _is_postgres(pid) and time.monotonic() < deadline:
            time.sleep(0.05)

    def _run(self, bin_folder: Path, who: programs.Account) -> None:
        settings = ALWAYS | ({} if self._durable else NOT_DURABLE) | {"unix_socket_directories": str(self._socket)}
        command = [str(bin_folder / "postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        give_up = time.monotonic() + 15
        while True:
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
                self._process = self._spawn(signal.SIGINT, command, who, log)
            if self._became_ready():
                return
            words = self._log_words()
            if "pre-existing shared memory block" not in words or time.monotonic() > give_up:
                raise self._failure(words, "postgres.no_start", log=self.log, tail=_tail(words))
            time.sleep(0.1)  # children of a killed server are still going

    def _became_ready(self, patience: float = 60.0) -> bool:
        """Wait until a real connection succeeds; False when the process ended. Recovery may take its time."""
        import psycopg

        assert self._process is not None
        self.recovered = False
        deadline = time.monotonic() + patience
        while self._process.poll() is None:
            if not self.recovered and "automatic recovery in progress" in self._log_words():
                self.recovered = True
                self._report("postgres.recovering", {})
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError as refusal:
                if "the database system is" in str(refusal):  # starting up, recovering: alive and at work
                    deadline = time.monotonic() + patience
                elif "password authentication failed" in str(refusal):
                    raise Trouble("postgres.no_password", folder=self.folder, file=self._passwords.file) from refusal
            else:
                return True
            if time.monotonic() > deadline:
                tail = _tail(self._log_words())
                raise Trouble("postgres.slow_start", seconds=int(patience), log=self.log, tail=tail)
            time.sleep(0.02)
        return False

    def _spawn(
        self, parting: signal.Signals, command: list[str], who: programs.Account, output: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        user, group = (str(who.uid), str(who.gid)) if who.switch else ("-", "-")
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(CHILD), str(int(parting)), str(os.getpid()), user, group, *command],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/",
            env={"LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,  # Ctrl-C in the terminal is for us; we stop it in order
        )  # fmt: skip

    def _log_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _failure(self, words: str, otherwise: str, **parameters: object) -> Trouble:
        if "No space left on device" in words or "Disk quota exceeded" in words:
            return Trouble("postgres.disk_full", folder=self.folder)
        if "Permission denied" in words:
            return Trouble("postgres.no_permission", folder=self.folder, user=programs.account(self.data).name)
        return Trouble(otherwise, **parameters)

    # -- roles and databases

    def create_role(self, name: str) -> None:
        """A login role with a random password that `url` knows from now on; a role that exists keeps its password."""
        from psycopg.sql import SQL, Identifier, Literal

        exists = self._ask("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        if exists and name in self._passwords:
            return
        self._passwords.make(name)
        verb = SQL("ALTER" if exists else "CREATE")
        self._tell(SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, Identifier(name), Literal(self._passwords[name])))

    def has_database(self, name: str) -> bool:
        return self._ask("SELECT 1 FROM pg_database WHERE datname = %s", name)

    def create_database(self, name: str, template: str | None = None, owner: str | None = None) -> None:
        """A database that only its owner can connect to. A `template` must have no connections."""
        from psycopg.sql import SQL, Identifier

        words = SQL("CREATE DATABASE {}").format(Identifier(name))
        if owner:
            words += SQL(" OWNER {}").format(Identifier(owner))
        if template:
            words += SQL(" TEMPLATE {}").format(Identifier(template))
        self._tell(words, SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Drop it, ending its connections; nothing happens when it does not exist."""
        from psycopg.sql import SQL, Identifier

        self._tell(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        import psycopg

        return psycopg.connect(self.url(), autocommit=True)

    def _ask(self, question: LiteralString, name: str) -> bool:
        with self._connect() as connection:
            return connection.execute(question, (name,)).fetchone() is not None

    def _tell(self, *words: SQL | Composed) -> None:
        with self._connect() as connection:
            for statement in words:
                connection.execute(statement)


@contextlib.contextmanager
def temporary() -> Iterator[Postgres]:
    """A PostgreSQL for tests, on a folder that is removed afterwards and that an unprivileged user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="markoff-"))
    try:
        with Postgres(folder, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tail(words: str, lines: int = 8) -> str:
    return "\n".join(words.strip().splitlines()[-lines:])


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres" and not _is_zombie(pid)
    except OSError:
        return False


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def _me() -> str:
    return programs._name(os.geteuid())
