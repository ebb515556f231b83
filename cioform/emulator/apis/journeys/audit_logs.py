"""The audit log on the Journeys API, newest first (journeys facts, section 8)."""

from datetime import datetime

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import journeys_route
from cioform.emulator.store.record_types import AUDIT, CAMPAIGN, Record
from cioform.emulator.wire.errors import ApiError

DEFAULT_LIMIT = 50
MAX_LIMIT = 100
NAMES = "attribute_names"
"""The member of an entry that names what was changed."""
EQUALITY_FILTERS: tuple[str, ...] = (
    "user_id",
    "service_account_id",
    "ip_addr",
    "object_type",
    "object_id",
    "action",
    "campaign_id",
)
"""Query parameters that must equal the member of that name in an entry."""

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
    """Return one page of the entries that match; `meta.next_cursor` is null on the last page."""
    switch = request.behavior.audit_log
    if switch == "refused":
        raise ApiError(403, "the audit log needs the account's admin role")
    newest_first = request.query.get("sort_order", "desc") != "asc"
    entries = [each for each in request.workspace_data.all(AUDIT) if _matches_query(request, each)]
    entries.sort(key=lambda each: each["id"], reverse=newest_first)
    cursor = request.query_int("cursor", 0)
    if cursor:
        entries = [
            each
            for each in entries
            if (each["id"] < cursor if newest_first else each["id"] > cursor)
        ]
    limit = min(MAX_LIMIT, max(1, request.query_int("limit", DEFAULT_LIMIT)))
    page = entries[:limit]
    next_cursor = page[-1]["id"] if len(entries) > limit else None
    if switch == "no fields":
        page = [{key: value for key, value in each.items() if key != NAMES} for each in page]
    if switch == "empty":
        page, next_cursor = [], None
    return Response({"audit_logs": page, "meta": {"next_cursor": next_cursor}})


def read(request: Request) -> Response:
    """Return one entry."""
    return Response({"audit_log": request.get(AUDIT)})


def _matches_query(request: Request, entry: Record) -> bool:
    query = request.query
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


def _matches_campaign_type(request: Request, entry: Record, campaign_type: str) -> bool:
    campaign_id = entry["campaign_id"]
    campaign = request.workspace_data.get(CAMPAIGN, campaign_id) if campaign_id else None
    is_broadcast = campaign is not None and campaign["type"] == "triggered_broadcast"
    return is_broadcast is (campaign_type == "triggered_broadcast")


def _parse_timestamp(text: str) -> float:
    """Return the Unix seconds of an RFC 3339 time. Raises 400 if it has no offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "time must be RFC 3339") from None
    if moment.tzinfo is None:
        raise ApiError(400, "time must be RFC 3339 with an offset")
    return moment.timestamp()


ROUTES = (
    journeys_route("GET", "/audit_logs", list_all, query=QUERY_PARAMETERS),
    journeys_route("GET", "/audit_log/<int:id>", read),
)
