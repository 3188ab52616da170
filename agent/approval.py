"""Nothing is changed without a person's yes: which calls wait for one, and what the person is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from agent import render, words
from agent.contract import Risk
from agent.render import Setting
from agent.results import Outcome
from agent.state import Pending
from agent.tools import Tool

EXPIRED = "ConfirmationExpired"
SHOWN = 12
"""The most rows of a difference that are shown."""
READ_BACK = 2
"""The most rows of a difference that are said aloud."""
STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:")
NOW = 60.0
"""Seconds around the present within which a time is now."""
NOUNS = {
    "building": "здание", "floor": "этаж", "room": "помещение", "tenant": "арендатор", "lease": "договор",
    "placement": "размещение", "sensor": "датчик", "alarm": "тревога", "alarmRule": "правило тревоги",
    "event": "событие", "user": "пользователь",
}  # fmt: skip


def needs_yes(tool: Tool, *, tainted: bool) -> bool:
    """Whether a call waits for a person: a risky write, and any write after text of the graph was read (`tainted`)."""
    if tool.kind == "query":
        return tool.risk is Risk.HIGH
    return tool.risk is Risk.HIGH or tainted


def is_dry_run(value: Mapping[str, Any]) -> bool:
    """Whether a result is the difference that a write would make."""
    return "changes" in value and "confirmation" in value


def outcome(tool: Tool, value: Mapping[str, Any]) -> Outcome:
    """What became of a call that was carried out."""
    if tool.kind == "query":
        return Outcome.READ
    return Outcome.REFUSED if tool.contract.refuses(str(value.get("__typename"))) else Outcome.DONE


def pending(
    tool: Tool, call: str, dry_run: Mapping[str, Any] | None, arguments: Mapping[str, Any], note: str | None = None
) -> Pending:
    """A write that waits: with its difference, or with its arguments where the graph cannot tell the difference."""
    changes = list(dry_run["changes"]) if dry_run else [_arguments(tool, arguments)]
    return Pending(
        kind="confirm",
        call=call,
        tool=tool.name,
        confirmation=str(dry_run["confirmation"]) if dry_run else None,
        changes=changes,
        question="",
        choices=[],
        note=note,
    )


def _arguments(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    fields = [{"name": k, "before": None, "after": str(v)} for k, v in arguments.items()]
    return {"id": None, "noun": words.field(tool.name, "en"), "label": None, "fields": fields}


def asked(waiting: Pending, setting: Setting) -> str:
    """What a person is asked, in their language: each row, its fields before and after."""
    language = setting.language
    first = words.say(waiting["note"], language) if waiting["note"] else words.say("confirm", language)
    rows = [_row(change, setting) for change in waiting["changes"][:SHOWN]]
    if len(waiting["changes"]) > SHOWN:
        rows.append(words.say("more", language, n=len(waiting["changes"]) - SHOWN))
    return "\n".join([first, *(rows or [words.say("no_difference", language)])])


def read_back(waiting: Pending, setting: Setting, person: str) -> str:
    """What a person is asked, as it is said aloud; that it is they who do it, and now, goes without saying."""
    language = setting.language
    parts = [words.say(waiting["note"], language)] if waiting["note"] else []
    for change in waiting["changes"][:READ_BACK]:
        head = _head(change, language)
        fields = [told for f in change.get("fields") or () if (told := _told(f, setting, person))]
        parts.append(f"{head[:1].upper()}{head[1:]}{': ' if fields else ''}{'; '.join(fields)}.")
    if not waiting["changes"]:
        parts.append(f"{words.say('no_difference', language).capitalize()}.")
    if len(waiting["changes"]) > READ_BACK:
        parts.append(f"{words.say('more', language, n=len(waiting['changes']) - READ_BACK)}.")
    return " ".join([*parts, words.say("agree", language)])


def _told(field: Mapping[str, Any], setting: Setting, person: str) -> str:
    """A field of a difference in words; nothing for one that stays empty, or names the person or this moment."""
    name, after = str(field.get("name") or ""), field.get("after")
    at = render.instant(after) if isinstance(after, str) and STAMP.match(after) else None
    if after == person or (at is not None and abs((at - setting.now).total_seconds()) < NOW):
        return ""
    said = [_value(name, field.get(side), setting) for side in ("before", "after")]
    if said == [None, None]:
        return ""
    key = "becomes" if said[0] is None else "emptied" if said[1] is None else "became"
    shown = words.field(_camel(name), setting.language)
    return words.say(key, setting.language, name=shown, before=said[0], after=said[1])


def _row(change: Mapping[str, Any], setting: Setting) -> str:
    fields = [_field(f, setting) for f in change.get("fields") or ()]
    head = f"• {_head(change, setting.language)}"
    return f"{head}: {'; '.join(fields)}" if fields else head


def _head(change: Mapping[str, Any], language: words.Language) -> str:
    """What changes: тревога «Душно в 101»."""
    noun = str(change.get("noun") or "")
    noun = noun[:1].lower() + noun[1:]
    shown = NOUNS.get(noun, words.field(noun, language)) if language == "ru" else words.field(noun, language)
    label = render.clean(str(change.get("label") or ""))
    return f"{shown} «{label}»" if label and language == "ru" else f"{shown} “{label}”" if label else shown


def _field(field: Mapping[str, Any], setting: Setting) -> str:
    name = str(field.get("name") or "")
    before, after = (_value(name, field.get(side), setting) for side in ("before", "after"))
    shown = words.field(_camel(name), setting.language)
    if before is None:
        return f"{shown}: {after if after is not None else '—'}"
    return f"{shown}: {before} → {after if after is not None else '—'}"


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda m: m[1].upper(), name)


def _value(name: str, value: Any, setting: Setting) -> str | None:
    """A value of a difference, which travels as text."""
    if value is None:
        return None
    text = str(value)
    if text in ("true", "false", "True", "False"):
        return words.say("yes" if text.lower() == "true" else "no", setting.language)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return render.plain(text, "Date", None, setting)
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:", text):
        return render.plain(text, "DateTime", None, setting)
    if re.fullmatch(r"[A-Z][A-Z0-9_]+", text):
        return _enum(name, text, setting)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return render.plain(text, "Decimal", None, setting)
    return render.clean(text)


def _enum(name: str, text: str, setting: Setting) -> str:
    """An enum's value by the field that holds it, else by the only enum that has such a value."""
    named = [t for t in words.ENUMS if t.lower().endswith(name.replace("_", "").lower())]
    holding: Iterable[str] = [t for t in [*named, *words.ENUMS] if text in words.ENUMS[t]]
    found = next(iter(holding), None)
    return words.enum(found, text, setting.language) if found else text
