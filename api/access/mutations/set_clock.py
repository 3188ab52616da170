"""Set the clock of a house that lives in simulated time: for demos, replays and tests."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import strawberry

from api import checks
from api.canonical import arguments
from api.context import Info
from api.directives import Hidden, Requires, Risk, RiskLevel
from api.enums import Role
from api.errors import Fault
from api.refusals import ClockIsReal, InvalidInput, NotAllowed
from db import audit
from db.changes import driver
from db.clock import Setting, real
from db.engine import writing
from db.models import ClockMode

HAS_READINGS = "SELECT EXISTS (SELECT FROM telemetry.reading)"
"""A house in real time that has none yet may begin to follow them; one that has keeps real time."""


@strawberry.type(description="The house's clock has been set.")
class ClockSet:
    now: datetime = strawberry.field(description="The house's time.")


SetClockResult = Annotated[
    ClockSet | NotAllowed | ClockIsReal | InvalidInput,
    strawberry.union("SetClockResult", description="The clock as it is now, or why not."),
]


@strawberry.mutation(
    description="Set the house's clock, where it is a simulated one.",
    directives=[Risk(level=RiskLevel.HIGH), Requires(roles=[Role.ADMIN]), Hidden()],
)
async def set_clock(
    info: Info, now: Annotated[datetime, strawberry.argument(description="The house's new time.")]
) -> SetClockResult:
    viewer, clock = info.context.viewer, info.context.clock
    if not viewer.known:
        raise Fault("NOT_SIGNED_IN")
    if not viewer.admin or viewer.acting is not None:
        return NotAllowed.without((Role.ADMIN,))
    wrong = checks.day("now", now.date())
    if wrong is not None:
        return wrong
    async with writing(info.context.parts.engine) as session:
        connection = await driver(session)
        await clock.refresh(connection)
        if not clock.simulated and await connection.fetchval(HAS_READINGS):
            return ClockIsReal.of()
        mode = clock.setting.mode if clock.simulated else ClockMode.MAX
        speed = clock.setting.speed
        entry = audit.Entry(
            at=clock.now(),
            user_id=viewer.user_id,
            actor=None,
            operation="setClock",
            arguments=arguments({"now": now}),
            outcome=mode.name,
        )
        setting = Setting(mode, now, real() if mode is ClockMode.SPEED else None, speed)
        await clock.set(connection, setting)
        await audit.append(session, entry)
        await session.commit()
    clock.setting = replace(setting)  # another one, so that a look at the database from before the commit is dropped
    return ClockSet(now=setting.at(real()))
