"""Segments on the Journeys API, with their conditions (journeys facts, 3)."""

from typing import Any

from cioform.emulator.apis.track.v1 import member_keys
from cioform.emulator.domain import audience, audit
from cioform.emulator.domain.live_data_gate import refuse_live_segment
from cioform.emulator.domain.usage import campaigns_with_segment, segments_with_segment
from cioform.emulator.protocol.pagination import page_of
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import OPEN, TEXT, closed, journeys, listed
from cioform.emulator.store.record_types import SEGMENT, Record
from cioform.emulator.validation import segment_conditions
from cioform.emulator.wire.errors import Refusal, invalid

SHAPE = closed(
    segment=closed(name=TEXT, description=TEXT, type=TEXT, conditions={**OPEN, "x-judged": True})
)
MEMBERS = closed(type=TEXT, ids=listed(TEXT))
TYPES = {"dynamic": "dynamic", "static": "manual", "manual": "manual"}


def shown(record: Record) -> Record:
    """A segment in a list: without conditions. A manual one is `static` on this API."""
    keys = ("id", "name", "description", "created_at", "updated_at")
    kind = "static" if record["type"] == "manual" else record["type"]
    state = "complete" if record["state"] == "finished" else record["state"]
    return {**{key: record[key] for key in keys}, "type": kind, "state": state}


def detailed(record: Record) -> Record:
    """A segment read by itself."""
    return {**shown(record), "conditions": segment_conditions.shown(record["conditions"])}


def list_all(call: Call) -> Reply:
    """The list; in pages when `size` is above 0; `short` for id, name, type."""
    kind = call.query.get("type")
    records = [each for each in map(shown, call.space.all(SEGMENT)) if kind in (None, each["type"])]
    if call.query.get("short") == "true":
        records = [{key: each[key] for key in ("id", "name", "type")} for each in records]
    if call.number("size", 0) < 1:
        return Reply({"segments": records})
    records, meta = page_of(call, records, "size")
    return Reply({"segments": records, "meta": meta})


def create(call: Call) -> Reply:
    """A new segment; a data-driven one starts in state `build`."""
    given = call.inner("segment")
    kind = TYPES.get(given.get("type") or "dynamic")
    if kind is None:
        raise invalid("type is not included in the list", "/segment/type")
    fields = {"description": "", **_fields(call, given, kind), "type": kind}
    record = audit.create(call, SEGMENT, fields)
    return Reply({"segment": {**detailed(record), "state": "build"}})


def read(call: Call) -> Reply:
    """One segment."""
    return Reply({"segment": detailed(call.get(SEGMENT))})


def update(call: Call) -> Reply:
    """Full replace: name, type and, on a data-driven one, conditions must be sent.

    Open fact: whether an omitted description is kept. Here it is reset.
    """
    record = call.get(SEGMENT)
    refuse_live_segment(call, record["id"])
    given = call.inner("segment")
    if TYPES.get(given.get("type") or "") != record["type"]:
        raise invalid("type cannot be changed", "/segment/type")
    fields = _fields(call, given, record["type"])
    return Reply({"segment": detailed(audit.update(call, SEGMENT, record, fields))})


def delete(call: Call) -> Reply:
    """204; refused while something uses it."""
    record = call.get(SEGMENT)
    refuse_live_segment(call, record["id"])
    if any(_usage(call, record["id"]).values()):
        status = call.rules.delete_used_segment_status
        raise Refusal(status, "unable to delete a segment in use")
    audit.delete(call, SEGMENT, record)
    return DONE


def count(call: Call) -> Reply:
    """How many people are in it. The key is ours: no source shows the reply."""
    return Reply({"count": audience.count(call, call.get(SEGMENT))})


def status(call: Call) -> Reply:
    """Whether it is built; building takes no time here."""
    return Reply({"status": {"id": call.get(SEGMENT)["id"], "state": "complete"}})


def usage(call: Call) -> Reply:
    """What uses it: an object whose values are lists."""
    return Reply(_usage(call, call.get(SEGMENT)["id"]))


def put_members(call: Call) -> Reply:
    """Add people to, or remove them from, a manual segment."""
    record = call.get(SEGMENT)
    if record["type"] != "manual":
        raise invalid("only static segments have members to edit")
    adding = call.body.get("type", "add") == "add"
    ids = [str(each) for each in call.body.get("ids") or []]
    keys = member_keys(call, "id", ids, adding=adding)
    change = call.space.members.add if adding else call.space.members.remove
    change(record["id"], keys)
    audit.update(call, SEGMENT, record, {})
    return Reply({})


def _fields(call: Call, given: dict[str, Any], kind: str) -> Record:
    name = (given.get("name") or "").strip()
    if not name:
        raise invalid("name cannot be nil", "/segment/name")
    fields: Record = {"name": name, "description": given.get("description") or ""}
    if kind == "dynamic":
        fields["conditions"] = segment_conditions.checked(call, given.get("conditions"))
    return fields


def _usage(call: Call, number: int) -> dict[str, list[dict[str, Any]]]:
    by_campaigns = campaigns_with_segment(call, number)
    by_segments = segments_with_segment(call, number)
    return {
        "campaigns": [{"id": each["id"], "name": each["name"]} for each in by_campaigns],
        "newsletters": [],
        "segments": [{"id": each["id"], "name": each["name"]} for each in by_segments],
    }


ROUTES = (
    journeys(
        "GET",
        "/segments",
        list_all,
        query=("size", "page", "type", "searchTagIds", "archived", "usage", "short"),
    ),
    journeys("POST", "/segments", create, SHAPE),
    journeys("GET", "/segments/<int:id>", read),
    journeys("PUT", "/segments/<int:id>", update, SHAPE),
    journeys("DELETE", "/segments/<int:id>", delete),
    journeys("GET", "/segments/<int:id>/count", count),
    journeys("GET", "/segments/<int:id>/status", status),
    journeys("GET", "/segments/<int:id>/usage", usage),
    journeys("PUT", "/segments/<int:id>/members", put_members, MEMBERS),
)
