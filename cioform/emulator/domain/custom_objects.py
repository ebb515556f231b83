"""Custom objects, as far as people have relationships to them (app facts, 7)."""

from typing import Any

from cioform.emulator.domain.track_ingest import Intake
from cioform.emulator.protocol.request import Call
from cioform.emulator.store import profile
from cioform.emulator.store.record_types import CUSTOM_OBJECT
from cioform.emulator.validation.track_rules import (
    Identifier,
    Problem,
    checked_attributes,
    checked_object,
    in_object,
)

ACTIONS = ("identify", "identify_anonymous", "delete", "add_relationships", "delete_relationships")


def take_object(call: Call, intake: Intake, item: dict[str, Any]) -> None:
    """One operation on an object."""
    action = item.get("action")
    if action not in ACTIONS:
        raise Problem("invalid", "action", f"action must be one of {', '.join(ACTIONS)}")
    identifiers = checked_object(item.get("identifiers"))
    people = _people(item) if action != "identify_anonymous" else []
    attributes = checked_attributes(item.get("attributes"))
    record = call.space.find(CUSTOM_OBJECT, _name(identifiers))
    if action == "delete":
        if record is not None:
            call.space.remove(CUSTOM_OBJECT, record["id"])
        return
    if record is None:
        fields = {"name": _name(identifiers), "identifiers": identifiers}
        record = call.space.add(CUSTOM_OBJECT, CUSTOM_OBJECT.make(fields, call.now))
    merged = {**record["attributes"], **attributes}
    call.space.save(CUSTOM_OBJECT, {**record, "attributes": merged, "updated_at": call.now})
    adding = action != "delete_relationships"
    for who, attributes in people:
        link = {"identifiers": identifiers, "relationship_attributes": attributes}
        kind = "add_relationship" if adding else "delete_relationship"
        intake.change(who, kind, "", profile.relate([link], adding=adding))


def _name(identifiers: dict[str, str]) -> str:
    return "/".join(identifiers[key] for key in sorted(identifiers))


def _people(item: dict[str, Any]) -> list[tuple[Identifier, dict[str, Any]]]:
    given = item.get("cio_relationships") or []
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Problem("invalid", "cio_relationships", "cio_relationships must be a list")
    if not all(isinstance(each.get("relationship_attributes"), dict | None) for each in given):
        field = "cio_relationships.relationship_attributes"
        raise Problem("invalid", field, f"{field} must be an object")
    field = "cio_relationships.identifiers"
    return [
        (in_object(each.get("identifiers"), field), each.get("relationship_attributes") or {})
        for each in given
    ]
