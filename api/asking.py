"""Who asks, in which language: the context of one request, made of its headers."""

from __future__ import annotations

from collections.abc import Mapping

from api.context import Context, Parts
from api.viewer import Viewer
from db.models import Language


def language_of(accepted: str | None, otherwise: Language) -> Language:
    """The best of our languages in an `Accept-Language` header (RFC 9110, 12.5.4), or the viewer's own."""
    best, weight = otherwise, 0.0
    for part in (accepted or "").split(","):
        name, _, quality = part.strip().partition(";")
        try:
            value = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        tag = name.strip().lower().split("-")[0]
        if value > weight and tag in ("ru", "en"):
            best, weight = Language(tag), value
    return best


def caller(viewer: Viewer, address: str) -> str:
    """By whom requests are counted."""
    if viewer.user_id is not None:
        return f"user {viewer.user_id}"
    return f"key {viewer.key_id}" if viewer.key_id is not None else f"address {address}"


async def ask(parts: Parts, headers: Mapping[str, str], address: str) -> Context:
    """The context of a request. Raises BAD_TOKEN, TOKEN_EXPIRED or TOO_MANY_REQUESTS."""
    viewer = await parts.viewers.behind(headers.get("authorization"))
    parts.rates.take(caller(viewer, address))
    return Context(parts, viewer, language_of(headers.get("accept-language"), viewer.language), address)


def language_before(headers: Mapping[str, str]) -> Language:
    """The language in which to refuse somebody who is not known yet."""
    return language_of(headers.get("accept-language"), Language.EN)
