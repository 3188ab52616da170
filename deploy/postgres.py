"""The embedded PostgreSQL: started, watched and stopped by us, reached by a Unix socket only.

    with Postgres(folder) as server:                 # durable; `temporary()` is the same for tests
        server.create_role("markoff")                # idempotent; a random password is made and kept
        server.create_database("markoff", owner="markoff")
        server.url("markoff", "markoff")             # postgresql://markoff:…@/markoff?host=/socket/folder&port=5432

The URL is understood as it is by asyncpg and psycopg, and by SQLAlchemy after `postgresql` became `postgresql+asyncpg`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, LiteralString, Self
from urllib.parse import quote

from deploy import cluster, programs
from deploy.cluster import ADMINISTRATOR, Report
from deploy.lock import Busy, Lock
from deploy.passwords import Passwords
from deploy.programs import Account
from deploy.sockets import PORT, socket_folder
from deploy.spawn import spawn
from deploy.trouble import Trouble

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import SQL, Composed

ALWAYS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0777",  # the folder and the passwords guard it
    "lc_messages": "C",  # we read the log
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "log_error_verbosity": "terse",  # details hold what people are called, and their numbers
    "max_connections": "200",  # several processes of the api, some 25 each at most
}
NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "128MB",  # each new or dropped database is looked for in all of them
}
LEAST_BUFFERS, MOST_BUFFERS = 128, 2048  # MB
SHARE = 8  # the part of the machine's memory that the server may keep pages in: api, agent and models live here too
TEMPORARY = "markoff-temporary-"
PATIENCE = 60.0  # seconds for a server that neither answers nor says that it is at work


def buffers() -> str:
    """What the server keeps pages in: an eighth of the machine's memory, within bounds; taken as it is used."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return f"{min(max(memory // SHARE, LEAST_BUFFERS), MOST_BUFFERS)}MB"


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
        self._lock = Lock(self.folder / "lock")
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
        role, name, secret = (quote(word, safe="") for word in (user, database, self._passwords[user]))
        return f"postgresql://{role}:{secret}@/{name}?host={self._socket}&port={PORT}"

    # -- life

    def start(self) -> None:
        """Make the database if there is none, start the server and return when it answers. Raises Trouble."""
        if self.pid is not None:
            return
        who = programs.account(self.data)
        bin_folder = programs.reachable(self._install or programs.shipped(), who)
        cluster.prepare(self.folder, who)
        try:
            self._lock.take(str(os.getpid()))
        except Busy as busy:
            raise Trouble("postgres.locked", folder=self.folder, pid=busy.note) from busy
        try:
            self._socket = socket_folder(self.folder, who)
            if fresh := not cluster.exists(self.data):
                self._passwords.make_anew(ADMINISTRATOR)
                secret = self._passwords[ADMINISTRATOR]
                cluster.create(self.data, bin_folder, who, secret, durable=self._durable)
            cluster.check_version(self.data, bin_folder)
            if ADMINISTRATOR not in self._passwords:
                raise Trouble("postgres.no_password", folder=self.folder, file=self._passwords.file)
            cluster.end_earlier(self.data, self._report)
            self._run(bin_folder, who)
            if fresh:
                self._close_to_others()
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
        self._lock.release()

    def _run(self, bin_folder: Path, who: Account) -> None:
        settings = ALWAYS | {"unix_socket_directories": str(self._socket), "shared_buffers": buffers()}
        settings |= {} if self._durable else NOT_DURABLE
        command = [str(bin_folder / "postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        give_up = time.monotonic() + 15
        while True:
            self._log_start = self.log.stat().st_size if self.log.exists() else 0
            with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
                self._process = spawn(command, log, cluster.ENVIRONMENT, signal.SIGINT, who=who, folder="/")
            if self._became_ready():
                return
            words = self._log_words()
            if "pre-existing shared memory block" not in words or time.monotonic() > give_up:
                unknown = Trouble("postgres.no_start", log=self.log, tail=cluster.tail(words))
                raise cluster.failure(words, self.folder, who) or unknown
            time.sleep(0.1)  # children of a killed server are still going

    def _became_ready(self) -> bool:
        """Wait until a real connection succeeds; False when the process ended. Recovery may take its time."""
        import psycopg

        assert self._process is not None
        self.recovered = False
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            self._look_for_recovery()
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError as refusal:
                if "the database system is" in str(refusal):  # starting up, recovering: alive and at work
                    deadline = time.monotonic() + PATIENCE
                elif "password authentication failed" in str(refusal):
                    raise Trouble("postgres.no_password", folder=self.folder, file=self._passwords.file) from refusal
            else:
                self._look_for_recovery()  # it may have begun and ended since
                return True
            if time.monotonic() > deadline:
                tail = cluster.tail(self._log_words())
                raise Trouble("postgres.slow_start", seconds=int(PATIENCE), log=self.log, tail=tail)
            time.sleep(0.02)
        return False

    def _look_for_recovery(self) -> None:
        if not self.recovered and "automatic recovery in progress" in self._log_words():
            self.recovered = True
            self._report("postgres.recovering", {})

    def _log_words(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    # -- roles and databases

    def create_role(self, name: str) -> None:
        """A login role with a random password that `url` knows from now on; a role that exists keeps its password."""
        from psycopg.sql import SQL, Identifier, Literal

        exists = self._ask("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        if exists and name in self._passwords:
            return
        if name not in self._passwords:
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
        if template and not self._durable:
            words += SQL(" STRATEGY FILE_COPY")  # four times faster, where nothing has to reach the disk
        self._tell(words, SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Drop it, ending its connections; nothing happens when it does not exist."""
        from psycopg.sql import SQL, Identifier

        self._tell(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _close_to_others(self) -> None:
        from psycopg.sql import SQL

        self._tell(SQL("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"))

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
    root = Path(tempfile.gettempdir())
    if programs.closed_parent(root, programs.account(root / "none")):
        root = Path("/tmp")  # noqa: S108  (mkdtemp makes the folder ours)
    _sweep(root)
    folder = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=root))
    try:
        with Postgres(folder, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what killed tests left behind: temporary servers an hour old that nobody holds."""
    for folder in root.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            old = time.time() - folder.stat().st_mtime > 3600
            if old and Lock(folder / "lock").note_of_holder() is None:
                shutil.rmtree(folder, ignore_errors=True)
