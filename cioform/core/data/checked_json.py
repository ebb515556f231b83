"""JSON data of a recorded form, whose values have the right types unless somebody edited them.

Each function raises TypeError for a value of another type.
"""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Attributes, Json


def checked_text(value: Json) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise TypeError
    return value


def checked_text_or_none(value: Json) -> str | None:
    """Return a text or None."""
    return None if value is None else checked_text(value)


def checked_number(value: Json) -> int:
    """Return a whole number."""
    if not isinstance(value, int):
        raise TypeError
    return value


def checked_number_or_none(value: Json) -> int | None:
    """Return a whole number or None."""
    return None if value is None else checked_number(value)


def checked_list(value: Json) -> list[Json]:
    """Return a list."""
    if not isinstance(value, list):
        raise TypeError
    return value


def checked_mapping(value: Json) -> Mapping[str, Json]:
    """Return a mapping."""
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def checked_texts(value: Json) -> dict[str, str]:
    """Return a mapping of texts; null is an empty one."""
    members = checked_mapping_or_none(value) or {}
    return {name: checked_text(member) for name, member in members.items()}


def checked_mapping_or_none(value: Json) -> Attributes | None:
    """Return a mapping or None."""
    if not isinstance(value, dict | None):
        raise TypeError
    return value
