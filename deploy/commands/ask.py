"""`markoff ask` and `markoff chat`: questions to the house from a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from deploy import console, reach, tracing
from deploy.options import AgentUrl, Data, Person, Token, Yes
from deploy.trouble import Trouble
from deploy.words import sentence

Question = Annotated[list[str], typer.Argument(help="The question, in Russian or English.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print the reply, the tool calls and the proof as JSON.")]
Thread = Annotated[
    str | None,
    typer.Option("--thread", metavar="NAME", help="Go on with this talk; a new one unless told.", show_default=False),
]
WAITS = 3
"""Exit status when a question of the agent was left unanswered."""


def register(app: typer.Typer) -> None:
    app.command("ask")(ask)
    app.command("chat")(chat)


def ask(
    question: Question,
    as_json: AsJson = False,
    yes: Yes = False,
    thread: Thread = None,
    person: Person = None,
    data: Data = None,
    url: AgentUrl = None,
    token: Token = None,
) -> None:
    """Ask the house one question.

    A change is shown first and made only after a yes: in the terminal, or by --yes.
    """
    talk = _talk(data, url, token, person, thread)
    told = _asked(talk, " ".join(question), yes=yes, quiet=as_json)
    if as_json:
        print(told.json())
    else:
        _print(told)
    if told.error:
        raise typer.Exit(1)
    if told.waiting:
        if not as_json:
            _left(told.waiting)
        raise typer.Exit(WAITS)


def _left(waiting: Mapping[str, Any]) -> None:
    """Say that the question of the agent was left unanswered, in the language of that question."""
    code = "ask.unchosen" if waiting["kind"] == "choice" else "ask.unanswered"
    console.warn(sentence(code, str(waiting.get("language") or console.language())))


def chat(
    thread: Thread = None,
    person: Person = None,
    data: Data = None,
    url: AgentUrl = None,
    token: Token = None,
) -> None:
    """Talk with the house."""
    talk = _talk(data, url, token, person, thread)
    console.say("ask.hello")
    while True:
        try:
            said = input("> ").strip()
        except EOFError:
            print()
            return
        if not said:
            return
        try:
            _print(_asked(talk, said, yes=False, quiet=False))
        except Trouble as trouble:
            console.complain(trouble)


def _talk(data: Any, url: str | None, token: str | None, person: str | None, thread: str | None) -> Any:
    from agent.channels.cli import Talk

    tracing.begin("ask")
    doorway = reach.agent(data, url, token, person)
    return Talk(doorway.address, doorway.token, console.language(), thread)


def _asked(talk: Any, text: str, *, yes: bool, quiet: bool) -> Any:
    from agent.channels.cli import AgentAway, AgentRefuses

    def decide(kind: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
        return _decided(kind, asked, yes=yes, quiet=quiet)

    try:
        return talk.ask(text, decide)
    except AgentAway as away:
        raise Trouble("ask.away", address=talk.address, why=away) from away
    except AgentRefuses as refused:
        raise Trouble("ask.refused", why=refused) from refused


def _decided(kind: str, asked: Mapping[str, Any], *, yes: bool, quiet: bool) -> dict[str, Any] | None:
    """The person's decision, from the terminal or a pipe; none where nobody answers."""
    if kind == "confirm" and yes:
        if not quiet:
            print(asked["question"])
        return {"approve": True}
    if quiet:
        return None
    print(asked["question"])
    language = str(asked.get("language") or console.language())
    return _chosen(asked["choices"], language) if kind == "choice" else _agreed(language)


def _agreed(language: str) -> dict[str, Any] | None:
    said = _answer(f"{sentence('ask.confirm', language)} {'[д/Н]' if language == 'ru' else '[y/N]'} ")
    return None if said is None else {"approve": said.lower() in ("y", "yes", "д", "да")}


def _chosen(choices: list[str], language: str) -> dict[str, Any] | None:
    for number, choice in enumerate(choices, 1):
        print(f"  {number}. {choice}")
    said = _answer(f"{sentence('ask.which', language)} ")
    if said is None:
        return None
    return {"choice": int(said) - 1} if said.isdigit() and 0 < int(said) <= len(choices) else {"approve": False}


def _answer(prompt: str) -> str | None:
    """A line of the person's; none where there is nobody."""
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        return None


def _print(told: Any) -> None:
    if told.reply:
        print(told.reply)
    for picture in told.pictures:
        print(picture["address"] if picture["title"] in told.reply else f"{picture['title']}: {picture['address']}")
    if told.error:
        print(told.error["message"], file=sys.stderr)
