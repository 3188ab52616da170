"""Where a picture can be fetched: what it shows, for whom and until when, in the address itself, signed."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from hashlib import sha256
from typing import Any

import orjson

from api.auth import derived
from api.errors import Fault
from api.plans.floor import Layer, Theme, Wish
from db.models import Language, SensorKind

PURPOSE = "markoff picture"
FORM = 1
"""Of what is signed; another one is not ours."""
SIGNATURE = 16
"""Bytes of the HMAC-SHA256 that are kept: 128 bits."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Film:
    """Pictures of one floor, one after another, over a stretch of time."""

    since: datetime
    until: datetime
    frames: int

    @property
    def moments(self) -> list[datetime]:
        """From the first to the last, evenly."""
        step = (self.until - self.since) / max(1, self.frames - 1)
        return [self.since + step * number for number in range(self.frames)]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A picture of a floor for one person: of a moment, or a film up to it."""

    user_id: int
    floor_id: int
    at: datetime
    expires_at: datetime
    wish: Wish
    film: Film | None = None


@cache
def _key(key: str) -> bytes:
    return derived(key, PURPOSE).encode()


def _signature(key: str, told: bytes) -> bytes:
    return hmac.new(_key(key), told, sha256).digest()[:SIGNATURE]


def _micro(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def _moment(number: int) -> datetime:
    return EPOCH + MICROSECOND * number


def _place(member: Enum) -> int:
    """An enumeration's member by its place: shorter than its name."""
    return list(type(member)).index(member)


def _wish(wish: Wish) -> list[Any]:
    return [
        sum(1 << _place(layer) for layer in wish.layers),
        sorted(wish.highlight),
        wish.size,
        _place(wish.theme),
        _place(wish.language),
        None if wish.heat is None else _place(wish.heat),
    ]


def wished(wish: Wish) -> bytes:
    """How a picture is to be: the same wish gives the same bytes."""
    return orjson.dumps(_wish(wish))


def sign(key: str, ticket: Ticket) -> str:
    """The id of a picture: letters, digits, `-` and `_`. The same ticket gives the same id."""
    film = ticket.film
    told = orjson.dumps(
        [
            FORM,
            ticket.user_id,
            ticket.floor_id,
            _micro(ticket.at),
            int(ticket.expires_at.timestamp()),
            None if film is None else [_micro(film.since), _micro(film.until), film.frames],
            *_wish(ticket.wish),
        ]
    )
    return base64.urlsafe_b64encode(_signature(key, told) + told).rstrip(b"=").decode()


def read(key: str, id: str) -> Ticket:
    """What an id stands for. Raises BAD_ADDRESS, or ADDRESS_EXPIRED."""
    try:
        raw = base64.b64decode(id + "=" * (-len(id) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Fault("BAD_ADDRESS") from error
    signature, told = raw[:SIGNATURE], raw[SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(key, told)):
        raise Fault("BAD_ADDRESS")
    form, *parts = orjson.loads(told)
    if form != FORM:
        raise Fault("BAD_ADDRESS")
    ticket = _ticket(*parts)
    if ticket.expires_at <= datetime.now(UTC):
        raise Fault("ADDRESS_EXPIRED")
    return ticket


def _ticket(
    user_id: int,
    floor_id: int,
    at: int,
    expires: int,
    film: tuple[int, int, int] | None,
    layers: int,
    highlight: list[int],
    size: int,
    theme: int,
    language: int,
    heat: int | None,
) -> Ticket:
    shows = frozenset(layer for place, layer in enumerate(Layer) if layers >> place & 1)
    wish = Wish(
        layers=shows,
        highlight=frozenset(highlight),
        size=size,
        theme=list(Theme)[theme],
        language=list(Language)[language],
        heat=None if heat is None else list(SensorKind)[heat],
        evacuation=Layer.EVACUATION in shows,
    )
    shown = None if film is None else Film(_moment(film[0]), _moment(film[1]), film[2])
    return Ticket(user_id, floor_id, _moment(at), datetime.fromtimestamp(expires, UTC), wish, shown)
