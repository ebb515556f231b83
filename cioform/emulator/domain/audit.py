"""Every change of content goes through here, and leaves its trace in the audit log."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.auth import Door
from cioform.emulator.protocol.request import Call
from cioform.emulator.store.record_types import AUDIT, Record, Thing

SOURCES: Mapping[Door, str] = {
    Door.PERSON: "UI",
    Door.SERVICE_ACCOUNT: "API",
    Door.APP_KEY: "App API",
    Door.TRACK_KEY: "API",
}


def create(call: Call, thing: Thing, fields: Mapping[str, Any]) -> Record:
    """Keep a new record, complete with defaults, stamps and id."""
    record = call.space.add(thing, thing.make(fields, call.now))
    note(call, "created", thing, record, sorted(fields))
    return record


def update(call: Call, thing: Thing, record: Record, fields: Mapping[str, Any]) -> Record:
    """The record with `fields` put over it, kept and stamped."""
    changed = sorted(key for key, value in fields.items() if record.get(key) != value)
    after = {**record, **fields, thing.updated: call.now}
    call.space.save(thing, after)
    note(call, "updated", thing, after, changed)
    return after


def delete(call: Call, thing: Thing, record: Record) -> None:
    """Drop a record."""
    call.space.remove(thing, record["id"])
    note(call, "deleted", thing, record, [])


def note(call: Call, action: str, thing: Thing, record: Record, attributes: list[str]) -> None:
    """Write one entry. The shape is ours: no source shows it (journeys facts, 8)."""
    caller = call.caller
    by_person = caller.door is Door.PERSON
    by_service = caller.door is Door.SERVICE_ACCOUNT
    entry = {
        "created_at": call.now,
        "action": action,
        "object_type": thing.object_type,
        "object_id": str(record["id"]),
        "object_name": record.get("name", ""),
        "attribute_names": attributes,
        "user_id": caller.number if by_person else None,
        "user_email": caller.email if by_person else None,
        "service_account_id": caller.number if by_service else None,
        "service_account_name": caller.name if by_service else None,
        "ip_addr": call.ip,
        "campaign_id": record["id"] if thing.collection == "campaigns" else _campaign(record),
        "transactional_message_id": record.get("transactional_message_id"),
        "source": SOURCES[caller.door],
    }
    call.space.add(AUDIT, entry)


def _campaign(record: Record) -> int | None:
    number = record.get("campaign_id")
    return number if isinstance(number, int) else None
