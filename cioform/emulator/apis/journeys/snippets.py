"""Snippets on the Journeys API: by numeric ID (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.pagination import paginate
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import SNIPPET
from cioform.emulator.validation.snippet_rules import (
    checked_name,
    checked_value,
    find_snippet_usage,
)
from cioform.emulator.wire.errors import ApiError

SHAPE = closed_object(snippet=closed_object(name=STRING, value=STRING))


def list_all(request: Request) -> Response:
    """Return all snippets, or one page if `page` or `limit` is sent."""
    records, meta = paginate(request, request.workspace_data.all(SNIPPET), "limit")
    return Response({"snippets": as_rows(request, records), "meta": meta})


def create(request: Request) -> Response:
    """Create a snippet. Raises 422 if the value is blank or the name is taken."""
    body = request.body_object("snippet")
    value = checked_value(body.get("value"))
    name = checked_name(request, body.get("name"))
    record = audit.create_record(request, SNIPPET, {"name": name, "value": value})
    return Response({"snippet": record})


def read(request: Request) -> Response:
    """Return one snippet."""
    return Response({"snippet": request.get(SNIPPET)})


def update(request: Request) -> Response:
    """Update the name or the value of a snippet."""
    record = request.get(SNIPPET)
    body = request.body_object("snippet")
    fields = {
        "name": checked_name(request, body.get("name", record["name"]), record["id"]),
        "value": checked_value(body.get("value", record["value"])),
    }
    return Response({"snippet": audit.update_record(request, SNIPPET, record, fields)})


def delete(request: Request) -> Response:
    """Delete a snippet. Raises 409 if any content uses it (open fact, safe reading)."""
    record = request.get(SNIPPET)
    if find_snippet_usage(request, record["name"]):
        raise ApiError(409, "unable to delete snippet in use")
    audit.delete_record(request, SNIPPET, record)
    return NO_CONTENT


def usage(request: Request) -> Response:
    """Return the IDs of what uses a snippet, all on the first page (open fact)."""
    ids: dict[str, list[int]] = {"layouts": [], "templates": []}
    for collection, record in find_snippet_usage(request, request.get(SNIPPET)["name"]):
        ids[collection].append(record["id"])
    return Response({"usage": ids, "meta": {"continuation": None}})


ROUTES = (
    journeys_route("GET", "/snippets", list_all, query=("page", "limit", "asc")),
    journeys_route("POST", "/snippets", create, SHAPE),
    journeys_route("GET", "/snippets/<int:id>", read),
    journeys_route("PUT", "/snippets/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/snippets/<int:id>", delete),
    journeys_route("GET", "/snippets/<int:id>/usage", usage),
    journeys_route("GET", "/snippets/<int:id>/usage/<continuation>", usage),
)
