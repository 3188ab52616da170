"""Makes a field of the graph from a function that changes something: its arguments, `dryRun` and `confirmation`."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.directives import Requires, Risk, RiskLevel
from api.enums import Role
from api.writing import Call, Do, write

DryRunArgument = Annotated[
    bool, strawberry.argument(name="dryRun", description="Only say what would change, and give a confirmation of it.")
]
ConfirmationArgument = Annotated[
    str | None, strawberry.argument(description="From a dry run of the same call: make exactly that change, once.")
]


def mutation(result: Any, *, risk: RiskLevel, requires: tuple[Role, ...], description: str) -> Callable[[Do], Any]:
    """The decorator of a mutation's function `(change, **arguments) -> changed row or refusal`.

    `result` is the union of the contract; `requires` are the roles of which the caller must hold one where the change
    happens. A caller who acts for somebody needs a confirmation when `risk` is HIGH.
    """

    def field_of(do: Do) -> Any:
        own = [each for name, each in inspect.signature(do).parameters.items() if name != "change"]

        async def resolver(
            info: Info, dry_run: DryRunArgument = False, confirmation: ConfirmationArgument = None, **arguments: Any
        ) -> Any:
            return await write(Call(info, do, arguments, risk, requires, dry_run, confirmation))

        kept = list(inspect.signature(resolver).parameters.values())[:-1]
        parameters = [kept[0], *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *kept[1:]))]
        resolver.__signature__ = inspect.Signature(parameters, return_annotation=result)  # type: ignore[attr-defined]
        resolver.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": result}
        resolver.__name__, resolver.__module__, resolver.__doc__ = do.__name__, do.__module__, do.__doc__
        directives = [Risk(level=risk), Requires(roles=list(requires))]
        return strawberry.mutation(resolver=resolver, description=description, directives=directives)

    return field_of
