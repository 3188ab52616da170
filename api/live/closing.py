"""Why the house ends a line: the codes with which a WebSocket is closed (docs/live.md has them for callers)."""

from __future__ import annotations

from enum import Enum


class Closing(Enum):
    """A close code and its reason; up to 4429 they are those of graphql-transport-ws."""

    DONE = (1000, "")
    TOO_LONG = (1009, "Message is too long")
    INVALID = (4400, "Invalid message")
    NOT_YET = (4401, "Unauthorized")
    FORBIDDEN = (4403, "Forbidden")
    NO_PROTOCOL = (4406, "Subprotocol not acceptable")
    SILENT = (4408, "Connection initialisation timeout")
    SAME_ID = (4409, "Subscriber already exists")
    TWICE = (4429, "Too many initialisation requests")
    LEAVING = (1012, "Restarting")
    """The process ends; the reason goes on with the cursor to come back with, where there is one."""
    TOO_SLOW = (4450, "Too slow")
    """The reason goes on with the cursor to come back with."""
    TOO_MANY_LINES = (4451, "Too many lines")
    NO_ANSWER = (4452, "No answer to pings")
    TOKEN_ENDED = (4453, "Token has ended")

    @property
    def resumed(self) -> bool:
        """The client is to come back, from the place that it is told."""
        return self in (Closing.LEAVING, Closing.TOO_SLOW)

    @property
    def code(self) -> int:
        return int(self.value[0])

    @property
    def reason(self) -> str:
        return str(self.value[1])
