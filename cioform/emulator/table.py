"""All routes, gathered from the files of the resources."""

from cioform.emulator import (
    app_campaigns,
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
    senders,
    sends,
    settings,
    track,
)
from cioform.emulator.route import Route

ROUTES: tuple[Route, ...] = (
    *app_campaigns.ROUTES,
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
    *senders.ROUTES,
    *sends.ROUTES,
    *settings.ROUTES,
    *track.ROUTES,
)
