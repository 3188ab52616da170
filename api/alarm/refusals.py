"""Why nothing was done to an alarm: by the table of its life (`db.lifecycle`), each code there is a type here."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias

import strawberry

from api.context import Info
from api.execution import select
from api.refusals import Refusal

if TYPE_CHECKING:
    from api.alarm.types import Alarm

LazyAlarm = Annotated["Alarm", strawberry.lazy("api.alarm.types")]


@strawberry.type(description="Something about an alarm stands in the way.")
class AboutAlarm(Refusal):
    CODE: ClassVar[str]
    key: strawberry.Private[int]

    @classmethod
    def of(cls, alarm: int, title: str) -> Self:
        return cls(code=cls.CODE, parameters={"alarm": title}, key=alarm)

    @strawberry.field(description="The alarm.", graphql_type=LazyAlarm | None)
    async def alarm(self, info: Info) -> Any:
        return await select(info, "Alarm", self.key)


@strawberry.type(description="Somebody has acknowledged the alarm.")
class AlarmAlreadyAcknowledged(AboutAlarm):
    CODE = "ALARM_ALREADY_ACKNOWLEDGED"


@strawberry.type(description="The alarm is done with.")
class AlarmClosed(AboutAlarm):
    CODE = "ALARM_CLOSED"


@strawberry.type(description="The cause of the alarm lasts.")
class AlarmStillActive(AboutAlarm):
    CODE = "ALARM_STILL_ACTIVE"


@strawberry.type(description="Nobody has acknowledged the alarm yet.")
class AlarmNotAcknowledged(AboutAlarm):
    CODE = "ALARM_NOT_ACKNOWLEDGED"


@strawberry.type(description="Nobody has shelved the alarm, or its time is over.")
class AlarmNotShelved(AboutAlarm):
    CODE = "ALARM_NOT_SHELVED"


@strawberry.type(description="Alarms of fire and of leaks are never shelved.")
class NeverShelved(AboutAlarm):
    CODE = "NEVER_SHELVED"


Untreated: TypeAlias = (
    AlarmAlreadyAcknowledged | AlarmClosed | AlarmStillActive | AlarmNotAcknowledged | AlarmNotShelved | NeverShelved
)
BY_CODE: dict[str, type[AboutAlarm]] = {
    each.CODE: each
    for each in (
        AlarmAlreadyAcknowledged,
        AlarmClosed,
        AlarmStillActive,
        AlarmNotAcknowledged,
        AlarmNotShelved,
        NeverShelved,
    )
}
