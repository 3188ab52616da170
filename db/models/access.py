"""Access: people, what they may do where, keys of devices, confirmations used, and the audit."""

import enum
from typing import Any

from sqlalchemy import CheckConstraint as Check
from sqlalchemy import DateTime, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from db.models.base import (
    BigInteger,
    Column,
    Field,
    SQLModel,
    datetime,
    json,
    key,
    moment,
    names,
    one_of,
    text,
    to,
)
from db.models.space import Language


class Role(enum.Enum):
    ADMIN = "ADMIN"
    MANAGER = "MANAGER"
    DISPATCHER = "DISPATCHER"
    GUARD = "GUARD"
    TENANT = "TENANT"
    DEVICE = "DEVICE"
    VIEWER = "VIEWER"


class User(SQLModel, table=True):
    """A person; `password_hash` is argon2id and empty for those who cannot sign in by password."""

    __tablename__ = "user"
    __table_args__ = (names("language", Language), {"schema": "security"})
    id: int = key()
    login: str = text(unique=True)
    name: str = text()
    password_hash: str | None = text(null=True)
    language: Language = one_of(Language, default=Language.RU)
    enabled: bool = True


class Grant(SQLModel, table=True):
    """A role of a user: on a building, on a tenant (TENANT), or everywhere (ADMIN)."""

    __tablename__ = "grant"
    __table_args__ = (
        names("role", Role),
        Check(
            "CASE role WHEN 'ADMIN' THEN building_id IS NULL AND tenant_id IS NULL"
            " WHEN 'TENANT' THEN building_id IS NULL AND tenant_id IS NOT NULL"
            " WHEN 'DEVICE' THEN false"
            " ELSE building_id IS NOT NULL AND tenant_id IS NULL END",
            name="scope",
        ),
        UniqueConstraint("user_id", "role", "building_id", "tenant_id", postgresql_nulls_not_distinct=True),
        {"schema": "security"},
    )
    id: int = key()
    user_id: int = to("security.user.id", index=False, on_delete="CASCADE")
    role: Role = one_of(Role)
    building_id: int | None = to("physical.building.id", null=True)
    tenant_id: int | None = to("business.tenant.id", null=True)


class KeyKind(enum.Enum):
    """A device that reports, or the agent that speaks for people."""

    DEVICE = "DEVICE"
    AGENT = "AGENT"


class ApiKey(SQLModel, table=True):
    """A key of a device (for one building) or of the agent; only the SHA-256 of its secret is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        names("kind", KeyKind),
        Check("(kind = 'DEVICE') = (building_id IS NOT NULL)", name="scope"),
        Check("readings_per_minute >= 0", name="readings_per_minute"),
        {"schema": "security"},
    )
    id: int = key()
    prefix: str = text(unique=True)
    secret_hash: str = text()
    name: str = text()
    kind: KeyKind = one_of(KeyKind, default=KeyKind.DEVICE)
    building_id: int | None = to("physical.building.id", null=True)
    created_at: datetime = moment()
    revoked_at: datetime | None = moment(null=True)
    readings_per_minute: int | None = None
    """Most readings a minute; null: as the settings say, 0: no limit."""


class LinkChannel(enum.Enum):
    """Where people are known by another name than their login."""

    TELEGRAM = "TELEGRAM"
    SATELLITE = "SATELLITE"


class Link(SQLModel, table=True):
    """An identity in a channel that stands for a person: a messenger's user, a satellite in a room."""

    __tablename__ = "link"
    __table_args__ = (names("channel", LinkChannel), UniqueConstraint("channel", "identity"), {"schema": "security"})
    id: int = key()
    user_id: int = to("security.user.id", on_delete="CASCADE")
    channel: LinkChannel = one_of(LinkChannel)
    identity: str = text()
    name: str = text()
    linked_at: datetime = moment()


class LinkCode(SQLModel, table=True):
    """A code by which a person links an identity, once and in real time; only its hash is kept."""

    __tablename__ = "link_code"
    __table_args__ = (names("channel", LinkChannel), {"schema": "security"})
    code_hash: str = Field(sa_column=Column(Text, primary_key=True))
    user_id: int = to("security.user.id", on_delete="CASCADE")
    channel: LinkChannel = one_of(LinkChannel)
    expires_at: datetime = moment()
    used_at: datetime | None = moment(null=True)


class Attempt(SQLModel, table=True):
    """Who tried to sign in or to link lately, by a print of their name, and when: real time, forgotten soon."""

    __tablename__ = "attempt"
    __table_args__ = ({"schema": "security"},)
    who: str = Field(sa_column=Column(Text, primary_key=True))
    times: list[datetime] = Field(sa_column=Column(ARRAY(DateTime(timezone=True)), nullable=False))
    until: datetime = moment()


class Confirmation(SQLModel, table=True):
    """A confirmation that has committed its change: it cannot commit another."""

    __tablename__ = "confirmation"
    __table_args__ = ({"schema": "security"},)
    token_id: str = Field(sa_column=Column(Text, primary_key=True))
    used_at: datetime = moment()
    user_id: int | None = to("security.user.id", null=True, index=False)
    noun: str = text()
    subject_id: int = Field(sa_column=Column(BigInteger, nullable=False))


class Audit(SQLModel, table=True):
    """Who did what: append-only (a trigger), each row's hash covering the row before it."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"), Index(None, "user_id", "number"), {"schema": "security"})
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = moment()
    user_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    actor: str | None = text(null=True)
    operation: str = text()
    arguments: dict[str, Any] = json(null=False)
    outcome: str = text()
    previous: str = text()
    hash: str = text()


__all__ = [
    "ApiKey",
    "Attempt",
    "Audit",
    "Confirmation",
    "Grant",
    "KeyKind",
    "Link",
    "LinkChannel",
    "LinkCode",
    "Role",
    "User",
]
