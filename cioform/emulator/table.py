"""All routes, gathered from the files of the resources, and which of them a request meets."""

from collections.abc import Callable
from functools import cache
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

from cioform.emulator import (
    app_activities,
    app_broadcasts,
    app_campaigns,
    app_messages,
    app_metrics,
    app_newsletters,
    app_people,
    app_segments,
    app_snippets,
    app_transactional,
    audit_logs,
    journeys_actions,
    journeys_campaigns,
    journeys_layouts,
    journeys_segments,
    journeys_snippets,
    journeys_templates,
    journeys_transactional,
    pipelines,
    senders,
    sends,
    settings,
    subscriptions,
    track,
    track_batches,
    unserved,
)
from cioform.emulator.incoming import whole
from cioform.emulator.route import Route

SERVED: tuple[Route, ...] = (
    *app_activities.ROUTES,
    *app_broadcasts.ROUTES,
    *app_campaigns.ROUTES,
    *app_messages.ROUTES,
    *app_metrics.ROUTES,
    *app_newsletters.ROUTES,
    *app_people.ROUTES,
    *app_segments.ROUTES,
    *app_snippets.ROUTES,
    *app_transactional.ROUTES,
    *audit_logs.ROUTES,
    *journeys_actions.ROUTES,
    *journeys_campaigns.ROUTES,
    *journeys_layouts.ROUTES,
    *journeys_segments.ROUTES,
    *journeys_snippets.ROUTES,
    *journeys_templates.ROUTES,
    *journeys_transactional.ROUTES,
    *pipelines.ROUTES,
    *senders.ROUTES,
    *sends.ROUTES,
    *settings.ROUTES,
    *subscriptions.ROUTES,
    *track.ROUTES,
    *track_batches.ROUTES,
)

ROUTES: tuple[Route, ...] = (*SERVED, *unserved.routes(SERVED))


class _Rule(Rule):
    """A rule that requests are matched with, and no URL is ever built from.

    What builds URLs is compiled for each rule as it is bound: 200 ms for all of them, at the start
    of every command on a sandbox. Were werkzeug to name it otherwise, this would cost time only."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        del append_unknown
        return lambda *_: None


class _Whole(IntegerConverter):
    """A number in a path: ASCII digits, and one too large to be kept is nobody's."""

    regex = "[0-9]+"
    num_convert = staticmethod(whole)


@cache
def route_map() -> Map:
    """Give the map of all routes; its endpoints are the routes themselves."""
    return Map(
        [_Rule(each.path, methods=[each.method], endpoint=each) for each in ROUTES],
        converters={"int": _Whole},
        strict_slashes=False,
        merge_slashes=False,
    )
