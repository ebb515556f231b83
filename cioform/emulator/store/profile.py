"""The content of a person's record, and its changes."""

from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.store.people import IDENTIFIER_TYPES
from cioform.emulator.store.record_types import Record

PREFERENCES_ATTRIBUTE = "cio_subscription_preferences"

AttributeChanges = dict[str, tuple[Any, Any]]
"""The previous and the new value by attribute; None for a missing value."""

PersonEdit = Callable[[Record], None]


def set_attributes(person: Record, new_values: Mapping[str, Any], now: int) -> AttributeChanges:
    """Set attributes of a person, and return what changed.

    An empty text or a null removes an attribute. A value that is older than the existing one (`now`
    before its timestamp) is ignored.
    """
    changes: AttributeChanges = {}
    for name, value in new_values.items():
        before = person["attributes"].get(name)
        if person["timestamps"].get(name, now) > now:
            continue
        if name == PREFERENCES_ATTRIBUTE:
            value = _merge_preferences(before, value)
        is_removal = value in (None, "")
        if is_removal and name not in person["attributes"]:
            continue
        person["timestamps"][name] = now
        if is_removal:
            changes[name] = (person["attributes"].pop(name), None)
        elif value != before or type(value) is not type(before):
            person["attributes"][name] = value
            changes[name] = (before, value)
    return changes


def merge_person(target: Record, source: Record) -> None:
    """Merge `source` into `target`, whose existing values stay."""
    for key in ("id", "email", "phone"):
        target[key] = target[key] if target[key] is not None else source[key]
    for key in ("attributes", "timestamps"):
        target[key] = {**source[key], **target[key]}
    for key in ("devices", "relationships", "anonymous_ids"):
        target[key] += [item for item in source[key] if item not in target[key]]


def add_device(device: Mapping[str, Any], now: int) -> PersonEdit:
    """Return an edit that adds a device, or replaces the one with its ID."""
    new_device = {"last_used": now, "attributes": {}, **device}

    def edit(person: Record) -> None:
        others = [each for each in person["devices"] if each["id"] != new_device["id"]]
        person["devices"] = [*others, new_device]

    return edit


def delete_device(token: str) -> PersonEdit:
    """Return an edit that removes a device."""

    def edit(person: Record) -> None:
        person["devices"] = [each for each in person["devices"] if each["id"] != token]

    return edit


def edit_relationships(relationships: list[Record], *, adding: bool) -> PersonEdit:
    """Return an edit that adds or removes relationships. One to the same object is replaced."""
    targets = [each["identifiers"] for each in relationships]
    # Of several relationships to the same object, the last one counts.
    distinct = [
        each for n, each in enumerate(relationships, 1) if each["identifiers"] not in targets[n:]
    ]

    def edit(person: Record) -> None:
        others = [each for each in person["relationships"] if each["identifiers"] not in targets]
        person["relationships"] = others + (distinct if adding else [])

    return edit


def all_attributes(person: Record) -> dict[str, Any]:
    """Return all attributes, with the identifiers, as Liquid and the App API show them."""
    identifiers = {key: person[key] for key in IDENTIFIER_TYPES if person[key] is not None}
    return {**person["attributes"], **identifiers}


def is_unsubscribed(person: Record) -> bool:
    """Return whether the person has unsubscribed from all messages."""
    return person["attributes"].get("unsubscribed") in (True, "true", 1)


def _merge_preferences(before: Any, new: Any) -> Any:
    """Return the new preferences; topics that are not sent keep their value."""
    if not isinstance(new, dict) or not isinstance(before, dict):
        return new
    topics = {**(before.get("topics") or {}), **(new.get("topics") or {})}
    return {**before, **new, "topics": topics}
