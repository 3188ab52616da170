"""Troubles told by the parts below in words of their own, passed on as the command's."""

from __future__ import annotations

from collections.abc import Callable

from deploy.trouble import Trouble


class Foreign(Trouble):
    """A trouble whose sentence comes from elsewhere: a function from a language to the sentence."""

    def __init__(self, told: Callable[[str], str]) -> None:
        super().__init__("unexpected")
        self.told = told

    def in_language(self, language: str) -> str:
        return self.told(language)


__all__ = ["Foreign"]
