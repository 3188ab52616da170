"""The passphrase of the keys in a copy: from the settings, or asked for at the terminal."""

from __future__ import annotations

import getpass
from pathlib import Path

from deploy import console
from deploy.keeping import sealing
from deploy.trouble import Trouble


def new_passphrase() -> str:
    """For a copy that is to be made. Raises Trouble: none is told, too short, or typed differently."""
    if told := _told():
        return sealing.good(told)
    typed = sealing.good(_typed("backup.passphrase?"))
    if _typed("backup.passphrase_again?") != typed:
        raise Trouble("backup.differs")
    return typed


def passphrase() -> str:
    """Of a copy that there is. Raises Trouble when none is told."""
    return _told() or _typed("restore.passphrase?")


def _told() -> str | None:
    from deploy.keeping.settings import BackupSettings

    found = BackupSettings().passphrase
    return found.get_secret_value() if found else None


def _typed(question: str) -> str:
    try:
        with Path("/dev/tty").open("rb"):
            return getpass.getpass(f"{console.words(question)} ")
    except (OSError, EOFError) as fault:
        raise Trouble("backup.no_passphrase") from fault


__all__ = ["new_passphrase", "passphrase"]
