"""Layouts (journeys facts, 7)."""

import re
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.usage import templates_referencing
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import LAYOUT, Record
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(layout=closed_object(name=STRING, body=STRING))
CONTENT_TAG = re.compile(r"{{-?\s*content\b")


def list_all(request: Request) -> Response:
    """All of them; `archived=true|false` picks."""
    wanted = request.query.get("archived")
    records = request.workspace_data.all(LAYOUT)
    if wanted in ("true", "false"):
        records = [each for each in records if each["archived"] is (wanted == "true")]
    if not request.behavior.layout_list_has_body:
        records = [{key: value for key, value in each.items() if key != "body"} for each in records]
    return Response({"layouts": records})


def create(request: Request) -> Response:
    """A new layout."""
    fields = _checked_fields(
        request, request.body_object("layout"), {"id": None, "name": None, "body": ""}
    )
    return Response({"layout": audit.create_record(request, LAYOUT, fields)})


def read(request: Request) -> Response:
    """One layout."""
    return Response({"layout": request.get(LAYOUT)})


def update(request: Request) -> Response:
    """Change name, body or both."""
    record = request.get(LAYOUT)
    fields = _checked_fields(request, request.body_object("layout"), record)
    return Response({"layout": audit.update_record(request, LAYOUT, record, fields)})


def delete(request: Request) -> Response:
    """204; 409 while a template stands in it (open fact, safe reading)."""
    record = request.get(LAYOUT)
    if templates_referencing(request, ("layout_id",), record["id"]):
        raise ApiError(409, "unable to delete a layout in use")
    audit.delete_record(request, LAYOUT, record)
    return NO_CONTENT


def toggle_archived(request: Request) -> Response:
    """Put it away, or take it out again."""
    record = request.get(LAYOUT)
    fields = {"archived": not record["archived"]}
    return Response({"layout": audit.update_record(request, LAYOUT, record, fields)})


def used_by_actions(request: Request) -> Response:
    """Campaign actions whose content stands in it."""
    return Response({"actions": _ids_using_layout(request, "action_id")})


def used_by_transactional(request: Request) -> Response:
    """Transactional messages whose content stands in it."""
    return Response(
        {"transactional_messages": _ids_using_layout(request, "transactional_message_id")}
    )


def used_by_newsletters(request: Request) -> Response:
    """Newsletters are not kept here."""
    request.get(LAYOUT)
    return Response({"newsletters": []})


def _ids_using_layout(request: Request, key: str) -> list[dict[str, Any]]:
    templates = templates_referencing(request, ("layout_id",), request.get(LAYOUT)["id"])
    ids = sorted({each[key] for each in templates if each.get(key)})
    return [{"id": each} for each in ids]


def _checked_fields(request: Request, given: dict[str, Any], before: Record) -> Record:
    name = given.get("name") or before["name"]
    body = given.get("body") or before["body"]
    if not name:
        raise unprocessable("name cannot be nil", "/layout/name")
    taken = request.workspace_data.find(LAYOUT, name)
    if taken and taken["id"] != before["id"]:
        raise unprocessable("name has already been taken", "/layout/name")
    if not CONTENT_TAG.search(body):
        raise unprocessable("body must contain {{ content }}", "/layout/body")
    return {"name": name, "body": body}


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
