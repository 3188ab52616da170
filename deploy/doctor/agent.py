"""The agent: it lives, its key is one of the house, its model answers, keeps to schemas and has the name it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient
from deploy.told import told

KIND = "urn:markoff:token-type:identity"
GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
FLOORS = ["L01", "L02", "L07"]
TOOL = {
    "type": "function",
    "function": {
        "name": "floor",
        "description": "Look at one floor.",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"code": {"type": "string", "enum": FLOORS}},
            "required": ["code"],
            "additionalProperties": False,
        },
    },
}
MODEL_PATIENCE = 60.0
"""Seconds for a model's call: the first one may load it."""


def look(patient: Patient) -> Iterator[Finding]:
    """By /health of the agent, and by the api for its key."""
    try:
        answer = httpx.get(f"{patient.agent}/health", timeout=patient.patience, trust_env=False)
        alive = answer.status_code == 200
        reason = str(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        alive, reason = False, str(fault) or type(fault).__name__
    if alive:
        yield Finding("agent", WELL, "doctor.agent", {"address": patient.agent})
    else:
        yield Finding("agent", WRONG, "doctor.no_agent", {"address": patient.agent, "reason": reason})
    yield from _key(patient)
    yield from _model(patient)


def _key(patient: Patient) -> Iterator[Finding]:
    """The key is shown with an identity that nobody has: what the api minds tells which of the two it knows."""
    if not patient.agent_key:
        yield Finding("agent", WRONG, "doctor.no_key")
        return
    form = {
        "grant_type": GRANT, "actor_token": patient.agent_key, "subject_token": "telegram:doctor",
        "subject_token_type": KIND,
    }  # fmt: skip
    try:
        answer = httpx.post(f"{patient.api}/token", data=form, timeout=patient.patience, trust_env=False)
        said = answer.json().get("error")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return  # the api is told of by itself
    if said == "invalid_client":
        yield Finding("agent", WRONG, "doctor.bad_key")
    elif said == "invalid_grant":
        yield Finding("agent", WELL, "doctor.key")


def _model(patient: Patient) -> Iterator[Finding]:
    url, name = told("MARKOFF_MODEL_URL", place="agent.model_url"), told("MARKOFF_MODEL_NAME", place="agent.model_name")
    if url is None:
        yield Finding("model", WELL, "doctor.offline")
        return
    url, name = url.rstrip("/"), name or "markoff"
    key = told("MARKOFF_MODEL_KEY", place="agent.model_key") or "none"
    headers = {"Authorization": f"Bearer {key}"}
    try:
        answer = httpx.get(f"{url}/models", headers=headers, timeout=patient.patience, trust_env=False)
        answer.raise_for_status()
        known = [str(one["id"]) for one in answer.json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, LookupError, TypeError) as fault:
        yield Finding("model", WRONG, "doctor.no_model", {"address": url, "reason": str(fault) or type(fault).__name__})
        return
    if name not in known:
        yield Finding("model", WRONG, "doctor.other_model", {"name": name, "known": ", ".join(known) or "–"})
        return
    yield from _strict(url, name, headers)


def _strict(url: str, name: str, headers: dict[str, str]) -> Iterator[Finding]:
    """A call that has to be made, of a tool whose argument is one of three words."""
    asked: dict[str, Any] = {
        "model": name, "tools": [TOOL], "tool_choice": "required", "max_tokens": 200, "temperature": 0,
        "messages": [{"role": "user", "content": "Look at the ninth floor, code L09."}],
    }  # fmt: skip
    try:
        answer = httpx.post(
            f"{url}/chat/completions", json=asked, headers=headers, timeout=MODEL_PATIENCE, trust_env=False
        )
        answer.raise_for_status()
        call = answer.json()["choices"][0]["message"]["tool_calls"][0]["function"]
        exact = call["name"] == "floor" and json.loads(call["arguments"])["code"] in FLOORS
    except httpx.HTTPError as fault:
        yield Finding("model", WRONG, "doctor.no_calls", {"name": name, "reason": str(fault) or type(fault).__name__})
        return
    except (ValueError, LookupError, TypeError):
        exact = False
    yield Finding("model", WELL if exact else DOUBTFUL, "doctor.model" if exact else "doctor.loose", {"name": name})
