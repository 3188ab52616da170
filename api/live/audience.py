"""Those who follow the same: a change is evaluated and encoded once for all of them who see it alike."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import orjson
from graphql import ExecutionResult
from graphql import Executor as GraphQLExecutor

from api.context import Context
from api.documents import Mistaken
from api.errors import presented
from api.execution import Executor
from api.live.followed import Followed
from api.live.places import Places
from api.live.reach import Reach
from api.live.topics.topic import Told
from db.changes import Change

if TYPE_CHECKING:
    from api.live.line import Follower

REMEMBERED = 64
"""Latest changes that are kept encoded: those who come back together miss the same."""


class Telling:
    """A change as one audience is told it."""

    __slots__ = ("cursor", "letters", "number", "payload")

    def __init__(self, number: int, cursor: str, payload: str) -> None:
        self.number = number
        self.cursor = cursor
        self.payload = payload
        """The result of the operation, as JSON."""
        self.letters: dict[str, str] = {}
        """What goes over the lines, by the id of the operation there: most callers choose alike."""


class Audience:
    """The followers of one operation with the same variables, in one language."""

    def __init__(self, followed: Followed, context: Context, places: Places) -> None:
        """`context` is nobody's: what is told depends on the face only. Raises `Mistaken`."""
        operation = followed.operation
        executor = Executor.build(
            operation.schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(followed.variables),
            operation_name=operation.definition.name.value if operation.definition.name else None,
        )
        if not isinstance(executor, GraphQLExecutor):
            raise Mistaken(executor)
        self.followed = followed
        self.language = context.language
        self.places = places
        self._executor = executor
        self.members: set[Follower] = set()
        """All of it, also those who are catching up."""
        self._followers: dict[Reach, set[Follower]] = {}
        """Those who have caught up, by what they see."""
        self._told: OrderedDict[tuple[int, Hashable], Telling | None] = OrderedDict()

    def enter(self, follower: Follower) -> None:
        """One more, who has some catching up to do."""
        follower.audience = self
        self.members.add(follower)

    def join(self, follower: Follower) -> None:
        """It has caught up."""
        follower.joined = True
        self._followers.setdefault(follower.line.reach, set()).add(follower)

    def leave(self, follower: Follower) -> None:
        self.members.discard(follower)
        for group in self._followers.values():
            group.discard(follower)

    def regroup(self) -> None:
        """Some see otherwise than before."""
        self._followers.clear()
        for follower in self.members:
            if follower.joined:
                self.join(follower)

    def tell(self, change: Change, cursor: str) -> None:
        """Tell all who see it, but for those who know it."""
        if not self.concerns(change):
            return
        for reach, group in tuple(self._followers.items()):
            telling = self._telling(change, cursor, reach)
            if telling is not None:
                for follower in tuple(group):
                    if follower.number < change.number:
                        follower.line.tell(follower, telling)

    def tell_one(self, follower: Follower, change: Change, cursor: str) -> None:
        """Tell one who has some catching up to do."""
        if self.concerns(change):
            telling = self._telling(change, cursor, follower.line.reach)
            if telling is not None:
                follower.line.tell(follower, telling)

    def concerns(self, change: Change) -> bool:
        return change.kind == self.followed.topic.kind

    def _telling(self, change: Change, cursor: str, reach: Reach) -> Telling | None:
        """The change as those of that reach are told it; None where they do not see it or did not ask for it."""
        face = self.followed.topic.face(reach, change)
        if face is None:
            return None
        key = (change.number, face)
        if key not in self._told:
            told = self.followed.topic.told(change, cursor, face, self.followed.test, self.places)
            self._told[key] = None if told is None else Telling(change.number, cursor, self._evaluated(told))
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        return self._told[key]

    def _evaluated(self, told: Told) -> str:
        result = self._executor.build_per_event_executor(told).execute_operation(serially=False)
        assert isinstance(result, ExecutionResult), "nothing that is followed waits for anything"
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = presented(result.errors, self.language)
        return orjson.dumps(answer).decode()
