"""Change when a rule is in alarm, what its alarms are, or switch it off and on; what is not given stays as it is."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlmodel import col, select

from api import checks, finding
from api.alarm import rules
from api.directives import RiskLevel, Unit
from api.dry_run import DryRun
from api.enums import Category, Priority, Role
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models
from db.changes import append
from db.engine import Connection
from db.rules import begin, end, hold

if TYPE_CHECKING:
    from api.alarm.types import AlarmRule

TERMS = ("threshold", "threshold_high", "window", "deadband", "on_delay", "off_delay")
REST = ("name", "priority", "category", "latching", "escalate_after", "enabled")
MAY_BE_NULL = ("escalate_after",)


@strawberry.input(description="What is to be changed in an alarm rule; what is not given stays as it is.")
class UpdateAlarmRuleInput:
    rule: strawberry.ID = strawberry.field(description="Id or name of the rule.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Another name.")
    threshold: float | None = strawberry.field(
        default=strawberry.UNSET, description="Another bound; of STALE, in seconds.", directives=[Unit(field="unit")]
    )
    threshold_high: float | None = strawberry.field(
        default=strawberry.UNSET, description="Another upper bound of BETWEEN.", directives=[Unit(field="unit")]
    )
    window: int | None = strawberry.field(
        default=strawberry.UNSET, description="How far back RATE looks.", directives=[Unit(symbol="s")]
    )
    deadband: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="How far the value has to go back until the alarm returns.",
        directives=[Unit(field="unit")],
    )
    on_delay: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long the condition has to hold before an alarm.",
        directives=[Unit(symbol="s")],
    )
    off_delay: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long it has to be over before the return.",
        directives=[Unit(symbol="s")],
    )
    priority: Priority | None = strawberry.field(
        default=strawberry.UNSET, description="How urgent alarms are that it raises from now on."
    )
    category: Category | None = strawberry.field(
        default=strawberry.UNSET, description="What alarms are about that it raises from now on."
    )
    latching: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether alarms that it raises from now on stay until reset.",
    )
    escalate_after: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long its alarms may go unacknowledged; null: by priority.",
        directives=[Unit(symbol="s")],
    )
    enabled: bool | None = strawberry.field(default=strawberry.UNSET, description="Switch it on or off.")


UpdateAlarmRuleResult = Annotated[
    Annotated["AlarmRule", strawberry.lazy("api.alarm.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("UpdateAlarmRuleResult", description="The rule as it is now, or why not."),
]


@mutation(
    UpdateAlarmRuleResult,
    risk=RiskLevel.HIGH,
    requires=(Role.ADMIN, Role.MANAGER),
    description=(
        "Change an alarm rule, or switch it off or on. Where that changes when it is in alarm, alarms that it has"
        " raised return now, and readings that come from then on are judged anew."
    ),
)
async def update_alarm_rule(
    change: Change,
    input: Annotated[UpdateAlarmRuleInput, strawberry.argument(description="Which rule, and what changes.")],
) -> models.Rule | NotAllowed | NotFound | InvalidInput:
    rule = await finding.rule(change, input.rule)
    if not isinstance(rule, models.Rule):
        return rule
    connection = await change.connection()
    await hold(connection, rule.id)
    rule = await change.afresh(rule)
    given = _given(input)
    wrong = _checked(given, rule)
    if wrong is not None:
        return wrong
    if any(getattr(rule, name) != given[name] for name in (*TERMS, "enabled") if name in given):
        await _begin_anew(change, connection, rule, given)
    else:
        _alter(rule, given)
    return rule


def _given(input: UpdateAlarmRuleInput) -> dict[str, Any]:
    values = {name: getattr(input, name) for name in (*TERMS, *REST)}
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def _checked(given: dict[str, Any], rule: models.Rule) -> InvalidInput | None:
    for name, value in given.items():
        if value is None and name not in MAY_BE_NULL and getattr(rule, name) is not None:
            return InvalidInput.of("CANNOT_BE_NULL", _argument(name))
    terms = {name: given.get(name, getattr(rule, name)) for name in TERMS}
    return (
        checks.line("name", given.get("name"))
        or checks.number("escalateAfter", given.get("escalate_after"), least=1, most=rules.LONGEST_DELAY)
        or rules.checked(rules.Terms(rule.condition, compares=rule.reference_id is not None, **terms))
    )


def _argument(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _alter(rule: models.Rule, given: dict[str, Any]) -> None:
    for name, value in given.items():
        setattr(rule, name, value)


async def _begin_anew(change: Change, connection: Connection, rule: models.Rule, given: dict[str, Any]) -> None:
    """What it has raised ends by what it said until now; then it looks ahead."""
    live = select(models.Alarm).where(col(models.Alarm.rule_id) == rule.id, col(models.Alarm.closed_at).is_(None))
    alarms = list(await change.session.scalars(live))
    news = await end(connection, rule.id, change.now, change.viewer.user_id)
    for alarm in alarms:
        await change.session.refresh(alarm)
    _alter(rule, given)
    await change.session.flush()
    await begin(connection, rule.id, change.now)

    async def tell(connection: Connection) -> None:
        await append(connection, news)

    change.last.append(tell)
