"""What happened, on the App API: the last 30 days, the newest first (app facts, 5.7)."""

from typing import Any

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.activities import ActivityFilter
from cioform.emulator.store.people import app_api_identifiers
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import ApiError, not_found
from cioform.emulator.wire.json_input import parse_integer

LOOKBACK_SECONDS = 30 * 86_400
DEFAULT_LIMIT = 10
MAX_LIMIT = 100
ID_WIDTH = 26
"""Letters of an activity's id."""


def list_all(request: Request) -> Response:
    """Everybody's, or one person's."""
    if "customer_id" not in request.query:
        return activities_page(request, None)
    kind = request.query.get("id_type") or "id"
    if kind not in ("id", "email", "cio_id"):
        raise ApiError(400, "id_type must be one of id, email, cio_id")
    value = request.query["customer_id"]
    person = request.workspace_data.people.find(
        kind, value.removeprefix("cio_") if kind == "cio_id" else value
    )
    if person is None:
        raise not_found("customer")
    return activities_page(request, person)


def activities_page(request: Request, person: Record | None) -> Response:
    """A piece of them, and the cursor of the next."""
    limit = min(MAX_LIMIT, max(1, request.query_int("limit", DEFAULT_LIMIT)))
    wanted = ActivityFilter(
        person=person["number"] if person else None,
        type=request.query.get("type"),
        name=request.query.get("name"),
        since=request.now - LOOKBACK_SECONDS,
        now=request.now,
        deleted=request.query.get("deleted") == "true",
    )
    before = parse_integer(request.query.get("start", ""))
    found = request.workspace_data.activities.list_newest(wanted, before, limit + 1)
    piece = found[:limit]
    following = str(piece[-1]["number"]) if len(found) > limit else ""
    return Response(
        {"activities": [_serialize_activity(request, each) for each in piece], "next": following}
    )


def _serialize_activity(request: Request, row: Record) -> Record:
    person = request.workspace_data.people.get(row["person"]) if row["person"] is not None else None
    shown: dict[str, Any] = {
        "id": f"{row['number']:0{ID_WIDTH}d}",
        "type": row["type"],
        "name": row["name"],
        "timestamp": row["at"],
        "customer_id": person["id"] if person else None,
        "customer_identifiers": app_api_identifiers(person) if person else None,
        "data": row["data"],
    }
    if row["type"] == "attribute_change":
        # The documented data names the attribute (app facts, 5.7).
        shown["data"] = {row["name"]: row["data"]}
    if row["anonymous_id"] is not None:
        shown["anonymous_id"] = row["anonymous_id"]
    if row["delivery"] is not None:
        shown["delivery_id"] = row["delivery"]
        shown["delivery_type"] = row["type"].partition("_")[2]
    return shown


ROUTES = (
    app_route(
        "GET",
        "/activities",
        list_all,
        query=("start", "limit", "type", "name", "deleted", "customer_id", "id_type"),
    ),
)
