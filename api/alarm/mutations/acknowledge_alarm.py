"""Take note of an alarm: it is somebody's now; one that has returned to normal is done with, unless it latches."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks
from api.alarm.refusals import AlarmAlreadyAcknowledged, AlarmClosed
from api.alarm.treating import LONGEST_NOTE, Treated, by, treat
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db.acknowledge import acknowledging
from db.lifecycle import WHO, Action

if TYPE_CHECKING:
    from api.alarm.types import Alarm

AcknowledgeAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | AlarmAlreadyAcknowledged
    | AlarmClosed
    | Unconfirmed,
    strawberry.union("AcknowledgeAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    AcknowledgeAlarmResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.ACKNOWLEDGE],
    description="Take note of an alarm.",
)
async def acknowledge_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
    note: Annotated[str | None, strawberry.argument(description="What is being done about it.")] = None,
) -> Treated:
    wrong = checks.line("note", note or None, longest=LONGEST_NOTE)
    if wrong is not None:
        return wrong
    return await treat(change, alarm, by(acknowledging(change.viewer.user_id, note or None, change.now)))
