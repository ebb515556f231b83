"""Deliveries on the App API, by themselves and by what they come from (app facts, 5.7)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cioform.emulator.domain.transactional import find
from cioform.emulator.protocol.pagination import cut
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import app
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.wire.errors import Refusal, not_found

PAGE = 50
QUERY = ("start", "limit", "type", "metric", "state", "drafts", "start_ts", "end_ts")


def list_all(call: Call) -> Reply:
    """All of them, or those of a campaign, an action, a newsletter."""
    owners = ("campaign_id", "newsletter_id", "action_id")
    asked = {key: call.number(key, -1) for key in owners if key in call.query}
    if "trigger_id" in call.query:
        asked = {
            "broadcast_id": asked.pop("campaign_id", -1),
            "trigger_id": call.number("trigger_id", -1),
        }
    return listed_deliveries(call, call.space.deliveries.of(**asked))


def read(call: Call) -> Reply:
    """One delivery."""
    return Reply({"message": shown(call, _delivery(call))})


def read_archived(call: Call) -> Reply:
    """What the person saw; 404 where it was not to be kept. The shape inside is ours."""
    record = _delivery(call)
    if not record["retained"]:
        raise not_found("archived message")
    keys = ("from", "subject", "preheader", "body")
    content = {key: record.get(key) or "" for key in keys}
    archived = {"id": record["delivery_id"], "recipient": record["to"] or "", **content}
    return Reply({"archived_message": archived})


def of_person(call: Call, person: Record) -> Reply:
    """Those of one person."""
    return listed_deliveries(call, call.space.deliveries.of(person=person["number"]))


def _of(owner: str, word: str) -> Handler:
    def handler(call: Call) -> Reply:
        number = call.get(CAMPAIGN)["id"]
        return listed_deliveries(call, call.space.deliveries.of(**{owner: number}))

    handler.__doc__ = f"Those of one {word}."
    handler.__name__ = f"list_of_{word}"
    return handler


def of_transactional(call: Call) -> Reply:
    """Those of one transactional message, by id or trigger name."""
    message = find(call, call.args["id"])
    if message is None:
        raise not_found("transactional message")
    sent = call.space.deliveries.of(transactional_message_id=message["id"])
    return listed_deliveries(call, sent)


def listed_deliveries(call: Call, records: list[Record]) -> Reply:
    """The newest first, in pieces, as the query picks."""
    tests = _tests(call)
    fitting = [e for e in reversed(_before_start(call, records)) if all(t(e) for t in tests)]
    piece, rest = cut(fitting, 0, max(1, call.number("limit", PAGE)))
    following = piece[-1]["delivery_id"] if rest else ""
    return Reply({"messages": [shown(call, each) for each in piece], "next": following})


def _before_start(call: Call, records: list[Record]) -> list[Record]:
    """Those sent before the one that `start` names. It is no count: the newest come first, and one
    more at the top must not bring one back that was shown."""
    start = call.query.get("start")
    if not start:
        return records
    places = (n for n, each in enumerate(records) if each["delivery_id"] == start)
    return records[: next(places, 0)]


def shown(call: Call, record: Record) -> Record:
    """A delivery as this API answers it; what lies ahead of it is not told."""
    metrics = {key: at for key, at in record["metrics"].items() if at <= call.now}
    all_told = len(metrics) == len(record["metrics"])
    identifiers = {"id": None, "email": None, "cio_id": "", **record["identifiers"]}
    stamp = max(metrics.values(), default=record["queued_at"])
    return {
        "id": record["delivery_id"],
        "deduplicate_id": f"{record['delivery_id']}:{stamp}",
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


def _delivery(call: Call) -> Record:
    record = call.space.deliveries.get(call.args["delivery"])
    if record is None:
        raise not_found("message")
    return record


def _tests(call: Call) -> list[Callable[[Record], bool]]:
    query = call.query
    first, last = call.number("start_ts", 0), call.number("end_ts", 1 << 60)
    if first > last:
        raise Refusal(400, "start_ts must be before end_ts")
    tests: list[Callable[[Record], bool]] = [lambda e: first <= e["queued_at"] <= last]
    if "type" in query:
        tests.append(lambda e: bool(e["channel"] == query["type"]))
    for key in ("metric", "state"):
        if key in query:
            tests.append(_reached(query[key], call.now))
    if "drafts" in query:
        wanted = query["drafts"] == "true"
        tests.append(lambda e: ("drafted" in e["metrics"]) is wanted)
    return tests


def _reached(metric: str, now: int) -> Callable[[Record], bool]:
    def test(record: Record) -> bool:
        at: Any = record["metrics"].get(metric)
        return at is not None and at <= now

    return test


ROUTES = (
    app(
        "GET",
        "/messages",
        list_all,
        query=(*QUERY, "campaign_id", "newsletter_id", "action_id", "trigger_id"),
    ),
    app("GET", "/messages/<delivery>", read),
    replace(app("GET", "/messages/<delivery>/archived_message", read_archived), scarce=True),
    app("GET", "/campaigns/<int:id>/messages", _of("campaign_id", "campaign"), query=QUERY),
    app("GET", "/broadcasts/<int:id>/messages", _of("broadcast_id", "broadcast"), query=QUERY),
    app("GET", "/transactional/<id>/messages", of_transactional, query=QUERY),
)
