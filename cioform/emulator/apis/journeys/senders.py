"""Sender identities on the Journeys API (journeys facts, 7)."""

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.usage import templates_with_sender
from cioform.emulator.domain.verified_domains import is_verified
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import IDENTITY, Record
from cioform.emulator.validation.body_validation import present_fields
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(identity=closed_object(name=STRING, email=STRING, template_type=STRING))
WRITABLE_FIELDS = ("name", "email")


def list_all(request: Request) -> Response:
    """Return all senders, or those of a channel (`type`), or only those in use or not."""
    channel = request.query.get("type")
    records = [
        each
        for each in request.workspace_data.all(IDENTITY)
        if channel in (None, each["template_type"])
    ]
    in_use = request.query.get("in_use")
    if in_use in ("true", "false"):
        records = [each for each in records if _is_in_use(request, each) is (in_use == "true")]
    return Response({"identities": [_serialize_sender(each) for each in records]})


def create(request: Request) -> Response:
    """Create a sender; the email address is required."""
    body = request.body_object("identity")
    fields = {
        "name": "",
        **present_fields(body, WRITABLE_FIELDS),
        "template_type": body.get("template_type") or "email",
    }
    if not fields.get("email"):
        raise unprocessable("email cannot be nil", "/identity/email")
    must_be_verified = request.behavior.sender_domain == "verified"
    if must_be_verified and not is_verified(request, fields["email"]):
        raise unprocessable("domain of email is not verified", "/identity/email")
    record = audit.create_record(request, IDENTITY, fields)
    return Response({"identity": _serialize_sender(record)})


def update(request: Request) -> Response:
    """Update the name or the email address of a sender."""
    fields = present_fields(request.body_object("identity"), WRITABLE_FIELDS)
    record = audit.update_record(request, IDENTITY, request.get(IDENTITY), fields)
    return Response({"identity": _serialize_sender(record)})


def delete(request: Request) -> Response:
    """Delete a sender. Raises 409 if a template uses it (open fact, safe reading)."""
    record = request.get(IDENTITY)
    if _is_in_use(request, record):
        raise ApiError(409, "unable to delete a sender in use")
    audit.delete_record(request, IDENTITY, record)
    return NO_CONTENT


def _serialize_sender(record: Record) -> Record:
    return {key: record[key] for key in ("id", "name", "email")}


def _is_in_use(request: Request, record: Record) -> bool:
    return bool(templates_with_sender(request, record["id"]))


ROUTES = (
    journeys_route("GET", "/identities", list_all, query=("type", "in_use")),
    journeys_route("POST", "/identities", create, SHAPE),
    journeys_route("PUT", "/identities/<int:id>", update, SHAPE),
    journeys_route("DELETE", "/identities/<int:id>", delete),
)
