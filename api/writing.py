"""The edge of every change: one transaction, tried and rolled back (dry run), or confirmed, audited and committed.

A mutation is a function of a `Change` and its arguments that loads, checks, alters and returns the altered row, or a
refusal. `mutation(...)` makes the graph's field of it; nothing else commits.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from api import confirmation as confirmations
from api.canonical import arguments as canonical
from api.canonical import digest
from api.confirmation import Act, Confirmed, Unfit
from api.context import Context, Info
from api.difference import Difference, signed
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.errors import Fault
from api.execution import select
from api.ids import typed
from api.ledger import Ledger
from api.nouns import NOUNS
from api.refusals import (
    ChangedSince,
    ConfirmationExpired,
    ConfirmationMismatch,
    ConfirmationRequired,
    ConfirmationUsed,
    NotAllowed,
    Refusal,
)
from api.seen import Seen
from api.viewer import Viewer
from db import audit
from db.changes import driver
from db.clock import real
from db.engine import Connection, WriteSession, reading, writing
from db.models import Role

log = logging.getLogger("markoff.api")

TRIES = 4
"""How often a change is made anew when somebody else's came between."""
TIMES = ("SET LOCAL lock_timeout = '10s'", "SET LOCAL statement_timeout = '30s'")
CHECK_NOW = text("SET CONSTRAINTS ALL IMMEDIATE")
CONSUME = text("""
    INSERT INTO security.confirmation (token_id, used_at, user_id, noun, subject_id)
    VALUES (:id, :at, :user, '', 0) ON CONFLICT DO NOTHING RETURNING token_id
""")
CONSUMED = text("UPDATE security.confirmation SET noun = :noun, subject_id = :subject WHERE token_id = :id")
USED = text("SELECT noun, subject_id FROM security.confirmation WHERE token_id = :id")
VIOLATION, SERIALIZATION, DEADLOCK, LOCKED = "23", "40001", "40P01", "55P03"

Outcome: TypeAlias = SQLModel | Refusal
Do: TypeAlias = Callable[..., Awaitable[Outcome]]
Row = TypeVar("Row", bound=SQLModel)
Last: TypeAlias = Callable[[Connection], Awaitable[None]]


@dataclass(slots=True)
class Change:
    """One change under way: what a mutation's function is given."""

    session: WriteSession
    viewer: Viewer
    now: datetime
    """The house's time."""
    roles: tuple[Role, ...]
    """Roles of which the viewer must hold one where the change happens."""
    last: list[Last] = field(default_factory=list)
    """What is done after everything else, only when the change is committed: appending to the change stream."""

    @property
    def seen(self) -> Seen:
        return Seen(self.session, self.viewer, self.now)

    def allowed(self, building_id: int) -> NotAllowed | None:
        """A refusal, unless the viewer may make this change in that building."""
        return None if self.viewer.may(*self.roles, building_id=building_id) else NotAllowed.without(self.roles)

    async def connection(self) -> Connection:
        """asyncpg's connection that the session's transaction runs on."""
        return await driver(self.session)

    async def afresh(self, row: Row) -> Row:
        """The row as it is now, for instance since a lock was taken; what was loaded before is forgotten."""
        key = row.id  # type: ignore[attr-defined]
        self.session.expunge(row)
        return await self.session.get_one(type(row), key)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a mutation."""

    info: Info
    do: Do
    arguments: Mapping[str, Any]
    risk: RiskLevel
    roles: tuple[Role, ...]
    dry_run: bool
    confirmation: str | None

    @property
    def context(self) -> Context:
        return self.info.context

    @property
    def act(self) -> Act:
        who = confirmations.who(self.context.viewer)
        return Act(who, self.info.field_name, digest(canonical(self.arguments)))


async def write(call: Call) -> Any:
    """Try, or make, the change; the result is what the call's selection asks of the changed row, or a refusal."""
    viewer = call.context.viewer
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    if not viewer.may(*call.roles):
        return NotAllowed.without(call.roles)
    confirmed: Confirmed | None = None
    if not call.dry_run and call.confirmation is not None:
        try:
            confirmed = confirmations.read(_key(call), call.confirmation, call.act)
        except Unfit:
            return ConfirmationMismatch.of()
        if confirmed.expired:
            return await _expired(call, confirmed)
    elif not call.dry_run and viewer.acting is not None and call.risk is RiskLevel.HIGH:
        return ConfirmationRequired.of()
    for tries_left in reversed(range(TRIES)):
        try:
            return await _once(call, confirmed)
        except DBAPIError as error:
            if not _came_between(error, tries_left):
                raise
            log.info("%s is made anew: %s", call.info.field_name, error.orig)
    raise AssertionError("unreachable")


