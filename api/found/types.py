"""What a search finds."""

import enum
from typing import Annotated, Any

import strawberry

from api.planner.source import column, one_of, planned
from api.sensing.types import Sensor
from api.space.types import Building, Floor, Room
from api.tenancy.types import Lease, Tenant


@strawberry.enum(description="What can be found.")
class FoundKind(enum.Enum):
    BUILDING = strawberry.enum_value("BUILDING", description="By code, name, address or alias.")
    FLOOR = strawberry.enum_value("FLOOR", description="By level, name or alias.")
    ROOM = strawberry.enum_value("ROOM", description="By number, name or alias.")
    TENANT = strawberry.enum_value("TENANT", description="By name.")
    LEASE = strawberry.enum_value("LEASE", description="By number.")
    SENSOR = strawberry.enum_value("SENSOR", description="By code or name.")


Found = Annotated[
    Building | Floor | Room | Tenant | Lease | Sensor, strawberry.union("Found", description="What a search can find.")
]


def is_(kind: FoundKind) -> Any:
    return lambda hit, row: (hit.kind == kind.name) & (row.id == hit.id)


@planned(None)
class SearchHit:
    """Something that is called so, or nearly so."""

    score: float = column("How well it fits: 1 is exact.")
    label: str = column("What it is called.", label=True)
    kind: FoundKind = column("What it is.")
    item: Found | None = one_of("The object itself.", **{kind.name.capitalize(): is_(kind) for kind in FoundKind})
