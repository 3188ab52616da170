"""Tools made from the committed contract: what they offer, whom, and what they say of wrong arguments."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.arguments import BadArguments
from agent.contract import Risk, contract
from agent.house import FACTS
from agent.server import WHO
from agent.tools import build, offered, tokens

BOX = build(contract())


def test_every_root_field_that_is_not_hidden_is_a_tool():
    known = contract()
    fields = {**known.roots("query"), **known.roots("mutation")}
    assert set(BOX.tools) == {n for n, f in fields.items() if not known.hidden(f)}
    assert {"signIn", "setClock", "node"} & set(fields) > set()
    assert not {"signIn", "setClock", "node"} & set(BOX.tools)


def test_every_argument_is_offered_but_those_of_approval_and_of_paging_backwards():
    for tool in BOX.tools.values():
        reached = {slot.path[0] for slot in tool.shown.values()}
        assert set(tool.field.args) - reached <= {"dryRun", "confirmation", "last", "before"}, tool.name


def test_what_a_role_may_not_use_is_not_offered():
    dispatcher, viewer, admin = (offered(BOX, [r]).tools for r in ("DISPATCHER", "VIEWER", "ADMIN"))
    assert "acknowledgeAlarm" in dispatcher
    assert "createLease" not in dispatcher
    assert {n for n, t in viewer.items() if t.kind == "mutation"} <= {"unlink"}
    assert {"audit", "createLease"} <= set(admin)
    assert not any(t.risk is Risk.HIGH for t in offered(BOX, ["ADMIN"], Risk.LOW).tools.values())


def test_risk_comes_from_the_contract():
    assert BOX.tools["alarms"].risk is Risk.READ
    assert BOX.tools["acknowledgeAlarm"].risk is Risk.HIGH
    assert BOX.tools["acknowledgeAlarm"].confirmed


def test_the_graphs_own_form_of_arguments_is_understood_as_well():
    shown = BOX.tools["alarms"].call({"level": 2, "active": True, "orderBy": ["RAISED_AT DESC"]})
    own = BOX.tools["alarms"].call(
        {"where": {"level": 2, "active": True}, "orderBy": [{"field": "RAISED_AT", "direction": "DESC"}]}
    )
    assert shown.variables == own.variables
    assert shown.document == own.document


def test_times_without_an_offset_are_local():
    call = BOX.tools["alarms"].call(
        {"raisedFrom": "2022-10-20", "raisedTo": "2022-10-21T00:00:00Z"}, ZoneInfo("Europe/Moscow")
    )
    assert call.variables["where"]["raised"] == {"from": "2022-10-20T00:00:00+03:00", "to": "2022-10-21T00:00:00Z"}


def test_more_is_asked_for_by_name_also_deeper():
    usual = BOX.tools["alarms"].call({})
    more = BOX.tools["alarms"].call({"fields": ["transitions", "room.tenant.name"]})
    assert "transitions" not in usual.document
    assert "transitions(first: 20)" in more.document
    assert "tenant" in more.document
    assert "tenant" not in usual.document


def test_a_page_is_as_long_as_the_budget_of_bytes_allows():
    pages = {t.name: t.page for t in BOX.tools.values() if t.page}
    assert 5 <= pages["alarms"] < pages["tenants"] <= 50


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("alarms", {"flor": 1}, "There is no argument 'flor'. Known arguments: building, floor, level"),
        ("alarms", {"level": "two"}, "level: Int cannot represent non-integer value: 'two'"),
        ("alarms", {"kind": ["CO3"]}, "Did you mean the enum value 'CO2'?"),
        ("alarms", {"orderBy": ["TIME"]}, "'TIME' is none of: LAST_RAISED_AT, LAST_RAISED_AT DESC"),
        ("alarms", {"raisedFrom": "yesterday"}, "raisedFrom: 'yesterday' is no time; write 2022-10-20T14:15:00+02:00"),
        (
            "alarms",
            {"fields": ["room.colour"]},
            "There is no further field 'room.colour'. Further fields: shelvedReason",
        ),
        ("alarms", {"where": 5}, "where: Expected value of type 'AlarmWhere' to be an object"),
        ("room", {}, "Missing: id."),
        ("createLease", {"number": "1"}, "Missing: building, tenant, start."),
        ("leases", {"endsFrom": "2022-02-30"}, "endsFrom: '2022-02-30' is no date"),
        ("acknowledgeAlarm", {"alarm": "alarm_1", "dryRun": True}, "Leave out dryRun: a person is asked"),
    ],
)
def test_wrong_arguments_are_told_so_that_a_model_can_mend_them(tool, arguments, said):
    with pytest.raises(BadArguments) as told:
        BOX.tools[tool].call(arguments)
    assert said in str(told.value)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["from", "field", "room", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(BOX.tools)), st.data())
def test_any_arguments_are_taken_or_told(tool, data):
    names = st.sampled_from([*BOX.tools[tool].shown, *BOX.tools[tool].field.args, "fields", "other"])
    with suppress(BadArguments):
        BOX.tools[tool].call(data.draw(st.dictionaries(names, ANYTHING, max_size=4)))


def test_nulls_mean_not_asked_in_a_question_and_clear_in_a_write():
    assert BOX.tools["alarms"].call({"level": None, "where": {"room": None}}).variables == {
        "where": {}, "first": BOX.tools["alarms"].page,
    }  # fmt: skip
    assert BOX.tools["updateRoom"].call({"room": "1", "name": None}).variables == {"input": {"room": "1", "name": None}}


def test_no_argument_has_a_name_that_langchain_swallows():
    swallowed = {"self", "config", "run_manager", "callbacks"}
    assert [f"{tool.name}.{name}" for tool in BOX.tools.values() for name in tool.shown if name in swallowed] == []


def test_the_operations_of_the_agent_itself_fit_the_contract():
    from graphql import parse, validate

    assert validate(contract().schema, parse(FACTS)) == []
    assert validate(contract().schema, parse(WHO)) == []


def test_descriptions_are_all_kept_in_the_tools_or_in_the_glossary():
    box = offered(BOX, ["DISPATCHER"])
    told = json.dumps(box.wire(), ensure_ascii=False) + json.dumps(box.glossary, ensure_ascii=False)
    for tool in box.tools.values():
        assert tool.description in told
        for slot in tool.shown.values():
            assert " ".join((slot.part.description or "").split()).removesuffix(".").replace('"', '\\"') in told


def test_the_figures_in_the_docs_are_fresh():
    from agent.catalogue import page

    docs = Path(__file__).parents[2] / "docs" / "tools.md"
    assert docs.read_text(encoding="utf-8") == page(), "run `python -m agent.catalogue > docs/tools.md`"
    assert tokens("x" * 40) == 10
