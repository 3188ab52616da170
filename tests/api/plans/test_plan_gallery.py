"""Pictures are drawn by few threads, each once however many ask, and no more are kept than may be."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import Fault
from api.plans import address
from api.plans.address import Film, Ticket
from api.plans.floor import Layer, Theme, Wish
from api.plans.gallery import Shelf, Studio
from db.models import Language, SensorKind

KEY = "a key of thirty-two characters or more"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""Not soon after now: which letters an address has, and so what is drawn after it, would be of that second."""
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  it gives them the zone
WISHES = st.builds(
    Wish,
    layers=st.frozensets(st.sampled_from(Layer)),
    highlight=st.frozensets(st.integers(1, 2**62)),
    size=st.integers(320, 4000),
    theme=st.sampled_from(Theme),
    language=st.sampled_from(Language),
    heat=st.none() | st.sampled_from(SensorKind),
)
TICKETS = st.builds(
    Ticket,
    user_id=st.integers(1, 2**62),
    floor_id=st.integers(1, 2**62),
    at=MOMENTS,
    expires_at=st.integers(0, 10**6).map(lambda s: LATER + timedelta(seconds=s)),
    wish=WISHES,
    film=st.none() | st.builds(Film, MOMENTS, MOMENTS, st.integers(2, 60)),
)


@given(TICKETS)
def test_an_address_says_what_was_signed(ticket: Ticket) -> None:
    id = address.sign(KEY, ticket)
    read = address.read(KEY, id)
    evacuation = Layer.EVACUATION in ticket.wish.layers
    assert address.sign(KEY, read) == id
    assert (read.user_id, read.floor_id, read.at, read.expires_at, read.film) == (
        ticket.user_id, ticket.floor_id, ticket.at, ticket.expires_at, ticket.film,
    )  # fmt: skip
    assert (read.wish.layers, read.wish.highlight, read.wish.heat) == (
        ticket.wish.layers, ticket.wish.highlight, ticket.wish.heat,
    )  # fmt: skip
    assert read.wish.evacuation is evacuation


@given(TICKETS, st.data())
def test_an_address_that_was_touched_is_none(ticket: Ticket, data: st.DataObject) -> None:
    id = address.sign(KEY, ticket)
    place = data.draw(st.integers(0, len(id) - 2))
    other = data.draw(st.sampled_from([letter for letter in "AZaz09-_." if letter != id[place]]))
    with pytest.raises(Fault, match="BAD_ADDRESS"):
        address.read(KEY, f"{id[:place]}{other}{id[place + 1 :]}")
    with pytest.raises(Fault, match="BAD_ADDRESS"):
        address.read(f"{KEY} of another house", id)


def test_an_address_is_short_enough_for_a_line() -> None:
    ticket = Ticket(12, 34, datetime.now(UTC), datetime.now(UTC), Wish(highlight=frozenset({112})))
    assert len(address.sign(KEY, ticket)) < 128


async def test_what_many_want_is_made_once() -> None:
    studio, made = Studio(2, 4), []
    go = threading.Event()

    def work() -> str:
        go.wait(60)
        made.append("one")
        return "done"

    asked = [asyncio.create_task(studio.make("key", work)) for _ in range(20)]
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*asked) == ["done"] * 20
    assert made == ["one"]
    assert await studio.make("key", lambda: "again") == "again"
    studio.close()


async def test_no_more_wait_than_may() -> None:
    studio, go = Studio(1, 2), threading.Event()
    asked = [asyncio.create_task(studio.make(number, lambda: go.wait(60))) for number in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Fault, match="TOO_MANY_PICTURES") as full:
        await studio.make("one more", lambda: None)
    assert full.value.status == 429
    asked[2].cancel()  # who goes away does not stop the work for others
    go.set()
    assert await asyncio.gather(*asked[:2]) == [True, True]
    studio.close()


async def test_work_that_fails_is_told_to_all_who_wait_and_tried_again() -> None:
    studio = Studio(1, 4)

    def fails() -> str:
        raise ZeroDivisionError

    told = await asyncio.gather(*(studio.make("key", fails) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in told] == [ZeroDivisionError] * 3
    assert await studio.make("key", lambda: "well") == "well"
    studio.close()


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=40)), max_size=40))
def test_a_shelf_bears_so_much(things: list[tuple[int, bytes]]) -> None:
    shelf: Shelf[int, bytes] = Shelf(100, len)
    for key, thing in things:
        shelf.keep(key, thing)
        assert shelf.get(key) == thing
        assert shelf.weighs == sum(map(len, shelf.things.values()))
        assert shelf.weighs <= 100 or len(shelf.things) == 1
