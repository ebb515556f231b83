"""Find how deep data is nested, without recursion."""

from __future__ import annotations

from typing import Final

from cioform.core.data.json_value import Json

_CONTAINERS: Final = (dict, list)
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def is_deeper(value: Json, levels: int) -> bool:
    """Return whether lists and mappings in `value` are nested more than `levels` levels deep.

    Of each level only lists and mappings are kept, because every condition is checked several
    times.
    """
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(levels):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            # Nearly all are scalars, and a look at the class is faster than `isinstance`.
            if child.__class__ not in _SCALARS and isinstance(child, _CONTAINERS)
        ]
        if not level:
            return False
    return bool(level)
