"""`markoff audit verify` finds what was altered, taken out or cut off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest

from db import audit
from db.engine import create_engine, writing
from deploy.commands.audit import verify
from deploy.trouble import Trouble
from tests.deploy.weather import run


@pytest.fixture
def told(database: str) -> str:
    """The address of a database with five entries."""

    async def write(_: object) -> None:
        engine = create_engine(database, 1)
        async with writing(engine) as session:
            for number in range(5):
                entry = audit.Entry(datetime(2026, 11, 22, tzinfo=UTC), None, None, "op", {"n": number}, "ok")
                await audit.append(session, entry)
            await session.commit()
        await engine.dispose()

    run(database, write)
    return database


def tamper(database: str, statement: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE security.audit DISABLE TRIGGER ALL")
        connection.execute(statement)


@pytest.fixture
def mark(told: str, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    def printed() -> str:
        verify(url=told)
        return capsys.readouterr().out.strip().splitlines()[-1]

    return printed


def test_a_whole_one_is_told_with_its_mark(told: str, mark: Callable[[], str]) -> None:
    number, hashed = mark().split(":")
    assert (number, len(hashed)) == ("5", 64)
    verify(known=mark(), url=told)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE security.audit SET outcome = 'no' WHERE number = 3", "audit.altered"),
        ("UPDATE security.audit SET previous = hash WHERE number = 3", "audit.unlinked"),
        ("DELETE FROM security.audit WHERE number = 3", "audit.missing"),
        ("DELETE FROM security.audit WHERE number = 5", "audit.cut"),
    ],
)
def test_what_was_done_to_it_is_named(told: str, mark: Callable[[], str], statement: str, code: str) -> None:
    before = mark()
    tamper(told, statement)
    with pytest.raises(Trouble) as trouble:
        verify(known=before, url=told)
    assert trouble.value.code == code


def test_a_mark_of_another_house_is_told(told: str, mark: Callable[[], str]) -> None:
    with pytest.raises(Trouble) as trouble:
        verify(known="5:" + "0" * 64, url=told)
    assert trouble.value.code == "audit.another"
    with pytest.raises(Trouble, match="no mark"):
        verify(known="five", url=told)
