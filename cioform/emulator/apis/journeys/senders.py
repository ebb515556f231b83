"""Sender identities: written on Journeys, read on both (journeys facts, 7; app facts, 5.6)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.rendering import sender_address
from cioform.emulator.domain.usage import templates_referencing
from cioform.emulator.protocol.pagination import paginate_by_cursor
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import STRING, app_route, closed_object, journeys_route
from cioform.emulator.store.record_types import IDENTITY, Record
from cioform.emulator.wire.errors import ApiError, unprocessable

SHAPE = closed_object(identity=closed_object(name=STRING, email=STRING, template_type=STRING))
SENDER_FIELDS = ("from_identity_id", "reply_to_identity_id")


def list_identities(request: Request) -> Response:
    """Journeys: id, name, email; `type` and `in_use` pick."""
    kind = request.query.get("type")
    records = [
        each
        for each in request.workspace_data.all(IDENTITY)
        if kind in (None, each["template_type"])
    ]
    if request.query.get("in_use") in ("true", "false"):
        wanted = request.query["in_use"] == "true"
        records = [each for each in records if _is_in_use(request, each) is wanted]
    return Response({"identities": [_serialize_identity(each) for each in records]})


def create_identity(request: Request) -> Response:
    """A new sender."""
    given = request.body_object("identity")
    fields = {**_sent_fields(given), "template_type": given.get("template_type") or "email"}
    if not fields.get("email"):
        raise unprocessable("email cannot be nil", "/identity/email")
    return Response(
        {
            "identity": _serialize_identity(
                audit.create_record(request, IDENTITY, {"name": "", **fields})
            )
        }
    )


def update_identity(request: Request) -> Response:
    """Change what is sent."""
    fields = _sent_fields(request.body_object("identity"))
    return Response(
        {
            "identity": _serialize_identity(
                audit.update_record(request, IDENTITY, request.get(IDENTITY), fields)
            )
        }
    )


def delete_identity(request: Request) -> Response:
    """204; 409 while a template sends from it (open fact, safe reading)."""
    record = request.get(IDENTITY)
    if _is_in_use(request, record):
        raise ApiError(409, "unable to delete a sender in use")
    audit.delete_record(request, IDENTITY, record)
    return NO_CONTENT


def list_senders(request: Request) -> Response:
    """App API: in pieces; `hidden` is read as "those that are"."""
    records = request.workspace_data.all(IDENTITY)
    if request.query.get("hidden") in ("true", "false"):
        records = [
            each for each in records if each["hidden"] is (request.query["hidden"] == "true")
        ]
    if request.query.get("sort") == "desc":
        records.reverse()
    piece, following = paginate_by_cursor(request, records, 100)
    return Response(
        {"sender_identities": [_serialize_sender(each) for each in piece], "next": following}
    )


def read_sender(request: Request) -> Response:
    """App API: one sender."""
    return Response({"sender_identity": _serialize_sender(request.get(IDENTITY))})


def sender_used_by(request: Request) -> Response:
    """App API: ids of what sends from it, unwrapped."""
    templates = templates_referencing(request, SENDER_FIELDS, request.get(IDENTITY)["id"])
    campaigns = sorted({each["campaign_id"] for each in templates if each["campaign_id"]})
    return Response({"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []})


def _serialize_identity(record: Record) -> Record:
    return {key: record[key] for key in ("id", "name", "email")}


def _serialize_sender(record: Record) -> Record:
    keys = ("id", "name", "email", "phone", "template_type", "auto_generated", "hidden")
    return {
        **{key: record[key] for key in keys},
        "deduplicate_id": f"{record['id']}:{record['updated_at']}",
        "address": sender_address(record),
    }


def _sent_fields(given: dict[str, Any]) -> Record:
    return {key: given[key] for key in ("name", "email") if given.get(key) is not None}


def _is_in_use(request: Request, record: Record) -> bool:
    return bool(templates_referencing(request, SENDER_FIELDS, record["id"]))


ROUTES = (
    journeys_route("GET", "/identities", list_identities, query=("type", "in_use")),
    journeys_route("POST", "/identities", create_identity, SHAPE),
    journeys_route("PUT", "/identities/<int:id>", update_identity, SHAPE),
    journeys_route("DELETE", "/identities/<int:id>", delete_identity),
    app_route(
        "GET", "/sender_identities", list_senders, query=("start", "limit", "sort", "hidden")
    ),
    app_route("GET", "/sender_identities/<int:id>", read_sender),
    app_route("GET", "/sender_identities/<int:id>/used_by", sender_used_by),
)
