"""Segments on the Journeys API, with their conditions (journeys facts, 3)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.live_data_gate import check_segment_not_live
from cioform.emulator.domain.campaigns.usage import (
    campaigns_with_segment,
    newsletters_with_segment,
    segments_with_segment,
)
from cioform.emulator.domain.people import audience
from cioform.emulator.domain.people.manual_segments import change_members
from cioform.emulator.protocol.list_rows import as_rows, id_and_name
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
        name=STRING,
        description=STRING,
        type=STRING,
        conditions={**OPEN_OBJECT, "x-checked-by-handler": True},
    )
)
ESTIMATE_SHAPE = closed_object(conditions={**OPEN_OBJECT, "x-checked-by-handler": True})
MEMBERS_SHAPE = closed_object(type=STRING, ids=array_of(STRING))
TYPE_ALIASES = {"dynamic": "dynamic", "static": "manual", "manual": "manual"}
"""The stored type of each type that the API accepts; this API calls manual segments `static`."""


def list_all(request: Request) -> Response:
    """Return all segments, or one page if `size` is above 0; `short` gives ID, name and type."""
    segment_type = request.query.get("type")
    segments = [
        each
        for each in map(_serialize_segment, request.workspace_data.all(SEGMENT))
        if segment_type in (None, each["type"])
    ]
    if request.query.get("short") == "true":
        segments = [{key: each[key] for key in ("id", "name", "type")} for each in segments]
    segments = as_rows(request, segments)
    if request.query_int("size", 0) < 1:
        return Response({"segments": segments})
    page, meta = paginate(request, segments, "size")
    return Response({"segments": page, "meta": meta})


def create(request: Request) -> Response:
    """Create a segment; a data-driven one starts in state `build`."""
    body = request.body_object("segment")
    segment_type = TYPE_ALIASES.get(body.get("type") or "dynamic")
    if segment_type is None:
        raise unprocessable("type is not included in the list", "/segment/type")
    fields = {**_checked_fields(request, body, segment_type), "type": segment_type}
    record = audit.create_record(request, SEGMENT, fields)
    return Response({"segment": {**_serialize_segment_details(record), "state": "build"}})


def read(request: Request) -> Response:
    """Return one segment."""
    return Response({"segment": _serialize_segment_details(request.get(SEGMENT))})


def update(request: Request) -> Response:
    """Replace a segment: name, type and, if it is data-driven, conditions are required.

    Open fact: whether a description that is not sent keeps its value. Here it is reset.
    """
    record = request.get(SEGMENT)
    check_segment_not_live(request, record["id"])
    body = request.body_object("segment")
    if TYPE_ALIASES.get(body.get("type") or "") != record["type"]:
        raise unprocessable("type cannot be changed", "/segment/type")
    fields = _checked_fields(request, body, record["type"])
    updated = audit.update_record(request, SEGMENT, record, fields)
    return Response({"segment": _serialize_segment_details(updated)})


def delete(request: Request) -> Response:
    """Delete a segment. Raises ApiError if anything uses it."""
    record = request.get(SEGMENT)
    check_segment_not_live(request, record["id"])
    if any(_segment_usage(request, record["id"]).values()):
        status = request.behavior.delete_used_segment_status
        raise ApiError(status, "unable to delete a segment in use")
    audit.delete_record(request, SEGMENT, record)
    return NO_CONTENT


def count(request: Request) -> Response:
    """Return the number of people in a segment. The key is our choice: no source shows it."""
    return Response({"count": audience.segment_size(request, request.get(SEGMENT))})


def estimate(request: Request) -> Response:
    """Return how many people meet conditions; the body and the keys are an open fact.

    Where the workspace has no people, the numbers of segments are those of their seeds, so that
    there is nothing to estimate with.
    """
    if request.behavior.estimate_status != 200:
        raise ApiError(request.behavior.estimate_status, "conditions cannot be estimated")
    conditions = segment_conditions.checked_conditions(request, request.body.get("conditions"))
    people = audience.AudienceEvaluator(request).evaluate_trigger(conditions)
    if not people and request.behavior.simulate_segment_counts and not _has_people(request):
        raise unprocessable("the workspace has no people, so nothing can be estimated")
    return Response({"count": len(people)})


def _has_people(request: Request) -> bool:
    return bool(request.workspace_data.people.numbers())


def status(request: Request) -> Response:
    """Return the build state of a segment; building takes no time here."""
    return Response({"status": {"id": request.get(SEGMENT)["id"], "state": "complete"}})


def usage(request: Request) -> Response:
    """Return what uses a segment: an object of lists."""
    return Response(_segment_usage(request, request.get(SEGMENT)["id"]))


def put_members(request: Request) -> Response:
    """Add people to a manual segment, or remove them."""
    record = request.get(SEGMENT)
    if record["type"] != "manual":
        raise unprocessable("only static segments have members to edit")
    ids = [str(each) for each in request.body.get("ids") or []]
    adding = request.body.get("type", "add") == "add"
    change_members(request, record, "id", ids, adding=adding)
    audit.update_record(request, SEGMENT, record, {})
    return Response({})


def _serialize_segment(record: Record) -> Record:
    """Return a segment as the list shows it, without conditions."""
    return {
        "id": record["id"],
        "name": record["name"],
        "description": record["description"],
        "created_at": record["created_at"],
        "updated_at": record["updated_at"],
        "type": "static" if record["type"] == "manual" else record["type"],
        "state": "complete" if record["state"] == "finished" else record["state"],
    }


def _serialize_segment_details(record: Record) -> Record:
    """Return a segment as it is read alone, with conditions."""
    return {
        **_serialize_segment(record),
        "conditions": segment_conditions.serialize_conditions(record["conditions"]),
    }


def _checked_fields(request: Request, body: dict[str, Any], segment_type: str) -> Record:
    name = body.get("name") or ""
    if not name.strip():
        raise unprocessable("name cannot be nil", "/segment/name")
    fields: Record = {"name": name, "description": body.get("description") or ""}
    if segment_type == "dynamic":
        conditions = segment_conditions.checked_conditions(request, body.get("conditions"))
        fields["conditions"] = conditions
    return fields


def _segment_usage(request: Request, number: int) -> dict[str, list[Record]]:
    return {
        "campaigns": [id_and_name(each) for each in campaigns_with_segment(request, number)],
        "newsletters": [id_and_name(each) for each in newsletters_with_segment(request, number)],
        "segments": [id_and_name(each) for each in segments_with_segment(request, number)],
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
    journeys_route("POST", "/estimate_conditions", estimate, ESTIMATE_SHAPE),
    journeys_route("GET", "/segments/<int:id>/status", status),
    journeys_route("GET", "/segments/<int:id>/usage", usage),
    journeys_route("PUT", "/segments/<int:id>/members", put_members, MEMBERS_SHAPE),
)
