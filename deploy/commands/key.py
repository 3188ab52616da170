"""`markoff key`: a key for a device, with a limit of its own if need be; and its end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from deploy import console, external, reach
from deploy.options import Data, DatabaseUrl
from deploy.trouble import Trouble

MAKE = """
    INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at, readings_per_minute)
    SELECT %s, %s, %s, 'DEVICE', id, %s, %s FROM physical.building WHERE code = %s RETURNING id
"""
REVOKE = "UPDATE security.api_key SET revoked_at = %s WHERE prefix = %s AND revoked_at IS NULL RETURNING id"


def register(app: typer.Typer) -> None:
    keys = typer.Typer(help="Keys of devices.", no_args_is_help=True)
    keys.command()(make)
    keys.command()(revoke)
    app.add_typer(keys, name="key")


def make(
    building: Annotated[str, typer.Argument(help="The code of the building that the device reports from.")],
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "device",
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=0, help="Most readings a minute; 0: no limit. As for all keys unless said."),
    ] = None,
    data: Data = None,
    url: DatabaseUrl = None,
) -> None:
    """Make a key for a device of a building, and print it: it is shown this once."""
    from api.auth import new_key

    key = new_key()
    with reach.database(data, url) as address, external.connect(address) as connection:
        row = (key.prefix, key.secret_hash, name, datetime.now(UTC), limit, building)
        if connection.execute(MAKE, row).fetchone() is None:
            raise Trouble("key.no_building", building=building)
    print(key.text)


def revoke(
    key: Annotated[str, typer.Argument(help="The key, or the part of it between the two underlines.")],
    data: Data = None,
    url: DatabaseUrl = None,
) -> None:
    """End a key: from now on it opens nothing."""
    prefix = key.split("_")[1] if key.startswith("mk_") else key
    with reach.database(data, url) as address, external.connect(address) as connection:
        if connection.execute(REVOKE, (datetime.now(UTC), prefix)).fetchone() is None:
            raise Trouble("key.unknown", prefix=prefix)
    console.say("key.revoked", prefix=prefix)
