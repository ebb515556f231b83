"""A person's attributes: what sort each is, what type its value has, and when it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from cioform.core.json_value import Plain
from cioform.operate.pagination import mapping, whole

_STANDARD: Final = frozenset(
    {
        *("id", "email", "phone", "cio_id", "anonymous_id", "created_at", "unsubscribed"),
        *("timezone", "language", "cio_subscription_preferences", "cio_relationships"),
    }
)
_COMPUTED: Final = ("_", "cio_")
"""How the names begin of what Customer.io keeps by itself: `_last_emailed`, `cio_city`."""
_NEVER_DATES: Final = frozenset({"id", "phone"})
_FIRST, _LAST = 1_000_000_000, 4_102_444_800
"""Unix seconds of 2001 and 2100: a number between is shown with the date that it may be."""


class Sort(StrEnum):
    """Who gives an attribute its value."""

    STANDARD = "standard"
    """Customer.io knows what it means: `email`, `created_at`."""
    CUSTOM = "custom"
    """Only your own programs and messages do."""
    COMPUTED = "computed"
    """Customer.io works it out."""


class Type(StrEnum):
    """What a value is. Values keep the type they were sent with."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    LIST = "list"
    OBJECT = "object"
    NOTHING = "null"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a person."""

    name: str
    value: Plain
    sort: Sort
    type: Type
    date: str | None
    """What a timestamp means, in ISO 8601 and UTC."""
    changed_at: int | None
    """When it was last set, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the App API shows them."""

    identifiers: Mapping[str, str | None]
    attributes: tuple[Attribute, ...]
    unsubscribed: bool
    devices: tuple[Mapping[str, Plain], ...]

    def __getitem__(self, name: str) -> Plain:
        """Give the value of an attribute, or raise KeyError."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        raise KeyError(name)


def read_profile(body: Plain) -> Profile:
    """Give the profile that `GET /v1/customers/{id}/attributes` answers. Standard attributes come
    first, then custom, then computed ones, each by name."""
    customer = mapping(mapping(body).get("customer"))
    stamps = mapping(customer.get("timestamps"))
    found = [
        attribute(name, value, whole(stamps.get(name)))
        for name, value in mapping(customer.get("attributes")).items()
    ]
    order = list(Sort)
    found.sort(key=lambda each: (order.index(each.sort), each.name))
    identifiers = mapping(customer.get("identifiers")) or {"id": customer.get("id")}
    return Profile(
        identifiers={name: None if v is None else str(v) for name, v in identifiers.items()},
        attributes=tuple(found),
        unsubscribed=customer.get("unsubscribed") in (True, "true"),
        devices=tuple(mapping(device) for device in customer.get("devices") or ()),
    )


def attribute(name: str, value: Plain, changed_at: int | None = None) -> Attribute:
    """Give an attribute with its sort and type."""
    kind = _type(name, value)
    date = day(int(value)) if kind is Type.TIMESTAMP else None
    return Attribute(name, value, _sort(name), kind, date, changed_at)


def day(seconds: int) -> str:
    """Give Unix seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _sort(name: str) -> Sort:
    if name in _STANDARD:
        return Sort.STANDARD
    return Sort.COMPUTED if name.startswith(_COMPUTED) else Sort.CUSTOM


def _type(name: str, value: Plain) -> Type:
    if value is None:
        return Type.NOTHING
    if isinstance(value, bool):
        return Type.BOOLEAN
    if isinstance(value, int | float):
        is_date = isinstance(value, int) and _FIRST <= value < _LAST and name not in _NEVER_DATES
        return Type.TIMESTAMP if is_date else Type.NUMBER
    if isinstance(value, list):
        return Type.LIST
    return Type.OBJECT if isinstance(value, Mapping) else Type.TEXT
