"""Take an alarm from the shelf before its time is over: it is heard again."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.alarm.refusals import AlarmNotShelved
from api.alarm.treating import Treated, treat
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db.lifecycle import WHO, Action
from db.shelve import unshelve

if TYPE_CHECKING:
    from api.alarm.types import Alarm

UnshelveAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | AlarmNotShelved
    | Unconfirmed,
    strawberry.union("UnshelveAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    UnshelveAlarmResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.UNSHELVE],
    description="Hear again of an alarm that was shelved.",
)
async def unshelve_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
) -> Treated:
    return await treat(change, alarm, partial(unshelve, user_id=change.viewer.user_id, now=change.now))
