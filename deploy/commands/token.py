"""`markoff token`: an access token for scripts."""

from __future__ import annotations

import typer

from deploy import reach
from deploy.options import Data, DatabaseUrl, Person


def register(app: typer.Typer) -> None:
    app.command("token")(token)


def token(person: Person = None, data: Data = None, url: DatabaseUrl = None) -> None:
    """Print an access token, good for 12 hours.

    With --url the signing key must be in MARKOFF_JWT_KEY.
    """
    with reach.database(data, url) as building:
        print(reach.issue(data, building, person))
