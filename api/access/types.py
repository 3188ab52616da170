"""People, what they hold, who is asking, the house itself, and the audit."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Text, bindparam, cast, literal_column

from api.health import our_version
from api.nodes import Node
from api.planner.source import column, many, one, planned
from api.planner.text import constant
from api.scalars import Cursor
from api.space.types import Building
from api.tenancy.types import Tenant
from api.visibility import NOW, Sight
from db import models
from db.models import Language, LinkChannel, Role


@planned(
    models.User,
    "user",
    visible=Sight.user,
    named=[lambda user, name: (user.login == name.whole) & user.sight.myself(user)],
)
class User(Node):
    """A person. Staff of a building see each other's names, the rest is for themselves and ADMIN."""

    name: str = column("What they are called.", label=True)
    login: str | None = column("What they sign in with.", visible=Sight.myself)
    language: Language | None = column("The language they speak with the building.", visible=Sight.myself)
    grants: list["Grant"] = many(
        "What they hold; empty for those who may not know.",
        lambda user, grant: grant.user_id == user.id,
        order=lambda grant: [],
        first=None,
    )
    links: list["Link"] = many(
        "Where else they are known; empty for those who may not know.",
        lambda user, link: link.user_id == user.id,
        order=lambda link: [link.id],
        first=None,
    )


@planned(models.Link, "link", visible=Sight.link)
class Link(Node):
    """An identity in a messenger or of a satellite that stands for a person; for themselves and ADMIN."""

    channel: LinkChannel = column("Where.")
    name: str = column("What they are called there.", label=True)
    identity: str = column("Who they are there, for programs.")
    linked_at: datetime = column("Since when, in the house's time.")
    user: User | None = one("The person.", lambda link, user: user.id == link.user_id)


@planned(models.Grant, visible=Sight.grant)
class Grant:
    """A role on a building, on a tenant (TENANT), or everywhere (ADMIN)."""

    role: Role = column("The role.")
    building: Building | None = one("On this building.", lambda grant, building: building.id == grant.building_id)
    tenant: Tenant | None = one("For this tenant.", lambda grant, tenant: tenant.id == grant.tenant_id)


def roles_held(viewer: Any) -> Any:
    names = ",".join(sorted(role.name for role in viewer.sight.roles))
    return literal_column(f"'{{{names}}}'::text[]")


@planned(None)
class Viewer:
    """Who asks."""

    user: User | None = one("The person; null for a device.", lambda viewer, user: user.id == viewer.id)
    roles: list[Role] = column("All roles they hold anywhere.", roles_held)
    grants: list[Grant] = many(
        "What they hold where.", lambda viewer, grant: grant.user_id == viewer.id, order=lambda grant: [], first=None
    )
    links: list[Link] = many(
        "Where else they are known: messengers and satellites.",
        lambda viewer, link: link.user_id == viewer.id,
        order=lambda link: [link.id],
        first=None,
    )
    acting_for: bool = column(
        "Somebody acts for them: the token was delegated.", lambda _: bindparam("acting", type_=Boolean())
    )


@planned(None)
class House:
    """The house as a whole."""

    now: datetime = column("The house's time, simulated or real.", lambda _: NOW)
    version: str = column("Which version of Markoff runs it.", lambda _: cast(constant(our_version()), Text))
    epoch: str = column("Which life of the change stream this is; a restored backup begins another.")
    cursor: Cursor = column(
        "The newest place in the change stream: what you read in the same operation is of that moment or later, and"
        " a subscription with it as `after` tells what comes then."
    )
    simulated: bool = column("Its time is not the real one.", lambda _: bindparam("simulated", type_=Boolean()))


@planned(models.Audit, visible=Sight.audit)
class AuditEntry:
    """Somebody changed something; each entry's hash covers the one before."""

    number: int = column("Its number, without gaps.")
    at: datetime = column("When, in the house's time.")
    operation: str = column("What was called.")
    arguments: str = column("With which arguments, as JSON.", lambda entry: cast(entry.arguments, Text))
    outcome: str = column("What came out.")
    actor: str | None = column("Who acted for the person.")
    user: User | None = one("The person.", lambda entry, user: user.id == entry.user_id)
    hash: str = column("SHA-256 over this entry and the hash before it, in hexadecimal.")
