"""Questions about fire zones and the fire alarm panel."""

import strawberry

from api.fire.types import FireZone, PanelCondition
from api.fire.where import FireZoneOrder, FireZoneWhere, PanelConditionOrder, PanelConditionWhere
from api.nodes import Connection
from api.planner.source import by_key, page


@strawberry.type
class FireQuery:
    fire_zone: FireZone | None = by_key(
        "One fire zone.", "zone", "Its id (zone_3), <building code>/<code>, or its code where only one zone has it."
    )
    fire_zones: Connection[FireZone] = page("Zones of the fire alarm panel.", FireZoneWhere, FireZoneOrder, typical=20)
    panel_conditions: Connection[PanelCondition] = page(
        "What the fire alarm panel said of its zones, the latest first.",
        PanelConditionWhere,
        PanelConditionOrder,
        typical=50,
    )
