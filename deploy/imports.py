"""Who imports whom, as a page: `python -m deploy.imports > docs/imports.md`."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("db", "api", "agent", "voice", "deploy")
HEAD = """\
# Who imports whom

Made from the code by `python -m deploy.imports > docs/imports.md`; do not edit. What a folder may import is in
[index.md](index.md#where-things-are), and `tests/test_architecture.py` holds it to that.

An arrow says: imports, in so many places. Below, each folder has a drawing of its packages (`·` are the modules beside
them), and a table of its modules: what each is, and what of ours it imports.
"""
Module = tuple[str, str, list[str]]
"""Its name, its first sentence, the modules of ours that it imports."""


def page() -> str:
    """docs/imports.md."""
    modules = list(_modules())
    between = Counter((name.split(".")[0], other.split(".")[0]) for name, _, others in modules for other in others)
    parts = [HEAD, _chart(Counter({pair: count for pair, count in between.items() if pair[0] != pair[1]}))]
    for folder in OURS:
        mine = [module for module in modules if module[0].split(".")[0] == folder]
        within = Counter((_package(name), _package(other)) for name, _, others in mine for other in others)
        kept = {pair: n for pair, n in within.items() if pair[0] != pair[1] and pair[1].split(".")[0] == folder}
        parts.append(f"## {folder}\n")
        if kept:
            parts.append(_chart(Counter(kept)))
        parts.append("| module | is | imports |\n|---|---|---|")
        parts += [f"| `{name}` | {told} | {_named(others)} |" for name, told, others in mine]
        parts.append("")
    return "\n".join(parts)


def _modules() -> Iterator[Module]:
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" in path.parts or "node_modules" in path.parts:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            told = " ".join((ast.get_docstring(tree) or "").split("\n\n")[0].split()).replace("|", "\\|")
            yield name, told, sorted(set(_imported(tree)) - {name})


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{name.name}" for name in node.names]
            found = [one if _is_module(one) else node.module for one in inner]
        else:
            continue
        yield from (one for one in found if one.split(".")[0] in OURS)


def _is_module(name: str) -> bool:
    place = ROOT.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def _package(name: str) -> str:
    """The folder a module is in, two levels deep at most."""
    parts = name.split(".")
    return ".".join(parts[:2]) if ROOT.joinpath(*parts[:2]).is_dir() else parts[0]


def _named(others: list[str]) -> str:
    return ", ".join(f"`{other}`" for other in others) or "–"


def _chart(arrows: Counter[tuple[str, str]]) -> str:
    lines = [
        f'    {one.replace(".", "_")}["{_label(one)}"] -->|{count}| {other.replace(".", "_")}["{_label(other)}"]'
        for (one, other), count in sorted(arrows.items())
    ]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```", ""])


def _label(name: str) -> str:
    return name if "." in name else f"{name} ·"


if __name__ == "__main__":
    print(page(), end="")
