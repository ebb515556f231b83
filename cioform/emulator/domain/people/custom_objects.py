"""Custom objects, as far as people have relationships to them (app facts, 7)."""

from typing import Any

from cioform.emulator.domain.people.track_ingest import TrackIngest
from cioform.emulator.store.record_types import CUSTOM_OBJECT
from cioform.emulator.validation.track_rules import (
    Identifier,
    TrackValidationError,
    checked_attributes,
    checked_object_identifiers,
    parse_identifiers,
)

OBJECT_ACTIONS = (
    "identify",
    "identify_anonymous",
    "delete",
    "add_relationships",
    "delete_relationships",
)


def apply_object_operation(ingest: TrackIngest, operation: dict[str, Any]) -> None:
    """Apply one operation on an object."""
    action = operation.get("action")
    if action not in OBJECT_ACTIONS:
        raise TrackValidationError(
            "invalid", "action", f"action must be one of {', '.join(OBJECT_ACTIONS)}"
        )
    identifiers = checked_object_identifiers(operation.get("identifiers"))
    people = _related_people(operation) if action != "identify_anonymous" else []
    attributes = checked_attributes(operation.get("attributes"))
    if action == "delete":
        _delete_object(ingest, identifiers)
        return
    _save_object(ingest, identifiers, attributes)
    for person, relationship_attributes in people:
        relationship = {
            "identifiers": identifiers,
            "relationship_attributes": relationship_attributes,
        }
        ingest.edit_relationships(person, [relationship], adding=action != "delete_relationships")


def _delete_object(ingest: TrackIngest, identifiers: dict[str, str]) -> None:
    data = ingest.request.workspace_data
    record = data.find(CUSTOM_OBJECT, _object_name(identifiers))
    if record is not None:
        data.remove(CUSTOM_OBJECT, record["id"])


def _save_object(
    ingest: TrackIngest, identifiers: dict[str, str], attributes: dict[str, Any]
) -> None:
    data, now = ingest.request.workspace_data, ingest.request.now
    name = _object_name(identifiers)
    record = data.find(CUSTOM_OBJECT, name)
    if record is None:
        fields = {"name": name, "identifiers": identifiers}
        record = data.add(CUSTOM_OBJECT, CUSTOM_OBJECT.new_record(fields, now))
    merged = {**record["attributes"], **attributes}
    data.save(CUSTOM_OBJECT, {**record, "attributes": merged, "updated_at": now})


def _object_name(identifiers: dict[str, str]) -> str:
    return "/".join(identifiers[key] for key in sorted(identifiers))


def _related_people(operation: dict[str, Any]) -> list[tuple[Identifier, dict[str, Any]]]:
    """Return the people in `cio_relationships`, each with the attributes of the relationship."""
    relationships = operation.get("cio_relationships") or []
    if not isinstance(relationships, list) or not all(
        isinstance(each, dict) for each in relationships
    ):
        raise TrackValidationError(
            "invalid", "cio_relationships", "cio_relationships must be a list"
        )
    if not all(
        isinstance(each.get("relationship_attributes"), dict | None) for each in relationships
    ):
        field = "cio_relationships.relationship_attributes"
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    field = "cio_relationships.identifiers"
    return [
        (
            parse_identifiers(each.get("identifiers"), field),
            each.get("relationship_attributes") or {},
        )
        for each in relationships
    ]
