"""Snippets on the App API: addressed by name, without an ID (app facts, 5.2)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, app_route, closed_object
from cioform.emulator.store.record_types import SNIPPET, Record
from cioform.emulator.validation.snippet_rules import (
    checked_name,
    checked_value,
    find_snippet_usage,
)
from cioform.emulator.wire.errors import ApiError, not_found

SHAPE = closed_object(name=STRING, value=STRING)


def list_all(request: Request) -> Response:
    """Return all snippets."""
    records = request.workspace_data.all(SNIPPET)
    return Response({"snippets": [_serialize_snippet(each) for each in records]})


def create(request: Request) -> Response:
    """Create a snippet. Raises 422 if the name is taken."""
    value = checked_value(request.body.get("value"))
    name = checked_name(request, request.body.get("name"))
    record = audit.create_record(request, SNIPPET, {"name": name, "value": value})
    return Response({"snippet": _serialize_snippet(record)})


def upsert(request: Request) -> Response:
    """Create or update the snippet with that name."""
    name = request.body.get("name")
    record = request.workspace_data.find(SNIPPET, name.strip()) if isinstance(name, str) else None
    if record is None:
        return create(request)
    value = checked_value(request.body.get("value"))
    updated = audit.update_record(request, SNIPPET, record, {"value": value})
    return Response({"snippet": _serialize_snippet(updated)})


def delete(request: Request) -> Response:
    """Delete a snippet. Raises 400 if any content uses it."""
    record = request.workspace_data.find(SNIPPET, request.path_params["name"])
    if record is None:
        raise not_found("snippet")
    if find_snippet_usage(request, record["name"]):
        raise ApiError(400, "unable to delete snippet in use")
    audit.delete_record(request, SNIPPET, record)
    return NO_CONTENT


def _serialize_snippet(record: Record) -> Record:
    return {key: record[key] for key in ("name", "value", "updated_at")}


ROUTES = (
    app_route("GET", "/snippets", list_all),
    app_route("POST", "/snippets", create, SHAPE),
    app_route("PUT", "/snippets", upsert, SHAPE),
    app_route("DELETE", "/snippets/<path:name>", delete),
)
