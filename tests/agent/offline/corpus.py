"""Reads sentences with what they should come to, and says where the model differs.

`sentence => tool key=value …`: the tool must have been called with these arguments, wherever they stand among its
arguments; `@A102` is the id of that room, tenant or sensor; times are compared as far as they are written; `!tool` must
not have been called; `say topic` is an answer without a tool; `first > second` is a follow-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.agent.offline import house


@dataclass(frozen=True)
class Case:
    text: str
    expected: str

    @property
    def said(self) -> list[str]:
        return [part.strip() for part in self.text.split(" > ")]

    @property
    def language(self) -> str:
        return "ru" if any("а" <= c <= "я" for c in self.said[-1].lower()) else "en"


def read(path: str | Path) -> Iterator[Case]:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if "=>" in line and not line.startswith("#"):
            text, _, expected = line.partition("=>")
            yield Case(text.strip(), expected.strip())


def ids(value: str) -> set[str]:
    """The ids that a `@name` may stand for."""
    name = value[1:]
    if name == "last":
        return {house.ALARMS[0]["id"]}
    if name.endswith(".alarm"):
        return {a["id"] for a in house.ALARMS if a["room"]["number"] == name.removesuffix(".alarm")}
    things = [house.ROOM.get(name), house.TENANT.get(name), house.SENSOR.get(name)]
    return {t["id"] for t in things if t}


def flat(args: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(args, dict):
        for key, value in args.items():
            yield from flat(value, f"{path}.{key}" if path else key)
    else:
        yield path, args


NAMES = {
    "from": ("from", "raisedFrom", "atFrom"), "to": ("to", "raisedTo", "atTo"), "ends.from": ("endsFrom",), "ends.to": ("endsTo",),
    "by": ("by", "orderBy"),
}  # fmt: skip


def fits(args: dict[str, Any], key: str, wanted: str) -> bool:
    names = NAMES.get(key, (key,))
    for path, value in flat(args):
        if path.split(".")[-1] not in names and path not in names:
            continue
        if wanted.startswith("@"):
            return any(each in ids(wanted) for each in (value if isinstance(value, list) else [value]))
        if isinstance(value, list):
            got = {str(v).removeprefix("LAST_").replace(" ", ":") for v in value}
            bare = {v.removesuffix(":ASC") for v in got}
            return set(wanted.split(",")) in (got, bare) or {w.removesuffix(":ASC") for w in wanted.split(",")} == bare
        if isinstance(value, bool):
            return str(value).lower() == wanted
        if isinstance(value, int | float):
            return float(value) == float(wanted)
        return str(value) == wanted or (key in ("from", "to", "at") and str(value).startswith(wanted))
    return False


def check(case: Case) -> tuple[str | None, house.Turn]:
    """Why the model's answer is not what was expected (None: it is), and the turn."""
    turn = house.talk(*case.said, language=case.language)
    tool, *parts = case.expected.split(" ")
    # values may hold spaces: a part without "=" belongs to the one before it
    wanted: list[str] = []
    for part in parts:
        if "=" in part or not wanted:
            wanted.append(part)
        else:
            wanted[-1] += f" {part}"
    if tool == "say":
        return (None if turn.topic == wanted[0] and not turn.calls else f"said {turn.topic}"), turn
    if tool.startswith("!"):
        return (f"{tool[1:]} was called" if any(n == tool[1:] for n, _ in turn.calls) else None), turn
    made = [args for name, args in turn.calls if name == tool]
    if not made:
        return f"{tool} was not called", turn
    for args in made:
        missing = [w for w in wanted if not fits(args, *w.split("=", 1))]
        if not missing:
            return None, turn
    return f"without {missing}", turn
