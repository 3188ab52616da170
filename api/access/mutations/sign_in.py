"""Sign in with login and password; every attempt is audited, too many failed ones have to wait."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.auth import check_password, mint
from api.context import Context, Info
from api.directives import Hidden, Risk, RiskLevel
from api.execution import select
from api.ids import typed
from api.refusals import WrongPassword
from db import audit
from db.engine import writing
from db.queries import access

if TYPE_CHECKING:
    from api.access.types import User

LazyUser = Annotated["User", strawberry.lazy("api.access.types")]

LONGEST = 1024
"""Most characters of a login or a password that are looked at."""


@strawberry.type(description="Who has signed in.")
class SignedIn:
    token: str = strawberry.field(description="Access token: send it as Authorization: Bearer.")
    expires_at: datetime = strawberry.field(description="Until when the token is good, in real time.")
    key: strawberry.Private[int]

    @strawberry.field(description="Whose token it is.", graphql_type=LazyUser)
    async def user(self, info: Info) -> Any:
        return await select(info, "User", self.key)


SignInResult = Annotated[SignedIn | WrongPassword, strawberry.union("SignInResult", description="A token, or why not.")]


@strawberry.mutation(description="Sign in with login and password.", directives=[Risk(level=RiskLevel.LOW), Hidden()])
async def sign_in(
    info: Info,
    login: Annotated[str, strawberry.argument(description="The login.")],
    password: Annotated[str, strawberry.argument(description="The password.")],
) -> SignInResult:
    context = info.context
    parts, settings = context.parts, context.parts.settings
    login, password = login[:LONGEST].replace("\x00", ""), password[:LONGEST]
    attempt = await parts.attempts.begin(login, context.address)
    async with parts.pool.acquire() as connection:
        found = await access.login(connection, login)
    hashed = found.password_hash if found is not None and found.enabled else None
    if not await check_password(hashed, password) or found is None:
        await _remember(context, login, found, WrongPassword.__name__)
        return WrongPassword.of()
    await attempt.succeeded()
    minted = mint(settings.jwt_key.get_secret_value(), found.user_id, settings.token_lifetime)
    await _remember(context, login, found, typed("user", found.user_id))
    context.viewer = await parts.viewers.of(minted.token)
    return SignedIn(token=minted.token, expires_at=minted.expires_at, key=found.user_id)


async def _remember(context: Context, login: str, found: access.Login | None, outcome: str) -> None:
    async with writing(context.parts.engine) as session:
        entry = audit.Entry(
            at=context.clock.now(),
            user_id=found.user_id if found is not None else None,
            actor=None,
            operation="signIn",
            arguments={"login": login, "password": "***", "address": context.address},
            outcome=outcome,
        )
        await audit.append(session, entry)
        await session.commit()
