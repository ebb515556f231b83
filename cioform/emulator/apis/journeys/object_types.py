"""Object types on the Journeys API (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import BOOLEAN, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import OBJECT_TYPE, Record
from cioform.emulator.validation.body_validation import present_fields
from cioform.emulator.wire.errors import unprocessable

SHAPE = closed_object(object_type=closed_object(name=STRING, enabled=BOOLEAN))


def list_all(request: Request) -> Response:
    """Return all object types. The attributes that were sent for each are not kept."""
    records = request.workspace_data.all(OBJECT_TYPE)
    return Response({"object_types": [_serialize(each) for each in records]})


def create(request: Request) -> Response:
    """Create an object type. Its body is not recorded."""
    body = request.body_object("object_type")
    if not body.get("name"):
        raise unprocessable("name cannot be blank", "/object_type/name")
    fields = present_fields(body, ("name", "enabled"))
    return Response({"object_type": _serialize(audit.create_record(request, OBJECT_TYPE, fields))})


def _serialize(record: Record) -> Record:
    shown = {key: record[key] for key in ("id", "name", "enabled")}
    return {**shown, "sent_attributes": [], "sent_rel_attributes": []}


ROUTES = (
    journeys_route("GET", "/object_types", list_all),
    journeys_route("POST", "/object_types", create, SHAPE),
)
