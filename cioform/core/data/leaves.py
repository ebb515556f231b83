"""The values inside of mappings, each with its path."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.data.json_value import UNKNOWN, Json, has_unknown
from cioform.core.data.paths import FieldPath


def leaves(path: FieldPath, value: Json) -> Iterator[tuple[FieldPath, Json]]:
    """Yield the values inside of mappings, with their paths; a list is one value."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            if isinstance(inner, dict):
                yield from leaves((*path, name), inner)
            else:
                yield (*path, name), _without_unknown(inner)
    else:
        yield path, _without_unknown(value)


def left_out(path: FieldPath, live: Json, managed: Json) -> Iterator[tuple[FieldPath, Json]]:
    """Yield the values in mappings of `live` that `managed` lacks, each with its path.

    If `managed` has a plain value where `live` has a mapping, the value is shorthand for a mapping
    with that single field.
    """
    if managed is live or not isinstance(live, dict):
        return
    for name, value in live.items():
        if isinstance(managed, dict):
            if name not in managed:
                yield from leaves((*path, name), value)
            else:
                yield from left_out((*path, name), value, managed[name])
        elif value != managed:
            yield from leaves((*path, name), value)


def _without_unknown(value: Json) -> Json:
    """Return the value, UNKNOWN for a list that has a value that could not be read."""
    return UNKNOWN if isinstance(value, list) and has_unknown(value) else value
