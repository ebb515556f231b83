"""Subscription topics and channels on the App API (app facts, 5.6)."""

from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import app_route
from cioform.emulator.store.record_types import TOPIC

CHANNELS = ("email", "twilio", "push", "in_app", "inbox", "whatsapp")


def list_topics(request: Request) -> Response:
    """Return all topics."""
    topics = [
        {
            "id": each["id"],
            "identifier": f"topic_{each['id']}",
            "name": each["name"],
            "description": each["description"],
            "subscribed_by_default": not each.get("opt_in"),
        }
        for each in request.workspace_data.all(TOPIC)
    ]
    return Response({"topics": topics})


def list_channels(_request: Request) -> Response:
    """Return all channels with their default settings, which the emulator cannot change."""
    channels = [
        {"id": number, "type": name, "name": name, "description": "", "subscribed_by_default": True}
        for number, name in enumerate(CHANNELS, 1)
    ]
    return Response({"channels": channels})


ROUTES = (
    app_route("GET", "/subscription_topics", list_topics),
    app_route("GET", "/subscription_channels", list_channels),
)
