"""Turns carried out for people: each in a thread of theirs, one at a time, as a stream of events."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.errors import GraphRecursionError
from langgraph.types import Command

from agent import memory, metrics, tracing, words
from agent.asking import shown
from agent.context import Context, House
from agent.graph import Machine
from agent.state import InputState
from agent.words import Language

log = logging.getLogger(__name__)
MINUTE = 60.0
ASKING = ("confirm", "choice")
ENOUGH = 0.5
"""Of the time that a process has to its end, what turns may take."""
PARTING = 1.0
"""Seconds that turns get when nobody waits for them any more."""
QUIET = 15.0
"""Seconds after which a silent stream says that it is alive."""


@dataclass(frozen=True)
class Event:
    """Something that happened in a turn: heard, state, tool, confirm, choice, reply, audio, error, alive or done."""

    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Thread:
    """A talk of one person; nobody else can name it."""

    person: str
    name: str

    @property
    def config(self) -> RunnableConfig:
        return {"configurable": {"thread_id": f"{self.person}/{self.name}"}}


@dataclass
class Allowance:
    """How often a person may ask: so many turns in any minute."""

    most: int
    taken: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def take(self, person: str) -> float:
        """Take one turn; the seconds to wait if there is none left, else 0."""
        now, taken = time.monotonic(), self.taken[person]
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= self.most:
            return taken[0] + MINUTE - now
        taken.append(now)
        return 0.0


@dataclass
class Turns:
    """The turns of one agent process."""

    graph: Machine
    house: House
    running: set[asyncio.Task[None]] = field(default_factory=set)
    locks: WeakValueDictionary[Thread, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def ask(self, context: Context, thread: Thread, said: InputState) -> AsyncIterator[Event]:
        """A turn from a person's words; what was pending in the thread is dropped."""
        async for event in self._streamed(context, thread, said, said.get("language")):
            yield event

    async def resume(self, context: Context, thread: Thread, decision: Mapping[str, Any]) -> AsyncIterator[Event]:
        """The rest of a turn after the person has decided."""
        decided = dict(decision) or {"approve": False}  # LangGraph takes an empty answer for none
        async for event in self._streamed(context, thread, Command(resume=decided), None):
            yield event

    async def pending(self, thread: Thread) -> Mapping[str, Any] | None:
        """What the thread waits for, if it waits."""
        snapshot = await self.graph.aget_state(thread.config)
        return dict(snapshot.interrupts[0].value) if snapshot.interrupts else None

    async def interrupted(self, thread: Thread) -> bool:
        """Whether the process went down in the middle of a turn of this thread."""
        snapshot = await self.graph.aget_state(thread.config)
        return bool(snapshot.next) and not snapshot.interrupts

    async def told(self, thread: Thread) -> list[dict[str, str]]:
        """What was said in the thread, as far as it is kept whole."""
        snapshot = await self.graph.aget_state(thread.config)
        said = []
        for m in snapshot.values.get("messages", []):
            if isinstance(m, HumanMessage):
                said.append({"role": "person", "text": m.text})
            elif isinstance(m, AIMessage) and not m.tool_calls:
                said.append({"role": "agent", "text": memory.said_of(m)})
        return said

    def leave(self, seconds: float) -> None:
        """The process ends in so many seconds: turns that need longer are broken off, and who waits is told in time."""
        asyncio.get_running_loop().call_later(seconds * ENOUGH, self._break_off)

    def _break_off(self) -> None:
        for task in self.running:
            task.cancel()

    async def close(self) -> None:
        """Wait a moment for turns under way; what they changed is remembered, and a yes that was said goes on later."""
        if self.running:
            await asyncio.wait(self.running, timeout=PARTING)
        self._break_off()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def _streamed(
        self, context: Context, thread: Thread, given: InputState | Command[Any], language: Language | None
    ) -> AsyncIterator[Event]:
        """Events of a run which goes on to its end even if nobody listens any more."""
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        task = asyncio.create_task(self._run(context, thread, given, language, events))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        while True:
            try:
                async with asyncio.timeout(QUIET):
                    event = await events.get()
            except TimeoutError:
                yield Event("alive", {})
                continue
            if event is None:
                return
            yield event

    async def _run(
        self,
        context: Context,
        thread: Thread,
        given: InputState | Command[Any],
        language: Language | None,
        events: asyncio.Queue[Event | None],
    ) -> None:
        try:
            with tracing.span("invoke_agent markoff", _named(thread)) as span, metrics.Turn(context.channel) as turn:
                if (fault := await self._faulty(context, thread, given, language, events, turn)) is not None:
                    turn.saw(fault.kind, fault.data)
                    tracing.failed(span, fault.data["code"])
                    events.put_nowait(fault)
        except asyncio.CancelledError:
            events.put_nowait(_error("LEAVING", words.say("leaving", language or "ru")))
            raise
        finally:
            events.put_nowait(Event("done", {"thread": thread.name}))
            events.put_nowait(None)

    async def _faulty(
        self,
        context: Context,
        thread: Thread,
        given: InputState | Command[Any],
        language: Language | None,
        events: asyncio.Queue[Event | None],
        turn: metrics.Turn,
    ) -> Event | None:
        """Carry a turn out; what the person is told where it did not come to its end."""
        lock = self.locks.setdefault(thread, asyncio.Lock())
        try:
            async with lock, asyncio.timeout(self.house.settings.turn_seconds):
                await self._told(context, thread, given, events, turn)
        except TimeoutError:
            return _error("TIMEOUT", words.say("slow", language or "ru"))
        except GraphRecursionError:
            return _error("STEPS", words.say("limit", language or "ru"))
        except Exception:  # the edge of a turn: it is logged, and the person is told
            log.exception("a turn of %s broke", thread.person)  # a thread's name may hold a chat's number
            return _error("BROKEN", words.say("broken", language or "ru"))
        return None

    async def _told(
        self,
        context: Context,
        thread: Thread,
        given: InputState | Command[Any],
        events: asyncio.Queue[Event | None],
        turn: metrics.Turn,
    ) -> None:
        """A yes is kept step by step, so that what it set off goes on after a stop; words are kept when all is said.

        Who is asked something is asked once the thread knows of it.
        """
        config: RunnableConfig = {**thread.config, "recursion_limit": self.house.settings.turn_steps}
        decided = isinstance(given, Command)
        run = None if decided and await self.interrupted(thread) else given
        stream = self.graph.astream(
            run, config, context=context, stream_mode=["updates", "custom"], durability="sync" if decided else "exit"
        )
        asked: list[Event] = []
        async for mode, data in stream:
            for event in _events(str(mode), data):
                tracing.turned(event.kind, event.data)
                turn.saw(event.kind, event.data)
                asked.append(event) if event.kind in ASKING else events.put_nowait(event)
        for event in asked:
            events.put_nowait(event)


def _events(mode: str, data: Any) -> list[Event]:
    if mode == "custom":
        return [Event(str(data["event"]), {k: v for k, v in data.items() if k != "event"})]
    if "__interrupt__" in data:
        return [Event(str(i.value["kind"]), i.value) for i in data["__interrupt__"]]
    return [Event("state", {"node": node}) for node in data]


def _named(thread: Thread) -> dict[str, Any]:
    """Attributes of a turn's span. The talk is told by a print of its name, in which there may be a chat's number."""
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "markoff",
        "gen_ai.conversation.id": hashlib.sha256(f"{thread.person}/{thread.name}".encode()).hexdigest()[:16],
    }


def _error(code: str, message: str) -> Event:
    return Event("error", {"code": code, "message": message})


__all__ = ["Allowance", "Event", "Thread", "Turns", "shown"]
