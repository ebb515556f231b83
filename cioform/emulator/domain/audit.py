"""Change content and record each change in the audit log."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import AUDIT, CAMPAIGN, Record, RecordType

AUDIT_SOURCES: Mapping[AuthMethod, str] = {
    AuthMethod.PERSON: "UI",
    AuthMethod.SERVICE_ACCOUNT: "API",
    AuthMethod.APP_KEY: "App API",
    AuthMethod.TRACK_KEY: "API",
}


def create_record(request: Request, record_type: RecordType, fields: Mapping[str, Any]) -> Record:
    """Store and return a new record: `fields`, completed with defaults, timestamps and an ID."""
    record = request.workspace_data.add(record_type, record_type.new_record(fields, request.now))
    log_change(request, "created", record_type, record, sorted(fields))
    return record


def update_record(
    request: Request, record_type: RecordType, record: Record, fields: Mapping[str, Any]
) -> Record:
    """Store and return the record with `fields` replaced and its update time set to now."""
    changed = sorted(key for key, value in fields.items() if record.get(key) != value)
    after = {**record, **fields, record_type.updated_field: request.now}
    request.workspace_data.save(record_type, after)
    log_change(request, "updated", record_type, after, changed)
    return after


def delete_record(request: Request, record_type: RecordType, record: Record) -> None:
    """Delete a record."""
    request.workspace_data.remove(record_type, record["id"])
    log_change(request, "deleted", record_type, record, [])


def log_change(
    request: Request, action: str, record_type: RecordType, record: Record, attributes: list[str]
) -> None:
    """Write one audit log entry. No source shows its shape (journeys facts, 8)."""
    caller = request.caller
    by_person = caller.auth_method is AuthMethod.PERSON
    by_service_account = caller.auth_method is AuthMethod.SERVICE_ACCOUNT
    entry = {
        "created_at": request.now,
        "action": action,
        "object_type": record_type.object_type,
        "object_id": str(record["id"]),
        "object_name": record.get("name", ""),
        "attribute_names": attributes,
        "user_id": caller.actor_id if by_person else None,
        "user_email": caller.email if by_person else None,
        "service_account_id": caller.actor_id if by_service_account else None,
        "service_account_name": caller.name if by_service_account else None,
        "ip_addr": request.ip,
        "campaign_id": record["id"] if record_type is CAMPAIGN else _campaign_id(record),
        "transactional_message_id": record.get("transactional_message_id"),
        "source": AUDIT_SOURCES[caller.auth_method],
    }
    request.workspace_data.add(AUDIT, entry)


def _campaign_id(record: Record) -> int | None:
    number = record.get("campaign_id")
    return number if isinstance(number, int) else None
