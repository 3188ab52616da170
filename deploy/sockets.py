"""Where PostgreSQL's Unix socket lies: a path of at most 107 bytes, of characters that every client understands."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from deploy.programs import Account
from deploy.trouble import Trouble

PORT = 5432  # of the socket's name; nothing listens on TCP
LIMIT = 107 - len(f"/.s.PGSQL.{PORT}")  # bytes of the folder's own path (sun_path less its final zero)
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")  # libpq and asyncpg read a list in `host`, URLs give others a meaning


def socket_folder(folder: Path, who: Account) -> Path:
    """`folder/socket`, or a short-named folder of our own when that is too long or oddly named. Raises Trouble."""
    short = f"markoff-{who.uid}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    roots = [os.environ.get("XDG_RUNTIME_DIR"), "/run" if os.geteuid() == 0 else None, tempfile.gettempdir()]
    roots.append("/tmp")  # noqa: S108  (shared, so `_own` looks who was there first)
    candidates = [folder / "socket", *(Path(root) / short for root in roots if root)]
    for candidate in candidates:
        if PLAIN.fullmatch(str(candidate)) and len(os.fsencode(candidate)) <= LIMIT:
            with contextlib.suppress(OSError):
                if _own(candidate, who):
                    return candidate
    raise Trouble("postgres.long_socket", limit=LIMIT, tried=", ".join(map(str, candidates)))


def _own(candidate: Path, who: Account) -> bool:
    """Make it for `who`; False when somebody else was there first."""
    with contextlib.suppress(FileExistsError):
        candidate.mkdir(mode=0o755)
        if who.switch:
            os.chown(candidate, who.uid, who.gid, follow_symlinks=False)
    status = candidate.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == who.uid
