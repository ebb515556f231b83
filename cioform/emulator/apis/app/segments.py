"""Segments on the App API: without conditions; only manual ones are created (app facts, 5.1)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.usage import campaigns_with_segment, newsletters_with_segment
from cioform.emulator.domain.people.audience import AudienceEvaluator, segment_size
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, app_route, closed_object
from cioform.emulator.store.people import app_api_identifiers, ids_or_blank
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.validation.segment_conditions import serialize_conditions
from cioform.emulator.wire.errors import ApiError, unprocessable

MEMBERSHIP_PAGE_SIZE = 1000
MAX_MEMBERSHIP_PAGE_SIZE = 30_000
"""Source: corrections 2026-11, row 11."""
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


def list_all(request: Request) -> Response:
    """Return all segments but the archived ones, which may still be in use.

    Source: corrections 2026-11, row 19.
    """
    records = [each for each in request.workspace_data.all(SEGMENT) if not each["archived"]]
    rows = as_rows(request, [_serialize_segment(request, each) for each in records])
    return Response({"segments": rows})


def create(request: Request) -> Response:
    """Create an empty manual segment."""
    body = request.body_object("segment")
    name = body.get("name") or ""
    if not name.strip():
        raise unprocessable("name is required", "/segment/name")
    fields = {"name": name, "description": body.get("description") or "", "type": "manual"}
    record = audit.create_record(request, SEGMENT, fields)
    return Response({"segment": _serialize_segment(request, record)})


def read(request: Request) -> Response:
    """Return one segment."""
    return Response({"segment": _serialize_segment(request, request.get(SEGMENT))})


def delete(request: Request) -> Response:
    """Delete a segment. Raises 400 if it is in use or data-driven.

    The status of both errors is an open fact; this is the safe reading.
    """
    record = request.get(SEGMENT)
    if record["type"] != "manual":
        raise ApiError(400, "data-driven segments cannot be deleted through the API")
    if campaigns_with_segment(request, record["id"]):
        raise ApiError(400, "unable to delete segment in use")
    audit.delete_record(request, SEGMENT, record)
    return NO_CONTENT


def used_by(request: Request) -> Response:
    """Return the IDs of what uses a segment."""
    number = request.get(SEGMENT)["id"]
    campaigns = [each["id"] for each in campaigns_with_segment(request, number)]
    newsletters = newsletters_with_segment(request, number)
    sent = [each["id"] for each in newsletters if each["send_state"] == "sent"]
    others = [each["id"] for each in newsletters if each["id"] not in sent]
    users = {"campaigns": campaigns, "sent_newsletters": sent, "draft_newsletters": others}
    if request.behavior.used_by_segment_id == "inside":
        return Response({"used_by": {"segment_id": number, **users}})
    return Response({"segment_id": number, "used_by": users})


def customer_count(request: Request) -> Response:
    """Return the number of people in a segment."""
    record = request.get(SEGMENT)
    return Response({"segment_id": record["id"], "count": segment_size(request, record)})


def membership(request: Request) -> Response:
    """Return one page of the people in a segment.

    A manual segment may hold an ID without a person; that member has no cio_id. Both lists are
    null if there is nobody (corrections 2026-11, row 11).
    """
    record = request.get(SEGMENT)
    people = request.workspace_data.people
    members: list[int | str]
    if record["type"] == "manual":
        members = [*request.workspace_data.members.list_keys(record["id"])]
    else:
        members = [*sorted(AudienceEvaluator(request).evaluate_segment(record))]
    page, next_cursor = paginate_by_cursor(
        request, members, MEMBERSHIP_PAGE_SIZE, MAX_MEMBERSHIP_PAGE_SIZE
    )
    found = [
        people.get(each) if isinstance(each, int) else _find_by_member_key(request, each)
        for each in page
    ]
    identifiers = [app_api_identifiers(each) for each in found if each]
    body = {
        "segment_id": record["id"],
        "identifiers": identifiers or None,
        "ids": ids_or_blank(identifiers) or None,
        "next": next_cursor,
    }
    return Response(body)


def _serialize_segment(request: Request, record: Record) -> Record:
    revision = f"{record['id']}:{record['updated_at']}"
    segment = {**{key: record[key] for key in RESPONSE_FIELDS}, "deduplicate_id": revision}
    if request.behavior.undocumented_members:
        segment["conditions"] = serialize_conditions(record["conditions"])
    return segment


def _find_by_member_key(request: Request, key: str) -> Record:
    identifier_type, value = ("cio_id", key[4:]) if key.startswith("cio_") else ("id", key)
    unknown_person = {"id": key, "email": None, "cio_id": ""}
    return request.workspace_data.people.find(identifier_type, value) or unknown_person


ROUTES = (
    app_route("GET", "/segments", list_all),
    app_route("POST", "/segments", create, SHAPE),
    app_route("GET", "/segments/<int:id>", read),
    app_route("DELETE", "/segments/<int:id>", delete),
    app_route("GET", "/segments/<int:id>/used_by", used_by),
    app_route("GET", "/segments/<int:id>/customer_count", customer_count),
    app_route("GET", "/segments/<int:id>/membership", membership, query=("start", "limit")),
)
