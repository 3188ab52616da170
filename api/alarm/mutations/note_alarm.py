"""Note something about an alarm: what is being done, what was seen; also when it is over."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks
from api.alarm.treating import LONGEST_NOTE, Treated, by, treat
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db.acknowledge import noting
from db.lifecycle import WHO, Action

if TYPE_CHECKING:
    from api.alarm.types import Alarm

NoteAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("NoteAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    NoteAlarmResult,
    risk=RiskLevel.LOW,
    requires=WHO[Action.NOTE],
    description="Note something about an alarm, for whoever looks at it next.",
)
async def note_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
    note: Annotated[str, strawberry.argument(description="What there is to say.")],
) -> Treated:
    wrong = checks.line("note", note, longest=LONGEST_NOTE)
    if wrong is not None:
        return wrong
    return await treat(change, alarm, by(noting(change.viewer.user_id, note, change.now)))
