"""The simulator's own device key: made of the house's signing key, so that nothing has to be kept anywhere."""

from __future__ import annotations

from datetime import UTC, datetime

from deploy import external
from deploy.trouble import Trouble

KNOWN = "SELECT revoked_at IS NOT NULL FROM security.api_key WHERE prefix = %s"
INSERT = """
    INSERT INTO security.api_key (prefix, secret_hash, name, kind, building_id, created_at)
    SELECT %s, %s, 'simulator', 'DEVICE', id, %s FROM physical.building WHERE code = %s
"""


def device_key(database: str, signing: str, building: str) -> str:
    """The key for a building of the house in this database, registered at the first call. Raises Trouble when revoked.

    `signing` is the house's key; the same one always gives the same device key.
    """
    from api.auth import derived, hash_secret

    prefix = derived(signing, f"simulator prefix {building}")[:10]
    secret = derived(signing, f"simulator secret {building}")
    with external.connect(database) as connection:
        row = connection.execute(KNOWN, (prefix,)).fetchone()
        if row is None:
            connection.execute(INSERT, (prefix, hash_secret(secret), datetime.now(UTC), building))
        elif row[0]:
            raise Trouble("simulate.revoked", building=building)
    return f"mk_{prefix}_{secret}"


__all__ = ["device_key"]
