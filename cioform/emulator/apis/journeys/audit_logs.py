"""The audit log, newest first (journeys facts, section 8)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import journeys_route
from cioform.emulator.store.record_types import AUDIT, CAMPAIGN, Record
from cioform.emulator.wire.errors import ApiError

MAX_LIMIT = 100
EQUALITY_FILTERS: tuple[str, ...] = (
    "user_id",
    "service_account_id",
    "ip_addr",
    "object_type",
    "object_id",
    "action",
    "campaign_id",
)
"""Query parameters that must equal the member of the same name."""

QUERY_PARAMETERS = (
    "limit",
    "sort_order",
    "cursor",
    *EQUALITY_FILTERS,
    "start_time",
    "end_time",
    "attribute_name",
    "campaign_type",
)


def list_all(request: Request) -> Response:
    """Entries that fit, in pieces of `limit`; `meta.next_cursor` is null at the end."""
    newest_first = request.query.get("sort_order", "desc") != "asc"
    entries = [each for each in request.workspace_data.all(AUDIT) if _matches_query(request, each)]
    entries.sort(key=lambda each: each["id"], reverse=newest_first)
    cursor = request.query_int("cursor", 0)
    if cursor:
        past: Callable[[int], bool] = cursor.__gt__ if newest_first else cursor.__lt__
        entries = [each for each in entries if past(each["id"])]
    size = min(MAX_LIMIT, max(1, request.query_int("limit", 50)))
    piece = entries[:size]
    following = piece[-1]["id"] if len(entries) > size else None
    return Response({"audit_logs": piece, "meta": {"next_cursor": following}})


def read(request: Request) -> Response:
    """One entry."""
    return Response({"audit_log": request.get(AUDIT)})


def _matches_query(request: Request, entry: Record) -> bool:
    query: Mapping[str, str] = request.query
    if any(key in query and str(entry[key]) != query[key] for key in EQUALITY_FILTERS):
        return False
    if "attribute_name" in query and query["attribute_name"] not in entry["attribute_names"]:
        return False
    if "start_time" in query and entry["created_at"] < _parse_timestamp(query["start_time"]):
        return False
    if "end_time" in query and entry["created_at"] > _parse_timestamp(query["end_time"]):
        return False
    return "campaign_type" not in query or _matches_campaign_type(
        request, entry, query["campaign_type"]
    )


def _matches_campaign_type(request: Request, entry: Record, wanted: str) -> bool:
    campaign = (
        request.workspace_data.get(CAMPAIGN, entry["campaign_id"]) if entry["campaign_id"] else None
    )
    triggered = campaign is not None and campaign["type"] == "triggered_broadcast"
    return triggered is (wanted == "triggered_broadcast")


def _parse_timestamp(text: str) -> float:
    """RFC 3339 with an offset, as Unix seconds."""
    try:
        moment: Any = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "time must be RFC 3339") from None
    if moment.tzinfo is None:
        raise ApiError(400, "time must be RFC 3339 with an offset")
    return float(moment.timestamp())


ROUTES = (
    journeys_route("GET", "/audit_logs", list_all, query=QUERY_PARAMETERS),
    journeys_route("GET", "/audit_log/<int:id>", read),
)
