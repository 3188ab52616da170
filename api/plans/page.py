"""GET /plans/<id>.png, .svg and .webp: the picture behind a signed address, as its person may see it by now."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import metrics
from api.context import Parts
from api.errors import Fault
from api.plans.forms import Form

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Whoever keeps a copy asks each time whether it still holds; a drawing is no program."""


FORMS = {form.value: form for form in Form}


def _tags(given: str) -> frozenset[str]:
    """The tags in an `If-None-Match` header (RFC 9110, 13.1.2); a weak one counts as well."""
    return frozenset(each.strip().removeprefix("W/") for each in given.split(","))


async def show(request: Request) -> Response:
    """The route. Raises the faults of `Pictures.serve`."""
    parts: Parts = request.app.state.parts
    id, _, ending = request.path_params["name"].rpartition(".")
    form = FORMS.get(ending)
    if parts.pictures is None or form is None:
        raise Fault("BAD_ADDRESS")
    served = await parts.pictures.serve(id, form, _tags(request.headers.get("if-none-match", "")))
    headers = {**HEADERS, "ETag": served.tag}
    if served.body is None:
        return Response(status_code=304, headers=headers)
    return Response(served.body, headers=headers, media_type=form.mime)


ROUTE = Route("/plans/{name}", metrics.route("plans", show), methods=["GET"])
