"""Questions about who asks, people, the house, and the audit."""

from typing import Any

import strawberry
from sqlalchemy import Boolean, Select, Text, bindparam, func, literal_column, select

from api.access.types import AuditEntry, House, User, Viewer
from api.access.where import AuditOrder, AuditWhere, UserOrder, UserWhere
from api.nodes import Connection
from api.planner.source import alone, page
from api.visibility import USER, Other
from db import models
from db.models import Role

SIGNED_IN = bindparam("signed_in", type_=Boolean())


def the_house(_: Any) -> Select[Any]:
    """The epoch, and the newest place in it as `db.changes.cursor` writes it: letters and digits only need no more."""
    epoch, change = Other(models.Epoch), Other(models.Change)
    newest = func.coalesce(select(func.max(change.number)).scalar_subquery(), literal_column("0"))
    place = func.concat(epoch.epoch, literal_column("':'"), newest)
    written = func.encode(func.convert_to(place, literal_column("'UTF8'")), literal_column("'base64'"))
    return select(epoch.epoch, func.rtrim(written, literal_column("'='"), type_=Text()).label("cursor"))


@strawberry.type
class AccessQuery:
    me: Viewer | None = alone(
        "Who asks; null when nobody is signed in.", lambda _: select(USER.label("id")).where(SIGNED_IN)
    )
    house: House = alone("The house as a whole.", the_house)
    users: Connection[User] = page("People: colleagues, and oneself.", UserWhere, UserOrder)
    audit: Connection[AuditEntry] = page(
        "Who changed what, the latest first.", AuditWhere, AuditOrder, roles=[Role.ADMIN]
    )
