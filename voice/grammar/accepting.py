"""Whether words are a whole command of a grammar: pocketsphinx also hands out the beginning of one."""

from __future__ import annotations

import re

RULE = re.compile(r"<(\w+)>\s*=\s*([^;]*);")
SIGNS = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "|": "|"}


def acceptor(jsgf: str, start: str = "command") -> re.Pattern[str]:
    """A regular expression for what a grammar without recursion allows; every word is followed by a space."""
    rules = dict(RULE.findall(jsgf))
    done: dict[str, str] = {}

    def of(name: str) -> str:
        if name not in done:
            parts = re.findall(r"<\w+>|[()\[\]|]|[^\s()\[\]|<>]+", rules[name])
            done[name] = "(?:" + "".join(_part(part) for part in parts) + ")"
        return done[name]

    def _part(part: str) -> str:
        if part in SIGNS:
            return SIGNS[part]
        return of(part[1:-1]) if part.startswith("<") else re.escape(part) + " "

    return re.compile(of(start))


def accepts(pattern: re.Pattern[str], words: list[str]) -> bool:
    return pattern.fullmatch("".join(f"{word} " for word in words)) is not None
