"""The api: it lives, it is ready, its clock is ours, it is of this version."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import httpx

from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient
from deploy.folder import our_version

SKEW = 2.0
AGE = 2.0
"""Seconds that a Date header is old at most: it names whole seconds, and a server writes it once a second."""


def look(patient: Patient) -> Iterator[Finding]:
    """By /health and /ready."""
    before = time.time()
    try:
        health = httpx.get(f"{patient.api}/health", timeout=patient.patience, trust_env=False)
        after = time.time()
        ready = httpx.get(f"{patient.api}/ready", timeout=patient.patience, trust_env=False)
        version = str(health.json()["version"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as fault:
        yield Finding(
            "api", WRONG, "doctor.no_api", {"address": patient.api, "reason": str(fault) or type(fault).__name__}
        )
        return
    if ready.status_code != 200:
        for reason in ready.json().get("reasons") or [ready.status_code]:
            yield Finding("api", WRONG, "doctor.not_ready", {"reason": reason})
    else:
        yield Finding("api", WELL, "doctor.api", {"address": patient.api, "version": version})
    if version != our_version():
        yield Finding("api", DOUBTFUL, "doctor.other_version", {"theirs": version, "ours": our_version()})
    said = parsedate_to_datetime(health.headers["date"]).timestamp() if "date" in health.headers else before
    skew = said - min(max(said, before - AGE), after)  # however long the answer took
    if abs(skew) > SKEW:
        yield Finding("clock", WRONG, "doctor.skew", {"where": patient.api, "seconds": round(skew, 1)})
