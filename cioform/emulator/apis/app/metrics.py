"""Metrics on the App API: of campaigns, broadcasts, transactional messages and their messages."""

from collections.abc import Callable

from cioform.emulator.apis.app.broadcasts import get_broadcast
from cioform.emulator.apis.app.campaigns import get_campaign
from cioform.emulator.domain import metrics, workflow
from cioform.emulator.domain.time_buckets import BucketEdges, period_edges, range_edges
from cioform.emulator.domain.transactional import find_transactional
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route, app_route
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import not_found

DeliverySource = Callable[[Request], list[Record]]
V1_PARAMETERS = ("period", "steps", "type")
V2_PARAMETERS = (*V1_PARAMETERS, "version", "res", "tz", "start", "end")


def _campaign_deliveries(request: Request) -> list[Record]:
    return request.workspace_data.deliveries.filter_by(campaign_id=get_campaign(request)["id"])


def _broadcast_deliveries(request: Request) -> list[Record]:
    return request.workspace_data.deliveries.filter_by(broadcast_id=get_broadcast(request)["id"])


def _transactional_deliveries(request: Request) -> list[Record]:
    message = find_transactional(request, request.path_params["id"])
    if message is None:
        raise not_found("transactional message")
    return request.workspace_data.deliveries.filter_by(transactional_message_id=message["id"])


def _action_deliveries(owner: Callable[[Request], Record]) -> DeliverySource:
    def deliveries(request: Request) -> list[Record]:
        steps = workflow.actions_of(request, owner(request))
        if request.path_params["action"] not in {each["id"] for each in steps}:
            raise not_found("action")
        return request.workspace_data.deliveries.filter_by(action_id=request.path_params["action"])

    return deliveries


def _metrics_handler(deliveries: DeliverySource, *, variants: bool = False) -> Handler:
    def read_metrics(request: Request) -> Response:
        """Counts over time."""
        found, edges = _filter_by_channel(request, deliveries(request)), _requested_edges(request)
        body = {"metric": {"series": metrics.delivery_series(found, edges, request.now)}}
        if not variants:
            return Response(body)
        languages = sorted({each["language"] for each in found if each["language"]})
        told = {
            language: {
                "series": metrics.delivery_series(
                    (e for e in found if e["language"] == language), edges, request.now
                )
            }
            for language in languages
        }
        return Response({**body, "language_variants": told})

    return read_metrics


def _links_handler(deliveries: DeliverySource) -> Handler:
    def read_links(request: Request) -> Response:
        """Clicks over time, link by link."""
        unique = request.query.get("unique") == "true"
        found = _filter_by_channel(request, deliveries(request))
        return Response(
            {"links": metrics.link_series(found, period_edges(request), request.now, unique=unique)}
        )

    return read_links


def journey_metrics(request: Request) -> Response:
    """How people went through a campaign; a range and a resolution must be given."""
    found, edges = _campaign_deliveries(request), range_edges(request)
    return Response({"journey_metric": metrics.journey_series(found, edges, request.now)})


def _filter_by_channel(request: Request, deliveries: list[Record]) -> list[Record]:
    kind = request.query.get("type")
    return [each for each in deliveries if kind in (None, each["channel"])]


def _requested_edges(request: Request) -> BucketEdges:
    """Version 2 has a range, version 1 the last periods (app facts, 5.7)."""
    newer = request.query.get("version") == "2" or "start" in request.query
    return range_edges(request) if newer else period_edges(request)


def _metrics_routes(
    path: str, deliveries: DeliverySource, *, variants: bool = False
) -> tuple[Route, Route]:
    return (
        app_route(
            "GET",
            path + "/metrics",
            _metrics_handler(deliveries, variants=variants),
            query=V2_PARAMETERS,
        ),
        app_route(
            "GET",
            path + "/metrics/links",
            _links_handler(deliveries),
            query=(*V1_PARAMETERS, "unique"),
        ),
    )


ROUTES = (
    *_metrics_routes("/campaigns/<int:id>", _campaign_deliveries),
    *_metrics_routes(
        "/campaigns/<int:id>/actions/<int:action>", _action_deliveries(get_campaign), variants=True
    ),
    app_route(
        "GET",
        "/campaigns/<int:id>/journey_metrics",
        journey_metrics,
        query=("start", "end", "res", "resolution"),
    ),
    *_metrics_routes("/broadcasts/<int:id>", _broadcast_deliveries),
    *_metrics_routes(
        "/broadcasts/<int:id>/actions/<int:action>",
        _action_deliveries(get_broadcast),
        variants=True,
    ),
    *_metrics_routes("/transactional/<id>", _transactional_deliveries),
)