def _key(call: Call) -> str:
    return call.context.parts.settings.jwt_key.get_secret_value()


def _came_between(error: DBAPIError, tries_left: int) -> bool:
    """Whether somebody else's change was first: then this one is made anew, and sees it."""
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state == LOCKED:
        raise Fault("BUSY") from error
    return tries_left > 0 and (state.startswith(VIOLATION) or state in (SERIALIZATION, DEADLOCK))


async def _once(call: Call, confirmed: Confirmed | None) -> Any:
    context = call.context
    async with writing(context.parts.engine) as session:
        for setting in TIMES:
            await session.execute(text(setting))
        if confirmed is not None and (used := await _consume(session, context.viewer, confirmed)) is not None:
            return used
        ledger = Ledger(session)
        change = Change(session, context.viewer, context.clock.now(), call.roles)
        outcome = await call.do(change, **call.arguments)
        if isinstance(outcome, Refusal):
            return outcome
        await session.flush()
        await session.execute(CHECK_NOW)
        difference = await ledger.difference(change.seen)
        if call.dry_run:
            return _dry_run(call, difference)
        if confirmed is not None and confirmed.difference != signed(difference):
            return ChangedSince.of(_dry_run(call, difference))
        return await _commit(call, change, confirmed, outcome)


async def _expired(call: Call, confirmed: Confirmed) -> ConfirmationUsed | ConfirmationExpired:
    """A caller who never got the answer must not be told that nothing was changed."""
    async with reading(call.context.parts.engine) as session:
        used = (await session.execute(USED, {"id": confirmed.id})).one_or_none()
    return ConfirmationExpired.of() if used is None else ConfirmationUsed.of(typed(used.noun, used.subject_id))


async def _consume(session: WriteSession, viewer: Viewer, confirmed: Confirmed) -> ConfirmationUsed | None:
    """Take the confirmation, for this transaction; waits for another that has it and may still be rolled back."""
    values = {"id": confirmed.id, "at": real(), "user": viewer.user_id}
    if (await session.execute(CONSUME, values)).first() is not None:
        return None
    used = (await session.execute(USED, {"id": confirmed.id})).one()
    return ConfirmationUsed.of(typed(used.noun, used.subject_id))


def _dry_run(call: Call, difference: list[Difference]) -> DryRun:
    """What would change, and a new confirmation of it."""
    settings = call.context.parts.settings
    minted = confirmations.sign(_key(call), call.act, signed(difference), settings.confirmation_lifetime)
    return DryRun(changes=[one.shown() for one in difference], confirmation=minted.token, expires_at=minted.expires_at)


async def _commit(call: Call, change: Change, confirmed: Confirmed | None, outcome: SQLModel) -> Any:
    """Answer, then write what comes last under its locks (audit, change stream), and commit."""
    session, viewer, noun = change.session, change.viewer, NOUNS[type(outcome)]
    key: int = outcome.id  # type: ignore[attr-defined]
    connection = await change.connection()
    answer = await select(call.info, noun.type, key, connection=connection)
    if confirmed is not None:
        await session.execute(CONSUMED, {"id": confirmed.id, "noun": noun.name, "subject": key})
    entry = audit.Entry(
        at=change.now,
        user_id=viewer.user_id,
        actor=viewer.acting,
        operation=call.info.field_name,
        arguments=canonical(call.arguments),
        outcome=typed(noun.name, key),
    )
    await audit.append(session, entry)
    for last in change.last:
        await last(connection)
    await session.commit()
    return answer
