"""Tenancy: who rents, under which lease, and which rooms when."""

from decimal import Decimal

from sqlalchemy import Index, Numeric, UniqueConstraint, func
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from db.models.base import CheckConstraint, Column, Field, Range, SQLModel, date, key, period, text, to


class Tenant(SQLModel, table=True):
    """A company or person who rents."""

    __tablename__ = "tenant"
    __table_args__ = ({"schema": "business"},)
    id: int = key()
    name: str = text(unique=True)
    tax_number: str | None = text(null=True, unique=True)
    contact: str | None = text(null=True)
    phone: str | None = text(null=True)
    email: str | None = text(null=True)


class Lease(SQLModel, table=True):
    """A contract of a tenant in a building for a period; `rent` is per month in `currency` (ISO 4217)."""

    __tablename__ = "lease"
    __table_args__ = (
        CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name="period"),
        CheckConstraint("rent >= 0 AND (rent IS NULL) = (currency IS NULL)", name="rent"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        UniqueConstraint("id", "building_id"),
        UniqueConstraint("number", "building_id"),
        {"schema": "business"},
    )
    id: int = key()
    number: str = text()
    tenant_id: int = to("business.tenant.id")
    building_id: int = to("physical.building.id")
    period: Range[date] = period()
    rent: Decimal | None = Field(default=None, sa_column=Column(Numeric(14, 2)))
    currency: str | None = text(null=True)


class Placement(SQLModel, table=True):
    """A room under a lease for a period, inside the lease's (a trigger checks it); no two of one room overlap."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name="period"),
        ExcludeConstraint(
            (func.int8range(sql_column("room_id"), sql_column("room_id"), "[]"), "&&"),
            (sql_column("period"), "&&"),
            using="gist",
            name="ex_placement_room_period",
        ),
        Index(None, "room_id"),
        {"schema": "business"},
    )
    id: int = key()
    lease_id: int = to("business.lease.id")
    room_id: int = to("physical.room.id", index=False)
    period: Range[date] = period()


__all__ = ["Lease", "Placement", "Tenant"]
