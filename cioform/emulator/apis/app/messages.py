"""Deliveries on the App API, by themselves and by what they come from (app facts, 5.7)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cioform.emulator.domain.transactional import find_transactional
from cioform.emulator.protocol.pagination import slice_page
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.wire.errors import ApiError, not_found

DEFAULT_LIMIT = 50
QUERY_PARAMETERS = ("start", "limit", "type", "metric", "state", "drafts", "start_ts", "end_ts")


def list_all(request: Request) -> Response:
    """All of them, or those of a campaign, an action, a newsletter."""
    owners = ("campaign_id", "newsletter_id", "action_id")
    asked = {key: request.query_int(key, -1) for key in owners if key in request.query}
    if "trigger_id" in request.query:
        asked = {
            "broadcast_id": asked.pop("campaign_id", -1),
            "trigger_id": request.query_int("trigger_id", -1),
        }
    return deliveries_page(request, request.workspace_data.deliveries.filter_by(**asked))


def read(request: Request) -> Response:
    """One delivery."""
    return Response({"message": serialize_delivery(request, _get_delivery(request))})


def read_archived(request: Request) -> Response:
    """What the person saw; 404 where it was not to be kept. The shape inside is ours."""
    record = _get_delivery(request)
    if not record["retained"]:
        raise not_found("archived message")
    keys = ("from", "subject", "preheader", "body")
    content = {key: record.get(key) or "" for key in keys}
    archived = {"id": record["delivery_id"], "recipient": record["to"] or "", **content}
    return Response({"archived_message": archived})


def list_for_person(request: Request, person: Record) -> Response:
    """Those of one person."""
    return deliveries_page(
        request, request.workspace_data.deliveries.filter_by(person=person["number"])
    )


def _list_for_owner(owner: str, word: str) -> Handler:
    def handler(request: Request) -> Response:
        number = request.get(CAMPAIGN)["id"]
        return deliveries_page(
            request, request.workspace_data.deliveries.filter_by(**{owner: number})
        )

    handler.__doc__ = f"Those of one {word}."
    handler.__name__ = f"list_of_{word}"
    return handler


def list_for_transactional(request: Request) -> Response:
    """Those of one transactional message, by id or trigger name."""
    message = find_transactional(request, request.path_params["id"])
    if message is None:
        raise not_found("transactional message")
    sent = request.workspace_data.deliveries.filter_by(transactional_message_id=message["id"])
    return deliveries_page(request, sent)


def deliveries_page(request: Request, records: list[Record]) -> Response:
    """The newest first, in pieces, as the query picks."""
    tests = _query_filters(request)
    fitting = [e for e in reversed(_before_start(request, records)) if all(t(e) for t in tests)]
    piece, rest = slice_page(fitting, 0, max(1, request.query_int("limit", DEFAULT_LIMIT)))
    following = piece[-1]["delivery_id"] if rest else ""
    return Response(
        {"messages": [serialize_delivery(request, each) for each in piece], "next": following}
    )


def _before_start(request: Request, records: list[Record]) -> list[Record]:
    """Those sent before the one that `start` names. It is no count: the newest come first, and one
    more at the top must not bring one back that was shown."""
    start = request.query.get("start")
    if not start:
        return records
    places = (n for n, each in enumerate(records) if each["delivery_id"] == start)
    return records[: next(places, 0)]


def serialize_delivery(request: Request, record: Record) -> Record:
    """A delivery as this API answers it; what lies ahead of it is not told."""
    metrics = {key: at for key, at in record["metrics"].items() if at <= request.now}
    all_told = len(metrics) == len(record["metrics"])
    identifiers = {"id": None, "email": None, "cio_id": "", **record["identifiers"]}
    timestamp = max(metrics.values(), default=record["queued_at"])
    return {
        "id": record["delivery_id"],
        "deduplicate_id": f"{record['delivery_id']}:{timestamp}",
        "customer_id": identifiers["id"],
        "customer_identifiers": identifiers,
        "type": record["channel"],
        "recipient": record["to"],
        "subject": record["subject"],
        "metrics": metrics,
        "created": record["queued_at"],
        "failure_message": record["failure_message"] if all_told else None,
        "newsletter_id": record["newsletter_id"],
        "content_id": record["template_id"],
        "campaign_id": record["campaign_id"],
        "action_id": record["action_id"],
        "parent_action_id": None,
        "broadcast_id": record["broadcast_id"],
        "trigger_event_id": None,
        "forgotten": record["person"] is None and not record["identifiers"],
        "transactional_message_id": record["transactional_message_id"],
    }


def _get_delivery(request: Request) -> Record:
    record = request.workspace_data.deliveries.get(request.path_params["delivery"])
    if record is None:
        raise not_found("message")
    return record


def _query_filters(request: Request) -> list[Callable[[Record], bool]]:
    query = request.query
    first, last = request.query_int("start_ts", 0), request.query_int("end_ts", 1 << 60)
    if first > last:
        raise ApiError(400, "start_ts must be before end_ts")
    tests: list[Callable[[Record], bool]] = [lambda e: first <= e["queued_at"] <= last]
    if "type" in query:
        tests.append(lambda e: bool(e["channel"] == query["type"]))
    for key in ("metric", "state"):
        if key in query:
            tests.append(_has_metric(query[key], request.now))
    if "drafts" in query:
        wanted = query["drafts"] == "true"
        tests.append(lambda e: ("drafted" in e["metrics"]) is wanted)
    return tests


def _has_metric(metric: str, now: int) -> Callable[[Record], bool]:
    def test(record: Record) -> bool:
        at: Any = record["metrics"].get(metric)
        return at is not None and at <= now

    return test


ROUTES = (
    app_route(
        "GET",
        "/messages",
        list_all,
        query=(*QUERY_PARAMETERS, "campaign_id", "newsletter_id", "action_id", "trigger_id"),
    ),
    app_route("GET", "/messages/<delivery>", read),
    replace(
        app_route("GET", "/messages/<delivery>/archived_message", read_archived),
        has_daily_limit=True,
    ),
    app_route(
        "GET",
        "/campaigns/<int:id>/messages",
        _list_for_owner("campaign_id", "campaign"),
        query=QUERY_PARAMETERS,
    ),
    app_route(
        "GET",
        "/broadcasts/<int:id>/messages",
        _list_for_owner("broadcast_id", "broadcast"),
        query=QUERY_PARAMETERS,
    ),
    app_route(
        "GET", "/transactional/<id>/messages", list_for_transactional, query=QUERY_PARAMETERS
    ),
)
