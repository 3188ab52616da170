"""Who the house talks with: the voice process and its engines, Telegram's bot, the broker of MQTT."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from deploy.doctor.patient import DOUBTFUL, WELL, WRONG, Finding, Patient
from deploy.told import told


def voice(patient: Patient) -> Iterator[Finding]:
    """Its engines, by the Wyoming protocol."""
    if not patient.voice:
        return
    from agent.voice import Voice, VoiceError

    try:
        known = asyncio.run(Voice(patient.voice, patient.patience).engines())
    except VoiceError as fault:
        yield Finding("voice", WRONG, "doctor.no_voice", {"address": patient.voice, "reason": str(fault) or fault.code})
        return
    if not known.hears or not known.speaks:
        yield Finding(
            "voice", DOUBTFUL, "doctor.half_voice", {"hears": known.hears or "–", "speaks": known.speaks or "–"}
        )
    else:
        yield Finding("voice", WELL, "doctor.voice", {"hears": known.hears, "speaks": known.speaks})


def telegram(patient: Patient) -> Iterator[Finding]:
    """getMe, and what Telegram says of the webhook."""
    token = told("MARKOFF_TELEGRAM_TOKEN", place="telegram.token")
    if token is None:
        return
    base = (told("MARKOFF_TELEGRAM_API_BASE", place="telegram.api_base") or "https://api.telegram.org").rstrip("/")
    try:
        me = httpx.get(f"{base}/bot{token}/getMe", timeout=patient.patience).json()
        hook = httpx.get(f"{base}/bot{token}/getWebhookInfo", timeout=patient.patience).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as fault:
        yield Finding("telegram", WRONG, "doctor.no_telegram", {"reason": type(fault).__name__, "address": base})
        return
    if not me.get("ok"):
        yield Finding("telegram", WRONG, "doctor.bad_token", {"reason": me.get("description", "?")})
        return
    yield Finding("telegram", WELL, "doctor.telegram", {"name": me["result"].get("username", "?")})
    yield from _webhook(hook.get("result") or {})


def _webhook(said: dict[str, Any]) -> Iterator[Finding]:
    """Where Telegram sends updates has to be where we wait for them."""
    ours, theirs = told("MARKOFF_TELEGRAM_WEBHOOK_URL", place="telegram.webhook_url") or "", said.get("url") or ""
    if ours != theirs:
        yield Finding("telegram", WRONG, "doctor.other_webhook", {"ours": ours or "–", "theirs": theirs or "–"})
    elif said.get("last_error_message"):
        reason = {"reason": said["last_error_message"], "waiting": said.get("pending_update_count", 0)}
        yield Finding("telegram", DOUBTFUL, "doctor.webhook_fails", reason)


def broker(patient: Patient) -> Iterator[Finding]:
    """One connection with our name and password, under a name of its own."""
    url = told("MARKOFF_MQTT_URL", place="mqtt.url")
    if url is None:
        return
    from api.ingest.settings import Broker

    try:
        place = Broker.at(url)
    except ValueError:
        return  # told with the settings
    if place is None:
        return
    where: dict[str, object] = {"address": f"{place.host}:{place.port}"}
    try:
        refusal = _knocked(place, patient.patience)
    except OSError as fault:
        yield Finding("mqtt", WRONG, "doctor.no_broker", where | {"reason": str(fault)})
        return
    if refusal:
        yield Finding("mqtt", WRONG, "doctor.broker_refuses", where | {"reason": refusal})
    else:
        yield Finding("mqtt", WELL, "doctor.broker", where)


def _knocked(place: Any, patience: float) -> str:
    """Why the broker refuses; empty when it lets us in."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    answered, said = threading.Event(), [""]

    def connected(client: Any, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        said[0] = str(reason) if reason.is_failure else ""
        answered.set()

    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="markoff-doctor", protocol=mqtt.MQTTv5)
    client.on_connect = connected
    client.connect_timeout = patience
    if place.user is not None:
        client.username_pw_set(place.user, place.password)
    if place.tls:
        client.tls_set(told("MARKOFF_MQTT_CA", place="mqtt.ca"))
    client.connect(place.host, place.port)
    client.loop_start()
    try:
        if not answered.wait(patience):
            raise OSError("no answer")
    finally:
        client.disconnect()
        client.loop_stop()
    return said[0]
