"""Metrics on the App API: of campaigns, broadcasts, transactional messages and their actions."""

from collections.abc import Callable

from cioform.emulator.apis.app.broadcasts import get_broadcast
from cioform.emulator.apis.app.campaigns import get_campaign
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.counts import metrics
from cioform.emulator.domain.counts.time_buckets import BucketEdges, period_edges, range_edges
from cioform.emulator.domain.sending.transactional import OWNER_FIELD, get_transactional
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route, app_route
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import not_found

DeliverySource = Callable[[Request], list[Record]]
"""Return the deliveries whose metrics a request asks for."""

V1_PARAMETERS = ("period", "steps", "type")
V2_PARAMETERS = (*V1_PARAMETERS, "version", "res", "tz", "start", "end")


def journey_metrics(request: Request) -> Response:
    """Return the progress of people through a campaign; the range and resolution are required."""
    deliveries, edges = _campaign_deliveries(request), range_edges(request)
    return Response({"journey_metric": metrics.journey_series(deliveries, edges, request.now)})


def _campaign_deliveries(request: Request) -> list[Record]:
    return request.workspace_data.deliveries.filter_by(campaign_id=get_campaign(request)["id"])


def _broadcast_deliveries(request: Request) -> list[Record]:
    return request.workspace_data.deliveries.filter_by(broadcast_id=get_broadcast(request)["id"])


def _transactional_deliveries(request: Request) -> list[Record]:
    number = get_transactional(request)["id"]
    return request.workspace_data.deliveries.filter_by(**{OWNER_FIELD: number})


def _action_deliveries(get_owner: Callable[[Request], Record]) -> DeliverySource:
    def deliveries(request: Request) -> list[Record]:
        actions = workflow.actions_of(request, get_owner(request))
        number = request.path_params["action"]
        if number not in {each["id"] for each in actions}:
            raise not_found("action")
        return request.workspace_data.deliveries.filter_by(action_id=number)

    return deliveries


def _metrics_handler(source: DeliverySource, *, with_languages: bool = False) -> Handler:
    def read_metrics(request: Request) -> Response:
        """Return counts over time."""
        deliveries = _filter_by_channel(request, source(request))
        edges = _requested_edges(request)
        body: Record = {
            "metric": {"series": metrics.delivery_series(deliveries, edges, request.now)}
        }
        if with_languages:
            body["language_variants"] = _language_variants(deliveries, edges, request.now)
        return Response(body)

    return read_metrics


def _language_variants(deliveries: list[Record], edges: BucketEdges, now: int) -> Record:
    by_language: dict[str, list[Record]] = {}
    for delivery in deliveries:
        if delivery["language"]:
            by_language.setdefault(delivery["language"], []).append(delivery)
    return {
        language: {"series": metrics.delivery_series(by_language[language], edges, now)}
        for language in sorted(by_language)
    }


def _links_handler(source: DeliverySource) -> Handler:
    def read_links(request: Request) -> Response:
        """Return the clicks on each link over time."""
        unique = request.query.get("unique") == "true"
        deliveries = _filter_by_channel(request, source(request))
        edges = period_edges(request)
        links = metrics.link_series(deliveries, edges, request.now, unique=unique)
        return Response({"links": links})

    return read_links


def _filter_by_channel(request: Request, deliveries: list[Record]) -> list[Record]:
    channel = request.query.get("type")
    return [each for each in deliveries if channel in (None, each["channel"])]


def _requested_edges(request: Request) -> BucketEdges:
    """Return the buckets of a range (version 2) or of the last periods (app facts, 5.7)."""
    is_v2 = request.query.get("version") == "2" or "start" in request.query
    return range_edges(request) if is_v2 else period_edges(request)


def _metrics_routes(
    path: str, source: DeliverySource, *, with_languages: bool = False
) -> tuple[Route, Route]:
    return (
        app_route(
            "GET",
            path + "/metrics",
            _metrics_handler(source, with_languages=with_languages),
            query=V2_PARAMETERS,
        ),
        app_route(
            "GET",
            path + "/metrics/links",
            _links_handler(source),
            query=(*V1_PARAMETERS, "unique"),
        ),
    )


ROUTES = (
    *_metrics_routes("/campaigns/<int:id>", _campaign_deliveries),
    *_metrics_routes(
        "/campaigns/<int:id>/actions/<int:action>",
        _action_deliveries(get_campaign),
        with_languages=True,
    ),
    app_route(
        "GET",
        "/campaigns/<int:id>/journey_metrics",
        journey_metrics,
        query=("start", "end", "resolution"),
    ),
    *_metrics_routes("/broadcasts/<int:id>", _broadcast_deliveries),
    *_metrics_routes(
        "/broadcasts/<int:id>/actions/<int:action>",
        _action_deliveries(get_broadcast),
        with_languages=True,
    ),
    *_metrics_routes("/transactional/<id>", _transactional_deliveries),
)
