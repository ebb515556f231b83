"""Segments on the App API: no conditions, only manual ones are made (app facts, 5.1)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.audience import AudienceEvaluator, segment_size
from cioform.emulator.domain.usage import campaigns_with_segment
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, app_route, closed_object
from cioform.emulator.store.people import app_api_identifiers
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(segment=closed_object(name=STRING, description=STRING))
RESPONSE_FIELDS = (
    "id",
    "name",
    "description",
    "type",
    "state",
    "progress",
    "tags",
    "created_at",
    "updated_at",
)


def serialize_segment(record: Record) -> Record:
    """A segment as this API answers it."""
    timestamp = f"{record['id']}:{record['updated_at']}"
    return {**{key: record[key] for key in RESPONSE_FIELDS}, "deduplicate_id": timestamp}


def list_all(request: Request) -> Response:
    """All of them at once."""
    return Response(
        {"segments": [serialize_segment(each) for each in request.workspace_data.all(SEGMENT)]}
    )


def create(request: Request) -> Response:
    """A new manual segment, empty."""
    given = request.body_object("segment")
    name = (given.get("name") or "").strip()
    if not name:
        raise unprocessable("name is required", "/segment/name")
    fields = {"name": name, "description": given.get("description") or "", "type": "manual"}
    return Response({"segment": serialize_segment(audit.create_record(request, SEGMENT, fields))})


def read(request: Request) -> Response:
    """One segment."""
    return Response({"segment": serialize_segment(request.get(SEGMENT))})


def delete(request: Request) -> Response:
    """204. A used or data-driven one is refused with 400 (open fact, safe reading)."""
    record = request.get(SEGMENT)
    if record["type"] != "manual":
        raise ApiError(400, "data-driven segments cannot be deleted through the API")
    if campaigns_with_segment(request, record["id"]):
        raise ApiError(400, "unable to delete segment in use")
    audit.delete_record(request, SEGMENT, record)
    return NO_CONTENT


def used_by(request: Request) -> Response:
    """Ids of what uses it."""
    number = request.get(SEGMENT)["id"]
    campaigns = [each["id"] for each in campaigns_with_segment(request, number)]
    users = {"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []}
    return Response({"segment_id": number, "used_by": users})


def customer_count(request: Request) -> Response:
    """How many people are in it."""
    record = request.get(SEGMENT)
    return Response({"segment_id": record["id"], "count": segment_size(request, record)})


def membership(request: Request) -> Response:
    """Who is in it, in pieces. Somebody only named in a manual segment has no cio_id."""
    record = request.get(SEGMENT)
    people = request.workspace_data.people
    if record["type"] == "manual":
        everybody: list[Any] = request.workspace_data.members.list_keys(record["id"])
    else:
        everybody = sorted(AudienceEvaluator(request).evaluate_segment(record))
    piece, following = paginate_by_cursor(request, everybody, 1000)
    found = [
        people.get(each) if isinstance(each, int) else _find_by_member_key(request, each)
        for each in piece
    ]
    identifiers = [app_api_identifiers(each) for each in found if each]
    answer = {
        "segment_id": record["id"],
        "identifiers": identifiers,
        "ids": [each["id"] for each in identifiers if each["id"] is not None],
        "next": following,
    }
    return Response(answer)


def _find_by_member_key(request: Request, key: str) -> Record:
    kind, value = ("cio_id", key[4:]) if key.startswith("cio_") else ("id", key)
    unknown = {"id": key, "email": None, "cio_id": ""}
    return request.workspace_data.people.find(kind, value) or unknown


ROUTES = (
    app_route("GET", "/segments", list_all),
    app_route("POST", "/segments", create, SHAPE),
    app_route("GET", "/segments/<int:id>", read),
    app_route("DELETE", "/segments/<int:id>", delete),
    app_route("GET", "/segments/<int:id>/used_by", used_by),
    app_route("GET", "/segments/<int:id>/customer_count", customer_count),
    app_route("GET", "/segments/<int:id>/membership", membership, query=("start", "limit")),
)
