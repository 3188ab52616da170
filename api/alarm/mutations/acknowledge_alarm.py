"""Take note of an alarm: it is somebody's now; one that has returned to normal is done with."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks, finding
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.enums import Role
from api.mutation import mutation
from api.refusals import (
    AlarmAlreadyAcknowledged,
    AlarmClosed,
    ChangedSince,
    ConfirmationExpired,
    ConfirmationMismatch,
    ConfirmationRequired,
    ConfirmationUsed,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from api.writing import Change
from db import models
from db.acknowledge import Acknowledged, AlreadyAcknowledged, AlreadyClosed, acknowledge
from db.changes import append
from db.engine import Connection
from db.watches import lock

if TYPE_CHECKING:
    from api.alarm.types import Alarm

LONGEST_NOTE = 1000

AcknowledgeAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | AlarmAlreadyAcknowledged
    | AlarmClosed
    | ConfirmationRequired
    | ConfirmationExpired
    | ConfirmationUsed
    | ConfirmationMismatch
    | ChangedSince,
    strawberry.union("AcknowledgeAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    AcknowledgeAlarmResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER, Role.DISPATCHER),
    description="Take note of an alarm.",
)
async def acknowledge_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
    note: Annotated[str | None, strawberry.argument(description="What is being done about it.")] = None,
) -> models.Alarm | NotAllowed | NotFound | InvalidInput | AlarmAlreadyAcknowledged | AlarmClosed:
    found = await finding.alarm(change, alarm)
    if not isinstance(found, models.Alarm):
        return found
    wrong = checks.line("note", note or None, longest=LONGEST_NOTE)
    if wrong is not None:
        return wrong
    connection = await change.connection()
    await lock(connection, [found.sensor_id])
    found = await change.afresh(found)
    outcome = await acknowledge(connection, found.id, change.viewer.user_id, note or None, change.now)
    match outcome:
        case AlreadyAcknowledged():
            return AlarmAlreadyAcknowledged.of(found.id, found.title)
        case AlreadyClosed():
            return AlarmClosed.of(found.id, found.title)
        case Acknowledged(news=news):
            await change.session.refresh(found)

            async def tell(connection: Connection) -> None:
                await append(connection, [news])

            change.last.append(tell)
            return found
    return NotFound.of("alarm", alarm)
