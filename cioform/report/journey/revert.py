"""Work out what attributes were before a plan, from what they are after it and the changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cioform.core.data.json_value import Attributes, Json, JsonValue
from cioform.core.data.nested import get_value
from cioform.core.data.paths import FieldPath
from cioform.plan.change import FieldChange
from cioform.plan.compare.keyed_list import ORDER_KEY, items_in_order, keyed

_MISSING: Final = object()


def revert_changes(desired: Attributes, fields: Iterable[FieldChange]) -> Attributes:
    """Return the attributes that become `desired` when all changes of `fields` are made."""
    before = {name: keyed(value) for name, value in desired.items()}
    for change in fields:
        _set_at_path(before, change.path, change.before)
    return {
        name: _mappings_to_lists(value) for name, value in before.items() if value is not _MISSING
    }


def _set_at_path(value: Json, path: FieldPath, before: Json) -> None:
    holder: JsonValue = get_value(value, path[:-1])
    last = path[-1]
    if isinstance(holder, list) and isinstance(last, int):
        holder.extend([_MISSING] * (last + 1 - len(holder)))
    holder[last] = _MISSING if before is None else keyed(before)


def _mappings_to_lists(value: Json) -> Json:
    if isinstance(value, Mapping):
        present = {k: _mappings_to_lists(item) for k, item in value.items() if item is not _MISSING}
        if ORDER_KEY not in present:
            return present
        order = str(present.pop(ORDER_KEY))
        return items_in_order(present, order)
    if isinstance(value, list):
        return [_mappings_to_lists(item) for item in value if item is not _MISSING]
    return value
