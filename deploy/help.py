"""The help of the command and what is wrong with a call, in Russian: said by Typer, which knows English only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from importlib.resources import files

import typer
from typer import rich_utils
from typer._click import Command, HelpFormatter
from typer.core import TyperGroup, TyperOption
from typer.exceptions import TyperException

TITLES = {
    "ARGUMENTS_PANEL_TITLE": "Аргументы",
    "OPTIONS_PANEL_TITLE": "Параметры",
    "COMMANDS_PANEL_TITLE": "Команды",
    "ERRORS_PANEL_TITLE": "Ошибка",
    "ABORTED_TEXT": "Прервано.",
    "DEFAULT_STRING": "[по умолчанию: {}]",
    "ENVVAR_STRING": "[переменная: {}]",
    "REQUIRED_LONG_STRING": "[обязательно]",
    "RICH_HELP": "Справка: [blue]{command_path} {help_option}[/]",
}
"""Typer's own words, by what it calls them."""


class _Formatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Вызов: ")


class _Context(typer.Context):
    formatter_class = _Formatter


class _Mistake(typer.BadParameter):
    def format_message(self) -> str:
        return self.message


@cache
def russian() -> Mapping[str, Mapping[str, str]]:
    """Paragraphs of the help, and mistakes, by their English."""
    return tomllib.loads(files("deploy").joinpath("russian.toml").read_text(encoding="utf-8"))


def put_in(root: TyperGroup, until: ExitStack) -> None:
    """Let this command and all below speak Russian; Typer's own words are English again at the end of `until`."""
    until.callback(vars(rich_utils).update, {name: getattr(rich_utils, name) for name in TITLES})
    vars(rich_utils).update(TITLES)
    for command in commands(root):
        command.context_class = _Context
        command.options_metavar = "[ПАРАМЕТРЫ]"
        command.help = _told(command.help)
        command.short_help = _told(command.short_help)
        if isinstance(command, TyperGroup):
            command.subcommand_metavar = "КОМАНДА [АРГУМЕНТЫ]..."
        for parameter in command.get_params(typer.Context(command)):
            if isinstance(parameter, TyperOption | typer.core.TyperArgument):
                parameter.help = _told(parameter.help)


def commands(root: Command) -> Iterator[Command]:
    """It and all below."""
    yield root
    if isinstance(root, TyperGroup):
        for one in root.commands.values():
            yield from commands(one)


def paragraphs(text: str | None) -> list[str]:
    """Each in one line."""
    return [" ".join(one.split()) for one in (text or "").split("\n\n") if one.strip()]


def _told(text: str | None) -> str | None:
    known = russian()["help"]
    return "\n\n".join(known.get(one, one) for one in paragraphs(text)) or None


def in_russian(mistake: TyperException) -> TyperException:
    """The same mistake, with the same exit status."""
    context = getattr(mistake, "ctx", None)
    if type(mistake).__name__ == "NoArgsIsHelpError":  # its help is printed already
        return mistake
    if context is not None:
        context.formatter_class = _Formatter
    told = _Mistake(mistake_told(mistake.format_message()), context)
    told.exit_code = mistake.exit_code
    return told


def mistake_told(text: str) -> str:
    """What Typer says, in Russian; as it is where that is not known."""
    for english, ours in russian()["mistakes"].items():
        if found := re.fullmatch(re.escape(english).replace(r"\{\}", "(.+?)"), text, re.DOTALL):
            return ours.format(*(mistake_told(part) for part in found.groups()))
    return text
