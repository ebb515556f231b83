"""All routes, gathered from the files of the resources."""

from cioform.emulator import (
    app_segments,
    app_snippets,
    journeys_layouts,
    journeys_segments,
    journeys_snippets,
    senders,
    settings,
    track,
)
from cioform.emulator.route import Route

ROUTES: tuple[Route, ...] = (
    *app_segments.ROUTES,
    *app_snippets.ROUTES,
    *journeys_layouts.ROUTES,
    *journeys_segments.ROUTES,
    *journeys_snippets.ROUTES,
    *senders.ROUTES,
    *settings.ROUTES,
    *track.ROUTES,
)
