"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The house's data folder.", show_default=False, readable=False),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", show_default=False,
        help="The building's database, postgresql://… (or DATABASE_URL), instead of a data folder.",
    ),
]  # fmt: skip
ApiUrl = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", show_default=False,
        help="Where the api is, http://…, instead of a data folder; needs --token.",
    ),
]  # fmt: skip
AgentUrl = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", show_default=False,
        help="Where the agent is, http://…, instead of a data folder; needs --token.",
    ),
]  # fmt: skip
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="MARKOFF_TOKEN", metavar="TOKEN", help="An access token.", show_default=False),
]
Person = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="USER", help="Whose rights to use; an administrator's unless told.", show_default=False
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes of the api, all on one address.")
]
