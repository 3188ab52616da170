"""Answers as Telegram takes them: its HTML with everything else escaped, in pieces of at most 4096 letters. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

MOST = 4096
"""Letters of a message, as Telegram counts them: UTF-16 units, without the marks."""
CAPTION = 1024
CODE = re.compile(r"```(?:[\w+-]*\n)?(.*?)```|`([^`\n]+)`", re.DOTALL)
BOLD = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?![\w*])|(?<!\w)__(?=\S)([^_\n]+?)(?<=\S)__(?!\w)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*#*$", re.MULTILINE)
ITEM = re.compile(r"^(\s*)[*-] +(?=\S)", re.MULTILINE)
CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s+"), re.compile(r"\s+"))
"""Where a text is cut, the best first: paragraphs, lines, sentences, words."""


def html(text: str) -> str:
    """Plain text, or the little Markdown that models write, in Telegram's HTML."""
    parts, at = [], 0
    for code in CODE.finditer(text):
        parts.append(_marked(text[at : code.start()]))
        block, line = code.group(1), code.group(2)
        tag = "pre" if line is None else "code"
        parts.append(f"<{tag}>{escape(block if line is None else line, quote=False)}</{tag}>")
        at = code.end()
    return "".join([*parts, _marked(text[at:])])


def _marked(text: str) -> str:
    shown = escape(text, quote=False)
    shown = HEADING.sub(r"<b>\1</b>", shown)
    shown = BOLD.sub(lambda found: f"<b>{found.group(1) or found.group(2)}</b>", shown)
    return ITEM.sub(r"\1• ", shown)


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def pieces(text: str, most: int = MOST) -> list[str]:
    """A text in pieces of at most so many letters, cut where it hurts least; nothing but white space gets lost."""
    return list(_pieces(text.strip(), most)) or [""]


def _pieces(text: str, most: int) -> Iterator[str]:
    while units(text) > most:
        end = _fitting(text, most)
        head, text = text[:end].rstrip(), text[end:].lstrip("\n")
        text = text.lstrip() if not head.count("```") % 2 else text
        if head.count("```") % 2 and units(head) + 4 <= most:
            head, text = f"{head}\n```", f"```\n{text}"
        if head:
            yield head
    if text.strip():
        yield text


def _fitting(text: str, most: int) -> int:
    """Where the first piece of a longer text ends."""
    end = _within(text, most - 4)
    for cut in CUTS:
        places = [found.start() for found in cut.finditer(text, 0, end)]
        if places and places[-1] >= end // 2:
            return places[-1]
    places = [found.start() for found in CUTS[-1].finditer(text, 0, end) if found.start()]
    return places[-1] if places else end


def clipped(text: str, most: int) -> str:
    """A text of at most so many letters; a dot leader says that it was longer."""
    if units(text) <= most:
        return text
    return text[: _within(text, most - 1)].rstrip() + "…"


def _within(text: str, room: int) -> int:
    """How many letters of a text fit into so many units."""
    end, counted = 0, 0
    for letter in text:
        counted += 1 + (letter > "\uffff")
        if counted > room:
            break
        end += 1
    return end


__all__ = ["CAPTION", "MOST", "clipped", "html", "pieces", "units"]
