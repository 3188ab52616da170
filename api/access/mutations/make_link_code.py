"""Make a one-time code by which a chat or a satellite is linked to a person."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from api import ids
from api.auth import hash_code, new_code
from api.canonical import arguments
from api.context import Info
from api.directives import Hidden, Requires, Risk, RiskLevel
from api.enums import LinkChannel, Role
from api.errors import Fault
from api.refusals import NotAllowed, NotFound
from db import audit
from db.changes import driver
from db.clock import real
from db.engine import writing
from db.queries import links

LIFETIME = timedelta(minutes=10)
PEOPLE = (Role.ADMIN, Role.MANAGER, Role.DISPATCHER, Role.GUARD, Role.TENANT, Role.VIEWER)
"""All roles that a person may hold."""
SOMEBODY = 'SELECT id FROM security."user" WHERE enabled AND (id = $1 OR ($1 IS NULL AND login = $2))'


@strawberry.type(description="A code that links one identity to a person, once.")
class LinkCode:
    code: str = strawberry.field(description="The code, to be said to the bot; upper and lower case are one.")
    expires_at: datetime = strawberry.field(description="Until when it is good, in real time: ten minutes.")


MakeLinkCodeResult = Annotated[
    LinkCode | NotAllowed | NotFound, strawberry.union("MakeLinkCodeResult", description="The code, or why not.")
]


@strawberry.mutation(
    description="Make a one-time code that links a chat or a satellite to oneself; an ADMIN also for somebody else.",
    directives=[Risk(level=RiskLevel.HIGH), Requires(roles=list(PEOPLE)), Hidden()],
)
async def make_link_code(
    info: Info,
    channel: Annotated[LinkChannel, strawberry.argument(description="Where the person is to be known.")],
    user: Annotated[
        strawberry.ID | None, strawberry.argument(description="For whom, id or login; oneself unless given.")
    ] = None,
) -> MakeLinkCodeResult:
    viewer, parts = info.context.viewer, info.context.parts
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    if viewer.user_id is None:
        return NotAllowed.without(PEOPLE)
    if viewer.acting is not None:  # who acts for somebody must not make themselves a standing right of it
        return NotAllowed(code="ONLY_ONESELF", parameters={})
    if user is not None and not viewer.admin:
        return NotAllowed.without((Role.ADMIN,))
    signing = parts.settings.jwt_key.get_secret_value()
    code, now = new_code(), real()
    async with writing(parts.engine) as session:
        connection = await driver(session)
        whom = viewer.user_id
        if user is not None:
            whom = await connection.fetchval(SOMEBODY, ids.key("user", user), user.replace("\x00", ""))
            if whom is None:
                return NotFound.of("user", user)
        await links.keep_code(connection, hash_code(signing, code), whom, channel, now + LIFETIME, now)
        entry = audit.Entry(
            at=info.context.clock.now(),
            user_id=viewer.user_id,
            actor=None,
            operation="makeLinkCode",
            arguments=arguments({"channel": channel, "user": user}),
            outcome=ids.typed("user", whom),
        )
        await audit.append(session, entry)
        await session.commit()
    return LinkCode(code=code, expires_at=(now + LIFETIME).replace(microsecond=0))
