"""Return a sensor to service: its alarms call again."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import finding
from api.alarm.treating import tell
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, SensorInService, Unconfirmed
from api.sensing.serving import served
from api.writing import Change
from db import models
from db.lifecycle import WHO, Action
from db.service import put_back

if TYPE_CHECKING:
    from api.sensing.types import Sensor

ReturnToServiceResult = Annotated[
    Annotated["Sensor", strawberry.lazy("api.sensing.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | SensorInService
    | Unconfirmed,
    strawberry.union("ReturnToServiceResult", description="The sensor as it is now, or why not."),
]


@mutation(
    ReturnToServiceResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.PUT_BACK],
    description="Return a sensor to service: its alarms call again.",
)
async def return_to_service(
    change: Change,
    sensor: Annotated[strawberry.ID, strawberry.argument(description="Id or code of the sensor.")],
) -> models.Sensor | NotAllowed | NotFound | InvalidInput | SensorInService:
    found = await finding.sensor(change, sensor)
    if not isinstance(found, models.Sensor):
        return found
    async with served(change, found) as connection:
        if found.out_of_service_at is None:
            return SensorInService.of(found)
        news = await put_back(connection, found.id, change.viewer.user_id, change.now)
    tell(change, news)
    return found
