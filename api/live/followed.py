"""An operation that follows something, understood: its topic, its `where` as a test, its `after`, and who shares it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError, get_named_type

from api.documents import Mistaken, Operation
from api.errors import Fault
from api.execution import Graph
from api.live.subscription import TOPICS
from api.live.topics.topic import Test, Topic
from api.planner.asked import Selection

LONGEST_VARIABLES = 1 << 16
"""Characters of the variables of one subscription, as JSON: they are kept as long as it lasts."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    operation: Operation
    variables: Mapping[str, Any]
    """As they were given."""
    topic: Topic
    test: Test
    """Whether a snapshot is one that is asked for."""
    after: str | None
    """The cursor to go on from; None: from now on."""
    key: Hashable
    """Those of one key are told the same, wherever they began, as far as they see the same."""


async def understood(graph: Graph, text: str, variables: Mapping[str, Any], name: str | None) -> Followed:
    """Raises `Mistaken`, and the faults ONLY_SUBSCRIPTIONS, WRONG_KIND_OF_ID, BODY_TOO_LARGE."""
    operation = await graph.documents.operation(text, name)
    if not operation.is_subscription:
        raise Fault("ONLY_SUBSCRIPTIONS")
    coerced = operation.coerced(variables)
    root = graph.schema.subscription_type
    assert root is not None
    selection = Selection(graph.schema, operation.fragments, coerced)
    fields = selection.of(root, [operation.definition.selection_set])
    if len(fields) != 1 or fields[0].name not in TOPICS:  # left out by @skip
        raise Mistaken([GraphQLError("Field must not be left out: a subscription has exactly one.")])
    [asked] = fields
    topic = TOPICS[asked.name]
    where, after = asked.given("where"), asked.given("after")
    cursors = {name for name, type_ in operation.inputs if get_named_type(type_).name == "Cursor"}
    shared = {name: value for name, value in coerced.items() if name not in cursors}
    written = orjson.dumps(shared, default=str, option=orjson.OPT_SORT_KEYS)
    if len(written) > LONGEST_VARIABLES:
        raise Fault("BODY_TOO_LARGE", limit=LONGEST_VARIABLES)
    return Followed(
        operation,
        variables,
        topic,
        topic.chosen(where.value if where is not None else {}),
        None if after is None else str(after.value),
        (text, name, written),
    )
