"""Values in the state and in journals: JSON, with a notation for UNKNOWN."""

from __future__ import annotations

from collections.abc import Callable
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
        return _decode_object({name: decode_value(item) for name, item in value.items()})
    if isinstance(value, list):
        return [decode_value(item) for item in value]
    return value


def _decode_object(value: dict[str, Json]) -> Json:
    """Return the value of one object, whose members are decoded."""
    return UNKNOWN if value == _ENCODED_UNKNOWN else value


def object_hook(content: bytes | str) -> Callable[[dict[str, Json]], Json] | None:
    """Return the `object_hook` of a JSON parser that decodes the values in `content`.

    It is None for most states, whose content has no UNKNOWN and no escape that may spell it.
    """
    text = content if isinstance(content, str) else content.decode(errors="replace")
    return _decode_object if "$cioform" in text or "\\u" in text else None
