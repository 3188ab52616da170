"""Finding things by what people call them."""

from collections.abc import Sequence
from typing import Any

import strawberry
from sqlalchemy import Select, and_, literal_column, null, or_, select

from api.found.types import FoundKind, SearchHit
from api.nodes import Node
from api.planner.lists import Listing
from api.planner.row import Frame
from api.planner.source import any_node, argument, listed
from api.tenancy.where import rents_in
from api.visibility import always, both
from db import models
from db.queries import search


def hits(_: None, listing: Listing) -> Select[Any]:
    """What is called like the text, as far as the viewer sees it, the best first."""
    kinds = listing.given["kinds"]
    building = listing.given["building"]
    candidate = search.candidates(listing.given["text"], null() if kinds is None else kinds)
    seen = or_(*(_seen(candidate.c, kind, listing.sight, building) for kind in FoundKind))
    best = select(*candidate.c).where(seen).order_by(candidate.c.place).limit(listing.first).subquery()
    return select(*best.c, search.label(best.c.kind, best.c.id).label("label"))


def _seen(candidate: Any, kind: FoundKind, sight: Any, building: Any) -> Any:
    model, visible, inside = KINDS[kind]
    frame = Frame(model.__table__.alias(), sight)
    conditions = [visible(sight, frame.row)]
    if building is not None:
        conditions.append(inside(frame.row, building))
    of_kind = candidate.kind == literal_column(f"'{kind.name}'")
    if always(both(*conditions)):
        return of_kind
    found = select(frame.row.id).where(*conditions).correlate_except(frame.base)
    return and_(of_kind, candidate.id.in_(found))


KINDS: dict[FoundKind, tuple[Any, Any, Any]] = {
    FoundKind.BUILDING: (models.Building, lambda sight, row: sight.building(row), lambda row, key: row.id == key),
    FoundKind.FLOOR: (models.Floor, lambda sight, row: sight.floor(row), lambda row, key: row.building_id == key),
    FoundKind.ROOM: (models.Room, lambda sight, row: sight.room(row), lambda row, key: row.building_id == key),
    FoundKind.TENANT: (models.Tenant, lambda sight, row: sight.tenant(row), rents_in),
    FoundKind.LEASE: (models.Lease, lambda sight, row: sight.lease(row), lambda row, key: row.building_id == key),
    FoundKind.SENSOR: (models.Sensor, lambda sight, row: sight.sensor(row), lambda row, key: row.building_id == key),
}
"""Table, who sees a row, and when a row is in a building."""


def in_order(hit: Any) -> Sequence[Any]:
    return [hit.place]


@strawberry.type
class FoundQuery:
    node: Node | None = any_node("Any object by its id.")
    search: list[SearchHit] = listed(
        "What is called so, or nearly so: number, code, name or alias, in Russian or English letters, the best first.",
        hits,
        in_order,
        first=10,
        text=argument(str, "What somebody said or typed."),
        kinds=argument(list[FoundKind] | None, "Only these kinds."),
        building=argument(strawberry.ID | None, "Only in this building: id or code.", noun="building"),
    )
