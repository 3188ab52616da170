"""Say that a sensor is broken, or that it has been mended."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role, SaidStatus
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, SensorStatusStays, Unconfirmed
from api.writing import Change
from db import models, statuses
from db.changes import append
from db.engine import Connection
from db.models import SensorStatus
from db.watches import lock

if TYPE_CHECKING:
    from api.sensing.types import Sensor

LONGEST_REASON = 500

SetSensorStatusResult = Annotated[
    Annotated["Sensor", strawberry.lazy("api.sensing.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | SensorStatusStays
    | Unconfirmed,
    strawberry.union("SetSensorStatusResult", description="The sensor as it is now, or why not."),
]


@mutation(
    SetSensorStatusResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER, Role.DISPATCHER),
    description="Say that a sensor is broken (FAULT), or that it has been mended (OK). Readings do not end a fault.",
)
async def set_sensor_status(
    change: Change,
    sensor: Annotated[strawberry.ID, strawberry.argument(description="Id or code of the sensor.")],
    status: Annotated[SaidStatus, strawberry.argument(description="What is said of it.")],
    reason: Annotated[str, strawberry.argument(description="Why: what is wrong, or what was done.")],
) -> models.Sensor | NotAllowed | NotFound | InvalidInput | SensorStatusStays:
    found = await finding.sensor(change, sensor)
    if not isinstance(found, models.Sensor):
        return found
    wrong = checks.line("reason", reason, longest=LONGEST_REASON)
    if wrong is not None:
        return wrong
    await lock(await change.connection(), [found.id])
    state = await change.session.get_one(models.SensorState, found.id)
    before, after = state.status, becomes(change, found, state, status)
    if after is before:
        return SensorStatusStays.of(found, before)
    user_id = change.viewer.user_id
    state.status = after
    change.session.add(
        models.StatusChange(sensor_id=found.id, at=change.now, status=after, reason=reason, user_id=user_id)
    )
    await change.session.flush()
    turn = statuses.Turn(found.id, change.now, before, after, reason, user_id)

    async def tell(connection: Connection) -> None:
        await append(connection, await statuses.news(connection, [turn]))

    change.last.append(tell)
    return found


def becomes(change: Change, sensor: models.Sensor, state: models.SensorState, said: SaidStatus) -> SensorStatus:
    """The status by what is said; a sensor that is believed again is what its readings make it."""
    if said is SaidStatus.FAULT:
        return SensorStatus.FAULT
    if state.status is not SensorStatus.FAULT:
        return state.status
    if state.at is None:
        return SensorStatus.UNKNOWN
    silent = sensor.interval is not None and statuses.silent_since(state.at, sensor.interval) <= change.now
    return SensorStatus.STALE if silent else SensorStatus.OK
