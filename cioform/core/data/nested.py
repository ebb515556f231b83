"""Values inside nested data, by path. Nothing is changed in place: what changes is copied."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.data.json_value import Json, JsonValue, as_mapping
from cioform.core.data.paths import FieldPath


def get_value(value: Json, place: FieldPath) -> Json:
    """Return the value at a place. Raises KeyError, IndexError or TypeError if there is none."""
    inner: JsonValue = value  # Python's own errors say which step there is not.
    for step in place:
        inner = inner[step]
    found: Json = inner
    return found


def find_value(value: Json, place: FieldPath) -> Json:
    """Return the value at a place, None if there is none."""
    try:
        return get_value(value, place)
    except (KeyError, IndexError, TypeError):
        return None


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


def without_value(holder: Json, place: FieldPath) -> Json:
    """Return a copy without the field at a place, and without a mapping that held only that."""
    above, name = place[:-1], place[-1]
    inner = as_mapping(get_value(holder, above))
    rest = {key: value for key, value in inner.items() if key != name}
    if rest or not above or isinstance(above[-1], int):
        return with_value(holder, above, rest)
    return without_value(holder, above)


def with_value(holder: Json, place: FieldPath, value: Json) -> Json:
    """Return a copy with the value at a place; the rest is shared."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(holder, list):
        return [with_value(v, rest, value) if at == step else v for at, v in enumerate(holder)]
    inner, name = as_mapping(holder), str(step)
    return {**inner, name: with_value(inner.get(name), rest, value)}
