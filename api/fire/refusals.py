"""Why a change of a fire zone, or of what the panel says of it, was not made."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from api.context import Info
from api.execution import select
from api.refusals import Refusal
from db import models

if TYPE_CHECKING:
    from api.fire.types import FireZone

LazyZone = Annotated["FireZone", strawberry.lazy("api.fire.types")]


@strawberry.type(description="The building has a fire zone with this code.")
class FireZoneCodeTaken(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, zone: int, code: str, building: str) -> Self:
        return cls(code="FIRE_ZONE_CODE_TAKEN", parameters={"code": code, "building": building}, key=zone)

    @strawberry.field(description="The zone that has it.", graphql_type=LazyZone | None)
    async def zone(self, info: Info) -> Any:
        return await select(info, "FireZone", self.key)


@strawberry.type(description="The panel says something of the zone: that has to be cleared first.")
class FireZoneNotQuiet(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def of(cls, zone: models.FireZone, says: list[models.PanelState]) -> Self:
        said = {"zone": zone.code, "says": [kind.name for kind in says]}
        return cls(code="FIRE_ZONE_NOT_QUIET", parameters=said, key=zone.id)

    @strawberry.field(description="The zone.", graphql_type=LazyZone | None)
    async def zone(self, info: Info) -> Any:
        return await select(info, "FireZone", self.key)


@strawberry.type(description="The panel says so already, or does not say so.")
class PanelConditionStays(Refusal):
    key: strawberry.Private[int]

    @classmethod
    def stands(cls, zone: models.FireZone, kind: models.PanelState) -> Self:
        return cls(code="PANEL_SAYS_SO", parameters={"zone": zone.code, "kind": kind.name}, key=zone.id)

    @classmethod
    def over(cls, zone: models.FireZone, kind: models.PanelState | None) -> Self:
        if kind is None:
            return cls(code="PANEL_SAYS_NOTHING", parameters={"zone": zone.code}, key=zone.id)
        return cls(code="PANEL_DOES_NOT_SAY_SO", parameters={"zone": zone.code, "kind": kind.name}, key=zone.id)

    @strawberry.field(description="The zone.", graphql_type=LazyZone | None)
    async def zone(self, info: Info) -> Any:
        return await select(info, "FireZone", self.key)
