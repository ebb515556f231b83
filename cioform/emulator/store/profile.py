"""What a person's record holds, and how it changes."""

from collections.abc import Callable, Mapping
from typing import Any

from cioform.emulator.store.record_types import Record

IDENTIFIERS = ("id", "email", "phone", "cio_id")
PREFERENCES_ATTRIBUTE = "cio_subscription_preferences"

AttributeChanges = dict[str, tuple[Any, Any]]
"""Attribute -> what it was and what it is; None where there was or is none."""

PersonEdit = Callable[[Record], None]


def set_attributes(person: Record, new_values: Mapping[str, Any], now: int) -> AttributeChanges:
    """Set attributes as they are sent, and tell what changed.

    An empty text or a null takes one away. A value that is older than the one there (by
    `_timestamp`) is passed over.
    """
    changes: AttributeChanges = {}
    for name, value in new_values.items():
        before = person["attributes"].get(name)
        if person["timestamps"].get(name, now) > now:
            continue
        if name == PREFERENCES_ATTRIBUTE:
            value = _merge_preferences(before, value)
        gone = value in (None, "")
        if gone and name not in person["attributes"]:
            continue
        person["timestamps"][name] = now
        if gone:
            changes[name] = (person["attributes"].pop(name), None)
        elif value != before or type(value) is not type(before):
            person["attributes"][name] = value
            changes[name] = (before, value)
    return changes


def merge_person(target: Record, source: Record) -> None:
    """Put one person into another: what the other has already stays."""
    for key in ("id", "email", "phone"):
        target[key] = target[key] if target[key] is not None else source[key]
    for key in ("attributes", "timestamps"):
        target[key] = {**source[key], **target[key]}
    for key in ("devices", "relationships", "anonymous_ids"):
        target[key] += [each for each in source[key] if each not in target[key]]


def add_device(device: Mapping[str, Any], now: int) -> PersonEdit:
    """Put a device on a person, or replace the one with its id."""
    shown = {"last_used": now, "attributes": {}, **device}

    def edit(person: Record) -> None:
        others = [each for each in person["devices"] if each["id"] != shown["id"]]
        person["devices"] = [*others, shown]

    return edit


def delete_device(token: str) -> PersonEdit:
    """Take a device from a person."""

    def edit(person: Record) -> None:
        person["devices"] = [each for each in person["devices"] if each["id"] != token]

    return edit


def edit_relationships(relationships: list[Record], *, adding: bool) -> PersonEdit:
    """Add relationships to objects, or take them away; one to the same object is replaced."""
    named = [each["identifiers"] for each in relationships]
    # Of two to one object the last counts.
    last = [each for n, each in enumerate(relationships, 1) if each["identifiers"] not in named[n:]]

    def edit(person: Record) -> None:
        rest = [each for each in person["relationships"] if each["identifiers"] not in named]
        person["relationships"] = rest + (last if adding else [])

    return edit


def all_attributes(person: Record) -> dict[str, Any]:
    """All attributes, the identifiers among them, as Liquid and the App API see them."""
    named = {kind: person[kind] for kind in IDENTIFIERS if person[kind] is not None}
    return {**person["attributes"], **named}


def is_unsubscribed(person: Record) -> bool:
    """Whether the person does not want messages at all."""
    return person["attributes"].get("unsubscribed") in (True, "true", 1)


def _merge_preferences(before: Any, new: Any) -> Any:
    """Topics are set one by one; those not sent stay as they are."""
    if not isinstance(new, dict) or not isinstance(before, dict):
        return new
    topics = {**(before.get("topics") or {}), **(new.get("topics") or {})}
    return {**before, **new, "topics": topics}
