"""Whether somebody watches and somebody copies: Prometheus and its targets, the age of the last copy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient

USUAL = "http://127.0.0.1:9090"
NOBODY = {"nobody", "silence", "heartbeat"}
"""Receivers of deploy/alertmanager by which no person is told."""
OLD, LOST = 2, 7
"""Days since the last copy after which somebody should know, and should act."""


def prometheus(patient: Patient) -> Iterator[Finding]:
    """Every target of it answers. Without an address the usual one is tried, and its absence is no fault."""
    address = patient.prometheus or USUAL
    try:
        answer = httpx.get(f"{address}/api/v1/targets?state=active", timeout=patient.patience, trust_env=False)
        targets = answer.json()["data"]["activeTargets"]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as fault:
        if patient.prometheus:
            reason = {"address": address, "reason": str(fault) or type(fault).__name__}
            yield Finding("metrics", WRONG, "doctor.no_prometheus", reason)
        return
    down = [one for one in targets if one.get("health") == "down"]
    for one in down:
        told = {"target": one.get("scrapeUrl", "?"), "reason": one.get("lastError", "")}
        yield Finding("metrics", WRONG, "doctor.target_down", told)
    if not any("markoff" in str(one.get("labels")) or "api" in str(one.get("labels")) for one in targets):
        yield Finding("metrics", DOUBTFUL, "doctor.no_targets", {"address": address})
    elif not down:
        yield Finding("metrics", WELL, "doctor.prometheus", {"count": len(targets)})
    yield from _told(address, patient.patience)


def _told(address: str, patience: float) -> Iterator[Finding]:
    """Whether Prometheus knows an Alertmanager, and that one somebody to tell."""
    try:
        answer = httpx.get(f"{address}/api/v1/alertmanagers", timeout=patience, trust_env=False)
        known = [str(one["url"]) for one in answer.json()["data"]["activeAlertmanagers"]]
        receivers = set()
        for one in known:
            place = one.removesuffix("/alerts") + "/receivers"
            receivers |= {each["name"] for each in httpx.get(place, timeout=patience, trust_env=False).json()}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as fault:
        reason = {"address": address, "reason": str(fault) or type(fault).__name__}
        yield Finding("metrics", WRONG, "doctor.no_alertmanager", reason)
        return
    if receivers <= NOBODY:
        yield Finding("metrics", DOUBTFUL, "doctor.nobody_told")
    else:
        yield Finding("metrics", WELL, "doctor.told")


def copies(patient: Patient) -> Iterator[Finding]:
    """The newest file in the folder for copies."""
    if patient.copies is None:
        yield Finding("backup", DOUBTFUL, "doctor.no_copies_told")
        return
    try:
        made = [file for file in patient.copies.iterdir() if _is_copy(file)]
    except OSError as fault:
        reason = {"folder": patient.copies, "reason": fault.strerror}
        yield Finding("backup", WRONG, "doctor.no_folder", reason)
        return
    if not made:
        yield Finding("backup", WRONG, "doctor.no_copies", {"folder": patient.copies})
        return
    newest = max(made, key=lambda file: file.stat().st_mtime)
    days = (time.time() - newest.stat().st_mtime) / 86400
    told = {"file": newest, "days": f"{days:.1f}", "size": f"{newest.stat().st_size / (1 << 20):.1f}"}
    if newest.stat().st_size == 0:
        yield Finding("backup", WRONG, "doctor.empty_copy", told)
    elif days > OLD:
        yield Finding("backup", WRONG if days > LOST else DOUBTFUL, "doctor.old_copy", told)
    else:
        yield Finding("backup", WELL, "doctor.copy", told)


def _is_copy(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and not file.name.endswith((".part", ".json", ".prom"))
