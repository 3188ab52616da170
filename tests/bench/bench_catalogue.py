"""What the tool catalogue costs a model, role by role: tokens as four characters of compact JSON.

    uv run pytest tests/bench/bench_catalogue.py -m bench -s

`docs/tools.md` has the figure of each tool.
"""

from __future__ import annotations

import pytest
from rich.console import Console
from rich.table import Table

from agent.catalogue import ROLES
from agent.contract import contract
from agent.tools import build, offered, tokens

BAR = 110


@pytest.mark.bench
def test_tokens_of_the_catalogue() -> None:
    table = Table("role", "tools", "tokens a tool", "with the glossary", "at most", title="Tool catalogue")
    for role in ROLES:
        box = offered(build(contract()), [role])
        total, count = sum(map(tokens, box.wire())), len(box.tools)
        table.add_row(
            role, str(count), f"{total / count:.0f}", f"{(total + tokens(box.glossary)) / count:.0f}", str(BAR)
        )
    Console(width=100).print(table)
