"""Which fields a tool asks for: scalars and the labels of related objects, within a byte budget; more by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from agent.contract import Contract
from agent.selection import NESTED, Branch, Composite, Leaf, Selection, is_connection, is_many, node_type, row

SIZES = {"Int": 6, "Float": 8, "Boolean": 5, "ID": 12, "DateTime": 27, "Date": 12, "Decimal": 10, "Cursor": 24}
"""Bytes that a value takes, on average; text and what is not listed: 24."""
HEAVY = ("Polygon", "MultiLineString", "JSON", "JSONObject", "Upload")
"""Scalars that are whole documents: asked for by name only."""
TEXT, MANY, KEY = 24, 4, 4
"""Bytes of a text; objects in a list that belongs to an object; bytes of a key's punctuation."""

ROW = 900
"""Bytes that one object may take, without what is asked for by name."""
BESIDE = 60
"""Bytes that the name of a related object takes; a third of the row at most is kept for these."""
DEEP = 5
"""Objects within objects, unless asked for by name."""


@dataclass
class Chooser:
    """Chooses what to ask for: breadth before depth, nothing twice, within the budget."""

    contract: Contract
    wanted: frozenset[str] = frozenset()
    """Dotted names asked for beyond the usual."""
    left: int = ROW
    """Bytes left."""

    def choose(
        self, of: GraphQLOutputType, at: str = "", above: tuple[str, ...] = (), *, label: bool = False
    ) -> Selection:
        """The selection of a root field's type, or of what lies below it at the dotted name `at`."""
        named = get_named_type(of)
        if not isinstance(named, Composite):
            raise TypeError(f"{named} has no fields")
        if isinstance(named, GraphQLObjectType) and is_connection(named):
            return self._connection(named, at, above, label=label)
        if isinstance(named, GraphQLObjectType):
            return self._object(named, at, above, label=label)
        return self._cases(named, at, above, label=label)

    def _cases(
        self, of: GraphQLInterfaceType | GraphQLUnionType, at: str, above: tuple[str, ...], *, label: bool
    ) -> Selection:
        types = self.contract.schema.get_possible_types(of)
        left, cases = self.left, []
        for case in types:
            self.left = left
            cases.append(self._object(case, at, (*above, of.name), label=label))
        self.left = left - max((left - self.left, TEXT))
        return Selection(of, cases=tuple(cases), aliases=_clashes(types))

    def _connection(self, of: GraphQLObjectType, at: str, above: tuple[str, ...], *, label: bool) -> Selection:
        nodes = node_type(of)
        assert nodes is not None
        below = self.choose(nodes, at, above, label=label)
        if "nodes" in of.fields:
            inner = Branch("nodes", below)
        else:
            edge = get_named_type(of.fields["edges"].type)
            assert isinstance(edge, GraphQLObjectType)
            inner = Branch("edges", Selection(edge, (Branch("node", below),)))
        page = get_named_type(of.fields["pageInfo"].type)
        assert isinstance(page, GraphQLObjectType)
        flags = [Leaf(n) for n in ("hasNextPage", "hasPreviousPage", "endCursor") if n in page.fields]
        fields: list[Leaf | Branch] = [inner, Branch("pageInfo", Selection(page, tuple(flags)))]
        if "totalCount" in of.fields and _free(of.fields["totalCount"]):
            fields.append(Leaf("totalCount"))
        return Selection(of, tuple(fields))

    def _object(self, of: GraphQLObjectType, at: str, above: tuple[str, ...], *, label: bool) -> Selection:
        names = self._label(of) if label else None
        chosen: dict[str, Leaf | Branch] = {}
        kept = 0 if label else min(self.left // 3, BESIDE * sum(not is_many(f.type) for _, f in self._branches(of)))
        self.left -= kept
        for name, below in self._leaves(of):
            asked = dotted(at, name) in self.wanted
            if asked or (_usual(below) and (names is None or name in names) and self._take(name, below)):
                chosen[name] = Leaf(name)
        self.left += kept
        for name, below in self._branches(of):
            if (branch := self._branch(of, name, below, at, above, label=label)) is not None:
                chosen[name] = branch
        self._add_units(of, chosen)
        return Selection(of, tuple(chosen[name] for name in of.fields if name in chosen))

    def _branch(
        self, of: GraphQLObjectType, name: str, below: GraphQLField, at: str, above: tuple[str, ...], *, label: bool
    ) -> Branch | None:
        here, named = dotted(at, name), get_named_type(below.type)
        asked = here in self.wanted
        deeper = any(w.startswith(f"{here}.") for w in self.wanted)
        if not asked and not deeper:
            paged = is_connection(named) or (is_many(below.type) and below.args)
            if label or paged or named.name in above or named is of or self.left <= 0 or len(above) >= DEEP:
                return None
        left = self.left
        self.left = ROW if asked else left
        short = not asked and not is_many(below.type) and self._labelled(named)
        part = self.choose(below.type, here, (*above, of.name), label=short)
        self.left = left if asked else self.left
        if not _says_something(part) and not (asked or deeper):
            return None
        return Branch(name, part, NESTED if _countable(below) else None)

    def _labelled(self, named: GraphQLNamedType) -> bool:
        """Whether an object of this type can be told by its label; otherwise it belongs to what holds it."""
        return not isinstance(named, GraphQLObjectType) or "id" in named.fields

    def _label(self, of: GraphQLObjectType) -> set[str]:
        return {
            name for name in ("id", self.contract.label(of), "code" if self.contract.refuses(of.name) else None) if name
        }

    def _leaves(self, of: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
        return ((n, f) for n, f in of.fields.items() if is_leaf_type(get_named_type(f.type)) and self._allowed(f))

    def _branches(self, of: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
        return ((n, f) for n, f in of.fields.items() if not is_leaf_type(get_named_type(f.type)) and self._allowed(f))

    def _allowed(self, below: GraphQLField) -> bool:
        return _free(below) and not below.deprecation_reason and not self.contract.hidden(below)

    def _take(self, name: str, below: GraphQLField) -> bool:
        size = len(name) + KEY + weight(below.type)
        if size > self.left:
            return False
        self.left -= size
        return True

    def _add_units(self, of: GraphQLObjectType, chosen: dict[str, Leaf | Branch]) -> None:
        for name in list(chosen):
            unit = self.contract.unit(of.fields[name])
            if unit and unit.field and unit.field in of.fields and unit.field not in chosen:
                chosen[unit.field] = Leaf(unit.field)


def dotted(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _free(below: GraphQLField) -> bool:
    """Whether the field can be asked for without arguments."""
    return not any(is_required_argument(a) for a in below.args.values())


def _countable(below: GraphQLField) -> bool:
    return "first" in below.args and get_named_type(below.args["first"].type).name == "Int"


def _usual(below: GraphQLField) -> bool:
    return get_named_type(below.type).name not in HEAVY


def weight(of: GraphQLOutputType) -> int:
    """Bytes that a value of a scalar or enum takes, on average."""
    named = get_named_type(of)
    longest = max((len(v) for v in named.values), default=0) + 2 if isinstance(named, GraphQLEnumType) else TEXT
    return SIZES.get(named.name, longest) * (MANY if is_many(of) else 1)


def _says_something(part: Selection) -> bool:
    """Whether more than a bare id is asked for."""
    if part.cases:
        return any(_says_something(case) for case in part.cases)
    return any(f.name != "id" for f in part.fields)


def _clashes(types: Iterable[GraphQLObjectType]) -> frozenset[tuple[str, str]]:
    """Fields that share a name but not a type with another case's: GraphQL cannot merge them.

    Asked or not, so that the same type has the same aliases wherever it stands.
    """
    found: dict[str, set[str]] = {}
    owners: list[tuple[str, str]] = []
    for of in types:
        for name, each in of.fields.items():
            found.setdefault(name, set()).add(str(each.type))
            owners.append((of.name, name))
    return frozenset((owner, name) for owner, name in owners if len(found[name]) > 1)


def size(selection: Selection) -> int:
    """Bytes that one object of this selection takes, on average."""
    if selection.cases:
        return max((size(case) for case in selection.cases), default=0) + TEXT
    if not isinstance(selection.of, GraphQLObjectType):
        return 0
    total = 2
    for part in selection.fields:
        of = selection.of.fields[part.name].type
        inner = size(part.below) * (MANY if is_many(of) else 1) if isinstance(part, Branch) else weight(of)
        total += len(part.name) + KEY + inner
    return total


def further(contract: Contract, selection: Selection, most: int) -> tuple[str, ...]:
    """Names that can be asked for beyond the usual, in the order of the contract, within so many bytes."""
    names: dict[str, None] = {}
    usual = row(selection)
    for case in usual.cases or (usual,):
        if isinstance(case.of, GraphQLObjectType) and not contract.refuses(case.of.name):
            names |= dict.fromkeys(_beyond(contract, case))
    kept, spent = [], 0
    for name in names:
        spent += len(name) + 3
        if spent <= most:
            kept.append(name)
    return tuple(kept)


def _beyond(contract: Contract, case: Selection) -> Iterator[str]:
    assert isinstance(case.of, GraphQLObjectType)
    has = {f.name for f in case.fields}
    for name, below in case.of.fields.items():
        if not _free(below) or below.deprecation_reason or contract.hidden(below):
            continue
        if name not in has:
            yield name


def known(contract: Contract, of: GraphQLOutputType, name: str) -> bool:
    """Whether a dotted name can be asked for below this type."""
    named: GraphQLNamedType | None = get_named_type(of)
    if isinstance(named, GraphQLObjectType) and is_connection(named):
        named = node_type(named)
    head, _, rest = name.partition(".")
    types = (
        contract.schema.get_possible_types(named)
        if isinstance(named, GraphQLInterfaceType | GraphQLUnionType)
        else [named]
    )
    for each in types:
        below = each.fields.get(head) if isinstance(each, GraphQLObjectType) else None
        if below and _free(below) and not contract.hidden(below):
            leaf = is_leaf_type(get_named_type(below.type))
            if not rest or (not leaf and known(contract, below.type, rest)):
                return True
    return False
