"""What a change would do, as a client sees it before saying yes."""

from datetime import datetime

import strawberry


@strawberry.type(description="One field of a row, before and after.")
class FieldChange:
    name: str = strawberry.field(description="The field's name in the contract.")
    before: str | None = strawberry.field(description="Null when there was no value or no row.")
    after: str | None = strawberry.field(description="Null when there will be no value or no row.")


@strawberry.type(description="One row that a change adds, alters or removes.")
class RowChange:
    id: strawberry.ID | None = strawberry.field(description="Null for a row that is not there yet.")
    noun: str = strawberry.field(description="The type in the contract.")
    label: str | None = strawberry.field(description="How people call it.")
    fields: list[FieldChange] = strawberry.field(description="What differs.")


@strawberry.type(description="What the change would do; nothing has been done.")
class DryRun:
    changes: list[RowChange] = strawberry.field(description="Rows before and after, as the caller may see them.")
    confirmation: str = strawberry.field(description="Pass it with the same arguments to make exactly this change.")
    expires_at: datetime = strawberry.field(description="Until when the confirmation is good, in real time.")
