"""A reply for when nobody wrote a good one: the results themselves, as a template, so proven like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent import words
from agent.results import Outcome, Result
from agent.words import Language

ROWS = 10
CELLS = 6
"""The most fields said of an object."""
LAST = (
    *("id", "externalId", "globalId", "cursor", "epoch", "hash"),
    *("x", "y", "outline", "openings", "aliases", "unit", "currency"),
)
"""Fields that are said last, or not at all."""


def reply(results: Sequence[Result], language: Language) -> str:
    """A template that says what the results hold."""
    told = [r for r in results if r.outcome is not Outcome.CHOSEN and not _misspoken(r)]
    if last := [r for r in told if r.outcome is not Outcome.READ]:
        return "\n".join(_written(r, language) for r in last)
    return _read(told[-1], language) if told else words.say("lost", language)


def _misspoken(result: Result) -> bool:
    """Whether a model called wrongly: it is told why, in words that are nothing to people."""
    error = result.value.get("error")
    return result.outcome is Outcome.FAILED and isinstance(error, Mapping) and error.get("code") == "BAD_ARGUMENTS"


def _written(result: Result, language: Language) -> str:
    here = f"r{result.number}"
    if result.outcome is Outcome.DECLINED:
        return words.say("declined", language)
    if result.outcome is Outcome.FAILED:
        return words.say("failed", language, why=f"{{{here}.error.message}}")
    if result.outcome is Outcome.REFUSED:
        return (
            f"{{{here}.message}}"
            if result.value.get("message")
            else words.say("failed", language, why=f"{{{here}.code}}")
        )
    done = "Готово" if language == "ru" else "Done"
    return f"{{if {here} done}}{done}: {_object(here, result.value, language)}{{end}}"


def _read(result: Result, language: Language) -> str:
    here = f"r{result.number}"
    if result.empty:
        return f"{{if {here} empty}}{words.say('nothing', language)}{{end}}"
    nodes = result.value.get("nodes")
    if not isinstance(nodes, list):
        return _object(here, result.value, language)
    if not nodes:
        return words.say("cut", language)
    head = f"{words.field('nodes', language).capitalize() if language == 'ru' else 'Found'}: {{{here}.total}}\n"
    head = head if result.value.get("total") is not None else ""
    if not isinstance(nodes[0], Mapping):
        return f"{head}{{{here}.nodes}}"
    body = _object("x", nodes[0], language)
    return f"{head}{{for x in {here}.nodes limit {ROWS}}}\n• {body}\n{{end}}"


def _object(at: str, value: Mapping[str, Any], language: Language) -> str:
    """The cells of an object that say something, each with its name; guarded, as other objects may lack them."""
    names = [n for n in value if n not in LAST and not n.startswith("__")]
    parts: list[str] = []
    for name in names:
        if len(parts) >= CELLS:
            break
        inner = value[name]
        if isinstance(inner, list | Mapping) and not _sayable(inner):
            continue
        shown = words.field(name, language)
        parts.append(f"{{if not {at}.{name} empty}}{shown[:1].upper()}{shown[1:]}: {{{at}.{name}}}. {{end}}")
    return "".join(parts) or f"{{{at}}}"


def _sayable(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(v, str) for v in value.values()) or any(
            _sayable(v) for v in value.values() if isinstance(v, Mapping)
        )
    return isinstance(value, list) and bool(value) and not isinstance(value[0], Mapping | list)
