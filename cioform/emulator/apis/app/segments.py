"""Segments on the App API: no conditions, only manual ones are made (app facts, 5.1)."""

from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.audience import Audience, count
from cioform.emulator.domain.usage import campaigns_with_segment
from cioform.emulator.protocol.pagination import cursor_of
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import TEXT, app, closed
from cioform.emulator.store.people import identifiers_of
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.wire.errors import Refusal, invalid

SHAPE = closed(segment=closed(name=TEXT, description=TEXT))
KEYS = (
    "id",
    "name",
    "description",
    "type",
    "state",
    "progress",
    "tags",
    "created_at",
    "updated_at",
)


def shown(record: Record) -> Record:
    """A segment as this API answers it."""
    stamp = f"{record['id']}:{record['updated_at']}"
    return {**{key: record[key] for key in KEYS}, "deduplicate_id": stamp}


def list_all(call: Call) -> Reply:
    """All of them at once."""
    return Reply({"segments": [shown(each) for each in call.space.all(SEGMENT)]})


def create(call: Call) -> Reply:
    """A new manual segment, empty."""
    given = call.inner("segment")
    name = (given.get("name") or "").strip()
    if not name:
        raise invalid("name is required", "/segment/name")
    fields = {"name": name, "description": given.get("description") or "", "type": "manual"}
    return Reply({"segment": shown(audit.create(call, SEGMENT, fields))})


def read(call: Call) -> Reply:
    """One segment."""
    return Reply({"segment": shown(call.get(SEGMENT))})


def delete(call: Call) -> Reply:
    """204. A used or data-driven one is refused with 400 (open fact, safe reading)."""
    record = call.get(SEGMENT)
    if record["type"] != "manual":
        raise Refusal(400, "data-driven segments cannot be deleted through the API")
    if campaigns_with_segment(call, record["id"]):
        raise Refusal(400, "unable to delete segment in use")
    audit.delete(call, SEGMENT, record)
    return DONE


def used_by(call: Call) -> Reply:
    """Ids of what uses it."""
    number = call.get(SEGMENT)["id"]
    campaigns = [each["id"] for each in campaigns_with_segment(call, number)]
    users = {"campaigns": campaigns, "sent_newsletters": [], "draft_newsletters": []}
    return Reply({"segment_id": number, "used_by": users})


def customer_count(call: Call) -> Reply:
    """How many people are in it."""
    record = call.get(SEGMENT)
    return Reply({"segment_id": record["id"], "count": count(call, record)})


def membership(call: Call) -> Reply:
    """Who is in it, in pieces. Somebody only named in a manual segment has no cio_id."""
    record = call.get(SEGMENT)
    people = call.space.people
    if record["type"] == "manual":
        everybody: list[Any] = call.space.members.of(record["id"])
    else:
        everybody = sorted(Audience(call).members(record))
    piece, following = cursor_of(call, everybody, 1000)
    found = [people.get(each) if isinstance(each, int) else _named(call, each) for each in piece]
    identifiers = [identifiers_of(each) for each in found if each]
    answer = {
        "segment_id": record["id"],
        "identifiers": identifiers,
        "ids": [each["id"] for each in identifiers if each["id"] is not None],
        "next": following,
    }
    return Reply(answer)


def _named(call: Call, key: str) -> Record:
    kind, value = ("cio_id", key[4:]) if key.startswith("cio_") else ("id", key)
    unknown = {"id": key, "email": None, "cio_id": ""}
    return call.space.people.find(kind, value) or unknown


ROUTES = (
    app("GET", "/segments", list_all),
    app("POST", "/segments", create, SHAPE),
    app("GET", "/segments/<int:id>", read),
    app("DELETE", "/segments/<int:id>", delete),
    app("GET", "/segments/<int:id>/used_by", used_by),
    app("GET", "/segments/<int:id>/customer_count", customer_count),
    app("GET", "/segments/<int:id>/membership", membership, query=("start", "limit")),
)
