"""GET /graphql for browsers, and /playground/… for what the page loads."""

from __future__ import annotations

import secrets
from html import escape

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.asking import language_before
from api.playground.built import KINDS, Bundle, bundle
from api.playground.settings import PlaygroundSettings
from api.playground.words import ABSENT, TITLE
from db.models import Language

HTML = "text/html"
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; style-src-elem 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from anywhere else. The editor places its lines by style attributes (0024): those alone are let be."""
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
FOR_EVER = "public, max-age=31536000, immutable"
PAGE = """<!doctype html>
<html lang="{language}" data-graph="graphql">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
{head}
</head>
<body>{body}</body>
</html>
"""
BUNDLE = """<link rel="icon" href="data:,">
<link rel="stylesheet" href="playground/{id}/main.css">
<script type="module" nonce="{nonce}" src="playground/{id}/main.js"></script>"""
PLAIN = """<link rel="icon" href="data:,">
<style nonce="{nonce}">body {{ max-width: 40em; margin: 4em auto; padding: 0 1em; font: 1.1em/1.5 sans-serif }}
pre, code {{ font-family: monospace }} pre {{ padding: 1em; border: 1px solid; border-radius: 4px }}</style>"""


class Page:
    """`/graphql` (ASGI): browsers that open the address get the page, all others are passed on."""

    def __init__(self, settings: PlaygroundSettings, otherwise: ASGIApp) -> None:
        self.settings = settings
        self.otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        asked = scope["method"] in ("GET", "HEAD") and HTML in headers.get("accept", "").lower()
        if not asked or not self.settings.enabled:
            await self.otherwise(scope, receive, send)
            return
        page = shown(bundle(self.settings.folder), language_before(headers))
        await page(scope, receive, send)


def shown(found: Bundle | None, language: Language) -> HTMLResponse:
    """The page, or how to get it."""
    nonce = secrets.token_urlsafe(16)
    if found is None:
        head, body = PLAIN.format(nonce=nonce), ABSENT[language]
    else:
        head, body = BUNDLE.format(nonce=nonce, id=escape(found.id)), '<div id="playground"></div>'
    text = PAGE.format(language=language.value, title=TITLE[language], head=head, body=body)
    policy = {"Content-Security-Policy": POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
    return HTMLResponse(text, headers=HEADERS | policy | {"Vary": "Accept, Accept-Language"})


def files(settings: PlaygroundSettings) -> Route:
    """The route of what the page loads: kept by browsers for ever, for another content has another address."""

    async def file(request: Request) -> Response:
        found = bundle(settings.folder) if settings.enabled else None
        if found is None or found.id != request.path_params["id"]:
            return Response(status_code=404)
        name = request.path_params["name"]
        try:
            path, coding = found.file(name, request.headers.get("accept-encoding", ""))
        except KeyError:
            return Response(status_code=404)
        headers = HEADERS | {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if coding:
            headers["Content-Encoding"] = coding
        kind = KINDS.get(name[name.rfind(".") :], "application/octet-stream")
        return FileResponse(path, headers=headers, media_type=kind)

    return Route("/playground/{id}/{name}", file, methods=["GET"])
