"""End a link: the chat or the satellite no longer stands for the person."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api import finding
from api.access.mutations.make_link_code import PEOPLE
from api.directives import RiskLevel
from api.dry_run import DryRun
from api.mutation import mutation
from api.refusals import InvalidInput, NotAllowed, NotFound, Unconfirmed
from api.writing import Change
from db import models

if TYPE_CHECKING:
    from api.access.types import User

UnlinkResult = Annotated[
    Annotated["User", strawberry.lazy("api.access.types")]
    | DryRun
    | NotAllowed
    | NotFound
    | InvalidInput
    | Unconfirmed,
    strawberry.union("UnlinkResult", description="The person whose link it was, or why not."),
]


@mutation(
    UnlinkResult,
    risk=RiskLevel.HIGH,
    requires=PEOPLE,
    description="End a link, one's own or, for an ADMIN, anybody's: at once nothing is told there any more.",
)
async def unlink(
    change: Change, link: Annotated[strawberry.ID, strawberry.argument(description="Id of the link.")]
) -> models.User | NotFound | InvalidInput:
    found = await finding.link(change, link)
    if not isinstance(found, models.Link):
        return found
    user = await change.session.get_one(models.User, found.user_id)
    await change.session.delete(found)
    return user
