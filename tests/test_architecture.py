"""The architecture as executable sentences: who may import whom, and what may stand only at the edge."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("db", "api", "agent", "voice", "deploy")

MAY_IMPORT: dict[str, set[str]] = {
    "db": set(),
    "api": {"db"},
    "agent": set(),
    "voice": set(),
    "deploy": {"db", "api", "agent", "voice"},
}
"""Of our own folders; every folder may import itself."""

NEVER: dict[str, set[str]] = {
    "db": {"fastapi", "starlette", "strawberry", "graphql", "langgraph", "langchain_core", "langchain_openai"},
    "api": {"langgraph", "langchain", "langchain_core", "langchain_openai"},
    "agent": {"sqlmodel", "sqlalchemy", "asyncpg", "alembic", "strawberry"},
    "voice": {"fastapi", "strawberry", "sqlmodel", "langgraph"},
    "deploy": set(),
}
"""Of what others made."""

HEAVY = {
    "torch",
    "vllm",
    "faster_whisper",
    "av",
    "ctranslate2",
    "espeakng_loader",
    "numpy",
    "PIL",
    "onnxruntime",
    "pocketsphinx",
    "ifcopenshell",
    "shapely",
    "TTS",
    "telegram",
    "piper",
    "langgraph_api",
    "langgraph_cli",
}
"""Extras: loaded where they are used, never by starting a part."""

ENTRIES = ("deploy.cli", "api.app", "agent.graph", "voice.server")
"""Modules that start a part."""

BROAD_EXCEPT_AT = {
    "agent/channels/telegram/pushes.py": "work that goes on as long as the process; a failure is logged, and it begins anew",
    "agent/tracing.py": "a span: the kind of a failure is told, and the exception goes on",
    "agent/turns.py": "a turn: it is logged, and the person is told",
    "api/execution.py": "an operation: the failure is logged and told by its number",
    "api/ingest/mqtt.py": "a message: it is logged and given up after a few tries, for the others to go on",
    "api/ingest/queue.py": "a group of callers: each is told what became of its own readings",
    "api/live/fanout.py": "a subscription, or a change: the failure is told and logged, and the others go on",
    "api/live/hub.py": "the hub listens as long as the process lives",
    "api/live/leader.py": "duties are done as long as the process lives; one that fails is logged",
    "db/tracing.py": "a span of a statement: the kind of a failure is told, and the exception goes on",
    "deploy/cli.py": "the command: whatever happens becomes one sentence",
    "deploy/postgres.py": "initdb: a half-made folder is removed, and the exception goes on",
    "voice/call.py": "an event of a caller: the failure is logged, the caller is told, and the others go on",
    "voice/tracing.py": "a span: the kind of a failure is told, and the exception goes on",
}
"""Process edges, where anything is caught, and why."""


@dataclass(frozen=True, slots=True)
class Import:
    path: str
    line: int
    module: str
    at_start: bool
    """At module level, not inside a function or under TYPE_CHECKING."""

    @property
    def top(self) -> str:
        return self.module.split(".")[0]


@cache
def sources() -> dict[str, ast.Module]:
    files = sorted(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _for_types_only(node: ast.If) -> bool:
    return "TYPE_CHECKING" in ast.dump(node.test)


def _walk(body: list[ast.stmt], path: str, at_start: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(path, node.lineno, name.name, at_start)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports by a relative path: write the whole name"
            assert node.module is not None
            yield Import(path, node.lineno, node.module, at_start)
            for name in node.names:
                yield Import(path, node.lineno, f"{node.module}.{name.name}", at_start)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            inside = inside or (isinstance(node, ast.If) and _for_types_only(node))
            blocks = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
            for block in blocks:
                statements = [part for part in block if isinstance(part, ast.stmt)]
                for handler in (part for part in block if isinstance(part, ast.ExceptHandler | ast.match_case)):
                    statements += handler.body
                yield from _walk(statements, path, at_start and not inside)


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for path, tree in sources().items() for found in _walk(tree.body, path, True))


def fail_with(breaches: list[str], rule: str) -> None:
    if breaches:
        pytest.fail(rule + "\n  " + "\n  ".join(sorted(set(breaches))), pytrace=False)


def test_every_folder_imports_only_what_the_house_plan_allows() -> None:
    breaches = []
    for found in imports():
        folder = found.path.split("/")[0]
        if found.top in OURS and found.top != folder and found.top not in MAY_IMPORT[folder]:
            breaches.append(f"{found.path}:{found.line} imports {found.module}, but {folder} may not know {found.top}")
        if found.top in NEVER[folder]:
            breaches.append(f"{found.path}:{found.line} imports {found.module}, which {folder} never does")
    fail_with(
        breaches, "The folders depend on each other in one direction (docs/decisions, MAY_IMPORT and NEVER here):"
    )


def test_nobody_imports_the_tests() -> None:
    breaches = [f"{found.path}:{found.line} imports {found.module}" for found in imports() if found.top == "tests"]
    fail_with(breaches, "What is shipped does not know its tests:")


def reached_at_start(entry: str) -> dict[str, str]:
    """Modules that importing `entry` loads, each with the place that does."""
    at_start: dict[str, list[Import]] = {}
    for found in imports():
        if found.at_start:
            at_start.setdefault(module_name(found.path), []).append(found)
    known = {module_name(path) for path in sources()}
    assert entry in known, f"there is no module {entry}: name the one that starts this part in ENTRIES"
    loaded = {entry: "start"}
    open_ = [entry]
    while open_:
        for found in at_start.get(open_.pop(), []):
            parts = found.module.split(".")
            for prefix in (".".join(parts[: n + 1]) for n in range(len(parts))):
                if prefix not in loaded:
                    loaded[prefix] = f"{found.path}:{found.line}"
                    if prefix in known:
                        open_.append(prefix)
    return loaded


@pytest.mark.parametrize("entry", ENTRIES)
def test_starting_a_part_loads_nothing_heavy(entry: str) -> None:
    loaded = reached_at_start(entry)
    breaches = [f"{place} loads {module}" for module, place in loaded.items() if module.split(".")[0] in HEAVY]
    fail_with(breaches, f"Importing {entry} loads an extra; import it in the function that uses it, naming the extra:")


def _broad(handler: ast.ExceptHandler) -> bool:
    kinds = [handler.type] if not isinstance(handler.type, ast.Tuple) else list(handler.type.elts)
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def test_anything_is_caught_only_at_a_process_edge() -> None:
    found: dict[str, list[str]] = {}
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and _broad(node):
                found.setdefault(path, []).append(f"{path}:{node.lineno}")
    breaches = [place for path, places in found.items() if path not in BROAD_EXCEPT_AT for place in places]
    breaches += [f"{path} catches nothing broad any more" for path in BROAD_EXCEPT_AT if path not in found]
    fail_with(breaches, "Catch what you can name; the edges where anything is caught are named in BROAD_EXCEPT_AT:")


def _run_as_a_program(tree: ast.Module) -> set[ast.AST]:
    """What stands under `if __name__ == "__main__"`: a command of its own."""
    guards = [node for node in tree.body if isinstance(node, ast.If) and "__name__" in ast.dump(node.test)]
    return {part for guard in guards for part in ast.walk(guard)}


def test_nobody_prints_but_a_command() -> None:
    breaches = []
    for path, tree in sources().items():
        allowed = _run_as_a_program(tree)
        for node in ast.walk(tree):
            prints = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            if isinstance(node, ast.Call) and prints and node not in allowed and not path.startswith("deploy/"):
                breaches.append(f"{path}:{node.lineno}")
    fail_with(breaches, "Only a command speaks to the terminal; everything else logs or returns:")


SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE)\b")
SERVERS_TIME = re.compile(
    r"\b(now\(\)|current_timestamp|current_date|clock_timestamp\(\)|localtimestamp)", re.IGNORECASE
)


def test_the_servers_time_is_never_asked_for() -> None:
    breaches = []
    for path, tree in sources().items():
        if path.startswith(("db/migrations/", "deploy/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
                breaches += [f"{path}:{node.lineno} {word}" for word in SERVERS_TIME.findall(node.value)]
    fail_with(breaches, "There is one clock: `now` is a bound parameter, never the database server's time:")


def test_every_module_says_what_it_is_for() -> None:
    breaches = [path for path, tree in sources().items() if tree.body and not ast.get_docstring(tree)]
    fail_with(breaches, "A module opens with one sentence:")
