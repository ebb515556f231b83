"""Custom objects, as far as people have relationships to them (app facts, 7)."""

from typing import Any

from cioform.emulator.domain.track_ingest import TrackIngest
from cioform.emulator.protocol.request import Request
from cioform.emulator.store import profile
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


def apply_object_operation(request: Request, ingest: TrackIngest, item: dict[str, Any]) -> None:
    """One operation on an object."""
    action = item.get("action")
    if action not in OBJECT_ACTIONS:
        raise TrackValidationError(
            "invalid", "action", f"action must be one of {', '.join(OBJECT_ACTIONS)}"
        )
    identifiers = checked_object_identifiers(item.get("identifiers"))
    people = _related_people(item) if action != "identify_anonymous" else []
    attributes = checked_attributes(item.get("attributes"))
    record = request.workspace_data.find(CUSTOM_OBJECT, _object_name(identifiers))
    if action == "delete":
        if record is not None:
            request.workspace_data.remove(CUSTOM_OBJECT, record["id"])
        return
    if record is None:
        fields = {"name": _object_name(identifiers), "identifiers": identifiers}
        record = request.workspace_data.add(
            CUSTOM_OBJECT, CUSTOM_OBJECT.new_record(fields, request.now)
        )
    merged = {**record["attributes"], **attributes}
    request.workspace_data.save(
        CUSTOM_OBJECT, {**record, "attributes": merged, "updated_at": request.now}
    )
    adding = action != "delete_relationships"
    for who, attributes in people:
        link = {"identifiers": identifiers, "relationship_attributes": attributes}
        kind = "add_relationship" if adding else "delete_relationship"
        ingest.edit_person(who, kind, "", profile.edit_relationships([link], adding=adding))


def _object_name(identifiers: dict[str, str]) -> str:
    return "/".join(identifiers[key] for key in sorted(identifiers))


def _related_people(item: dict[str, Any]) -> list[tuple[Identifier, dict[str, Any]]]:
    given = item.get("cio_relationships") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise TrackValidationError(
            "invalid", "cio_relationships", "cio_relationships must be a list"
        )
    if not all(isinstance(each.get("relationship_attributes"), dict | None) for each in given):
        field = "cio_relationships.relationship_attributes"
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    field = "cio_relationships.identifiers"
    return [
        (
            parse_identifiers(each.get("identifiers"), field),
            each.get("relationship_attributes") or {},
        )
        for each in given
    ]
