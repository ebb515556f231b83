"""The members of a record, as the types that they have in every valid record.

Each function raises TypeError for a value of another type.
"""

from __future__ import annotations

from cioform.core.json_value import Attributes, Json


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


def checked_list(value: Json) -> list[Json]:
    """Return a list."""
    if not isinstance(value, list):
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
