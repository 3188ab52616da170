"""The settings: everything that `markoff config check` tells."""

from __future__ import annotations

from collections.abc import Iterator

from deploy import console
from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient


def look(patient: Patient) -> Iterator[Finding]:
    """What is wrong with them."""
    from deploy.config.mistakes import found

    mistakes = found()
    for one in mistakes:
        grade = DOUBTFUL if one.warning else WRONG
        yield Finding("settings", grade, "doctor.setting", {"told": one.told(console.language())})
    if not mistakes:
        yield Finding("settings", WELL, "doctor.settings")
