"""What may be followed, each from now on or from a place in the stream; how it is handed on is `api.live.fanout`'s."""

from typing import Annotated, Any

import strawberry

from api.alarm.incident import IncidentWhere
from api.alarm.where import AlarmWhere, EventWhere
from api.live.topics import alarm, event, incident, reading, status
from api.live.topics.alarm import AlarmChange
from api.live.topics.event import EventChange
from api.live.topics.incident import IncidentChange
from api.live.topics.reading import ArrivedWhere, ReadingArrival
from api.live.topics.status import SensorChange, StatusWhere
from api.live.topics.topic import Topic
from api.scalars import Cursor

After = Annotated[Cursor | None, strawberry.argument(description="Everything since the change that had this cursor.")]

FOLLOWED: tuple[Topic, ...] = (alarm.TOPIC, incident.TOPIC, status.TOPIC, event.TOPIC, reading.TOPIC)
TOPICS = {topic.field: topic for topic in FOLLOWED}
"""By root field."""


@strawberry.type(description="What may be followed.")
class Subscription:
    """The resolvers tell of one change, their root value; `where` and `after` have been looked at before."""

    @strawberry.field(
        description="Every change of an alarm that you may see, once and in order; with `after`, first what you missed."
    )
    def alarm_changed(
        self: Any,
        where: Annotated[AlarmWhere | None, strawberry.argument(description="Of which alarms.")] = None,
        after: After = None,
    ) -> AlarmChange:
        return alarm.told(self)

    @strawberry.field(
        description="Every change of an incident that you may see: begun, grown, over; once and in order. For staff."
    )
    def incident_changed(
        self: Any,
        where: Annotated[IncidentWhere | None, strawberry.argument(description="Of which incidents.")] = None,
        after: After = None,
    ) -> IncidentChange:
        return incident.told(self)

    @strawberry.field(
        description="Every change of a sensor's status that you may see: silent, broken, well again; once and in order."
    )
    def status_changed(
        self: Any,
        where: Annotated[StatusWhere | None, strawberry.argument(description="Which of them.")] = None,
        after: After = None,
    ) -> SensorChange:
        return status.told(self)

    @strawberry.field(description="Every event that is reported and that you may see, once and in order.")
    def event_happened(
        self: Any,
        where: Annotated[EventWhere | None, strawberry.argument(description="Which of them.")] = None,
        after: After = None,
    ) -> EventChange:
        return event.told(self)

    @strawberry.field(
        description="Readings that you may see as they are taken in, those of a batch together, once and in order. The"
        " first listener in a while waits a second or two; `after` reaches back for ten minutes without a listener."
    )
    def reading_arrived(
        self: Any,
        where: Annotated[ArrivedWhere | None, strawberry.argument(description="Which of them.")] = None,
        after: After = None,
    ) -> ReadingArrival:
        return reading.told(self)
