"""Newsletters on the App API, read-only: a seed makes them, and none is sent (app facts, 4.4)."""

from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import NEWSLETTER, Record
from cioform.emulator.wire.errors import not_found

NEWSLETTER_SUBPATHS = (
    "/contents",
    "/messages",
    "/metrics",
    "/metrics/links",
    "/test_groups",
)
PAGE_SIZE = 100


def list_all(request: Request) -> Response:
    """Return one page of newsletters, the oldest first unless `sort=desc`."""
    records = request.workspace_data.all(NEWSLETTER)
    if request.query.get("sort") == "desc":
        records.reverse()
    page, next_cursor = paginate_by_cursor(request, records, PAGE_SIZE, PAGE_SIZE)
    return Response({"newsletters": [_serialize(each) for each in page], "next": next_cursor})


def read(request: Request) -> Response:
    """Return one newsletter."""
    return Response({"newsletter": _serialize(request.get(NEWSLETTER))})


def read_part(_request: Request) -> Response:
    """Raise 404, because newsletters have no content here and are never sent."""
    raise not_found("newsletter")


def _serialize(record: Record) -> Record:
    return {**record, "deduplicate_id": f"{record['id']}:{record['updated']}"}


ROUTES = (
    app_route("GET", "/newsletters", list_all, query=("limit", "sort", "start")),
    app_route("GET", "/newsletters/<int:id>", read),
    *(app_route("GET", f"/newsletters/<int:id>{rest}", read_part) for rest in NEWSLETTER_SUBPATHS),
)
