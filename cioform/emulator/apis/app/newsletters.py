"""Newsletters on the App API: there are none here, so that lists are empty (app facts, 4.4)."""

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


def list_all(_request: Request) -> Response:
    """Return an empty list of newsletters."""
    return Response({"newsletters": [], "next": ""})


def read(_request: Request) -> Response:
    """Raise 404, because there are no newsletters."""
    raise not_found("newsletter")


ROUTES = (
    app_route("GET", "/newsletters", list_all, query=("limit", "sort", "start")),
    *(app_route("GET", f"/newsletters/<int:id>{rest}", read) for rest in NEWSLETTER_SUBPATHS),
)
