"""What stops a command: a code and parameters, told to the person as one sentence in their language."""

from __future__ import annotations

from deploy.words import sentence


class Trouble(Exception):
    """Something the person can act on. `str()` is the English sentence; `in_language` gives it in theirs."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.parameters = parameters

    def in_language(self, language: str) -> str:
        """The sentence in `ru` or `en`."""
        return sentence(self.code, language, **self.parameters)

    def __str__(self) -> str:
        return self.in_language("en")
