"""Pictures among the results of a turn: whatever the contract calls an address of one is shown with the reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typing_extensions import TypedDict

from agent.contract import Contract
from agent.results import Cell, Missing, Outcome, Result, root

ADDRESS = "PictureAddress"
"""The scalar whose values can be fetched from the graph's server."""
COVERED = "…"
MOST = 5
"""Pictures that one reply carries."""


class Picture(TypedDict):
    """A picture with the reply: its path on the graph's server, and what it is called."""

    address: str
    title: str


def shown(contract: Contract, results: Iterable[Result]) -> list[Picture]:
    """The pictures of these results, each once, in their order; the last ones where there are too many."""
    found = {
        picture["address"]: picture
        for result in results
        if result.outcome in (Outcome.READ, Outcome.DONE)
        for picture in _within(root(contract, result))
    }
    return list(found.values())[-MOST:]


def covered(contract: Contract, result: Result) -> Any:
    """The value of a result without the addresses in it: who has one sees the picture, a model need not."""
    return _covered(root(contract, result))


def _covered(cell: Cell) -> Any:
    if isinstance(cell.value, list):
        return [_covered(item) for item in cell.items]
    if isinstance(cell.value, Mapping):
        return {name: _covered(cell.step(name)) for name in cell.value}
    return COVERED if cell.typename == ADDRESS and cell.value is not None else cell.value


def _within(cell: Cell) -> Iterator[Picture]:
    if cell.page or isinstance(cell.value, list):
        for item in cell.items:
            yield from _within(item)
    elif isinstance(cell.value, Mapping):
        for name in cell.value:
            if name != "__typename":
                yield from _within(cell.step(name))
    elif cell.typename == ADDRESS and isinstance(cell.value, str):
        yield Picture(address=cell.value, title=_title(cell))


def _title(cell: Cell) -> str:
    """How people call the object that has the picture."""
    try:
        return str(cell.above.label().value) if cell.above is not None else ""
    except Missing:
        return ""
