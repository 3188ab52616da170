"""The same graph as one would write it with Strawberry, DataLoaders and asyncpg: what the planner is compared with."""

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import strawberry
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import GraphQLRouter
from strawberry.types import Info

from api.auth import read

TENANTS = """
    SELECT p.room_id, t.id, t.name FROM business.placement p
    JOIN business.lease l ON l.id = p.lease_id JOIN business.tenant t ON t.id = l.tenant_id
    JOIN physical.room r ON r.id = p.room_id JOIN physical.building b ON b.id = r.building_id
    WHERE p.room_id = ANY ($1::bigint[]) AND p.period @> ($2::timestamptz AT TIME ZONE b.time_zone)::date
        AND l.building_id = ANY ($3::bigint[])
"""
SENSORS = """
    SELECT s.id, s.room_id, s.code, s.kind, s.unit, st.value, st.at, st.status FROM telemetry.sensor s
    JOIN telemetry.sensor_state st ON st.sensor_id = s.id
    WHERE s.room_id = ANY ($1::bigint[]) AND s.building_id = ANY ($2::bigint[]) ORDER BY s.code, s.id
"""
ROOMS = "SELECT * FROM physical.room WHERE {} = $1 AND building_id = ANY ($2::bigint[]) ORDER BY number, id LIMIT 1000"


class Asking:
    """One request: who asks, and its loaders."""

    def __init__(self, pool: Any, buildings: list[int]) -> None:
        self.pool = pool
        self.buildings = buildings
        self.tenants = DataLoader(self._tenants)
        self.sensors = DataLoader(self._sensors)

    async def _tenants(self, rooms: list[int]) -> list[Any]:
        rows = await self.pool.fetch(TENANTS, rooms, datetime.now(UTC), self.buildings)
        found = {row["room_id"]: Tenant(id=f"tenant_{row['id']}", name=row["name"]) for row in rows}
        return [found.get(room) for room in rooms]

    async def _sensors(self, rooms: list[int]) -> list[Any]:
        found: dict[int, list[Any]] = {room: [] for room in rooms}
        for row in await self.pool.fetch(SENSORS, rooms, self.buildings):
            values = {name: row[name] for name in ("code", "kind", "unit", "value", "at", "status")}
            found[row["room_id"]].append(Sensor(id=f"sensor_{row['id']}", **values))
        return [found[room] for room in rooms]


@strawberry.type
class Tenant:
    id: str
    name: str


@strawberry.type
class Sensor:
    id: str
    code: str
    kind: str
    unit: str
    value: float | None
    at: datetime | None
    status: str


@strawberry.type
class Room:
    key: strawberry.Private[int]
    id: str
    number: str
    name: str | None
    kind: str
    area: float | None

    @strawberry.field
    async def tenant(self, info: Info) -> Tenant | None:
        found: Tenant | None = await info.context["asking"].tenants.load(self.key)
        return found

    @strawberry.field
    async def sensors(self, info: Info) -> list[Sensor]:
        found: list[Sensor] = await info.context["asking"].sensors.load(self.key)
        return found


async def rooms_of(info: Info, column: str, key: int) -> list[Room]:
    asking = info.context["asking"]
    rows = await asking.pool.fetch(ROOMS.format(column), key, asking.buildings)
    names = ("number", "name", "kind", "area")
    return [Room(key=row["id"], id=f"room_{row['id']}", **{name: row[name] for name in names}) for row in rows]


@strawberry.type
class Floor:
    key: strawberry.Private[int]
    id: str
    level: int
    name: str

    @strawberry.field
    async def rooms(self, info: Info, first: int = 100) -> list[Room]:
        return await rooms_of(info, "floor_id", self.key)


@strawberry.type
class Building:
    key: strawberry.Private[int]
    id: str

    @strawberry.field
    async def rooms(self, info: Info, first: int = 100) -> list[Room]:
        return await rooms_of(info, "building_id", self.key)


@strawberry.type
class Query:
    @strawberry.field
    async def floor(self, info: Info, id: strawberry.ID) -> Floor | None:
        asking = info.context["asking"]
        query = "SELECT id, level, name FROM physical.floor WHERE id = $1 AND building_id = ANY ($2::bigint[])"
        row = await asking.pool.fetchrow(query, int(id.split("_")[1]), asking.buildings)
        return row and Floor(key=row["id"], id=f"floor_{row['id']}", level=row["level"], name=row["name"])

    @strawberry.field
    async def building(self, info: Info, id: strawberry.ID) -> Building | None:
        asking = info.context["asking"]
        query = "SELECT id FROM physical.building WHERE id = $1 AND id = ANY ($2::bigint[])"
        row = await asking.pool.fetchrow(query, int(id.split("_")[1]), asking.buildings)
        return row and Building(key=row["id"], id=f"building_{row['id']}")


async def context(request: Request) -> dict[str, Any]:
    claims = read(os.environ["MARKOFF_JWT_KEY"], request.headers["authorization"].removeprefix("Bearer "))
    state = request.app.state
    if claims.user_id not in state.held:
        query = 'SELECT b.id FROM physical.building b JOIN security."grant" g ON g.building_id IS NULL'
        query += " OR g.building_id = b.id WHERE g.user_id = $1"
        state.held[claims.user_id] = [row["id"] for row in await state.pool.fetch(query, claims.user_id)]
    return {"asking": Asking(state.pool, state.held[claims.user_id])}


def create() -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8)
        app.state.held = {}
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)
    app.include_router(
        GraphQLRouter(strawberry.Schema(Query, extensions=[ParserCache, ValidationCache]), context_getter=context),
        prefix="/graphql",
    )
    app.add_route("/ready", lambda _: JSONResponse({}))
    return app
