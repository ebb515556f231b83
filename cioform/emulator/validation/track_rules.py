"""What the Track API does not take: identifiers, names and values too long (app facts, 2)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cioform.emulator.store.people import KINDS
from cioform.emulator.store.profile import PREFERENCES
from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.json_input import LARGEST

LONGEST_ID = 150
LONGEST_ATTRIBUTE = 150
LONGEST_VALUE = 1000
LONGEST_EVENT = 100
LARGEST_DATA = 100_000
LARGEST_REQUEST = 32 * 1024
LARGEST_BATCH = 500 * 1024
MOST_IDS = 1000
OBJECT = ("cio_object_id", "object_type_id", "object_id")
PHONE = re.compile(r"\+[1-9][0-9]{5,14}")


class Problem(Exception):
    """One thing wrong with an operation, in the words of the v2 envelope (app facts, 2)."""

    def __init__(self, reason: str, field: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field
        self.message = message

    def shown(self) -> dict[str, str]:
        """The members of an error."""
        return {"reason": self.reason, "field": self.field, "message": self.message}


@dataclass(frozen=True)
class Identifier:
    """What somebody is called: `kind` is id, email, phone or cio_id."""

    kind: str
    value: str


def in_path(text: str) -> Identifier:
    """What an identifier in a v1 path is, by its looks: `cio_`, an address, else an id."""
    if text.startswith("cio_"):
        return Identifier("cio_id", text.removeprefix("cio_"))
    return checked("email" if "@" in text else "id", text, "identifier")


def in_object(given: Any, field: str = "identifiers") -> Identifier:
    """The one identifier in `{"id": ...}`, `{"email": ...}` and so on."""
    if not isinstance(given, dict) or not given:
        raise Problem("required", field, f"{field} is required")
    named = [kind for kind in KINDS if given.get(kind) not in (None, "")]
    if not named:
        raise Problem("invalid", field, f"{field} must have one of {', '.join(KINDS)}")
    # More than one may be sent; the first in the service's own order finds the person.
    kind = "cio_id" if "cio_id" in named else named[0]
    return checked(kind, given[kind], f"{field}.{kind}")


def checked(kind: str, value: Any, field: str) -> Identifier:
    """An identifier that may come in."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise Problem("invalid", field, f"{field} must be a string that is not empty")
    value = value.strip()
    if size(value) > LONGEST_ID:
        raise Problem("invalid", field, f"{field} is longer than {LONGEST_ID} bytes")
    if kind == "phone" and not PHONE.fullmatch(value):
        raise Problem("invalid", field, f"{field} must be a number such as +14155552671")
    if kind == "email" and "@" not in value:
        raise Problem("invalid", field, f"{field} is not an e-mail address")
    return Identifier(kind, value.removeprefix("cio_") if kind == "cio_id" else value)


def checked_attributes(given: Any, field: str = "attributes") -> dict[str, Any]:
    """Attributes whose names and values are not too long."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Problem("invalid", field, f"{field} must be an object")
    for name, value in given.items():
        if size(name) > LONGEST_ATTRIBUTE:
            reason = f"the name of an attribute is longer than {LONGEST_ATTRIBUTE} bytes"
            raise Problem("invalid", field, reason)
        if isinstance(value, str | list | dict) and size(_text(value)) > LONGEST_VALUE:
            reason = f"the value of {name} is longer than {LONGEST_VALUE} bytes"
            raise Problem("invalid", f"{field}.{name}", reason)
    if PREFERENCES in given:
        _check_preferences(given[PREFERENCES], f"{field}.{PREFERENCES}")
    return given


def _check_preferences(given: Any, field: str) -> None:
    """Topics, and whether each is wanted; nothing takes them away."""
    if given in (None, ""):
        return
    topics = given.get("topics") if isinstance(given, dict) else given
    right = isinstance(topics, dict) and all(isinstance(each, bool) for each in topics.values())
    if topics is not None and not right:
        raise Problem("invalid", field, f"{field} must have topics, each true or false")


def checked_event_name(given: Any) -> str:
    """The name of an event."""
    if not isinstance(given, str) or not given.strip():
        raise Problem("required", "name", "name is required")
    if size(given) > LONGEST_EVENT:
        raise Problem("invalid", "name", f"name is longer than {LONGEST_EVENT} bytes")
    return given


def checked_data(given: Any, field: str) -> str:
    """The data of an event, as JSON."""
    if given is None:
        return "{}"
    if not isinstance(given, dict):
        raise Problem("invalid", field, f"{field} must be an object")
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":"))
    if size(text) > LARGEST_DATA:
        raise Problem("invalid", field, f"{field} is larger than {LARGEST_DATA} bytes")
    return text


def checked_stamp(given: Any, now: int, field: str = "timestamp") -> int:
    """Unix seconds, or now; anything else is no time."""
    if given is None:
        return now
    if isinstance(given, bool) or not isinstance(given, int | float) or abs(given) > LARGEST:
        raise Problem("invalid", field, f"{field} must be unix seconds")
    return int(given)


def checked_object(given: Any, field: str = "identifiers") -> dict[str, str]:
    """What an object is called: its own id, or its type and an id. Numbers are read as text."""
    named = given if isinstance(given, dict) else {}
    told = {key: str(named[key]) for key in OBJECT if isinstance(named.get(key), str | int)}
    told = {key: value for key, value in told.items() if value}
    if "cio_object_id" not in told and len(told) != len(OBJECT) - 1:
        message = f"{field} must have object_type_id and object_id, or cio_object_id"
        raise Problem("required", field, message)
    return told


def checked_relationships(given: Any, field: str = "cio_relationships") -> list[Record]:
    """Relationships of a person, each of which names an object."""
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise Problem("invalid", field, f"{field} must name objects")
    return [{**each, "identifiers": _related(each, field)} for each in given]


def _related(given: Record, field: str) -> dict[str, str]:
    if not isinstance(given.get("relationship_attributes"), dict | None):
        field = f"{field}.relationship_attributes"
        raise Problem("invalid", field, f"{field} must be an object")
    return checked_object(given.get("identifiers"), f"{field}.identifiers")


def size(text: str) -> int:
    """How many bytes a text takes."""
    return len(text) if text.isascii() else len(text.encode())


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def identifiers_among(attributes: Mapping[str, Any]) -> list[Identifier]:
    """The identifiers that attributes bring; an empty one says nothing."""
    kinds = ("id", "email", "phone")
    named = [kind for kind in kinds if attributes.get(kind) not in (None, "")]
    return [checked(kind, attributes[kind], f"attributes.{kind}") for kind in named]
