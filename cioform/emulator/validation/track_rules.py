"""Validate what the Track API receives: identifiers, attributes, events (app facts, 2)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from cioform.core.dataclasses import dataclass
from cioform.emulator.store.people import IDENTIFIER_TYPES
from cioform.emulator.store.profile import PREFERENCES_ATTRIBUTE
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import MAX_INT64

MAX_IDENTIFIER_BYTES = 150
MAX_ATTRIBUTE_NAME_BYTES = 150
MAX_ATTRIBUTE_VALUE_BYTES = 1000
MAX_EVENT_NAME_BYTES = 100
MAX_EVENT_DATA_BYTES = 100_000
MAX_REQUEST_BYTES = 32 * 1024
MAX_BATCH_BYTES = 500 * 1024
MAX_IDS = 1000
OBJECT_IDENTIFIERS = ("cio_object_id", "object_type_id", "object_id")
PHONE_PATTERN = re.compile(r"\+[1-9][0-9]{5,14}")


class TrackValidationError(Exception):
    """One problem of an operation, with the members of the v2 error envelope (app facts, 2)."""

    def __init__(self, reason: str, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field
        self.message = message

    def to_json(self) -> dict[str, str]:
        """Return the members of the error object."""
        return {"reason": self.reason, "field": self.field, "message": self.message}


@dataclass(frozen=True)
class Identifier:
    """An identifier of a person; `type` is one of IDENTIFIER_TYPES."""

    type: str
    value: str


def parse_path_identifier(text: str) -> Identifier:
    """Return the identifier in a v1 path; its type follows from its form.

    `cio_` introduces a cio_id, an `@` makes it an email address, and anything else is an ID.
    """
    if text.startswith("cio_"):
        return Identifier("cio_id", text.removeprefix("cio_"))
    return checked_identifier("email" if "@" in text else "id", text, "identifier")


def parse_identifiers(identifiers: Any, field: str = "identifiers") -> Identifier:
    """Return the identifier in `{"id": ...}`, `{"email": ...}` and so on."""
    if not isinstance(identifiers, dict) or not identifiers:
        raise TrackValidationError("required", field, f"{field} is required")
    present = [each for each in IDENTIFIER_TYPES if identifiers.get(each) not in (None, "")]
    if not present:
        raise TrackValidationError(
            "invalid", field, f"{field} must have one of {', '.join(IDENTIFIER_TYPES)}"
        )
    # More than one may be sent; the first in the service's own order finds the person.
    identifier_type = "cio_id" if "cio_id" in present else present[0]
    return checked_identifier(
        identifier_type, identifiers[identifier_type], f"{field}.{identifier_type}"
    )


def checked_identifier(identifier_type: str, value: Any, field: str) -> Identifier:
    """Return an identifier that the service accepts."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise TrackValidationError("invalid", field, f"{field} must be a string that is not empty")
    value = value.strip()
    if byte_size(value) > MAX_IDENTIFIER_BYTES:
        raise TrackValidationError(
            "invalid", field, f"{field} is longer than {MAX_IDENTIFIER_BYTES} bytes"
        )
    if identifier_type == "phone" and not PHONE_PATTERN.fullmatch(value):
        raise TrackValidationError(
            "invalid", field, f"{field} must be a number such as +14155552671"
        )
    if identifier_type == "email" and "@" not in value:
        raise TrackValidationError("invalid", field, f"{field} is not an e-mail address")
    return Identifier(
        identifier_type, value.removeprefix("cio_") if identifier_type == "cio_id" else value
    )


