"""Sender identities: written on Journeys, read on both (journeys facts, 7; app facts, 5.6)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.rendering import sender_address
from cioform.emulator.domain.usage import templates_with
from cioform.emulator.protocol.pagination import cursor_of
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, app, closed, journeys
from cioform.emulator.store.record_types import IDENTITY, Record
from cioform.emulator.wire.errors import Refusal, invalid

SHAPE = closed(identity=closed(name=TEXT, email=TEXT, template_type=TEXT))
LINKS = ("from_identity_id", "reply_to_identity_id")


def list_identities(call: Call) -> Reply:
    """Journeys: id, name, email; `type` and `in_use` pick."""
    kind = call.query.get("type")
    records = [each for each in call.space.all(IDENTITY) if kind in (None, each["template_type"])]
    if call.query.get("in_use") in ("true", "false"):
        wanted = call.query["in_use"] == "true"
        records = [each for each in records if _in_use(call, each) is wanted]
    return Reply({"identities": [_short(each) for each in records]})


def create_identity(call: Call) -> Reply:
    """A new sender."""
    given = call.inner("identity")
    fields = {**_fields(given), "template_type": given.get("template_type") or "email"}
    if not fields.get("email"):
        raise invalid("email cannot be nil", "/identity/email")
    return Reply({"identity": _short(audit.create(call, IDENTITY, {"name": "", **fields}))})


def update_identity(call: Call) -> Reply:
    """Change what is sent."""
    fields = _fields(call.inner("identity"))
    return Reply({"identity": _short(audit.update(call, IDENTITY, call.get(IDENTITY), fields))})


def delete_identity(call: Call) -> Reply:
    """204; 409 while a template sends from it (open fact, safe reading)."""
    record = call.get(IDENTITY)
    if _in_use(call, record):
        raise Refusal(409, "unable to delete a sender in use")
    audit.delete(call, IDENTITY, record)
    return DONE


def list_senders(call: Call) -> Reply:
    """App API: in pieces; `hidden` is read as "those that are"."""
    records = call.space.all(IDENTITY)
    if call.query.get("hidden") in ("true", "false"):
        records = [each for each in records if each["hidden"] is (call.query["hidden"] == "true")]
    if call.query.get("sort") == "desc":
        records.reverse()
    piece, following = cursor_of(call, records, 100)
    return Reply({"sender_identities": [_long(each) for each in piece], "next": following})


def read_sender(call: Call) -> Reply:
    """App API: one sender."""
    return Reply({"sender_identity": _long(call.get(IDENTITY))})


def sender_used_by(call: Call) -> Reply:
    """App API: ids of what sends from it, unwrapped."""
    templates = templates_with(call, LINKS, call.get(IDENTITY)["id"])
    campaigns = sorted({each["campaign_id"] for each in templates if each["campaign_id"]})
    return Reply({"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []})


def _short(record: Record) -> Record:
    return {key: record[key] for key in ("id", "name", "email")}


def _long(record: Record) -> Record:
    keys = ("id", "name", "email", "phone", "template_type", "auto_generated", "hidden")
    return {
        **{key: record[key] for key in keys},
        "deduplicate_id": f"{record['id']}:{record['updated_at']}",
        "address": sender_address(record),
    }


def _fields(given: dict[str, Any]) -> Record:
    return {key: given[key] for key in ("name", "email") if given.get(key) is not None}


def _in_use(call: Call, record: Record) -> bool:
    return bool(templates_with(call, LINKS, record["id"]))


ROUTES = (
    journeys("GET", "/identities", list_identities, query=("type", "in_use")),
    journeys("POST", "/identities", create_identity, SHAPE),
    journeys("PUT", "/identities/<int:id>", update_identity, SHAPE),
    journeys("DELETE", "/identities/<int:id>", delete_identity),
    app("GET", "/sender_identities", list_senders, query=("start", "limit", "sort", "hidden")),
    app("GET", "/sender_identities/<int:id>", read_sender),
    app("GET", "/sender_identities/<int:id>/used_by", sender_used_by),
)
