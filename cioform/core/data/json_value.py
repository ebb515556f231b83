"""JSON data as it flows between the packages, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias


class Unknown(Enum):
    """A value that the given credential cannot read. It is never compared or reported as drift."""

    UNKNOWN = "(not readable with this credential)"

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __str__(self) -> str:
        return self.value


UNKNOWN: Final = Unknown.UNKNOWN

if TYPE_CHECKING:
    Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | Unknown | None"
    """JSON data, whose shape has to be checked before it is used; any value may be UNKNOWN."""
else:
    Json = object  # pydantic reads annotations at run time, and a recursive one is slow to compile.

Attributes: TypeAlias = dict[str, Json]
"""The fields of a resource in canonical form, by name: what is compared, planned and stored."""

JsonValue: TypeAlias = Any
"""JSON data whose shape the reader knows, such as a documented response or a validated field.

The type checker does not check it: where the shape is not known, use `Json`.
"""

KindFields: TypeAlias = dict[str, JsonValue]
"""The attributes of one kind, to the code of that kind: its model has validated them."""


_MAPPINGS: Final = (dict, Mapping)
"""Nearly all are a `dict`, and asking the abstract class takes longer."""


def has_unknown(value: Json) -> bool:
    """Return whether a value is UNKNOWN, or contains one at any depth."""
    if isinstance(value, _MAPPINGS):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN


def without_unknown(values: Mapping[str, Json]) -> dict[str, Json]:
    """Return a mapping without the members that are UNKNOWN."""
    return {name: value for name, value in values.items() if value is not UNKNOWN}


_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical_json(value: Json) -> str:
    """Return the canonical JSON text of a value: sorted keys, no white space.

    Raises TypeError if it contains UNKNOWN, which has no digest.
    """
    return _CANONICAL.encode(value)


def digest(value: Json) -> str:
    """Return a short fingerprint of a value: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]


def as_mapping(value: Json) -> Mapping[str, Json]:
    """Return the value if it is an object, otherwise an empty mapping."""
    return value if isinstance(value, _MAPPINGS) else {}


def as_list(value: Json) -> Sequence[Json]:
    """Return the value if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else ()


def as_text(value: Json) -> str | None:
    """Return the value if it is a text, otherwise None."""
    return value if isinstance(value, str) else None


def map_texts(value: Json, change: Callable[[str], str]) -> Json:
    """Return nested data with every text and every name changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(name): map_texts(item, change) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_texts(item, change) for item in value]
    return value
