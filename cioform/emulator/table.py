"""All routes, gathered from the files of the resources."""

from cioform.emulator import app_snippets, journeys_snippets
from cioform.emulator.route import Route

ROUTES: tuple[Route, ...] = (
    *app_snippets.ROUTES,
    *journeys_snippets.ROUTES,
)
