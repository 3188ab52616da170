"""Every sentence the command says, in English and Russian: the code `folder.newer` is in the module `folder`."""

from __future__ import annotations

from importlib import import_module


def sentence(code: str, language: str, **parameters: object) -> str:
    """The sentence of this code in `ru`, or in English for any other language. A code without a dot is in `common`."""
    group = code.split(".", 1)[0] if "." in code else "common"
    sentences: dict[str, tuple[str, str]] = import_module(f"deploy.words.{group}").SENTENCES
    english, russian = sentences[code]
    return (russian if language == "ru" else english).format(**parameters)
