"""Find how deep data is nested, without recursion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data.json_value import Json, JsonValue

_CONTAINERS: Final = (dict, list)
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def is_deeper(value: Json, levels: int) -> bool:
    """Return whether lists and mappings in `value` are nested more than `levels` levels deep.

    Of each level only lists and mappings are kept, because every condition is checked several
    times.
    """
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(levels):
        level = [child for item in level for child in _containers_in(item)]
        if not level:
            return False
    return bool(level)


def _containers_in(item: JsonValue) -> Sequence[JsonValue]:
    children = item.values() if isinstance(item, dict) else item
    # Most have only scalars, and looking at all classes at once is faster than at each child.
    if _SCALARS.issuperset(map(type, children)):
        return ()
    return [child for child in children if isinstance(child, _CONTAINERS)]
