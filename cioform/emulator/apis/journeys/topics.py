"""Subscription topics on the Journeys API (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import ANY, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import TOPIC, Record
from cioform.emulator.validation.body_validation import present_fields
from cioform.emulator.wire.errors import unprocessable

RESPONSE_FIELDS = ("id", "name", "description", "opt_in")
REQUIRED_FIELDS = ("id", "name", "description")
SHAPE = closed_object(
    subscription_topic=closed_object(
        id={"type": "integer"}, name=STRING, description=STRING, opt_in=ANY
    )
)


def list_all(request: Request) -> Response:
    """Return all subscription topics."""
    topics = [_serialize(each) for each in request.workspace_data.all(TOPIC)]
    return Response({"subscription_topics": topics})


def create(request: Request) -> Response:
    """Create a topic. The schema wants an ID even of a new one, which has no effect."""
    body = request.body_object("subscription_topic")
    for field in REQUIRED_FIELDS:
        if body.get(field) is None:
            raise unprocessable(f"{field} cannot be nil", f"/subscription_topic/{field}")
    record = audit.create_record(
        request, TOPIC, present_fields(body, ("name", "description", "opt_in"))
    )
    return Response({"subscription_topic": _serialize(record)})


def _serialize(topic: Record) -> Record:
    return {key: topic[key] for key in RESPONSE_FIELDS}


ROUTES = (
    journeys_route("GET", "/subscription_topics", list_all),
    journeys_route("POST", "/subscription_topics", create, SHAPE),
)
