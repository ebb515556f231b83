"""What an object should be where its file ignores a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.json_value import UNKNOWN, Attributes, Plain
from cioform.model.resource import Resource


def merged(resource: Resource, live: Attributes, applied: Attributes | None) -> Attributes:
    """Give what the object should be: what the file says, and what is there where it is told to
    ignore a field."""
    wanted: Plain = resource.attributes
    for pattern in resource.ignore:
        wanted = _taken_over(wanted, live, applied, pattern.split("."))
    return dict(wanted)


def _taken_over(wanted: Plain, live: Plain, applied: Plain, pattern: Sequence[str]) -> Plain:
    """Give `wanted` with the values at `pattern` as they are live, or as we last wrote them where
    that cannot be read."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    applied = applied if isinstance(applied, dict) else {}
    name, rest = pattern[0], pattern[1:]
    merged = dict(wanted)
    for key in wanted.keys() | live.keys() if name == "*" else {name}:
        if rest and key in wanted:
            merged[key] = _taken_over(wanted[key], live.get(key), applied.get(key), rest)
        elif not rest and live.get(key, UNKNOWN) is not UNKNOWN:
            merged[key] = live[key]
        elif not rest and key in applied:
            merged[key] = applied[key]
    return merged
