"""Values inside nested data, by path. Nothing is changed in place: what changes is copied."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.json_value import Json, JsonValue, as_mapping
from cioform.core.paths import FieldPath


def get_value(value: JsonValue, place: FieldPath) -> JsonValue:
    """Return the value at a place. Raise KeyError, IndexError or TypeError if there is none."""
    for step in place:
        value = value[step]
    return value


def has_value(value: Json, place: FieldPath) -> bool:
    """Return whether there is a value at a place."""
    for step in place:
        if isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return True


def without_value(holder: JsonValue, place: FieldPath) -> JsonValue:
    """Return a copy without the field at a place, and without a mapping that held only that."""
    above, name = place[:-1], place[-1]
    rest = {key: value for key, value in get_value(holder, above).items() if key != name}
    if rest or not above or isinstance(above[-1], int):
        return with_value(holder, above, rest)
    return without_value(holder, above)


def with_value(holder: JsonValue, place: FieldPath, value: JsonValue) -> JsonValue:
    """Return a copy with the value at a place; the rest is shared."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(holder, list):
        return [with_value(v, rest, value) if at == step else v for at, v in enumerate(holder)]
    inner = as_mapping(holder)
    return {**inner, step: with_value(inner.get(str(step)), rest, value)}
