"""Tags on the Journeys API (journeys facts, 7)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import CAMPAIGN, Record, RecordType
from cioform.emulator.wire.errors import unprocessable

TAG = RecordType("tags", "tag", {"name": ""})
SHAPE = closed_object(tag=closed_object(name=STRING))


def list_tags(request: Request) -> Response:
    """Return all tags."""
    return Response({"tags": [_serialize(tag) for tag in request.workspace_data.all(TAG)]})


def read_tag(request: Request) -> Response:
    """Return one tag."""
    return Response({"tag": _serialize(request.get(TAG))})


def create_tag(request: Request) -> Response:
    """Create a tag."""
    fields = {"name": _checked_name(request, own_id=None)}
    return Response({"tag": _serialize(audit.create_record(request, TAG, fields))})


def update_tag(request: Request) -> Response:
    """Rename a tag. Campaigns keep it, because they refer to its ID."""
    record = request.get(TAG)
    fields = {"name": _checked_name(request, own_id=record["id"])}
    return Response({"tag": _serialize(audit.update_record(request, TAG, record, fields))})


def delete_tag(request: Request) -> Response:
    """Delete a tag and remove it from all campaigns."""
    record = request.get(TAG)
    for campaign in request.workspace_data.all(CAMPAIGN):
        if record["id"] in campaign["tag_ids"]:
            tag_ids = [tag_id for tag_id in campaign["tag_ids"] if tag_id != record["id"]]
            audit.update_record(request, CAMPAIGN, campaign, {"tag_ids": tag_ids})
    audit.delete_record(request, TAG, record)
    return NO_CONTENT


def _checked_name(request: Request, own_id: int | None) -> str:
    """Return the name in the body.

    A name that another tag has is refused with 422, the strict reading of an open fact (journeys
    facts, section 10).
    """
    name: str = (request.body_object("tag").get("name") or "").strip()
    if not name:
        raise unprocessable("name cannot be nil", "/tag/name")
    existing = request.workspace_data.find(TAG, name)
    if existing and existing["id"] != own_id:
        raise unprocessable("name has already been taken", "/tag/name")
    return name


def _serialize(record: Record) -> dict[str, Any]:
    return {"id": record["id"], "name": record["name"]}


ROUTES = (
    journeys_route("GET", "/tags", list_tags),
    journeys_route("POST", "/tags", create_tag, SHAPE),
    journeys_route("GET", "/tags/<int:id>", read_tag),
    journeys_route("PUT", "/tags/<int:id>", update_tag, SHAPE),
    journeys_route("DELETE", "/tags/<int:id>", delete_tag),
)
