"""Months of readings: made where there are none, and known then to every connection.

PostgreSQL tells connections that a table has got a partition, once. One that is looking the partitions up at that very
moment may go on without the new one, for ever: readings of that month are then "no row of any partition" to it, and no
rows to those who ask it. So all are told a second time, when the partition is there for everybody.
"""

from __future__ import annotations

from datetime import datetime

from db.engine import Connection

MAKE = "SELECT telemetry.make_partitions($1, $2)"
TELL = "ALTER TABLE telemetry.reading ALTER COLUMN value SET STATISTICS -1"
"""Changes nothing. It waits for who is just making a partition, and has every connection look the table up again."""


async def make(connection: Connection, first: datetime, last: datetime) -> int:
    """Make the months from `first` to `last` that are not there; how many."""
    made: int = await connection.fetchval(MAKE, first, last)
    if made:
        await tell(connection)
    return made


async def tell(connection: Connection) -> None:
    """Have every connection look the months up again, ours too."""
    await connection.execute(TELL)