def checked_attributes(attributes: Any, field: str = "attributes") -> dict[str, Any]:
    """Return the attributes. Raises TrackValidationError if a name or value is too long."""
    if attributes is None:
        return {}
    if not isinstance(attributes, dict):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    for name, value in attributes.items():
        if byte_size(name) > MAX_ATTRIBUTE_NAME_BYTES:
            message = f"the name of an attribute is longer than {MAX_ATTRIBUTE_NAME_BYTES} bytes"
            raise TrackValidationError("invalid", field, message)
        if (
            isinstance(value, str | list | dict)
            and byte_size(_json_text(value)) > MAX_ATTRIBUTE_VALUE_BYTES
        ):
            message = f"the value of {name} is longer than {MAX_ATTRIBUTE_VALUE_BYTES} bytes"
            raise TrackValidationError("invalid", f"{field}.{name}", message)
    if PREFERENCES_ATTRIBUTE in attributes:
        _check_preferences(attributes[PREFERENCES_ATTRIBUTE], f"{field}.{PREFERENCES_ATTRIBUTE}")
    return attributes


def _check_preferences(preferences: Any, field: str) -> None:
    """Raise TrackValidationError unless each topic is true or false; empty preferences pass."""
    if preferences in (None, ""):
        return
    topics = preferences.get("topics") if isinstance(preferences, dict) else preferences
    if topics is None:
        return
    if not isinstance(topics, dict) or not all(isinstance(e, bool) for e in topics.values()):
        raise TrackValidationError(
            "invalid", field, f"{field} must have topics, each true or false"
        )


def checked_event_name(name: Any) -> str:
    """Return the name of an event."""
    if not isinstance(name, str) or not name.strip():
        raise TrackValidationError("required", "name", "name is required")
    if byte_size(name) > MAX_EVENT_NAME_BYTES:
        raise TrackValidationError(
            "invalid", "name", f"name is longer than {MAX_EVENT_NAME_BYTES} bytes"
        )
    return name


def checked_event_data(data: Any, field: str) -> str:
    """Return the data of an event as JSON."""
    if data is None:
        return "{}"
    if not isinstance(data, dict):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if byte_size(text) > MAX_EVENT_DATA_BYTES:
        raise TrackValidationError(
            "invalid", field, f"{field} is larger than {MAX_EVENT_DATA_BYTES} bytes"
        )
    return text


def checked_timestamp(timestamp: Any, now: int, field: str = "timestamp") -> int:
    """Return a timestamp in Unix seconds; None stands for `now`."""
    if timestamp is None:
        return now
    if (
        isinstance(timestamp, bool)
        or not isinstance(timestamp, int | float)
        or abs(timestamp) > MAX_INT64
    ):
        raise TrackValidationError("invalid", field, f"{field} must be unix seconds")
    return int(timestamp)


def checked_object_identifiers(identifiers: Any, field: str = "identifiers") -> dict[str, str]:
    """Return the identifiers of an object as text: cio_object_id, or its type and ID."""
    members = identifiers if isinstance(identifiers, dict) else {}
    checked = {
        key: str(members[key])
        for key in OBJECT_IDENTIFIERS
        if isinstance(members.get(key), str | int) and str(members[key])
    }
    if "cio_object_id" not in checked and len(checked) != len(OBJECT_IDENTIFIERS) - 1:
        message = f"{field} must have object_type_id and object_id, or cio_object_id"
        raise TrackValidationError("required", field, message)
    return checked


def checked_relationships(relationships: Any, field: str = "cio_relationships") -> list[Record]:
    """Return the relationships of a person, each with the identifiers of an object."""
    if not isinstance(relationships, list) or not all(
        isinstance(each, dict) for each in relationships
    ):
        raise TrackValidationError("invalid", field, f"{field} must name objects")
    return [{**each, "identifiers": _checked_related_object(each, field)} for each in relationships]


def _checked_related_object(relationship: Record, field: str) -> dict[str, str]:
    if not isinstance(relationship.get("relationship_attributes"), dict | None):
        field = f"{field}.relationship_attributes"
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    return checked_object_identifiers(relationship.get("identifiers"), f"{field}.identifiers")


def byte_size(text: str) -> int:
    """Return the number of bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def identifiers_in_attributes(attributes: Mapping[str, Any]) -> list[Identifier]:
    """Return the identifiers among attributes; empty ones are skipped."""
    types = ("id", "email", "phone")
    present = [each for each in types if attributes.get(each) not in (None, "")]
    return [checked_identifier(each, attributes[each], f"attributes.{each}") for each in present]


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
