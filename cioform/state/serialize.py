"""Values in the state and in journals: JSON, with a notation for UNKNOWN."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import UNKNOWN, Json

_ENCODED_UNKNOWN: Final = {"$cioform": "unknown"}


def encode_value(value: Json) -> Json:
    """Return `value` in a form that JSON can hold."""
    if value is UNKNOWN:
        return dict(_ENCODED_UNKNOWN)
    if isinstance(value, dict):
        return {str(name): encode_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode_value(item) for item in value]
    return value


def decode_value(value: Json) -> Json:
    """Return the value that `encode_value` encoded."""
    if isinstance(value, dict):
        return decode_object({name: decode_value(item) for name, item in value.items()})
    if isinstance(value, list):
        return [decode_value(item) for item in value]
    return value


def decode_object(value: dict[str, Json]) -> Json:
    """Return the value of one object, whose members are decoded: the `object_hook` of a parser."""
    return UNKNOWN if value == _ENCODED_UNKNOWN else value
