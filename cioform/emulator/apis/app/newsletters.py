"""Newsletters on the App API: there are none here, and the lists say so (app facts, 4.4)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.wire.errors import not_found

NEWSLETTER_SUBPATHS = (
    "",
    "/contents",
    "/messages",
    "/metrics",
    "/metrics/links",
    "/test_groups",
)


def list_all(request: Request) -> Response:
    """None."""
    del request
    return Response({"newsletters": [], "next": ""})


def read(request: Request) -> Response:
    """404: there is none to read."""
    del request
    raise not_found("newsletter")


ROUTES = (
    app_route("GET", "/newsletters", list_all, query=("limit", "sort", "start")),
    *(app_route("GET", f"/newsletters/<int:id>{rest}", read) for rest in NEWSLETTER_SUBPATHS),
)
