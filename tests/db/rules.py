"""Rules of every condition, for hypothesis: around 10, with deadbands and delays that readings from 0 to 20 meet."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from db.evaluator import Rule
from db.models import Condition

VALUES = st.sampled_from([0.0, 7.9, 8.0, 9.9, 10.0, 10.1, 12.0, 14.0, 16.0, 20.0])
DEADBANDS = st.sampled_from([0.0, 2.0])


def rules(delays: list[int], windows: list[int], limits: list[float]) -> st.SearchStrategy[Rule]:
    """Rules with delays, windows (RATE) and limits (STALE) of these, in seconds."""
    delay = st.sampled_from(delays).map(lambda seconds: timedelta(seconds=seconds))
    window = st.sampled_from(windows).map(lambda seconds: timedelta(seconds=seconds))

    def of(condition: Condition, *thresholds: float, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Rule]:
        parts = {"deadband": DEADBANDS, "on_delay": delay, "off_delay": delay} | more
        return st.builds(Rule, st.just(condition), st.sampled_from(thresholds), **parts)

    return st.one_of(
        of(Condition.ABOVE, 10.0),
        of(Condition.BELOW, 10.0),
        of(Condition.BETWEEN, 8.0, 10.0, threshold_high=st.sampled_from([12.0, 16.0])),
        of(Condition.EQUALS, 10.0, deadband=st.just(0.0)),
        of(Condition.RATE, 4.0, -4.0, window=window),
        of(Condition.STALE, *limits, deadband=st.just(0.0), on_delay=st.just(timedelta())),
        of(Condition.DEVIATION, 4.0),
    )
