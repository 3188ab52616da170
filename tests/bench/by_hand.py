"""The same answers by statements written by hand, as well as one can: grouped children, joined; text put together."""

from __future__ import annotations

SENSOR = """'{"id":"sensor_' || s.id || '","code":' || to_json(s.code)::text || ',"kind":"' || s.kind || '","value":'
    || CASE WHEN st.value - st.value = 0 THEN st.value::text ELSE 'null' END || ',"unit":' || to_json(s.unit)::text
    || ',"at":' || coalesce(to_json(st.at)::text, 'null') || ',"status":"' || st.status || '"}'"""
ROOM = """'{"id":"room_' || r.id || '","number":' || to_json(r.number)::text
    || ',"name":' || coalesce(to_json(r.name)::text, 'null') || ',"kind":"' || r.kind || '","area":'
    || CASE WHEN r.area - r.area = 0 THEN r.area::text ELSE 'null' END || ',"tenant":'
    || CASE WHEN t.id IS NOT NULL THEN '{"id":"tenant_' || t.id || '","name":' || to_json(t.name)::text || '}'
        ELSE 'null' END
    || ',"sensors":[' || coalesce(ss.list, '') || ']}'"""
SEEN = {
    "ADMIN": {"row": "true", "tenant": "true"},
    "MANAGER": {
        "row": "{0}.building_id = ANY ($2::bigint[])",
        "tenant": "(EXISTS (SELECT FROM business.lease v WHERE v.tenant_id = t.id AND v.building_id = ANY ($2::bigint[]))"
        " OR NOT EXISTS (SELECT FROM business.lease v WHERE v.tenant_id = t.id))",
    },
    "DISPATCHER": {
        "row": "{0}.building_id = ANY ($2::bigint[])",
        "tenant": "EXISTS (SELECT FROM business.lease v WHERE v.tenant_id = t.id AND v.building_id = ANY ($2::bigint[]))",
    },
}
TENANT = """
    JOIN physical.building b ON b.id = r.building_id
    LEFT JOIN business.placement p ON p.room_id = r.id AND lower(p.period) <= {day}
        AND coalesce(upper(p.period) > {day}, true)
    LEFT JOIN business.lease l ON l.id = p.lease_id
    LEFT JOIN business.tenant t ON t.id = l.tenant_id AND {tenant}
""".replace("{day}", "($3::timestamptz AT TIME ZONE b.time_zone)::date")


def _rooms(role: str, sensors: str, inside: str) -> str:
    seen = SEEN[role]
    room, sensor = seen["row"].format("r"), seen["row"].format("s")
    return f"""
    SELECT string_agg({ROOM}, ',' ORDER BY r.number, r.id) AS list FROM physical.room r
    {TENANT.replace("{tenant}", seen["tenant"])}
    LEFT JOIN (
        SELECT s.room_id, string_agg({SENSOR}, ',' ORDER BY s.code, s.id) AS list
        FROM telemetry.sensor s JOIN telemetry.sensor_state st ON st.sensor_id = s.id {sensors} AND {sensor}
        GROUP BY s.room_id
    ) ss ON ss.room_id = r.id
    WHERE {inside} AND {room}
    """


def floor(role: str) -> str:
    """$1 floor, $2 the viewer's buildings, $3 now."""
    sensors = "JOIN physical.room r ON r.id = s.room_id WHERE r.floor_id = $1"
    seen = SEEN[role]["row"].format("f")
    return f"""
    SELECT '{{"data":{{"floor":' || coalesce((
        SELECT '{{"id":"floor_' || f.id || '","level":' || f.level || ',"name":' || to_json(f.name)::text
            || ',"rooms":[' || coalesce(rs.list, '') || ']}}'
        FROM physical.floor f LEFT JOIN ({_rooms(role, sensors, "r.floor_id = $1")}) rs ON true
        WHERE f.id = $1 AND {seen}
    ), 'null') || '}}}}' WHERE $2::bigint[] IS NOT NULL AND $3::timestamptz IS NOT NULL"""


def building(role: str) -> str:
    """$1 building, $2 the viewer's buildings, $3 now."""
    sensors, seen = "WHERE s.building_id = $1", "true" if role == "ADMIN" else "h.id = ANY ($2::bigint[])"
    return f"""
    SELECT '{{"data":{{"building":' || coalesce((
        SELECT '{{"id":"building_' || h.id || '","rooms":[' || coalesce(rs.list, '') || ']}}'
        FROM physical.building h LEFT JOIN ({_rooms(role, sensors, "r.building_id = $1")}) rs ON true
        WHERE h.id = $1 AND {seen}
    ), 'null') || '}}}}' WHERE $2::bigint[] IS NOT NULL AND $3::timestamptz IS NOT NULL"""
