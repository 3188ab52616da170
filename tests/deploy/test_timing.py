"""The house's time goes as wished, and on from where it stood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg

from db.clock import Setting
from db.models import ClockMode
from deploy.timing import ClockWish, set_clock


def now_going(database: str, wish: ClockWish | None) -> Setting:
    setting = set_clock(database, wish)
    assert setting is not None
    return setting


OCTOBER = datetime(2022, 10, 10, tzinfo=UTC)


def test_a_house_lives_in_real_time_unless_told(database: str) -> None:
    assert set_clock(database, None) is None


def test_time_begins_and_goes_as_wished(database: str) -> None:
    setting = now_going(database, ClockWish(OCTOBER, 600))
    assert (setting.mode, setting.house_at, setting.speed) == (ClockMode.SPEED, OCTOBER, 600)
    assert setting.real_at is not None
    assert setting.at(setting.real_at + timedelta(seconds=1)) == OCTOBER + timedelta(minutes=10)


def test_time_may_follow_the_readings(database: str) -> None:
    assert now_going(database, ClockWish(OCTOBER, None)).at(datetime.now(UTC)) == OCTOBER
    assert now_going(database, None).at(datetime.now(UTC)) == OCTOBER


def test_time_stood_while_the_house_did(database: str) -> None:
    set_clock(database, ClockWish(OCTOBER, 600))
    hour_later = OCTOBER + timedelta(hours=1)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE live.clock SET real_at = real_at - interval '1 day'")
        connection.execute(
            "INSERT INTO live.change (number, at, kind, building_id, subject_id, payload) VALUES (1, %s, 'x', 1, 1, '{}')",
            (hour_later,),
        )
    resumed = now_going(database, None)
    assert (resumed.house_at, resumed.speed) == (hour_later, 600)
    assert resumed.real_at is not None
    assert datetime.now(UTC) - resumed.real_at < timedelta(hours=1)
