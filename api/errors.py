"""Faults: what is wrong with a request, as a code and parameters; anything unknown is masked, logged and numbered.

Fault                     a coded error: raise Fault("WRONG_KIND_OF_ID", value="floor_3", expected="room")
presented(errors, lang)   GraphQL errors as the caller gets them
presented_one(error, …)   any exception as one such error (for HTTP routes that are not GraphQL)
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import asyncpg
from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from api import metrics
from api.mistakes import recognised
from api.requests import fresh
from api.sentences import say
from db.models import Language

log = logging.getLogger("markoff.api")

STATUS = {
    "NOT_SIGNED_IN": 401,
    "BAD_TOKEN": 401,
    "TOKEN_EXPIRED": 401,
    "TOO_MANY_REQUESTS": 429,
    "TOO_MANY_CONNECTIONS": 429,
    "TOO_MANY_ATTEMPTS": 429,
    "TOO_MANY_READINGS": 429,
    "TOO_BUSY": 429,
    "TOO_MANY_PICTURES": 429,
    "BAD_ADDRESS": 403,
    "PICTURE_HIDDEN": 403,
    "ADDRESS_EXPIRED": 410,
    "BODY_TOO_LARGE": 413,
    "TOO_MANY_LINES": 413,
    "BAD_ENCODING": 415,
    "NOT_ALLOWED": 403,
    "BAD_BODY": 400,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
"""HTTP status of a fault that stops a request before it is executed; within GraphQL the answer stays 200."""

UNREACHABLE = (
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InternalClientError,  # a connection that died within a statement, when it is given back
    ConnectionError,
    OperationalError,
    InterfaceError,
)
"""The database is not there: the caller may try again."""


class Fault(Exception):
    """A request that cannot be answered, told by a code of `api.sentences` and its parameters."""

    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters = parameters

    @property
    def status(self) -> int:
        """The HTTP status where the fault is the whole answer."""
        return STATUS.get(self.code, 400)

    def message(self, language: Language) -> str:
        return say(self.code, language, self.parameters)

    def extensions(self) -> dict[str, Any]:
        return {"code": self.code, **self.parameters}


def masked(error: BaseException) -> Fault:
    """An unknown exception as INTERNAL (or UNAVAILABLE), logged with its traceback under the request's number."""
    number = fresh()
    if isinstance(error, UNREACHABLE) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        log.warning("%s: the database cannot be reached: %r", number, error)
        return Fault("UNAVAILABLE", id=number)
    log.error("%s: %r", number, error, exc_info=error)
    return Fault("INTERNAL", id=number)


def fault_of(error: BaseException) -> Fault:
    """The fault behind any exception."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, GraphQLError):
        original = error.original_error
        if isinstance(original, Fault):
            return original
        if error.path is None and (known := recognised(error)) is not None:
            return Fault(known.code, **known.parameters)
        if original is not None and not isinstance(original, GraphQLError):
            return masked(original)
        if error.path is None:
            return Fault("QUERY_NOT_VALID", detail=error.message)
    return masked(error)


def presented_one(error: BaseException, language: Language) -> dict[str, Any]:
    """One error in the form of the GraphQL specification (7.1.2), in the caller's language."""
    fault = fault_of(error)
    metrics.FAULTS.labels(fault.code).inc()
    shown: dict[str, Any] = {"message": fault.message(language)}
    if isinstance(error, GraphQLError):
        if error.locations:
            shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
        if error.path:
            shown["path"] = error.path
    shown["extensions"] = fault.extensions()
    return shown


def presented(errors: Iterable[BaseException], language: Language) -> list[dict[str, Any]]:
    """Errors of one answer; those that follow from the same mistake are told once."""
    shown: list[dict[str, Any]] = []
    for error in errors:
        one = presented_one(error, language)
        if one not in shown:
            shown.append(one)
    return shown
