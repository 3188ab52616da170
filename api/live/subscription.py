"""What may be followed, each from now on or from a place in the stream; how it is handed on is `api.live.fanout`'s."""

from typing import Annotated, Any

import strawberry

from api.alarm.where import AlarmWhere
from api.live.topics import alarm
from api.live.topics.alarm import AlarmChange
from api.live.topics.topic import Topic
from api.scalars import Cursor

After = Annotated[Cursor | None, strawberry.argument(description="Everything since the change that had this cursor.")]

TOPICS: dict[str, Topic] = {topic.field: topic for topic in (alarm.TOPIC,)}
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
