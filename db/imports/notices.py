"""What an import has to tell: a code and parameters, said in the person's language; and what stops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.imports.words import SENTENCES


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know; it did not stop the import."""

    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str = "en") -> str:
        """The sentence in `ru`, or in English for any other language."""
        english, russian = SENTENCES[self.code]
        return (russian if language == "ru" else english).format(**self.parameters)

    def __str__(self) -> str:
        return self.say()


def notice(code: str, /, **parameters: object) -> Notice:
    """A notice by its code."""
    return Notice(code, parameters)


class ImportStopped(Exception):
    """The import cannot go on; what the person can do about it is in the sentence.

    BrokenFile      the file cannot be read
    ExtraMissing    an optional package is not installed
    BadMap          the map of columns says something that cannot be
    """

    def __init__(self, code: str, /, **parameters: object) -> None:
        self.notice = Notice(code, parameters)
        super().__init__(self.notice.say())

    def in_language(self, language: str) -> str:
        """The sentence in `ru` or `en`."""
        return self.notice.say(language)


class BrokenFile(ImportStopped):
    """The file cannot be read: the sentence names the place."""


class ExtraMissing(ImportStopped):
    """An optional package is needed and is not installed: the sentence names the extra."""


class BadMap(ImportStopped):
    """The map of columns is wrong: the sentence names the key."""


__all__ = ["BadMap", "BrokenFile", "ExtraMissing", "ImportStopped", "Notice", "notice"]
