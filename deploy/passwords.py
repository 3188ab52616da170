"""The passwords of the embedded server's roles: random, in one file that only we can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path


class Passwords:
    """Role → password, kept in a JSON file of mode 0600 that is replaced as a whole."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def known(self) -> dict[str, str]:
        try:
            return {str(role): str(password) for role, password in json.loads(self.file.read_text()).items()}
        except (FileNotFoundError, ValueError):
            return {}

    def __contains__(self, role: str) -> bool:
        return role in self.known()

    def __getitem__(self, role: str) -> str:
        return self.known()[role]

    def make(self, role: str) -> None:
        """A new password for this role, beside the others."""
        self._write({**self.known(), role: secrets.token_urlsafe(24)})

    def make_anew(self, role: str) -> None:
        """A new password for this role of a new server: the others are gone with the old one."""
        self._write({role: secrets.token_urlsafe(24)})

    def _write(self, passwords: dict[str, str]) -> None:
        draft = self.file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(passwords, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(self.file)
