"""Activities on the App API: the last 30 days, newest first (app facts, 5.7)."""

from typing import Any

from cioform.emulator.domain.people.people_lookup import get_person
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.activities import ActivityFilter
from cioform.emulator.store.people import app_api_identifiers
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import parse_integer

LOOKBACK_SECONDS = 30 * 86_400
DEFAULT_LIMIT = 10
MAX_LIMIT = 100
ID_WIDTH = 26
"""The number of digits of an activity's ID."""


def list_all(request: Request) -> Response:
    """Return the activities of everybody, or of one person."""
    customer_id = request.query.get("customer_id")
    person = None if customer_id is None else get_person(request, customer_id)
    return activities_page(request, person)


def activities_page(request: Request, person: Record | None) -> Response:
    """Return one page of activities, and the cursor of the next page."""
    limit = min(MAX_LIMIT, max(1, request.query_int("limit", DEFAULT_LIMIT)))
    criteria = ActivityFilter(
        person=person["number"] if person else None,
        type=request.query.get("type"),
        name=request.query.get("name"),
        since=request.now - LOOKBACK_SECONDS,
        now=request.now,
        deleted=request.query.get("deleted") == "true",
    )
    before = parse_integer(request.query.get("start", ""))
    rows = request.workspace_data.activities.list_newest(criteria, before, limit + 1)
    page = rows[:limit]
    next_cursor = str(page[-1]["number"]) if len(rows) > limit else ""
    activities = [_serialize_activity(request, each) for each in page]
    return Response({"activities": activities, "next": next_cursor})


def _serialize_activity(request: Request, row: Record) -> Record:
    person = request.workspace_data.people.get(row["person"]) if row["person"] is not None else None
    activity: dict[str, Any] = {
        "id": f"{row['number']:0{ID_WIDTH}d}",
        "type": row["type"],
        "name": row["name"],
        "timestamp": row["at"],
        "customer_id": person["id"] if person else None,
        "customer_identifiers": app_api_identifiers(person) if person else None,
        "data": row["data"],
    }
    if row["type"] == "attribute_change":
        # The documented data has the attribute's name as its key (app facts, 5.7).
        activity["data"] = {row["name"]: row["data"]}
    if row["anonymous_id"] is not None:
        activity["anonymous_id"] = row["anonymous_id"]
    if row["delivery"] is not None:
        activity["delivery_id"] = row["delivery"]
        activity["delivery_type"] = row["type"].partition("_")[2]
    return activity


ROUTES = (
    app_route(
        "GET",
        "/activities",
        list_all,
        query=("start", "limit", "type", "name", "deleted", "customer_id", "id_type"),
    ),
)
