"""The public door: its certificate, whether WebSockets and event streams pass it, and what it should keep inside."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from deploy import reach
from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient
from deploy.told import told
from deploy.trouble import Trouble

SOON, LAST = 21, 7
"""Days before a certificate ends from which on somebody should know, and should act."""
INSIDE = ("/metrics", "/ready")
STREAM = "subscription { alarmChanged { cursor } }"
PING = 20.0
"""Seconds between signs of life on a quiet stream, unless the settings say otherwise."""


def certificate(patient: Patient) -> Iterator[Finding]:
    """Whom it is for, who vouches for it, when it ends."""
    parts = urlsplit(patient.public)
    if not patient.public:
        return
    if parts.scheme != "https":
        if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            yield Finding("tls", WRONG, "doctor.no_tls", {"address": patient.public})
        return
    host = parts.hostname or ""
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection(_where(patient), patient.patience) as line,
            context.wrap_socket(line, server_hostname=host) as sealed,
        ):
            ends = ssl.cert_time_to_seconds(str((sealed.getpeercert() or {}).get("notAfter")))
    except ssl.SSLCertVerificationError as fault:
        yield Finding("tls", WRONG, "doctor.bad_certificate", {"host": host, "reason": fault.verify_message})
        return
    except OSError as fault:
        yield Finding("tls", WRONG, "doctor.no_front", {"address": patient.public, "reason": str(fault)})
        return
    days = int((ends - time.time()) / 86400)
    grade = WRONG if days < LAST else DOUBTFUL if days < SOON else WELL
    code = "doctor.certificate" if grade == WELL else "doctor.certificate_ends"
    yield Finding("tls", grade, code, {"host": host, "days": days})


def lines(patient: Patient) -> Iterator[Finding]:
    """A WebSocket and an event stream through the door, and what should not be reached by it."""
    if not patient.public:
        return
    try:
        with _door(patient) as door:
            answer = door.get("/health")
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        yield Finding("front", WRONG, "doctor.no_front", {"address": patient.public, "reason": str(fault)})
        return
    if answer.status_code != 200:
        reason = {"address": patient.public, "reason": answer.status_code}
        yield Finding("front", WRONG, "doctor.no_front", reason)
        return
    yield from _inside(patient)
    yield from _socket(patient)
    yield from _stream(patient)


def _where(patient: Patient) -> tuple[str, int]:
    """Where a line to the public door is opened from here."""
    parts = urlsplit(f"//{patient.front}" if patient.front else patient.public)
    return parts.hostname or "", parts.port or (443 if patient.public.startswith("https") else 80)


def _door(patient: Patient, wait: float | None = None) -> httpx.Client:
    """Asks the public door under its own name, whoever vouches for it: the certificate is looked at by itself."""
    public = urlsplit(patient.public)
    (host, port), name = _where(patient), (public.hostname or "")
    here = f"[{host}]" if ":" in host else host
    client = httpx.Client(
        base_url=f"{public.scheme}://{here}:{port}{public.path}", headers={"Host": public.netloc}, trust_env=False,
        timeout=httpx.Timeout(patient.patience, read=wait or patient.patience), verify=False,  # noqa: S501
    )  # fmt: skip
    client.event_hooks["request"] = [lambda request: request.extensions.update(sni_hostname=name)]
    return client


def _inside(patient: Patient) -> Iterator[Finding]:
    with _door(patient) as door:
        found = [path for path in INSIDE if door.get(path).status_code == 200]
    for path in found:
        yield Finding("front", DOUBTFUL, "doctor.open_inside", {"path": path, "address": patient.public})


def _socket(patient: Patient) -> Iterator[Finding]:
    from websockets.exceptions import ConnectionClosed, WebSocketException
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    address = patient.public.replace("http", "ws", 1) + "/graphql"
    trust = _anyone() if address.startswith("wss") else None
    asked = json.dumps({"type": "connection_init", "payload": {}})
    try:
        with connect(
            address, subprotocols=[Subprotocol("graphql-transport-ws")], open_timeout=patient.patience,
            proxy=None, ssl=trust, sock=socket.create_connection(_where(patient), patient.patience),
        ) as line:  # fmt: skip
            line.send(asked)
            try:
                line.recv(patient.patience)
            except ConnectionClosed as closed:  # nobody is let in without a name: it has passed
                if closed.rcvd is None or closed.rcvd.code < 4000:
                    raise
    except (OSError, WebSocketException, TimeoutError) as fault:
        yield Finding("front", WRONG, "doctor.no_sockets", {"reason": str(fault) or type(fault).__name__})
        return
    yield Finding("front", WELL, "doctor.sockets")


def _anyone() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _stream(patient: Patient) -> Iterator[Finding]:
    """A quiet stream says every few seconds that it lives: through a door that hoards, nothing comes."""
    try:
        token = reach.issue(patient.folder, patient.database, None)
    except Trouble:
        return  # the database or the key is told of by itself
    wait = _ping() + patient.patience
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    try:
        with (
            _door(patient, wait) as door,
            door.stream("POST", "/graphql", json={"query": STREAM}, headers=headers) as answer,
        ):
            if answer.status_code != 200:
                yield Finding("front", WRONG, "doctor.no_streams", {"reason": answer.status_code})
                return
            next(answer.iter_raw())
    except (httpx.ReadTimeout, StopIteration):
        yield Finding("front", WRONG, "doctor.hoarded", {"seconds": round(wait)})
        return
    except httpx.HTTPError as fault:
        yield Finding("front", WRONG, "doctor.no_streams", {"reason": str(fault) or type(fault).__name__})
        return
    yield Finding("front", WELL, "doctor.streams")


def _ping() -> float:
    from datetime import timedelta

    from pydantic import TypeAdapter, ValidationError

    value = told("MARKOFF_LIVE_PING", place="live.ping")
    try:
        return TypeAdapter(timedelta).validate_python(value).total_seconds() if value else PING
    except ValidationError:
        return PING
