"""Reading a text from left to right: at each place the first rule that fits says its part, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

LAST_WORD = re.compile(r"(?:^|[\s«„“\"'(\[,;:!?.…—–-])([^\W\d_]+(?:-[^\W\d_]+)*)[ \u00a0\u202f]*[«„“\"'(]?$")


@dataclass
class Scan:
    """The text and how far it is read; `case` is the grammar's of the number that ended at `ended`."""

    text: str
    at: int = 0
    parts: list[str] = field(default_factory=list)
    case: int = 0
    kind: str = ""
    ended: int = -1
    until: int = -1
    """Where reading goes on when a rule has used up more than its pattern."""

    @property
    def before(self) -> str:
        return self.text[: self.at]

    @property
    def previous(self) -> str:
        """The word right in front, in small letters; empty when something else stands there."""
        found = LAST_WORD.search(self.text, max(0, self.at - 60), self.at)
        return found[1].lower() if found else ""

    def previous_words(self, count: int) -> list[str]:
        """Up to `count` words in front, the nearest last, as long as only spaces part them."""
        return re.findall(r"[^\W\d_]+", re.split(r"[^\w\s-]", self.text[max(0, self.at - 80) : self.at])[-1].lower())[
            -count:
        ]

    def joins(self) -> bool:
        """Whether only "and", "or", a comma or a dash stands between here and the number read last."""
        if self.ended < 0:
            return False
        between = self.text[self.ended : self.at].lower()
        return re.fullmatch(r"\s*(?:,|и|или|либо|and|or|,\s*(?:и|или|and|or)|[–—-])?\s*", between) is not None

    def mark(self, case: int, kind: str, end: int) -> None:
        self.case, self.kind, self.ended = case, kind, end


Rule = tuple[re.Pattern[str], Callable[[Scan, re.Match[str]], str | None]]
"""A pattern and what is said for it; None lets the next rule try."""


def rule(pattern: str, say: Callable[[Scan, re.Match[str]], str | None], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), say


TOKEN = re.compile(r"[^\W\d_]+|\d+|\s+|.", re.DOTALL)


def read(text: str, rules: Sequence[Rule]) -> str:
    """The text with all that the rules know said in words."""
    scan = Scan(text)
    while scan.at < len(text):
        spoken = _first(scan, rules)
        if spoken is None:
            token = TOKEN.match(text, scan.at)
            assert token is not None
            scan.parts.append(token[0])
            scan.at = token.end()
    return tidy("".join(scan.parts))


def _first(scan: Scan, rules: Sequence[Rule]) -> str | None:
    for pattern, say in rules:
        match = pattern.match(scan.text, scan.at)
        if match is None or match.end() == scan.at:
            continue
        scan.until = match.end()
        spoken = say(scan, match)
        if spoken is None:
            continue
        if scan.parts and spoken and (scan.parts[-1][-1:].isalnum() or scan.parts[-1][-1:] in ",.:;%"):
            scan.parts.append(" ")
        scan.parts.append(spoken)
        if scan.text[scan.until - 1] == "." and _stops(scan) and not spoken.endswith("."):
            scan.parts.append(".")
        scan.at = scan.until
        follows = scan.text[scan.at : scan.at + 1]
        if spoken and follows and (follows.isalnum() or follows in "«(\"'"):
            scan.parts.append(" ")
        return spoken
    return None


def _stops(scan: Scan) -> bool:
    """Whether the full stop just read with an abbreviation also ends the sentence."""
    after = scan.text[scan.until :]
    return not after.strip() or (scan.ended == scan.until and re.match(r"\s+[A-ZА-ЯЁ]", after) is not None)


def tidy(text: str) -> str:
    """One space between words, none in front of a stop, no stop twice; what stood in brackets between commas."""
    text = re.sub(r"[*_#|<>=\\^~`\s\u00a0]+", " ", text)
    text = re.sub(r"\s*[(\[{]\s*", ", ", text)
    text = re.sub(r"\s*[)\]}]", ",", text)
    text = re.sub(r"\s+([,.;:!?…])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:]+(?=[.!?…])", "", text)
    text = re.sub(r"([.!?…])\s*[,;:.](?!\.)", r"\1", text)
    text = re.sub(r"([,;:!?])(?=[^\W\d_])", r"\1 ", text)
    text = re.sub(r" +", " ", text).strip(" ,;")
    return re.sub(r"(^|[.!?…] )([^\W\d_])", lambda m: m[1] + m[2].upper(), text)
