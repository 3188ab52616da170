"""The pages are true: their links lead somewhere, the commands they name exist, and they give nothing away."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\$ |# |> )?(?:[A-Z_]+=\S+ )*(?:uv run (?:--\S+ )*)?markoff(?: |$)")

PICTURES = {".webp", ".png"}
MACHINE_PATHS = re.compile("|".join(("/wo" + "rk/", "/ro" + "ot/", r"/ho" + "me/\\w", r"/tm" + r"p/(?!markoff\b)\w")))
REGISTRIES = re.compile(
    r"https?://[^\s)\"']*(pypi|pythonhosted|artifactory|nexus|/simple\b|registry\.|npmjs)[^\s)\"']*"
)


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchor(heading: str) -> str:
    """The anchor that a heading gets on a web page of the repository."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, name = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (ROOT not in file.parents and file != ROOT):
            lost.append(target)
        elif name and file.suffix == ".md":
            headings = HEADING.findall(file.read_text(encoding="utf-8"))
            lost += [target] if name not in map(anchor, headings) else []
    assert lost == []


def test_every_page_is_linked() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target)
    }
    assert [relative(page) for page in PAGES if page.parent != ROOT and page not in linked] == []


def commands_in(text: str) -> list[str]:
    """Whole commands of blocks (lines ending in a backslash go on) and of spans of code."""
    found = []
    for block in FENCE.findall(text):
        lines = block.replace("\\\n", " ").splitlines()
        found += [line.strip() for line in lines if COMMAND.match(line.strip())]
    found += [span for span in SPAN.findall(FENCE.sub("", text)) if COMMAND.match(span)]
    return found


@cache
def cli() -> Any:
    from deploy import cli

    cli._register()
    return typer.main.get_command(cli.app)


def mistakes(line: str) -> list[str]:
    """What of a command the program does not know: its name or its options."""
    line = re.split(r"\s(?:\||>|&&|#)", line[line.index("markoff") :])[0]
    command, wrong, options = cli(), [], {"--help"}
    for word in ["markoff", *shlex.split(line.replace("…", ""))[1:]]:
        if word.startswith("-") and word != "-":
            name = word.split("=")[0]
            wrong += [f"{line}: no option {name}"] if name not in options else []
            continue
        below = getattr(command, "commands", None)
        if word != "markoff" and below is not None:
            if word not in below:
                return [*wrong, f"{line}: no command {word}"]
            command = below[word]
        options |= {option for parameter in command.params for option in parameter.opts}
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_commands_exist_with_their_options(page: Path) -> None:
    lines = commands_in(page.read_text(encoding="utf-8"))
    assert [mistake for line in lines for mistake in mistakes(line)] == []


def test_the_command_reader_sees_what_is_wrong() -> None:
    text = "Use `markoff up --no-demo` or:\n```sh\n$ uv run markoff token --as admin | pbcopy\nmarkoff db\n```\n"
    assert commands_in(text) == ["$ uv run markoff token --as admin | pbcopy", "markoff db", "markoff up --no-demo"]
    assert [mistakes(line) for line in commands_in(text)] == [[], [], []]
    assert mistakes("markoff up --no-demons") == ["markoff up --no-demons: no option --no-demons"]
    assert mistakes("markoff dig") == ["markoff dig: no command dig"]


def committed() -> list[Path]:
    """Every text file that is in the repository, or here where there is no repository."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = [relative(path) for folder in ("docs", "deploy", "tests") for path in (ROOT / folder).rglob("*.*")]
    binary = {".png", ".jpg", ".webp", ".ifc", ".zip", ".ogg", ".wav", ".pyc"}
    return [ROOT / name for name in names if Path(name).suffix not in binary and (ROOT / name).is_file()]


def test_nothing_committed_names_a_machine_or_a_registry() -> None:
    given_away = []
    for file in committed():
        if file.suffix in PICTURES:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if MACHINE_PATHS.search(line) or REGISTRIES.search(line):
                given_away.append(f"{relative(file)}:{number}: {line.strip()[:100]}")
    assert given_away == []


def test_the_lock_file_is_not_committed() -> None:
    assert "uv.lock" not in [relative(file) for file in committed()]


MADE = {
    "configuration.md": "deploy.config.page",
    "database.md": "db.drawn",
    "imports.md": "deploy.imports",
    "tools.md": "agent.catalogue",
}
"""Pages, and the modules that print them."""


@pytest.mark.parametrize("page", MADE)
def test_a_page_that_is_made_is_as_it_would_be_made_now(page: str) -> None:
    made = importlib.import_module(MADE[page]).page()
    assert made == (ROOT / "docs" / page).read_text(encoding="utf-8"), f"run `python -m {MADE[page]} > docs/{page}`"


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {
        (index.parent / target.split("#")[0]).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))
    }
    missing = [
        relative(page) for page in (ROOT / "docs").glob("*.md") if page != index and page.resolve() not in linked
    ]
    assert missing == []
