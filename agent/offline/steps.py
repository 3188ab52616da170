"""A plan's vocabulary: calls of tools, what came back, and replies written with references to it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.offline.question import Language

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """One tool call: a root field of the contract with its arguments, or `ask_person`."""

    tool: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Got:
    """What a call gave; in replies it is `r<number>`, and what was asked for is `a<number>`."""

    number: int
    call: Call
    value: Json
    outcome: str = "read"

    @property
    def ref(self) -> str:
        return f"r{self.number}"

    @property
    def nodes(self) -> Sequence[Json]:
        found = self.value.get("nodes")
        return found if isinstance(found, list) else []

    @property
    def total(self) -> int:
        """How many there are, as far as the result tells."""
        known = self.value.get("total")
        return known if isinstance(known, int) else len(self.nodes)

    @property
    def complete(self) -> bool:
        return not self.value.get("hasMore")

    @property
    def failed(self) -> bool:
        return "error" in self.value or self.outcome == "failed"


@dataclass(frozen=True)
class Reply:
    """A template of `agent.proof`."""

    text: str


Step = list[Call]
Plan = Generator[Step, list[Got], Reply]


class Stopped(Exception):
    """A plan that cannot go on; what to say instead."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


def refer(template: str, *got: Got) -> str:
    """`@1`, `@2` … stand for the results, `#1`, `#2` … for their arguments."""
    for n, each in reversed(list(enumerate(got, 1))):
        template = template.replace(f"@{n}", f"r{each.number}").replace(f"#{n}", f"a{each.number}")
    return template


def either(language: Language, russian: str, english: str) -> str:
    return russian if language == "ru" else english


def reply(language: Language, russian: str, english: str, *got: Got) -> Reply:
    """The template of the person's language, with its references."""
    return Reply(refer(either(language, russian, english), *got))


def ask(calls: Step) -> Generator[Step, list[Got], list[Got]]:
    """Make the calls; a failed one ends the plan with its reason."""
    got = yield calls
    for each in got:
        if each.failed:
            raise Stopped(Reply(f"{{if {each.ref} failed}}{{{each.ref}.error.message}}{{end}}"))
    return got


def one(tool: str, /, **args: Any) -> Generator[Step, list[Got], Got]:
    """Make one call, without the arguments that are None or empty."""
    got = yield from ask([call(tool, **args)])
    return got[0]


def call(tool: str, /, **args: Any) -> Call:
    """A call without the arguments that are None or empty; `from_` stands for `from`."""
    args = {name.rstrip("_"): value for name, value in args.items()}
    return Call(tool, {name: value for name, value in args.items() if value not in (None, [], (), "", {})})
