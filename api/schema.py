"""The graph: what may be asked of the building, what may be done, what may be followed; and its contract as text."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.access.queries import AccessQuery
from api.alarm.queries import AlarmQuery
from api.execution import Executor
from api.fire.queries import FireQuery
from api.found.queries import FoundQuery
from api.ingest.columns import COLUMNS
from api.live.subscription import Subscription
from api.mutations import Mutation
from api.plans.queries import PlanQuery
from api.scalars import SCALARS
from api.sensing.queries import SensingQuery
from api.space.queries import SpaceQuery
from api.tenancy.queries import TenancyQuery


@strawberry.type(description="What may be asked.")
class Query(AccessQuery, FoundQuery, SpaceQuery, TenancyQuery, SensingQuery, AlarmQuery, PlanQuery, FireQuery):
    pass


@cache
def schema() -> strawberry.Schema:
    """The schema, made once."""
    return strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        execution_context_class=Executor,
        config=StrawberryConfig(scalar_map={**SCALARS, **COLUMNS}),
    )


def sdl() -> str:
    """The contract, as `schema.graphql` keeps it."""
    return schema().as_str() + "\n"
