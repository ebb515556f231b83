"""What happened, on the App API: the last 30 days, the newest first (app facts, 5.7)."""

from typing import Any

from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import app
from cioform.emulator.store.activities import Wanted
from cioform.emulator.store.people import identifiers_of
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.errors import Refusal, not_found
from cioform.emulator.wire.json_input import whole

SINCE = 30 * 86_400
PAGE = 10
MOST = 100
WIDTH = 26
"""Letters of an activity's id."""


def list_all(call: Call) -> Reply:
    """Everybody's, or one person's."""
    if "customer_id" not in call.query:
        return listed_activities(call, None)
    kind = call.query.get("id_type") or "id"
    if kind not in ("id", "email", "cio_id"):
        raise Refusal(400, "id_type must be one of id, email, cio_id")
    value = call.query["customer_id"]
    person = call.space.people.find(kind, value.removeprefix("cio_") if kind == "cio_id" else value)
    if person is None:
        raise not_found("customer")
    return listed_activities(call, person)


def listed_activities(call: Call, person: Record | None) -> Reply:
    """A piece of them, and the cursor of the next."""
    limit = min(MOST, max(1, call.number("limit", PAGE)))
    wanted = Wanted(
        person=person["number"] if person else None,
        type=call.query.get("type"),
        name=call.query.get("name"),
        since=call.now - SINCE,
        now=call.now,
        deleted=call.query.get("deleted") == "true",
    )
    before = whole(call.query.get("start", ""))
    found = call.space.activities.newest(wanted, before, limit + 1)
    piece = found[:limit]
    following = str(piece[-1]["number"]) if len(found) > limit else ""
    return Reply({"activities": [_shown(call, each) for each in piece], "next": following})


def _shown(call: Call, row: Record) -> Record:
    person = call.space.people.get(row["person"]) if row["person"] is not None else None
    shown: dict[str, Any] = {
        "id": f"{row['number']:0{WIDTH}d}",
        "type": row["type"],
        "name": row["name"],
        "timestamp": row["at"],
        "customer_id": person["id"] if person else None,
        "customer_identifiers": identifiers_of(person) if person else None,
        "data": row["data"],
    }
    if row["type"] == "attribute_change":
        # The documented data names the attribute (app facts, 5.7).
        shown["data"] = {row["name"]: row["data"]}
    if row["anonymous_id"] is not None:
        shown["anonymous_id"] = row["anonymous_id"]
    if row["delivery"] is not None:
        shown["delivery_id"] = row["delivery"]
        shown["delivery_type"] = row["type"].partition("_")[2]
    return shown


ROUTES = (
    app(
        "GET",
        "/activities",
        list_all,
        query=("start", "limit", "type", "name", "deleted", "customer_id", "id_type"),
    ),
)
