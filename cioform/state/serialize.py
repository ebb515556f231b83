"""Values on their way to and from disk: the unknown has a spelling there."""

from __future__ import annotations

from typing import Any, Final

from cioform.core.json_value import UNKNOWN, Plain

_UNKNOWN: Final = {"$cioform": "unknown"}


def pack(value: Plain) -> Any:
    """Give `value` as JSON can hold it."""
    if value is UNKNOWN:
        return dict(_UNKNOWN)
    if isinstance(value, dict):
        return {str(name): pack(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [pack(each) for each in value]
    return value


def unpack(value: Any) -> Plain:
    """Give back what was packed."""
    if value == _UNKNOWN:
        return UNKNOWN
    if isinstance(value, dict):
        return {name: unpack(each) for name, each in value.items()}
    if isinstance(value, list):
        return [unpack(each) for each in value]
    return value
