"""What a client must know of a field besides its type; it survives into the SDL."""

import enum

import strawberry
from strawberry.schema_directive import Location

from api.enums import Role


@strawberry.enum(name="Risk", description="How much a root field can change.")
class RiskLevel(enum.Enum):
    READ = strawberry.enum_value("READ", description="It changes nothing.")
    LOW = strawberry.enum_value("LOW", description="What it changes does no harm.")
    HIGH = strawberry.enum_value("HIGH", description="A person should see first what it changes.")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="risk",
    description="How much a root field can change: nothing, something easily undone, or something that needs a"
    " person's yes.",
)
class Risk:
    level: RiskLevel


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="requires",
    description="Roles of which the caller must hold one; without it the field refuses.",
)
class Requires:
    roles: list[Role]


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="label", description="The field by which people call the object."
)
class Label:
    pass


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION, Location.ARGUMENT_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    name="unit",
    description="The unit of a number: a fixed symbol, or the sibling field that holds it.",
)
class Unit:
    symbol: str | None = strawberry.UNSET
    field: str | None = strawberry.UNSET


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION], name="hidden", description="Not offered to language models as a tool."
)
class Hidden:
    pass
