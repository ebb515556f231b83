"""Segments on the Journeys API, with their conditions (journeys facts, 3)."""

from typing import Any

from cioform.emulator.apis.track.v1 import member_keys
from cioform.emulator.domain import audience, audit
from cioform.emulator.domain.live_data_gate import check_segment_not_live
from cioform.emulator.domain.usage import campaigns_with_segment, segments_with_segment
from cioform.emulator.protocol.pagination import paginate
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import (
    OPEN_OBJECT,
    STRING,
    array_of,
    closed_object,
    journeys_route,
)
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.validation import segment_conditions
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(
    segment=closed_object(
        name=STRING, description=STRING, type=STRING, conditions={**OPEN_OBJECT, "x-judged": True}
    )
)
MEMBERS_SHAPE = closed_object(type=STRING, ids=array_of(STRING))
TYPE_ALIASES = {"dynamic": "dynamic", "static": "manual", "manual": "manual"}


def serialize_segment(record: Record) -> Record:
    """A segment in a list: without conditions. A manual one is `static` on this API."""
    keys = ("id", "name", "description", "created_at", "updated_at")
    kind = "static" if record["type"] == "manual" else record["type"]
    state = "complete" if record["state"] == "finished" else record["state"]
    return {**{key: record[key] for key in keys}, "type": kind, "state": state}


def serialize_segment_details(record: Record) -> Record:
    """A segment read by itself."""
    return {
        **serialize_segment(record),
        "conditions": segment_conditions.serialize_conditions(record["conditions"]),
    }


def list_all(request: Request) -> Response:
    """The list; in pages when `size` is above 0; `short` for id, name, type."""
    kind = request.query.get("type")
    records = [
        each
        for each in map(serialize_segment, request.workspace_data.all(SEGMENT))
        if kind in (None, each["type"])
    ]
    if request.query.get("short") == "true":
        records = [{key: each[key] for key in ("id", "name", "type")} for each in records]
    if request.query_int("size", 0) < 1:
        return Response({"segments": records})
    records, meta = paginate(request, records, "size")
    return Response({"segments": records, "meta": meta})


def create(request: Request) -> Response:
    """A new segment; a data-driven one starts in state `build`."""
    given = request.body_object("segment")
    kind = TYPE_ALIASES.get(given.get("type") or "dynamic")
    if kind is None:
        raise unprocessable("type is not included in the list", "/segment/type")
    fields = {"description": "", **_checked_fields(request, given, kind), "type": kind}
    record = audit.create_record(request, SEGMENT, fields)
    return Response({"segment": {**serialize_segment_details(record), "state": "build"}})


def read(request: Request) -> Response:
    """One segment."""
    return Response({"segment": serialize_segment_details(request.get(SEGMENT))})


def update(request: Request) -> Response:
    """Full replace: name, type and, on a data-driven one, conditions must be sent.

    Open fact: whether an omitted description is kept. Here it is reset.
    """
    record = request.get(SEGMENT)
    check_segment_not_live(request, record["id"])
    given = request.body_object("segment")
    if TYPE_ALIASES.get(given.get("type") or "") != record["type"]:
        raise unprocessable("type cannot be changed", "/segment/type")
    fields = _checked_fields(request, given, record["type"])
    return Response(
        {
            "segment": serialize_segment_details(
                audit.update_record(request, SEGMENT, record, fields)
            )
        }
    )


def delete(request: Request) -> Response:
    """204; refused while something uses it."""
    record = request.get(SEGMENT)
    check_segment_not_live(request, record["id"])
    if any(_segment_usage(request, record["id"]).values()):
        status = request.behavior.delete_used_segment_status
        raise ApiError(status, "unable to delete a segment in use")
    audit.delete_record(request, SEGMENT, record)
    return NO_CONTENT


def count(request: Request) -> Response:
    """How many people are in it. The key is ours: no source shows the reply."""
    return Response({"count": audience.segment_size(request, request.get(SEGMENT))})


def status(request: Request) -> Response:
    """Whether it is built; building takes no time here."""
    return Response({"status": {"id": request.get(SEGMENT)["id"], "state": "complete"}})


def usage(request: Request) -> Response:
    """What uses it: an object whose values are lists."""
    return Response(_segment_usage(request, request.get(SEGMENT)["id"]))


def put_members(request: Request) -> Response:
    """Add people to, or remove them from, a manual segment."""
    record = request.get(SEGMENT)
    if record["type"] != "manual":
        raise unprocessable("only static segments have members to edit")
    adding = request.body.get("type", "add") == "add"
    ids = [str(each) for each in request.body.get("ids") or []]
    keys = member_keys(request, "id", ids, adding=adding)
    change = request.workspace_data.members.add if adding else request.workspace_data.members.remove
    change(record["id"], keys)
    audit.update_record(request, SEGMENT, record, {})
    return Response({})


def _checked_fields(request: Request, given: dict[str, Any], kind: str) -> Record:
    name = (given.get("name") or "").strip()
    if not name:
        raise unprocessable("name cannot be nil", "/segment/name")
    fields: Record = {"name": name, "description": given.get("description") or ""}
    if kind == "dynamic":
        fields["conditions"] = segment_conditions.checked_conditions(
            request, given.get("conditions")
        )
    return fields


def _segment_usage(request: Request, number: int) -> dict[str, list[dict[str, Any]]]:
    by_campaigns = campaigns_with_segment(request, number)
    by_segments = segments_with_segment(request, number)
    return {
        "campaigns": [{"id": each["id"], "name": each["name"]} for each in by_campaigns],
        "newsletters": [],
        "segments": [{"id": each["id"], "name": each["name"]} for each in by_segments],
    }


ROUTES = (
    journeys_route(
        "GET",
        "/segments",
        list_all,
        query=("size", "page", "type", "searchTagIds", "archived", "usage", "short"),
    ),
    journeys_route("POST", "/segments", create, SHAPE),
    journeys_route("GET", "/segments/<int:id>", read),
    journeys_route("PUT", "/segments/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/segments/<int:id>", delete),
    journeys_route("GET", "/segments/<int:id>/count", count),
    journeys_route("GET", "/segments/<int:id>/status", status),
    journeys_route("GET", "/segments/<int:id>/usage", usage),
    journeys_route("PUT", "/segments/<int:id>/members", put_members, MEMBERS_SHAPE),
)
