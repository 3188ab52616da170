"""Orders that callers can choose from: `ordering("Room", NUMBER=("By number.", lambda room: room.number), …)`."""

import enum

import strawberry

from api.planner.source import Expression, Ordering


@strawberry.enum(description="Which end comes first.")
class Direction(enum.Enum):
    ASC = strawberry.enum_value("ASC", description="The smallest, earliest or first of the alphabet.")
    DESC = strawberry.enum_value("DESC", description="The largest, latest or last of the alphabet.")


def ordering(name: str, *, descending: bool = False, **keys: tuple[str, Expression]) -> Ordering:
    """The enumeration `<name>Field` and the input `<name>Order`; the first key is the usual order."""
    members = enum.Enum(f"{name}Field", {key: key for key in keys})  # type: ignore[misc]
    named = strawberry.enum(members, description=f"By what a list of this kind is ordered: {name}.")
    for value in named.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = keys[value.name][0]

    class Order:
        field: named = strawberry.field(description="By what.")  # type: ignore[valid-type]
        direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)

    Order.__name__ = f"{name}Order"
    made = strawberry.input(Order, description="One key of an order.")
    return Ordering(name, {key: sql for key, (_, sql) in keys.items()}, descending, list[made])  # type: ignore[valid-type]
