"""Values on their way to and from disk: the unknown has a spelling there."""

from __future__ import annotations

from typing import Any, Final

from cioform.core.json_value import UNKNOWN, JsonValue

_ENCODED_UNKNOWN: Final = {"$cioform": "unknown"}


def encode_value(value: JsonValue) -> Any:
    """Give `value` as JSON can hold it."""
    if value is UNKNOWN:
        return dict(_ENCODED_UNKNOWN)
    if isinstance(value, dict):
        return {str(name): encode_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [encode_value(each) for each in value]
    return value


def decode_value(value: Any) -> JsonValue:
    """Give back what was packed."""
    if value == _ENCODED_UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict):
        return {name: decode_value(each) for name, each in value.items()}
    if isinstance(value, list):
        return [decode_value(each) for each in value]
    return value
