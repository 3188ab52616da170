"""Questions that are answered by a picture: a floor at a moment, and what happened around an alarm."""

from datetime import datetime
from typing import Annotated

import strawberry

from api import ids
from api.context import Info
from api.planner.source import READ
from api.plans import around, asking
from api.plans.floor import Layer, Theme
from api.plans.forms import Form
from api.plans.moment import floor_at
from api.plans.types import FloorPlan, Replay, legend_of, scale_of
from api.scalars import PictureAddress
from db.models import Language, SensorKind

Told = strawberry.argument


@strawberry.type
class PlanQuery:
    @strawberry.field(
        description="A plan of a floor at a moment, drawn; what it shows is what the caller may see. Null where they do"
        " not see the floor.",
        directives=[READ],
    )
    async def floor_plan(
        self,
        info: Info,
        floor: Annotated[strawberry.ID, Told(description="Its id (floor_3) or <building code>/<level>.")],
        at: Annotated[datetime | None, Told(description="The moment; now unless given.")] = None,
        layers: Annotated[list[Layer] | None, Told(description="What it shows; rooms and alarms unless given.")] = None,
        highlight: Annotated[
            list[strawberry.ID] | None, Told(description="Rooms to point out: ids (room_12) or numbers.")
        ] = None,
        size: Annotated[int, Told(description="Its width in pixels, 320 to 4000.")] = 1600,
        theme: Annotated[Theme, Told(description="Its colours.")] = Theme.LIGHT,
        language: Annotated[Language | None, Told(description="Of its words; the caller's unless given.")] = None,
        heat: Annotated[
            SensorKind | None, Told(description="Of what the heat map is; what most sensors measure unless given.")
        ] = None,
        format: Annotated[Form, Told(description="The kind of its file.")] = Form.PNG,
    ) -> FloorPlan | None:
        context = info.context
        pictures = context.parts.pictures
        if pictures is None or context.viewer.user_id is None:
            return None
        moment = at or context.clock.now()
        found = await floor_at(context.parts, context.viewer, str(floor), moment)
        if found is None:
            return None
        spoken = language or context.language
        wish = asking.wish(
            found,
            layers=layers,
            highlight=[str(room) for room in highlight or ()],
            size=size,
            theme=theme,
            language=spoken,
            heat=heat,
        )
        offer = await pictures.offer(context.viewer, found, wish, format)
        return FloorPlan(
            title=asking.title(found, moment, spoken),
            address=PictureAddress(offer.address),
            expires_at=offer.expires_at,
            at=moment,
            width=offer.drawing.width,
            height=offer.drawing.height,
            legend=legend_of(offer),
            scale=scale_of(offer),
        )

    @strawberry.field(
        description="How the floor of an alarm looked around the time of that alarm, moment after moment: an animated"
        " picture. Null where the caller does not see the alarm.",
        directives=[READ],
    )
    async def incident_replay(
        self,
        info: Info,
        alarm: Annotated[strawberry.ID, Told(description="The alarm: its id (alarm_7).")],
        from_: Annotated[
            datetime | None, Told(name="from", description="The first moment; ten minutes before it was raised.")
        ] = None,
        to: Annotated[
            datetime | None,
            Told(description="The last moment; ten minutes after it was over, at most a day after the first."),
        ] = None,
        frames: Annotated[int, Told(description="How many moments, 2 to 60.")] = 24,
        layers: Annotated[
            list[Layer] | None, Told(description="What it shows; rooms, sensors and alarms unless given.")
        ] = None,
        size: Annotated[int, Told(description="Its width in pixels, 320 to 1200.")] = 960,
        theme: Annotated[Theme, Told(description="Its colours.")] = Theme.LIGHT,
        language: Annotated[Language | None, Told(description="Of its words; the caller's unless given.")] = None,
    ) -> Replay | None:
        context = info.context
        pictures, parts = context.parts.pictures, context.parts
        if pictures is None or context.viewer.user_id is None:
            return None
        place = await around.around(parts, context.viewer, str(alarm))
        if place is None:
            return None
        film = around.film(place, from_, to, frames, context.clock.now())
        found = await floor_at(parts, context.viewer, place.floor_id, film.until)
        if found is None:
            return None
        spoken = language or context.language
        wish = asking.wish(
            found,
            layers=layers or [Layer.ROOMS, Layer.SENSORS, Layer.ALARMS],
            highlight=[ids.typed("room", place.room_id)],
            size=size,
            theme=theme,
            language=spoken,
            heat=None,
            most=asking.FILM_MOST,
        )
        offer = await pictures.offer(context.viewer, found, wish, Form.WEBP, film)
        return Replay(
            title=asking.title(found, film.since, spoken),
            address=PictureAddress(offer.address),
            expires_at=offer.expires_at,
            since=film.since,
            until=film.until,
            frames=film.frames,
            width=offer.drawing.width,
            height=offer.drawing.height,
            legend=legend_of(offer),
        )
