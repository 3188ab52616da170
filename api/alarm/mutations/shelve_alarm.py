"""Shelve an alarm: hear nothing of it for a while, for a reason."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from api import checks
from api.alarm.refusals import AlarmClosed, NeverShelved
from api.alarm.treating import LONGEST_NOTE, Treated, treat
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db.lifecycle import WHO, Action
from db.shelve import LONGEST, shelve

if TYPE_CHECKING:
    from api.alarm.types import Alarm

MOST_MINUTES = int(LONGEST.total_seconds() // 60)

ShelveAlarmResult = Annotated[
    Annotated["Alarm", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | NeverShelved
    | AlarmClosed
    | Unconfirmed,
    strawberry.union("ShelveAlarmResult", description="The alarm as it is now, or why not."),
]


@mutation(
    ShelveAlarmResult,
    risk=RiskLevel.HIGH,
    requires=WHO[Action.SHELVE],
    description="Hear nothing of an alarm for at most a day; raised again meanwhile, it stays shelved."
    " Never for fire and leaks.",
)
async def shelve_alarm(
    change: Change,
    alarm: Annotated[strawberry.ID, strawberry.argument(description="Id of the alarm.")],
    reason: Annotated[str, strawberry.argument(description="Why nobody needs to hear of it.")],
    minutes: Annotated[
        int | None,
        strawberry.argument(
            description="For how long, at most 1440; or give `until`.", directives=[Unit(symbol="min")]
        ),
    ] = None,
    until: Annotated[
        datetime | None, strawberry.argument(description="Until when, at most a day ahead; or give `minutes`.")
    ] = None,
) -> Treated:
    wrong = (
        checks.line("reason", reason, longest=LONGEST_NOTE)
        or checks.number("minutes", minutes, least=1, most=MOST_MINUTES)
        or _time(change.now, minutes, until)
    )
    if wrong is not None:
        return wrong
    end = until or change.now + timedelta(minutes=minutes or 0)
    return await treat(
        change,
        alarm,
        partial(shelve, user_id=change.viewer.user_id, until=end, reason=reason, now=change.now),
    )


def _time(now: datetime, minutes: int | None, until: datetime | None) -> InvalidInput | None:
    if (minutes is None) == (until is None):
        return InvalidInput.of("MINUTES_OR_UNTIL", "minutes")
    return checks.moment("until", until, now, LONGEST)
