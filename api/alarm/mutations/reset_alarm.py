"""Reset an alarm that latches, once its cause is over and somebody has acknowledged it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks
from api.alarm.refusals import AlarmClosed, AlarmNotAcknowledged, AlarmStillActive
from api.alarm.treating import LONGEST_NOTE, Treated, by, treat
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db.acknowledge import resetting
from db.lifecycle import WHO, Action

if TYPE_CHECKING:
    from api.alarm.types import Alarm

ResetAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | AlarmStillActive
    | AlarmNotAcknowledged
    | AlarmClosed
    | Unconfirmed,
    strawberry.union("ResetAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    ResetAlarmResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.RESET],
    description="Say that an alarm that latches is over: its cause is gone and somebody has looked.",
)
async def reset_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
    note: Annotated[str | None, strawberry.argument(description="What was found.")] = None,
) -> Treated:
    wrong = checks.line("note", note or None, longest=LONGEST_NOTE)
    if wrong is not None:
        return wrong
    return await treat(change, alarm, by(resetting(change.viewer.user_id, note or None, change.now)))
