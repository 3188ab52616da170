"""A sentence being read: its words, what they speak of, and which of them are already understood."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.offline import lexicon, numbers
from agent.offline.text import CYRILLIC, LATIN, Token, tokens


@dataclass
class Sentence:
    """Tokens are taken one group after another: dates, measures, floors, codes, names; what is left are plain words."""

    text: str
    tokens: list[Token]
    language: str
    taken: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, language: str) -> Sentence:
        """`language` is used for a text that shows none ("412?")."""
        plain = tokens(text)
        found = lexicon.spelled(plain)
        return cls(text, found, _language(plain, language), [""] * len(found))

    @property
    def words(self) -> list[str]:
        return [" " if t.quoted else t.text for t in self.tokens]

    @property
    def question(self) -> bool:
        return self.text.rstrip(" .!)»\"'").endswith("?")

    def __len__(self) -> int:
        return len(self.tokens)

    def word(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) and not self.tokens[at].quoted else ""

    def free(self, at: int) -> bool:
        return 0 <= at < len(self.tokens) and not self.taken[at] and not self.tokens[at].quoted

    def take(self, start: int, end: int, label: str) -> None:
        for at in range(start, end):
            self.taken[at] = label

    def concepts(self, at: int) -> frozenset[str]:
        return lexicon.concepts(self.word(at)) if 0 <= at < len(self.tokens) and self.word(at) else frozenset()

    def speaks(self, at: int, *names: str) -> bool:
        """Whether the word speaks of one of these; taken or not."""
        return any(name in self.concepts(at) for name in names)

    def places(self, name: str) -> list[int]:
        """Where words that are not taken speak of it."""
        return [at for at in range(len(self)) if not self.taken[at] and name in self.concepts(at)]

    def number(self, at: int) -> numbers.Number | None:
        """A number of free tokens that begins here."""
        if not self.free(at) or not self.word(at):
            return None
        end = at
        while end < len(self) and self.free(end) and self.word(end):
            end += 1
        return numbers.read([self.word(n) for n in range(at, end)])

    def is_number(self, at: int) -> bool:
        return self.number(at) is not None


def _language(found: list[Token], fallback: str) -> str:
    words = [t.text for t in found if t.text.isalpha() and len(t.text) > 1 and not t.quoted]
    if any(CYRILLIC.search(w) for w in words):
        return "ru"
    if any(CYRILLIC.search(t.text) for t in found) and not words:
        return "ru"
    if lexicon.transliterated(found):
        return "ru"
    if any(LATIN.search(w) and len(w) > 2 for w in words):
        return "en"
    return fallback
