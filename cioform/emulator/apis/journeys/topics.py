"""Subscription topics on the Journeys API (journeys facts, 7)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import journeys_route
from cioform.emulator.store.record_types import TOPIC

RESPONSE_FIELDS = ("id", "name", "description", "opt_in")


def list_all(request: Request) -> Response:
    """Return all subscription topics."""
    records = request.workspace_data.all(TOPIC)
    topics = [{key: each[key] for key in RESPONSE_FIELDS} for each in records]
    return Response({"subscription_topics": topics})


ROUTES = (journeys_route("GET", "/subscription_topics", list_all),)
