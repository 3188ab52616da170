"""What the tools cost a model: tokens of each, for the documentation. `python -m agent.catalogue > docs/tools.md`."""

from __future__ import annotations

from agent.contract import contract
from agent.tools import build, offered, tokens

ROLES = ("DISPATCHER", "MANAGER", "GUARD", "TENANT")

HEAD = """\
# The agent's tools

Made from `schema.graphql` by `python -m agent.catalogue`; do not edit.

A tool is a root field of the contract. A model reads each as an OpenAI function; descriptions which several tools
share, and what the words of enums mean, stand once in the glossary of the system prompt. Tokens are estimated as four
characters of compact JSON each.

"""


def page() -> str:
    """The page of figures."""
    box = build(contract())
    lines = ["| role | tools | tokens a tool | glossary | together, a tool |", "|---|---|---|---|---|"]
    for role in ROLES:
        mine = offered(box, [role])
        wire, glossary = mine.wire(), tokens(mine.glossary)
        total, count = sum(map(tokens, wire)), len(wire)
        lines.append(f"| {role} | {count} | {total / count:.0f} | {glossary} | {(total + glossary) / count:.0f} |")
    mine = offered(box, ["ADMIN", "MANAGER", "DISPATCHER"])
    lines += ["", "| tool | risk | roles | tokens | page | further fields |", "|---|---|---|---|---|---|"]
    for tool, function in zip(mine.tools.values(), mine.wire(), strict=True):
        roles, further = ", ".join(sorted(tool.roles)) or "any", ", ".join(tool.further) or "–"
        lines.append(f"| `{tool.name}` | {tool.risk} | {roles} | {tokens(function)} | {tool.page or '–'} | {further} |")
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
