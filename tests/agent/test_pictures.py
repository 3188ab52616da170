"""Pictures in results are shown with the reply, whatever the contract calls the tool that gave them."""

from __future__ import annotations

from typing import Any

from agent.contract import read
from agent.pictures import covered, shown
from agent.results import Outcome, Result
from agent.tools import Toolbox, build

CONTRACT = """
directive @label on FIELD_DEFINITION
scalar PictureAddress
type Sketch { called: String! @label  where: PictureAddress!  near: [Sketch!]! }
type Page { hasNextPage: Boolean! }
type Sketches { nodes: [Sketch!]!  pageInfo: Page! }
union Drawn = Sketch | Page
type Query { sketch: Sketch  sketches(first: Int = 5): Sketches!  drawn: Drawn  word: String  all: [Sketch!]! }
"""


def result(box: Toolbox, name: str, value: Any, outcome: Outcome = Outcome.READ) -> Result:
    return Result(1, name, box.tools[name], "c1", {}, value, outcome)


def sketch(number: int, *near: dict[str, Any]) -> dict[str, Any]:
    return {"called": f"Plan {number}", "where": f"/plans/{number}.png", "near": list(near)}


def test_an_address_is_found_wherever_the_contract_puts_it() -> None:
    contract = read(CONTRACT)
    box = build(contract)
    inner = sketch(2, sketch(3))
    union = {"__typename": "Sketch", **sketch(4)}
    found = shown(
        contract,
        [
            result(box, "sketch", sketch(1, inner)),
            result(box, "drawn", union),
            result(box, "sketches", {"nodes": [sketch(5)], "hasMore": False, "total": 1}),
        ],
    )
    assert [picture["address"] for picture in found] == [f"/plans/{number}.png" for number in range(1, 6)]
    assert found[0] == {"address": "/plans/1.png", "title": "Plan 1"}


def test_a_model_gets_the_result_without_the_addresses() -> None:
    contract = read(CONTRACT)
    box = build(contract)
    given = {"nodes": [{"__typename": "Sketch", **sketch(1, sketch(2))}], "hasMore": False, "total": 1}
    seen = covered(contract, result(box, "sketches", given))
    assert "/plans/" not in str(seen)
    (node,) = seen["nodes"]
    assert (node["called"], node["near"][0]["called"], seen["total"]) == ("Plan 1", "Plan 2", 1)
    assert node["where"] == node["near"][0]["where"] == "…"


def test_what_only_looks_like_an_address_is_none() -> None:
    contract = read(CONTRACT)
    box = build(contract)
    given = [
        result(box, "word", {"value": "/plans/1.png"}),
        result(box, "sketch", {}),
        result(box, "sketch", sketch(1), Outcome.FAILED),
        result(box, "sketch", {"called": "/plans/9.png", "where": None, "near": []}),
    ]
    assert shown(contract, given) == []


def test_each_picture_is_shown_once_and_the_last_ones_where_there_are_many() -> None:
    contract = read(CONTRACT)
    box = build(contract)
    found = shown(contract, [result(box, "sketch", sketch(n % 8)) for n in range(16)])
    assert [picture["title"] for picture in found] == [f"Plan {n}" for n in range(3, 8)]
