"""Layouts on the Journeys API (journeys facts, 7)."""

import re
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.usage import templates_with_layout
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import ACTION, LAYOUT, Record
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(layout=closed_object(name=STRING, body=STRING))
CONTENT_TAG = re.compile(r"{{-?\s*content\b")


def list_all(request: Request) -> Response:
    """Return all layouts, or only those that are archived or not."""
    archived = request.query.get("archived")
    records = request.workspace_data.all(LAYOUT)
    if archived in ("true", "false"):
        records = [each for each in records if each["archived"] is (archived == "true")]
    if not request.behavior.layout_list_has_body:
        records = [{key: value for key, value in each.items() if key != "body"} for each in records]
    return Response({"layouts": as_rows(request, records)})


def create(request: Request) -> Response:
    """Create a layout."""
    defaults: Record = {"id": None, "name": None, "body": ""}
    fields = _checked_fields(request, request.body_object("layout"), defaults)
    return Response({"layout": audit.create_record(request, LAYOUT, fields)})


def read(request: Request) -> Response:
    """Return one layout."""
    return Response({"layout": request.get(LAYOUT)})


def update(request: Request) -> Response:
    """Update the name or the body of a layout."""
    record = request.get(LAYOUT)
    fields = _checked_fields(request, request.body_object("layout"), record)
    return Response({"layout": audit.update_record(request, LAYOUT, record, fields)})


def delete(request: Request) -> Response:
    """Delete a layout. Raises 409 if a template uses it (open fact, safe reading)."""
    record = request.get(LAYOUT)
    if templates_with_layout(request, record["id"]):
        raise ApiError(409, "unable to delete a layout in use")
    audit.delete_record(request, LAYOUT, record)
    return NO_CONTENT


def toggle_archived(request: Request) -> Response:
    """Archive a layout, or restore an archived one."""
    record = request.get(LAYOUT)
    fields = {"archived": not record["archived"]}
    return Response({"layout": audit.update_record(request, LAYOUT, record, fields)})


def used_by_actions(request: Request) -> Response:
    """Return the campaign actions that use a layout."""
    rows = _ids_using_layout(request, "action_id")
    if request.behavior.layout_usage == "campaigns":
        actions = (request.workspace_data.get(ACTION, row["id"]) for row in rows)
        rows = [{"id": each["id"], "campaign_id": each["campaign_id"]} for each in actions if each]
    return Response({"actions": rows})


def used_by_transactional(request: Request) -> Response:
    """Return the transactional messages that use a layout."""
    ids = _ids_using_layout(request, "transactional_message_id")
    return Response({"transactional_messages": ids})


def used_by_newsletters(request: Request) -> Response:
    """Return the newsletters that use a layout."""
    return Response({"newsletters": _ids_using_layout(request, "newsletter_id")})


def _ids_using_layout(request: Request, owner: str) -> list[dict[str, int]]:
    templates = templates_with_layout(request, request.get(LAYOUT)["id"])
    ids = sorted({each[owner] for each in templates if each.get(owner)})
    return [{"id": each} for each in ids]


def _checked_fields(request: Request, body: dict[str, Any], before: Record) -> Record:
    """Return the name and content of a layout; `before` holds those that the body leaves out."""
    name = body.get("name") or before["name"]
    content = body.get("body") or before["body"]
    if not name:
        raise unprocessable("name cannot be nil", "/layout/name")
    existing = request.workspace_data.find(LAYOUT, name)
    if existing and existing["id"] != before["id"]:
        raise unprocessable("name has already been taken", "/layout/name")
    if not CONTENT_TAG.search(content):
        raise unprocessable("body must contain {{ content }}", "/layout/body")
    return {"name": name, "body": content}


ROUTES = (
    journeys_route("GET", "/layouts", list_all, query=("archived", "starters")),
    journeys_route("POST", "/layouts", create, SHAPE),
    journeys_route("GET", "/layouts/<int:id>", read),
    journeys_route("PUT", "/layouts/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/layouts/<int:id>", delete),
    journeys_route("POST", "/layouts/<int:id>/archived", toggle_archived),
    journeys_route("GET", "/layouts/<int:id>/actions", used_by_actions),
    journeys_route("GET", "/layouts/<int:id>/newsletters", used_by_newsletters),
    journeys_route("GET", "/layouts/<int:id>/transactional_messages", used_by_transactional),
)
