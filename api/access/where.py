"""Which people, and which entries of the audit."""

from typing import Any

import strawberry
from sqlalchemy import ColumnElement, literal_column

from api.alarm.where import Period, within
from api.planner.source import Ordering, condition
from api.visibility import Other, some
from db import models
from db.models import Role


def granted(user: Any, *conditions: Any, grant: Other) -> ColumnElement[bool]:
    """The user has such a grant, which the viewer sees."""
    return some([grant], grant.user_id == user.id, *conditions, user.sight.grant(grant))


def with_role(user: Any, role: Role) -> ColumnElement[bool]:
    grant = Other(models.Grant)
    return granted(user, grant.role == literal_column(f"'{role.name}'"), grant=grant)


def with_building(user: Any, building: Any) -> ColumnElement[bool]:
    grant = Other(models.Grant)
    return granted(user, grant.building_id == building, grant=grant)


@strawberry.input(description="Which people.")
class UserWhere:
    role: Role | None = condition("Who hold this role; others' roles are for ADMIN.", with_role)
    building: strawberry.ID | None = condition(
        "Who hold a role on this building: id or code; others' roles are for ADMIN.", with_building, noun="building"
    )


@strawberry.input(description="Which entries of the audit.")
class AuditWhere:
    user: strawberry.ID | None = condition(
        "By this person: id or login.", lambda entry, key: entry.user_id == key, noun="user"
    )
    operation: str | None = condition("Of this operation.", lambda entry, name: entry.operation == name)
    at: Period | None = condition("Within these, in the house's time.", lambda entry, period: within(entry.at, period))


UserOrder = Ordering("User", {"NAME": lambda user: user.name})
AuditOrder = Ordering("AuditEntry", {"NUMBER": lambda entry: entry.number}, descending=True)
