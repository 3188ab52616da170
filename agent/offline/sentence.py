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
        found = lexicon.spelled(tokens(text))
        return cls(text, found, spoken(text) or language, [""] * len(found))

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


def spoken(text: str) -> str | None:
    """The language in which something is said, "ru" or "en"; None where no word of either tells it.

    Russian in Latin letters is Russian; an English sentence with a Russian name in it is English.
    """
    found = tokens(text)
    words = [t.text for t in found if t.text.isalpha() and not t.quoted]
    russian = [w for w in words if CYRILLIC.search(w)]
    latin = [w for w in words if LATIN.search(w)]
    english = [w for w in latin if lexicon.concepts(w)]
    if russian and (len(english) < 2 or any(lexicon.concepts(w) for w in russian)):
        return "ru"
    if not russian and lexicon.transliterated(found):
        return "ru"
    return "en" if english or any(len(w) > 2 for w in latin) else None
