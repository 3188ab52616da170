"""One look at everything, all subjects at the same time: some have to wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from deploy.doctor import agent, api, channels, database, front, secrets, settings, watching
from deploy.doctor.patient import Check, Finding, Patient

CHECKS: Sequence[Check] = (
    settings.look,
    database.look,
    api.look,
    agent.look,
    channels.voice,
    channels.telegram,
    channels.broker,
    front.certificate,
    front.lines,
    watching.prometheus,
    watching.copies,
    secrets.keys,
    secrets.folders,
    secrets.passwords,
    secrets.doors,
)


def look(patient: Patient) -> list[Finding]:
    """What was found, in the order of CHECKS."""
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        return [finding for found in pool.map(lambda check: list(check(patient)), CHECKS) for finding in found]
