"""Subscription topics and channels on the App API (app facts, 5.6)."""

from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import app
from cioform.emulator.store.record_types import TOPIC

CHANNELS = ("email", "twilio", "push", "in_app", "inbox", "whatsapp")


def list_topics(call: Call) -> Reply:
    """All topics."""
    topics = [
        {
            "id": each["id"],
            "identifier": f"topic_{each['id']}",
            "name": each["name"],
            "description": each["description"],
            "subscribed_by_default": not each.get("opt_in"),
        }
        for each in call.space.all(TOPIC)
    ]
    return Reply({"topics": topics})


def list_channels(call: Call) -> Reply:
    """All channels; here they cannot be set up, and are what they are by default."""
    del call
    channels = [
        {"id": number, "type": kind, "name": kind, "description": "", "subscribed_by_default": True}
        for number, kind in enumerate(CHANNELS, 1)
    ]
    return Reply({"channels": channels})


ROUTES = (
    app("GET", "/subscription_topics", list_topics),
    app("GET", "/subscription_channels", list_channels),
)
