"""Parse a person's attributes: the category of each, the type of its value, and its last change."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.time import timestamps
from cioform.operate.pagination import as_int

_STANDARD_ATTRIBUTES: Final = frozenset(
    {
        *("id", "email", "phone", "cio_id", "anonymous_id", "created_at", "unsubscribed"),
        *("timezone", "language", "cio_subscription_preferences", "cio_relationships"),
    }
)
_COMPUTED_PREFIXES: Final = ("_", "cio_")
"""Prefixes of attributes that Customer.io sets itself: `_last_emailed`, `cio_city`."""
_NEVER_TIMESTAMPS: Final = frozenset({"id", "phone"})
_MIN_TIMESTAMP, _MAX_TIMESTAMP = 1_000_000_000, 4_102_444_800
"""Unix seconds of 2001 and 2100. A number in between is also shown as a date."""


class AttributeCategory(StrEnum):
    """Who sets an attribute."""

    STANDARD = "standard"
    """Customer.io knows its meaning: `email`, `created_at`."""
    CUSTOM = "custom"
    """Only your own programs and messages use it."""
    COMPUTED = "computed"
    """Customer.io computes it."""


class ValueType(StrEnum):
    """The type of a value. Values keep the type they were sent with."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    LIST = "list"
    OBJECT = "object"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a person."""

    name: str
    value: Json
    sort: AttributeCategory
    type: ValueType
    date: str | None
    """The value of a timestamp in ISO 8601 and UTC."""
    changed_at: int | None
    """When it was last set, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the App API shows them."""

    identifiers: Mapping[str, str | None]
    attributes: tuple[Attribute, ...]
    unsubscribed: bool
    devices: tuple[Mapping[str, Json], ...]

    def __getitem__(self, name: str) -> Json:
        """Return the value of an attribute. Raises KeyError."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        raise KeyError(name)


def parse_profile(body: Json) -> Profile:
    """Return the profile in a response to `GET /v1/customers/{id}/attributes`.

    Standard attributes come first, then custom, then computed ones, each by name.
    """
    customer = as_mapping(as_mapping(body).get("customer"))
    stamps = as_mapping(customer.get("timestamps"))
    found = [
        attribute(name, value, as_int(stamps.get(name)))
        for name, value in as_mapping(customer.get("attributes")).items()
    ]
    order = list(AttributeCategory)
    found.sort(key=lambda each: (order.index(each.sort), each.name))
    identifiers = as_mapping(customer.get("identifiers")) or {"id": customer.get("id")}
    return Profile(
        identifiers={name: None if v is None else str(v) for name, v in identifiers.items()},
        attributes=tuple(found),
        unsubscribed=customer.get("unsubscribed") in (True, "true"),
        devices=tuple(as_mapping(device) for device in as_list(customer.get("devices"))),
    )


def attribute(name: str, value: Json, changed_at: int | None = None) -> Attribute:
    """Return an attribute with its sort and type."""
    kind = _value_type(name, value)
    date = format_timestamp(int(str(value))) if kind is ValueType.TIMESTAMP else None
    return Attribute(name, value, _attribute_category(name), kind, date, changed_at)


def format_timestamp(seconds: int) -> str:
    """Return Unix seconds as ISO 8601 in UTC."""
    return timestamps.format_timestamp(seconds).replace("+00:00", "Z")


def _attribute_category(name: str) -> AttributeCategory:
    if name in _STANDARD_ATTRIBUTES:
        return AttributeCategory.STANDARD
    return (
        AttributeCategory.COMPUTED
        if name.startswith(_COMPUTED_PREFIXES)
        else AttributeCategory.CUSTOM
    )


def _value_type(name: str, value: Json) -> ValueType:
    if value is None:
        return ValueType.NULL
    if isinstance(value, bool):
        return ValueType.BOOLEAN
    if isinstance(value, int | float):
        is_date = (
            isinstance(value, int)
            and _MIN_TIMESTAMP <= value < _MAX_TIMESTAMP
            and name not in _NEVER_TIMESTAMPS
        )
        return ValueType.TIMESTAMP if is_date else ValueType.NUMBER
    if isinstance(value, list):
        return ValueType.LIST
    return ValueType.OBJECT if isinstance(value, Mapping) else ValueType.TEXT
