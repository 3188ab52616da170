"""What one api process shows of floors: addresses of pictures, and the pictures behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api import metrics
from api.asking import caller
from api.errors import Fault
from api.plans import address
from api.plans.address import Film, Ticket
from api.plans.floor import Wish
from api.plans.forms import Form, drawn, filed, filmed
from api.plans.gallery import Shelf, Studio
from api.plans.moment import Moment, floor_at
from api.plans.settings import PlansSettings

if TYPE_CHECKING:
    from api.context import Parts
    from api.plans.shapes import Drawing
    from api.viewer import Viewer

DRAWINGS = 24
"""Drawings that are kept for those who fetch them in a moment."""
KNOWN = 20_000
"""Addresses of which it is remembered what is behind them."""
VERSION = "SELECT number FROM live.version WHERE subject = 'places'"


@dataclass(frozen=True, slots=True)
class Offer:
    """A picture that can be fetched, and its drawing; of a film that of the last moment."""

    address: str
    expires_at: datetime
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Served:
    """A finished picture with its tag; without a body: the caller has it already."""

    tag: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was behind an address for a viewer, by the house's places and on a day of the building."""

    viewer: Viewer
    version: int
    zone: ZoneInfo
    day: date
    tag: str


class Pictures:
    """The pictures of a process; `close` lets its threads go."""

    def __init__(self, parts: Parts, settings: PlansSettings) -> None:
        self.parts = parts
        self.settings = settings
        self.key = parts.settings.jwt_key.get_secret_value()
        self.studio = Studio(settings.drawers, settings.waiting)
        self.files: Shelf[tuple[str, Form], bytes] = Shelf(settings.kept, len)
        self.drawings: Shelf[str, Drawing] = Shelf(DRAWINGS, lambda _: 1)
        self.seen: Shelf[str, Seen] = Shelf(KNOWN, lambda _: 1)

    def close(self) -> None:
        self.studio.close()

    async def offer(self, viewer: Viewer, found: Moment, wish: Wish, form: Form, film: Film | None = None) -> Offer:
        """The address of a picture, or of a film up to that moment. Raises TOO_MANY_PICTURES."""
        assert viewer.user_id is not None
        expires_at = (datetime.now(UTC) + self.settings.lifetime).replace(microsecond=0)
        ticket = Ticket(viewer.user_id, found.floor_id, found.at, expires_at, wish, film)
        drawing = await self._drawing(found, wish)
        return Offer(f"/plans/{address.sign(self.key, ticket)}.{form.value}", expires_at, drawing)

    async def _drawing(self, found: Moment, wish: Wish) -> Drawing:
        tag = tagged([found], wish)
        kept = self.drawings.get(tag)
        if kept is None:
            kept = await self.studio.make(tag, lambda: drawn(found.picture(), wish))
            self.drawings.keep(tag, kept)
        return kept

    async def serve(self, id: str, form: Form, known: Collection[str]) -> Served:
        """The picture behind an address, as the person for whom it was made may see it by now; `known` are tags that
        the caller has. Raises BAD_ADDRESS, ADDRESS_EXPIRED, PICTURE_HIDDEN, TOO_MANY_REQUESTS, TOO_MANY_PICTURES."""
        ticket = address.read(self.key, id)
        if ticket.film is not None and form is not Form.WEBP:
            raise Fault("BAD_ADDRESS")
        viewer = await self._viewer(ticket.user_id)
        self.parts.rates.take(caller(viewer, ""))
        moments: Sequence[Moment] | None = None
        tag = await self._still(id, viewer)
        if tag is None:
            version = await self._version()  # read first: what changes meanwhile is looked at again
            moments = await self._moments(viewer, ticket)
            tag = self._remember(id, viewer, version, moments, ticket)
        shown = f'"{tag}.{form.value}"'
        if shown in known:
            metrics.PICTURES.labels("known").inc()
            return Served(shown, None)
        if (kept := self.files.get((tag, form))) is not None:
            metrics.PICTURES.labels("kept").inc()
            return Served(shown, kept)
        with metrics.PICTURE_SECONDS.labels(form.value).time():
            made = await self._made(viewer, ticket, moments, form)
        metrics.PICTURES.labels("made").inc()
        return Served(shown, made)

    async def _viewer(self, user_id: int) -> Viewer:
        """The person for whom a picture was made. Raises PICTURE_HIDDEN where they may not sign in any more."""
        try:
            return await self.parts.viewers.person(user_id)
        except Fault as fault:
            raise Fault("PICTURE_HIDDEN") from fault

    async def _still(self, id: str, viewer: Viewer) -> str | None:
        """The tag of what was behind an address, if nothing of the viewer's rights has changed since."""
        seen = self.seen.get(id)
        if seen is None or seen.viewer != viewer or seen.day != self._day(seen.zone):
            return None
        return seen.tag if seen.version == await self._version() else None

    def _remember(self, id: str, viewer: Viewer, version: int, moments: Sequence[Moment], ticket: Ticket) -> str:
        tag, zone = tagged(moments, ticket.wish), moments[0].zone
        self.seen.keep(id, Seen(viewer, version, zone, self._day(zone), tag))
        return tag

    def _day(self, zone: ZoneInfo) -> date:
        return self.parts.clock.now().astimezone(zone).date()

    async def _version(self) -> int:
        """Of all that decides who sees what besides grants: places, leases, sensors."""
        with metrics.Statement("reads"):
            return int(await self.parts.reads.fetchval(VERSION))

    async def _moments(self, viewer: Viewer, ticket: Ticket) -> Sequence[Moment]:
        """What the viewer sees by now of each moment. Raises PICTURE_HIDDEN."""
        wanted = [ticket.at] if ticket.film is None else ticket.film.moments
        found = [await floor_at(self.parts, viewer, ticket.floor_id, at) for at in wanted]
        moments = [each for each in found if each is not None]
        if len(moments) < len(wanted):
            raise Fault("PICTURE_HIDDEN")
        return moments

    async def _made(self, viewer: Viewer, ticket: Ticket, moments: Sequence[Moment] | None, form: Form) -> bytes:
        shown = moments or await self._moments(viewer, ticket)
        tag = tagged(shown, ticket.wish)
        kept = self.drawings.get(tag) if ticket.film is None else None

        def work() -> bytes:
            if ticket.film is not None:
                return filmed([each.picture() for each in shown], ticket.wish)
            return filed(kept or drawn(shown[0].picture(), ticket.wish), form)

        body = await self.studio.make((tag, form), work)
        self.files.keep((tag, form), body)
        return body


def tagged(moments: Sequence[Moment], wish: Wish) -> str:
    """The name of a picture by all that it shows and how: the same name, the same picture."""
    digest = blake2b(address.wished(wish), digest_size=16)
    for each in moments:
        digest.update(each.digest)
    return digest.hexdigest()
