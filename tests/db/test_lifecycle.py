"""The table of an alarm's life is whole, and what readings make of alarms is what the table says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from db.alarms import Alarm, stood
from db.lifecycle import HOLDS, LIVE, PROTECTED, ROWS, WHO, Action, Row, markdown, row
from db.models import AlarmState, Category, Priority, SensorKind
from tests.db.sensing import at


@dataclass(frozen=True)
class Facts:
    latching: bool
    category: Category
    shelved: bool


EVERY = [Facts(*each) for each in product((True, False), (Category.LEAK, Category.COMFORT), (True, False))]
BY_READINGS = (Action.RAISE, Action.RETURN)
BY_PEOPLE = (Action.ACKNOWLEDGE, Action.RESET, Action.SHELVE, Action.UNSHELVE, Action.NOTE)


def rows_for(state: AlarmState | None, action: Action, facts: Facts) -> list[Row]:
    return [row for row in ROWS if row.state is state and row.action is action and HOLDS[row.guard](facts)]


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name)
def test_no_two_rows_fit(action: Action) -> None:
    for state, facts in product((None, *AlarmState), EVERY):
        assert len(rows_for(state, action, facts)) <= 1


def test_whatever_a_person_may_try_has_an_answer() -> None:
    for state, action, facts in product(AlarmState, BY_PEOPLE, EVERY):
        assert len(rows_for(state, action, facts)) == 1, (state, action, facts)


def test_a_row_leads_somewhere_or_is_refused() -> None:
    for each in ROWS:
        assert (each.refused is None) == (each.becomes is not None and each.kind is not None), each


def test_people_do_what_people_do() -> None:
    assert set(WHO) == {*BY_PEOPLE, Action.TAKE_OUT, Action.PUT_BACK}
    assert all(each.refused is None or each.action in WHO for each in ROWS)


def test_what_the_table_does_not_know_cannot_happen() -> None:
    with pytest.raises(LookupError):
        row(AlarmState.CLOSED, Action.RETURN, EVERY[0])


def alarm(state: AlarmState, latching: bool) -> Alarm:
    """An alarm in a state, raised at 0, returned at 10, acknowledged at 20, reset at 30 where it has to be."""
    active, over = state in (AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED), state is AlarmState.CLOSED
    acknowledged = state in (AlarmState.ACKNOWLEDGED, AlarmState.LATCHED, AlarmState.CLOSED)
    return Alarm(
        1, 1, 1, 1, None, "", SensorKind.LEAK, "", Priority.LOW, Category.LEAK, state, at(0), at(0),
        returned_at=None if active else at(10),
        acknowledged_to=at(20) if acknowledged else None,
        reset_to=at(30) if over and latching else None,
        closed_at=at(30) if over else None,
        latching=latching,
        occurrences=1,
    )  # fmt: skip


HAPPENS = {
    Action.RAISE: lambda alarm: replace(alarm, last_raised_at=at(100), returned_at=None),
    Action.RETURN: lambda alarm: replace(alarm, returned_at=at(100)),
    Action.ACKNOWLEDGE: lambda alarm: replace(alarm, acknowledged_to=at(100)),
    Action.RESET: lambda alarm: replace(alarm, reset_to=at(100)),
}


def test_the_facts_make_the_states_of_the_table() -> None:
    """Each row that changes a state, and each state: the facts after it make the state that it says."""
    for each, latching in product(ROWS, (True, False)):
        facts = Facts(latching, Category.LEAK, False)
        if each.state is None or each.action not in HAPPENS or each.refused or not HOLDS[each.guard](facts):
            continue
        before = alarm(each.state, latching)
        if each.state is AlarmState.LATCHED and not latching:
            continue
        assert stood(before).state is each.state
        assert stood(HAPPENS[each.action](before)).state is each.becomes, each


def test_the_page_shows_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "alarms.md").read_text(encoding="utf-8")
    shown = page.split("<!-- lifecycle -->")[1].split("<!-- /lifecycle -->")[0].strip()
    assert shown == markdown(), "stale: run `python -m db.lifecycle`"


def test_every_state_has_a_way_out() -> None:
    left = {each.state for each in ROWS if each.becomes is not each.state and not each.refused}
    assert left >= set(LIVE)


def test_fire_and_leak_are_protected() -> None:
    for state, category in product(LIVE, PROTECTED):
        assert row(state, Action.SHELVE, Facts(True, category, False)).refused == "NEVER_SHELVED"
        assert not rows_for(state, Action.SUPPRESS, Facts(True, category, False))
