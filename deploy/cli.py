"""The `markoff` command: its own options, its groups of commands, and the last word on every error."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from deploy import console
from deploy.folder import our_version
from deploy.signals import Stopped
from deploy.trouble import Trouble

GROUPS = (
    "up",
    "serve",
    "ask",
    "voice",
    "importing",
    "replay",
    "simulate",
    "database",
    "backup",
    "restore",
    "move",
    "audit",
    "token",
    "telegram",
    "link",
    "key",
    "schema",
    "playground",
    "config",
    "doctor",
)
"""Modules of deploy.commands, in the order of the help; each has `register(app)`."""

DISK_FULL = "53100"
"""PostgreSQL's code for it."""


class Spoken(TyperGroup):
    """`markoff`, whose help and whose complaints about a call are in the person's language."""

    def main(self, *arguments: Any, **named: Any) -> Any:
        with ExitStack() as self._until:
            return super().main(*arguments, **named)

    def make_context(self, info_name: str | None, args: list[str], *arguments: Any, **named: Any) -> Any:
        last = self.commands.get(args[-1]) if args else None
        bare = not args or (args[0] == "--lang" and len(args) == 2)
        if console.language() == "ru" and (bare or "--help" in args or isinstance(last, TyperGroup)):
            self._in_russian()
        try:
            return super().make_context(info_name, args, *arguments, **named)
        except TyperException as mistake:
            raise self._told(mistake) from None

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TyperException as mistake:
            raise self._told(mistake) from None

    def _told(self, mistake: TyperException) -> TyperException:
        if console.language() == "en":
            return mistake
        from deploy.help import in_russian

        self._in_russian()
        return in_russian(mistake)

    def _in_russian(self) -> None:
        from deploy.help import put_in

        put_in(self, self._until)


app = typer.Typer(
    name="markoff",
    cls=Spoken,
    help="The building you can talk to. `markoff up` starts a house on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"markoff {our_version()}")
        raise typer.Exit


def _language(chosen: str | None) -> str | None:
    if chosen not in (None, "ru", "en"):
        raise typer.BadParameter("ru / en")
    return chosen


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option("--lang", callback=_language, is_eager=True, metavar="ru|en", help="Language of messages."),
    ] = None,
) -> None:
    pass


def _register() -> None:
    for group in GROUPS:
        name = f"deploy.commands.{group}"
        if find_spec(name):
            import_module(name).register(app)


def main() -> None:
    """Run one command; whatever happens, the person reads a sentence."""
    _register()
    arguments = _language_first(sys.argv[1:])
    chosen = arguments[1] if arguments[:1] == ["--lang"] and len(arguments) > 1 else None
    console.choose("ru" if chosen == "ru" else "en" if chosen == "en" else None)
    try:
        app(arguments)
    except Trouble as trouble:
        console.complain(trouble)
        sys.exit(1)
    except (Stopped, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # `markoff schema | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as fault:
        if (full := _full(fault)) is not None:
            console.complain(Trouble("disk_full", file=full))
            sys.exit(1)
        if os.environ.get("MARKOFF_DEBUG"):
            raise
        if (mistake := _of_settings(fault)) is not None:
            console.complain(mistake)
            sys.exit(1)
        console.complain(Trouble("unexpected", fault=_short(fault), file=_noted()))
        sys.exit(70)


def _language_first(arguments: list[str]) -> list[str]:
    """`--lang` works at any place, though it belongs to the command itself."""
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and number + 1 < len(arguments):
            return [*arguments[number : number + 2], *arguments[:number], *arguments[number + 2 :]]
        if argument.startswith("--lang="):
            return ["--lang", argument.removeprefix("--lang="), *arguments[:number], *arguments[number + 1 :]]
    return arguments


def _of_settings(fault: Exception) -> Trouble | None:
    """Plain words for settings that cannot be read."""
    if not isinstance(fault, ValueError):
        return None
    from deploy.config import checked

    return checked.explained(fault) if isinstance(fault, checked.WRONG) else None


def _full(fault: BaseException) -> str | None:
    """Where there is no space left, if that is what the fault or one behind it says, of ours or of PostgreSQL's."""
    behind: BaseException | None = fault
    while behind is not None:
        if isinstance(behind, OSError) and behind.errno in (errno.ENOSPC, errno.EDQUOT):
            return str(behind.filename or "–")
        if getattr(behind, "sqlstate", None) == DISK_FULL:
            return "PostgreSQL"
        behind = behind.__cause__ or behind.__context__
    return None


def _short(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}".strip().splitlines()[0]


def _noted() -> Path:
    """The file that keeps the traceback, for a report."""
    with tempfile.NamedTemporaryFile("w", prefix="markoff-error-", suffix=".txt", delete=False) as file:
        file.write(traceback.format_exc())
    return Path(file.name)
