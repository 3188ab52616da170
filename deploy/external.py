"""A database server that is not ours: looked at before it is used, and given a memory for the agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.told import told
from deploy.trouble import Trouble

if TYPE_CHECKING:
    import psycopg

LEAST_VERSION = 150000
SCHEMES = ("postgresql", "postgres")


def from_settings() -> str | None:
    """The address in DATABASE_URL, MARKOFF_DATABASE_URL, a file of secrets or markoff.toml, if there is one."""
    return told("DATABASE_URL", "MARKOFF_DATABASE_URL", place="database.url")


def direct() -> str | None:
    """The address of PostgreSQL itself where there is a pooler, in MARKOFF_DIRECT_URL or markoff.toml."""
    return told("MARKOFF_DIRECT_URL", place="database.direct_url")


def shown(url: str) -> str:
    """The address without its password, for messages."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    place = parts.netloc.rsplit("@", 1)[1]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{place}"))


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection, or Trouble that names the reason."""
    import psycopg

    if urlsplit(url).scheme not in SCHEMES:
        raise Trouble("database.bad_url", url=shown(url))
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as refusal:
        reason = str(refusal).strip().splitlines()[0].removeprefix("connection failed: ")
        raise Trouble("database.unreachable", url=shown(url), reason=reason) from refusal


def check(url: str) -> None:
    """Raise Trouble when the server is too old or does not know Cyrillic letters, or a pooler stands before it."""
    with connect(url) as connection:
        if connection.info.server_version < LEAST_VERSION:
            found = connection.execute("SHOW server_version").fetchone()
            raise Trouble("database.too_old", url=shown(url), found=(found or "?")[0])
        (behind,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        if behind != connection.info.backend_pid:  # somebody in between has made a number up
            raise Trouble("database.pooler", url=shown(url))
        encoding, lower = connection.execute("SELECT getdatabaseencoding(), lower('Ж')").fetchone() or ("", "")
        if encoding != "UTF8" or lower != "ж":
            raise Trouble("database.no_cyrillic", url=shown(url))


def memory(url: str, password: str) -> str:
    """The agent's own database on the same server, made when absent; its login cannot connect to the building's.

    Raises Trouble when the building's login may not make it.
    """
    import psycopg
    from psycopg.sql import SQL, Identifier, Literal

    with connect(url) as connection:
        building = connection.info.dbname
        name = f"{building}_agent"
        own = _of_memory(url, name, password)
        try:
            verb = "ALTER" if _exists(connection, "pg_roles", "rolname", name) else "CREATE"
            if verb == "CREATE" or not _opens(own):
                secret = Literal(password)
                connection.execute(SQL("{} ROLE {} LOGIN PASSWORD {}").format(SQL(verb), Identifier(name), secret))
            if not _exists(connection, "pg_database", "datname", name):
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
                connection.execute(SQL("REVOKE ALL ON DATABASE {0} FROM PUBLIC").format(Identifier(name)))
                connection.execute(SQL("GRANT ALL ON DATABASE {0} TO {0}").format(Identifier(name)))
                with connect(_elsewhere(url, name)) as inside:
                    inside.execute(SQL("GRANT ALL ON SCHEMA public TO {}").format(Identifier(name)))
            connection.execute(SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(Identifier(building)))
        except psycopg.errors.InsufficientPrivilege as refusal:
            raise Trouble("database.no_memory", name=name, reason=str(refusal).strip()) from refusal
    return own


def memory_there(url: str, password: str) -> str | None:
    """The address of the agent's own database beside this one; None where there is none that this password opens."""
    with connect(url) as connection:
        name = f"{connection.info.dbname}_agent"
    own = _of_memory(url, name, password)
    return own if _opens(own) else None


def _exists(connection: psycopg.Connection[tuple[Any, ...]], table: str, column: str, name: str) -> bool:
    from psycopg.sql import SQL, Identifier

    question = SQL("SELECT 1 FROM {} WHERE {} = %s").format(Identifier(table), Identifier(column))
    return connection.execute(question, (name,)).fetchone() is not None


def _opens(url: str) -> bool:
    try:
        connect(url).close()
    except Trouble:
        return False
    return True


def _elsewhere(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))


def _of_memory(url: str, name: str, password: str) -> str:
    parts = urlsplit(_elsewhere(url, name))
    place = parts.netloc.rsplit("@", 1)[-1]
    return urlunsplit(parts._replace(netloc=f"{quote(name, safe='')}:{quote(password, safe='')}@{place}"))
