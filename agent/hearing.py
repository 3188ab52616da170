"""The first step of a turn, which takes in what was said, also as sound; and how a reply becomes sound."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime
from langgraph.types import Command

from agent import aloud, answers, calls, context, house, memory, words
from agent.client import GraphError, Unauthorised
from agent.context import Context
from agent.events import tell
from agent.results import Outcome
from agent.state import Decision, State
from agent.voice import Heard, Voice, VoiceError
from agent.words import Language

log = logging.getLogger(__name__)

Update = dict[str, Any]

ENGINES = re.compile(
    r"\b(?:как(?:ой|им|ая|ую|ие|ими|ого)|чь(?:ё|е|и)м|чей|чем)\b.*\b(?:движ(?:ок|к\w+)|голос\w*|распозна\w+|синтез\w*)"
    r"|\bчем\s+(?:ты|вы)\s+(?:меня\s+)?(?:слыш|слуша|говор|распозна)"
    r"|\b(?:which|what|whose)\b(?:\s+\w+){0,3}\s+(?:voice|(?:speech\s+|voice\s+)?(?:engine|recogni[sz]er|synthesi[sz]er))\b"
    r"(?!\s+rooms?).*\b(?:you|your|this|hear\w*|listen\w*|speak\w*|talk\w*|used?|using)\b",
    re.IGNORECASE,
)
"""Somebody asks who listens to them and who speaks."""


async def hear(state: State, runtime: Runtime[Context]) -> Command[Literal["understand", "act", "confirm", "speak"]]:
    """Take in what was said, close what the last turn left open, find out who asks and when it is."""
    here = context.of(runtime)
    said, before, wished = (state.get("text") or "").strip(), state.get("facts"), state.get("language")
    doubtful = False
    if here.recording is not None:
        try:
            heard = await heard_in(here, here.recording, wished)
        except VoiceError as fault:
            return await _unheard(state, here, fault, _tongue(state, "", wished))
        said, wished, doubtful = heard.text, wished or heard.language, heard.doubtful
    if (answer := _answered(state, said)) is not None:
        return answer
    tongue = _tongue(state, said, wished)
    update = _fresh(state, tongue) | {"doubtful": doubtful, "said": said}
    if not said:
        return Command(goto="speak", update=update | {"reply": words.say("lost", tongue)})
    if asks_for_engines(said):
        return Command(goto="speak", update=update | {"reply": await engines(here.house.voice, tongue)})
    try:
        facts = await house.facts(here.graph, said, wished, before)
    except GraphError as fault:
        key = "forbidden" if isinstance(fault, Unauthorised) else "unreachable"
        why = words.say("failed", tongue, why=words.say(key, tongue))
        return Command(goto="speak", update=update | {"reply": why, "stopped": fault.code})
    dropped, summary = memory.shortened(
        [*state.get("messages", []), HumanMessage(said)], state.get("summary", ""), here.house.settings.turns_kept
    )
    update["messages"] = [*update["messages"], *dropped, HumanMessage(said)]
    return Command(goto="understand", update=update | {"facts": facts, "summary": summary, "tongue": facts["language"]})


def _fresh(state: State, tongue: Language) -> Update:
    """Nothing left of the last turn, and its open calls closed."""
    return {
        "pending": None, "decision": None, "settled": {}, "feedback": [], "engine": "", "failed": [], "spent": 0,
        "stopped": None, "template": "", "reply": "", "proofs": [], "pictures": [], "messages": closed(state),
        "speech": "", "offer": [], "doubtful": False, "said": "", "tongue": tongue,
    }  # fmt: skip


def _tongue(state: State, said: str, wished: Language | None) -> Language:
    before = state.get("facts")
    return wished or house.language(said) or (before["language"] if before else "ru")


async def _unheard(state: State, here: Context, fault: VoiceError, tongue: Language) -> Command[Any]:
    """Say why nothing was heard; a question that waits goes on waiting."""
    why = words.say("no_voice" if here.house.voice is None else f"voice_{fault.code}", tongue)
    if not state.get("pending"):
        return Command(goto="speak", update=_fresh(state, tongue) | {"reply": why})
    tell("reply", text=why, proofs=[], engine="", failed=[])
    await spoken(here, why, tongue)
    return Command(goto="confirm")


def _answered(state: State, said: str) -> Command[Any] | None:
    """An answer in words to a question of ours: to what waits for a yes or a choice, or whether to say more."""
    if (waiting := state.get("pending")) is not None:
        decision = answers.decision(said, waiting)
        return None if decision is None else Command(goto="act", update={"decision": decision})
    if not (left := state.get("offer")):
        return None
    wanted = answers.agrees(said, going_on=True)
    if wanted is None:
        return None
    tongue = state.get("tongue") or "ru"
    speech = aloud.go_on(left, tongue) if wanted else aloud.Speech(words.say("enough", tongue))
    kept = AIMessage(state.get("template") or "", additional_kwargs={"said": speech.text})
    told: Update = {"reply": speech.text, "speech": speech.text, "offer": list(speech.rest)}
    return Command(goto="speak", update=told | {"messages": [HumanMessage(said), kept]})


def closed(state: State) -> list[AnyMessage]:
    """Results for calls that never got one, because the person went on, or the process stopped in their middle."""
    open_calls = memory.unanswered(state.get("messages", []))
    language = state["facts"]["language"] if state.get("facts") else "en"
    waiting, decision = state.get("pending"), state.get("decision") or Decision()
    sent = waiting["call"] if waiting and decision.get("approve") else None
    told = {"message": words.say("superseded", language)}
    return [
        calls.error(c, "UNREACHABLE", words.say("uncertain", language), i + 1)
        if c["id"] == sent
        else calls.message(c, told, Outcome.DECLINED, i + 1)
        for i, c in enumerate(open_calls)
    ]


async def heard_in(here: Context, recording: bytes, wished: Language | None) -> Heard:
    """The words of a recording; `VoiceError` where there are none."""
    voice = here.house.voice
    if voice is None:
        raise VoiceError("no_engine")
    known = await here.house.vocabulary.of(here.person, here.graph)
    found = await voice.hear(recording, wished, known.names, known.terms)
    parts = {"text": found.text, "engine": found.engine, "language": found.language, "confirm": found.doubtful}
    tell("heard", **parts)
    return found


async def spoken(here: Context, text: str, language: Language) -> None:
    """Tell a text as a voice note, where there is a voice; a reply that cannot be spoken is still a reply."""
    voice = here.house.voice
    if voice is None or here.quiet or not text:
        return
    try:
        note = await voice.say(text, language)
    except VoiceError as fault:
        log.warning("a reply was not spoken: %s", fault)
        tell("state", node="speak", failed=f"voice: {fault.code}")
        return
    sound = {"ogg": base64.b64encode(note.ogg).decode(), "seconds": note.seconds, "engine": note.engine}
    tell("audio", **sound)


async def engines(voice: Voice | None, language: Language) -> str:
    """Who listens and who speaks, as a sentence."""
    if voice is None:
        return words.say("no_voice", language)
    try:
        known = await voice.engines()
    except VoiceError:
        return words.say("voice_away", language)
    none = words.say("voice_none", language)
    return words.say("voice_engines", language, hears=known.hears or none, speaks=known.speaks or none)


def asks_for_engines(said: str) -> bool:
    """Whether somebody asks who listens to them and who speaks."""
    return ENGINES.search(said) is not None
