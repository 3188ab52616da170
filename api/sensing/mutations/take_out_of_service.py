"""Take a sensor out of service for maintenance: its readings are taken, its alarms call nobody."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.alarm.treating import tell
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.sensing.serving import served
from api.writing import Change
from db import models
from db.lifecycle import WHO, Action
from db.service import LONGEST, take_out

if TYPE_CHECKING:
    from api.sensing.types import Sensor

LONGEST_REASON = 500

TakeOutOfServiceResult = Annotated[
    Annotated["Sensor", strawberry.lazy("api.sensing.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("TakeOutOfServiceResult", description="The sensor as it is now, or why not."),
]


@mutation(
    TakeOutOfServiceResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.TAKE_OUT],
    description="Take a sensor out of service, for maintenance: its readings are taken, its alarms call nobody.",
)
async def take_out_of_service(
    change: Change,
    sensor: Annotated[strawberry.ID, strawberry.argument(description="Id or code of the sensor.")],
    reason: Annotated[str, strawberry.argument(description="Why: what is being done to it.")],
    until: Annotated[
        datetime | None,
        strawberry.argument(description="When it returns by itself, at most a year ahead; null: by hand only."),
    ] = None,
) -> models.Sensor | NotAllowed | NotFound | InvalidInput:
    found = await finding.sensor(change, sensor)
    if not isinstance(found, models.Sensor):
        return found
    wrong = checks.line("reason", reason, longest=LONGEST_REASON) or checks.moment("until", until, change.now, LONGEST)
    if wrong is not None:
        return wrong
    async with served(change, found) as connection:
        news = await take_out(connection, found.id, change.viewer.user_id, until, reason, change.now)
    tell(change, news)
    return found
