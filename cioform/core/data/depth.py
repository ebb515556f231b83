"""Find how deep data is nested."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import Json

_CONTAINERS: Final = (dict, list)
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def is_deeper(value: Json, levels: int) -> bool:
    """Return whether lists and mappings in `value` are nested more than `levels` levels deep.

    It calls itself at most that many times, however deep `value` is.
    """
    if not levels:
        return isinstance(value, _CONTAINERS)
    if not isinstance(value, _CONTAINERS):
        return False
    for child in value.values() if isinstance(value, dict) else value:
        if child.__class__ in _SCALARS:
            continue  # Nearly all are, and a look at the class is faster than a call.
        if is_deeper(child, levels - 1):
            return True
    return False
