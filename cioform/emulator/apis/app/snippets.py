"""Snippets on the App API: by name, list only (app facts, 5.2)."""

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


def serialize_snippet(record: Record) -> Record:
    """A snippet as this API answers it: without an id."""
    return {key: record[key] for key in ("name", "value", "updated_at")}


def list_all(request: Request) -> Response:
    """All of them at once."""
    return Response(
        {"snippets": [serialize_snippet(each) for each in request.workspace_data.all(SNIPPET)]}
    )


def create(request: Request) -> Response:
    """A new snippet; 422 when the name is taken."""
    value = checked_value(request.body.get("value"))
    name = checked_name(request, request.body.get("name"))
    return Response(
        {
            "snippet": serialize_snippet(
                audit.create_record(request, SNIPPET, {"name": name, "value": value})
            )
        }
    )


def upsert(request: Request) -> Response:
    """Write by name, new or not."""
    name = request.body.get("name")
    found = request.workspace_data.find(SNIPPET, name.strip()) if isinstance(name, str) else None
    if found is None:
        return create(request)
    value = checked_value(request.body.get("value"))
    return Response(
        {
            "snippet": serialize_snippet(
                audit.update_record(request, SNIPPET, found, {"value": value})
            )
        }
    )


def delete(request: Request) -> Response:
    """204; 400 while some content uses it."""
    found = request.workspace_data.find(SNIPPET, request.path_params["name"])
    if found is None:
        raise not_found("snippet")
    if find_snippet_usage(request, found["name"]):
        raise ApiError(400, "unable to delete snippet in use")
    audit.delete_record(request, SNIPPET, found)
    return NO_CONTENT


ROUTES = (
    app_route("GET", "/snippets", list_all),
    app_route("POST", "/snippets", create, SHAPE),
    app_route("PUT", "/snippets", upsert, SHAPE),
    app_route("DELETE", "/snippets/<path:name>", delete),
)
