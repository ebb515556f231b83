"""Metrics on the App API: of campaigns, broadcasts, transactional messages and their messages."""

from collections.abc import Callable

from cioform.emulator.apis.app.broadcasts import broadcast_of
from cioform.emulator.apis.app.campaigns import campaign_of
from cioform.emulator.domain import metrics, workflow
from cioform.emulator.domain.time_buckets import Edges, by_period, by_range
from cioform.emulator.domain.transactional import find
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import Route, app
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import not_found

Deliveries = Callable[[Call], list[Record]]
OLD = ("period", "steps", "type")
NEW = (*OLD, "version", "res", "tz", "start", "end")


def _of_campaign(call: Call) -> list[Record]:
    return call.space.deliveries.of(campaign_id=campaign_of(call)["id"])


def _of_broadcast(call: Call) -> list[Record]:
    return call.space.deliveries.of(broadcast_id=broadcast_of(call)["id"])


def _of_message(call: Call) -> list[Record]:
    message = find(call, call.args["id"])
    if message is None:
        raise not_found("transactional message")
    return call.space.deliveries.of(transactional_message_id=message["id"])


def _of_action(owner: Callable[[Call], Record]) -> Deliveries:
    def deliveries(call: Call) -> list[Record]:
        steps = workflow.actions_of(call, owner(call))
        if call.args["action"] not in {each["id"] for each in steps}:
            raise not_found("action")
        return call.space.deliveries.of(action_id=call.args["action"])

    return deliveries


def _metrics(deliveries: Deliveries, *, variants: bool = False) -> Handler:
    def read_metrics(call: Call) -> Reply:
        """Counts over time."""
        found, edges = _picked(call, deliveries(call)), _edges(call)
        body = {"metric": {"series": metrics.series(found, edges, call.now)}}
        if not variants:
            return Reply(body)
        languages = sorted({each["language"] for each in found if each["language"]})
        told = {
            language: {
                "series": metrics.series(
                    (e for e in found if e["language"] == language), edges, call.now
                )
            }
            for language in languages
        }
        return Reply({**body, "language_variants": told})

    return read_metrics


def _links(deliveries: Deliveries) -> Handler:
    def read_links(call: Call) -> Reply:
        """Clicks over time, link by link."""
        unique = call.query.get("unique") == "true"
        found = _picked(call, deliveries(call))
        return Reply({"links": metrics.links(found, by_period(call), call.now, unique=unique)})

    return read_links


def journey_metrics(call: Call) -> Reply:
    """How people went through a campaign; a range and a resolution must be given."""
    found, edges = _of_campaign(call), by_range(call)
    return Reply({"journey_metric": metrics.journey(found, edges, call.now)})


def _picked(call: Call, deliveries: list[Record]) -> list[Record]:
    kind = call.query.get("type")
    return [each for each in deliveries if kind in (None, each["channel"])]


def _edges(call: Call) -> Edges:
    """Version 2 has a range, version 1 the last periods (app facts, 5.7)."""
    newer = call.query.get("version") == "2" or "start" in call.query
    return by_range(call) if newer else by_period(call)


def _pair(path: str, deliveries: Deliveries, *, variants: bool = False) -> tuple[Route, Route]:
    return (
        app("GET", path + "/metrics", _metrics(deliveries, variants=variants), query=NEW),
        app("GET", path + "/metrics/links", _links(deliveries), query=(*OLD, "unique")),
    )


ROUTES = (
    *_pair("/campaigns/<int:id>", _of_campaign),
    *_pair("/campaigns/<int:id>/actions/<int:action>", _of_action(campaign_of), variants=True),
    app(
        "GET",
        "/campaigns/<int:id>/journey_metrics",
        journey_metrics,
        query=("start", "end", "res", "resolution"),
    ),
    *_pair("/broadcasts/<int:id>", _of_broadcast),
    *_pair("/broadcasts/<int:id>/actions/<int:action>", _of_action(broadcast_of), variants=True),
    *_pair("/transactional/<id>", _of_message),
)
