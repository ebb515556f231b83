"""What the Track API does not take: identifiers, names and values too long (app facts, 2)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    """One record_type wrong with an operation, in the words of the v2 envelope (app facts, 2)."""

    def __init__(self, reason: str, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field
        self.message = message

    def to_json(self) -> dict[str, str]:
        """The members of an error."""
        return {"reason": self.reason, "field": self.field, "message": self.message}


@dataclass(frozen=True)
class Identifier:
    """What somebody is called: `kind` is id, email, phone or cio_id."""

    kind: str
    value: str


def parse_path_identifier(text: str) -> Identifier:
    """What an identifier in a v1 path is, by its looks: `cio_`, an address, else an id."""
    if text.startswith("cio_"):
        return Identifier("cio_id", text.removeprefix("cio_"))
    return checked_identifier("email" if "@" in text else "id", text, "identifier")


def parse_identifiers(given: Any, field: str = "identifiers") -> Identifier:
    """The one identifier in `{"id": ...}`, `{"email": ...}` and so on."""
    if not isinstance(given, dict) or not given:
        raise TrackValidationError("required", field, f"{field} is required")
    named = [kind for kind in IDENTIFIER_TYPES if given.get(kind) not in (None, "")]
    if not named:
        raise TrackValidationError(
            "invalid", field, f"{field} must have one of {', '.join(IDENTIFIER_TYPES)}"
        )
    # More than one may be sent; the first in the service's own order finds the person.
    kind = "cio_id" if "cio_id" in named else named[0]
    return checked_identifier(kind, given[kind], f"{field}.{kind}")


def checked_identifier(kind: str, value: Any, field: str) -> Identifier:
    """An identifier that may come in."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise TrackValidationError("invalid", field, f"{field} must be a string that is not empty")
    value = value.strip()
    if byte_size(value) > MAX_IDENTIFIER_BYTES:
        raise TrackValidationError(
            "invalid", field, f"{field} is longer than {MAX_IDENTIFIER_BYTES} bytes"
        )
    if kind == "phone" and not PHONE_PATTERN.fullmatch(value):
        raise TrackValidationError(
            "invalid", field, f"{field} must be a number such as +14155552671"
        )
    if kind == "email" and "@" not in value:
        raise TrackValidationError("invalid", field, f"{field} is not an e-mail address")
    return Identifier(kind, value.removeprefix("cio_") if kind == "cio_id" else value)


def checked_attributes(given: Any, field: str = "attributes") -> dict[str, Any]:
    """Attributes whose names and values are not too long."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    for name, value in given.items():
        if byte_size(name) > MAX_ATTRIBUTE_NAME_BYTES:
            reason = f"the name of an attribute is longer than {MAX_ATTRIBUTE_NAME_BYTES} bytes"
            raise TrackValidationError("invalid", field, reason)
        if (
            isinstance(value, str | list | dict)
            and byte_size(_json_text(value)) > MAX_ATTRIBUTE_VALUE_BYTES
        ):
            reason = f"the value of {name} is longer than {MAX_ATTRIBUTE_VALUE_BYTES} bytes"
            raise TrackValidationError("invalid", f"{field}.{name}", reason)
    if PREFERENCES_ATTRIBUTE in given:
        _check_preferences(given[PREFERENCES_ATTRIBUTE], f"{field}.{PREFERENCES_ATTRIBUTE}")
    return given


def _check_preferences(given: Any, field: str) -> None:
    """Topics, and whether each is wanted; nothing takes them away."""
    if given in (None, ""):
        return
    topics = given.get("topics") if isinstance(given, dict) else given
    right = isinstance(topics, dict) and all(isinstance(each, bool) for each in topics.values())
    if topics is not None and not right:
        raise TrackValidationError(
            "invalid", field, f"{field} must have topics, each true or false"
        )


def checked_event_name(given: Any) -> str:
    """The name of an event."""
    if not isinstance(given, str) or not given.strip():
        raise TrackValidationError("required", "name", "name is required")
    if byte_size(given) > MAX_EVENT_NAME_BYTES:
        raise TrackValidationError(
            "invalid", "name", f"name is longer than {MAX_EVENT_NAME_BYTES} bytes"
        )
    return given


def checked_event_data(given: Any, field: str) -> str:
    """The data of an event, as JSON."""
    if given is None:
        return "{}"
    if not isinstance(given, dict):
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    if byte_size(text) > MAX_EVENT_DATA_BYTES:
        raise TrackValidationError(
            "invalid", field, f"{field} is larger than {MAX_EVENT_DATA_BYTES} bytes"
        )
    return text


def checked_timestamp(given: Any, now: int, field: str = "timestamp") -> int:
    """Unix seconds, or now; anything else is no time."""
    if given is None:
        return now
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > MAX_INT64:
        raise TrackValidationError("invalid", field, f"{field} must be unix seconds")
    return int(given)


def checked_object_identifiers(given: Any, field: str = "identifiers") -> dict[str, str]:
    """What an object is called: its own id, or its type and an id. Numbers are read as text."""
    named = given if isinstance(given, dict) else {}
    told = {
        key: str(named[key]) for key in OBJECT_IDENTIFIERS if isinstance(named.get(key), str | int)
    }
    told = {key: value for key, value in told.items() if value}
    if "cio_object_id" not in told and len(told) != len(OBJECT_IDENTIFIERS) - 1:
        message = f"{field} must have object_type_id and object_id, or cio_object_id"
        raise TrackValidationError("required", field, message)
    return told


def checked_relationships(given: Any, field: str = "cio_relationships") -> list[Record]:
    """Relationships of a person, each of which names an object."""
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise TrackValidationError("invalid", field, f"{field} must name objects")
    return [{**each, "identifiers": _checked_related_object(each, field)} for each in given]


def _checked_related_object(given: Record, field: str) -> dict[str, str]:
    if not isinstance(given.get("relationship_attributes"), dict | None):
        field = f"{field}.relationship_attributes"
        raise TrackValidationError("invalid", field, f"{field} must be an object")
    return checked_object_identifiers(given.get("identifiers"), f"{field}.identifiers")


def byte_size(text: str) -> int:
    """How many bytes a text takes."""
    return len(text) if text.isascii() else len(text.encode())


def _json_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def identifiers_in_attributes(attributes: Mapping[str, Any]) -> list[Identifier]:
    """The identifiers that attributes bring; an empty one says nothing."""
    kinds = ("id", "email", "phone")
    named = [kind for kind in kinds if attributes.get(kind) not in (None, "")]
    return [checked_identifier(kind, attributes[kind], f"attributes.{kind}") for kind in named]
