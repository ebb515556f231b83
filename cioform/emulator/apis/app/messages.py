"""Deliveries on the App API, alone and by what they were sent for (app facts, 5.7)."""

from collections.abc import Callable
from dataclasses import replace

from cioform.emulator.domain.sending.transactional import OWNER_FIELD, get_transactional
from cioform.emulator.protocol.pagination import slice_page
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.wire.errors import ApiError, not_found

DEFAULT_LIMIT = 50
MAX_TIMESTAMP = 1 << 60
QUERY_PARAMETERS = ("start", "limit", "type", "metric", "state", "drafts", "start_ts", "end_ts")
OWNER_PARAMETERS = ("campaign_id", "newsletter_id", "action_id")
ARCHIVED_FIELDS = ("from", "subject", "preheader", "body")


def list_all(request: Request) -> Response:
    """Return deliveries: all, or those of a campaign, action, newsletter or trigger."""
    owners = {key: request.query_int(key, -1) for key in OWNER_PARAMETERS if key in request.query}
    if "trigger_id" in request.query:
        owners = {
            "broadcast_id": owners.pop("campaign_id", -1),
            "trigger_id": request.query_int("trigger_id", -1),
        }
    return _deliveries_page(request, **owners)


def read(request: Request) -> Response:
    """Return one delivery."""
    return Response({"message": _serialize_delivery(request, _get_delivery(request))})


def read_archived(request: Request) -> Response:
    """Return the content of a delivery. Raises 404 if it was not to be retained.

    The members of the response are our choice.
    """
    delivery = _get_delivery(request)
    if not delivery["retained"]:
        raise not_found("archived message")
    content = {key: delivery.get(key) or "" for key in ARCHIVED_FIELDS}
    archived = {"id": delivery["delivery_id"], "recipient": delivery["to"] or "", **content}
    return Response({"archived_message": archived})


def list_for_person(request: Request, person: Record) -> Response:
    """Return the deliveries of one person."""
    return _deliveries_page(request, person=person["number"])


def list_for_campaign(request: Request) -> Response:
    """Return the deliveries of one campaign."""
    return _deliveries_page(request, campaign_id=request.get(CAMPAIGN)["id"])


def list_for_broadcast(request: Request) -> Response:
    """Return the deliveries of one broadcast."""
    return _deliveries_page(request, broadcast_id=request.get(CAMPAIGN)["id"])


def list_for_transactional(request: Request) -> Response:
    """Return the deliveries of one transactional message."""
    return _deliveries_page(request, **{OWNER_FIELD: get_transactional(request)["id"]})


def _deliveries_page(request: Request, **owners: int) -> Response:
    """Return one page of the deliveries with these owners that the query selects, newest first."""
    tests = _query_tests(request)
    deliveries = _before_start(request, request.workspace_data.deliveries.filter_by(**owners))
    matching = [each for each in reversed(deliveries) if all(test(each) for test in tests)]
    limit = max(1, request.query_int("limit", DEFAULT_LIMIT))
    page, has_more = slice_page(matching, 0, limit)
    next_cursor = page[-1]["delivery_id"] if has_more else ""
    messages = [_serialize_delivery(request, each) for each in page]
    return Response({"messages": messages, "next": next_cursor})


def _before_start(request: Request, deliveries: list[Record]) -> list[Record]:
    """Return the deliveries sent before the one that `start` names; all without `start`.

    `start` is not a count: a delivery sent between two requests must not shift the pages.
    """
    start = request.query.get("start")
    if not start:
        return deliveries
    indexes = (index for index, each in enumerate(deliveries) if each["delivery_id"] == start)
    return deliveries[: next(indexes, 0)]


def _serialize_delivery(request: Request, delivery: Record) -> Record:
    """Return a delivery as this API shows it, without metrics in the future."""
    metrics = {key: at for key, at in delivery["metrics"].items() if at <= request.now}
    is_complete = len(metrics) == len(delivery["metrics"])
    identifiers = {"id": None, "email": None, "cio_id": "", **delivery["identifiers"]}
    last_change = max(metrics.values(), default=delivery["queued_at"])
    return {
        "id": delivery["delivery_id"],
        "deduplicate_id": f"{delivery['delivery_id']}:{last_change}",
        "customer_id": identifiers["id"],
        "customer_identifiers": identifiers,
        "type": delivery["channel"],
        "recipient": delivery["to"] or "",
        "subject": delivery["subject"],
        "metrics": metrics,
        "created": delivery["queued_at"],
        "failure_message": delivery["failure_message"] if is_complete else None,
        "newsletter_id": delivery["newsletter_id"],
        "content_id": delivery["template_id"],
        # Source: corrections 2026-11, row 14.
        "msg_template_id": delivery["template_id"],
        "campaign_id": delivery["campaign_id"],
        "action_id": delivery["action_id"],
        "broadcast_id": delivery["broadcast_id"],
        "trigger_event_id": None,
        "forgotten": delivery["person"] is None and not delivery["identifiers"],
        "transactional_message_id": delivery["transactional_message_id"],
    }


def _get_delivery(request: Request) -> Record:
    delivery = request.workspace_data.deliveries.get(request.path_params["delivery"])
    if delivery is None:
        raise not_found("message")
    return delivery


DeliveryTest = Callable[[Record], bool]


def _query_tests(request: Request) -> list[DeliveryTest]:
    """Return the tests that a delivery must pass to match the query."""
    query = request.query
    first = request.query_int("start_ts", 0)
    last = request.query_int("end_ts", MAX_TIMESTAMP)
    if first > last:
        raise ApiError(400, "start_ts must be before end_ts")
    tests: list[DeliveryTest] = [lambda delivery: first <= delivery["queued_at"] <= last]
    if "type" in query:
        tests.append(lambda delivery: bool(delivery["channel"] == query["type"]))
    for key in ("metric", "state"):
        if key in query:
            tests.append(_has_metric(query[key], request.now))
    if "drafts" in query:
        drafts = query["drafts"] == "true"
        tests.append(lambda delivery: ("drafted" in delivery["metrics"]) is drafts)
    return tests


def _has_metric(metric: str, now: int) -> DeliveryTest:
    def test(delivery: Record) -> bool:
        timestamp: int | None = delivery["metrics"].get(metric)
        return timestamp is not None and timestamp <= now

    return test


ROUTES = (
    app_route(
        "GET",
        "/messages",
        list_all,
        query=(*QUERY_PARAMETERS, *OWNER_PARAMETERS, "trigger_id"),
    ),
    app_route("GET", "/messages/<delivery>", read),
    replace(
        app_route("GET", "/messages/<delivery>/archived_message", read_archived),
        has_daily_limit=True,
    ),
    app_route(
        "GET",
        "/campaigns/<int:id>/messages",
        list_for_campaign,
        query=QUERY_PARAMETERS,
    ),
    app_route(
        "GET",
        "/broadcasts/<int:id>/messages",
        list_for_broadcast,
        query=QUERY_PARAMETERS,
    ),
    app_route(
        "GET", "/transactional/<id>/messages", list_for_transactional, query=QUERY_PARAMETERS
    ),
)
