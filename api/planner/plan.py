"""The statement of one operation with its parameters; plans are kept by what shapes them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from graphql import GraphQLError
from sqlalchemy import BigInteger, Select, func, select
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect

from api.errors import Fault
from api.planner import roots, text
from api.planner.asked import Asked, Selection
from api.planner.compiler import Compiler, Estimate, braces
from api.planner.given import Read, Variables
from api.planner.registry import Registry
from api.planner.text import Piece
from api.viewer import Viewer
from api.visibility import Sight
from db.models import Role

DIALECT: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]
KEY = "$key"
"""Among the variables of a fragment: the key of its object."""
MOST_OBJECTS = 300_000
"""Most objects that an answer is estimated to hold."""
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request that uses a plan."""

    variables: Variables
    viewer: Viewer
    now: datetime
    simulated: bool = False


Parameter: TypeAlias = Callable[[Ask], Any]

KNOWN: dict[str, Parameter] = {
    "now": lambda ask: ask.now,
    "user": lambda ask: ask.viewer.user_id,
    "tenants": lambda ask: list(ask.viewer.tenants),
    "acting": lambda ask: ask.viewer.acting is not None,
    "signed_in": lambda ask: ask.viewer.user_id is not None or ask.viewer.key_id is not None,
    "simulated": lambda ask: ask.simulated,
}
"""Parameters that are not the caller's; besides these, `on_MANAGER_VIEWER`: buildings on which the viewer is either."""


@dataclass(frozen=True, slots=True)
class Plan:
    """SQL for asyncpg, which selects the bytes of one JSON text."""

    sql: str
    parameters: tuple[Parameter, ...]
    estimates: tuple[Estimate, ...]

    def values(self, ask: Ask) -> list[Any]:
        """What is bound for a request. Raises the faults of values, and TOO_COSTLY."""
        if len(self.estimates) > 1:
            self._estimate(ask.variables)
        return [parameter(ask) for parameter in self.parameters]

    def _estimate(self, variables: Variables) -> None:
        counts: list[int] = []
        for each in self.estimates:
            above = counts[each.above] if each.above >= 0 else 1
            counts.append(above * min(each.size(variables), each.typical))
        if (total := sum(counts)) > MOST_OBJECTS:
            raise Fault("TOO_COSTLY", objects=total, most=MOST_OBJECTS)


def operation(registry: Registry, selection: Selection, roles: frozenset[Role], fields: Sequence[Asked]) -> Plan:
    """The plan of all these root fields: it selects the whole response."""
    compiler = Compiler(registry, selection, Sight(roles))

    def value(asked: Asked) -> Sequence[Piece]:
        try:
            return roots.value(compiler, asked)
        except Fault as fault:
            raise GraphQLError(fault.code, list(asked.nodes), path=[asked.key], original_error=fault) from fault

    return finished(compiler, ['{"data":', *braces(fields, value), "}"])


def fragment(registry: Registry, selection: Selection, roles: frozenset[Role], asked: Asked, type_name: str) -> Plan:
    """The plan of what a field asks of one object, whose key is the variable KEY."""
    compiler = Compiler(registry, selection, Sight(roles))
    key = compiler.bind(lambda variables: variables[KEY], BigInteger())
    return finished(compiler, roots.one(compiler, asked, type_name, key))


def finished(compiler: Compiler, pieces: Sequence[Piece]) -> Plan:
    answer = func.convert_to(text.joined(pieces), text.constant("UTF8"))
    return bound(select(answer), compiler.reads, tuple(compiler.estimates))


def bound(statement: Select[Any], reads: Mapping[str, Read], estimates: tuple[Estimate, ...] = ()) -> Plan:
    """The plan of a statement of one value: its parameters are the viewer's, and those that are read from variables."""
    compiled = statement.compile(dialect=DIALECT)
    assert compiled.positiontup is not None
    parameters = tuple(_parameter(reads, name, compiled.params.get(name)) for name in compiled.positiontup)
    return Plan(str(compiled), parameters, estimates)


def _parameter(reads: Mapping[str, Read], name: str, constant: Any) -> Parameter:
    if (read := reads.get(name)) is not None:
        return lambda ask: read(ask.variables)
    if name in KNOWN:
        return KNOWN[name]
    if name.startswith("on_"):
        held = [Role[role] for role in name.split("_")[1:]]
        return lambda ask: ask.viewer.on(*held)
    return lambda _: constant


class Kept(Generic[K, V]):
    """The values used last, at most so many."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        found = self.values.get(key)
        if found is not None:
            self.values.move_to_end(key)
        return found

    def keep(self, key: K, value: V) -> V:
        self.values[key] = value
        if len(self.values) > self.most:
            self.values.popitem(last=False)
        return value
