"""How the command speaks: sentences to people on the terminal, in their language."""

from __future__ import annotations

import contextlib
import os
from typing import Literal

from deploy.trouble import Trouble
from deploy.words import sentence

Language = Literal["ru", "en"]
_chosen: Language | None = None


def choose(language: Language | None) -> None:
    """Speak this language from now on; None: that of the environment."""
    global _chosen
    _chosen = language


def language() -> Language:
    """Chosen by `--lang`, else by LC_ALL, LC_MESSAGES, LANG."""
    if _chosen:
        return _chosen
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "ru" if locale.startswith("ru") else "en"


def words(code: str, **parameters: object) -> str:
    """A sentence of deploy.words in the person's language."""
    return sentence(code, language(), **parameters)


def say(code: str, **parameters: object) -> None:
    """Say it on standard output."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(words(code, **parameters), markup=False)


def report(code: str, parameters: dict[str, object]) -> None:
    """Say on standard error what goes on; it is not part of a command's answer."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    with contextlib.suppress(OSError):  # the terminal is gone: no reason to stop what goes on
        console.print(words(code, **parameters), style="dim", markup=False)


def warn(text: str) -> None:
    """Say on standard error what the person should know."""
    from rich.console import Console

    Console(stderr=True, highlight=False, soft_wrap=True).print(text, style="yellow", markup=False)


def agrees(code: str, **parameters: object) -> bool:
    """Ask a question; whether the answer is yes. No answer is no."""
    hint = "[да/Нет]" if language() == "ru" else "[yes/No]"
    try:
        answer = input(f"{words(code, **parameters)} {hint} ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("y", "yes", "д", "да")


def complain(trouble: Trouble) -> None:
    """Say on standard error what went wrong."""
    from rich.console import Console

    text = trouble.in_language(language())
    Console(stderr=True, highlight=False, soft_wrap=True).print(text, style="red", markup=False)
