"""Questions about who asks, people, the house, and the audit."""

import strawberry
from sqlalchemy import Boolean, bindparam, select

from api.access.types import AuditEntry, House, User, Viewer
from api.access.where import AuditOrder, AuditWhere, UserOrder, UserWhere
from api.nodes import Connection
from api.planner.source import alone, page
from api.visibility import USER, Other
from db import models
from db.models import Role

SIGNED_IN = bindparam("signed_in", type_=Boolean())


@strawberry.type
class AccessQuery:
    me: Viewer | None = alone(
        "Who asks; null when nobody is signed in.", lambda _: select(USER.label("id")).where(SIGNED_IN)
    )
    house: House = alone("The house as a whole.", lambda _: select(Other(models.Epoch).epoch))
    users: Connection[User] = page("People: colleagues, and oneself.", UserWhere, UserOrder)
    audit: Connection[AuditEntry] = page(
        "Who changed what, the latest first.", AuditWhere, AuditOrder, roles=[Role.ADMIN]
    )
