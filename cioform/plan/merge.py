"""What an object should be where its file ignores a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.model.resource import Resource


def merge_ignored_fields(
    resource: Resource, live: Attributes, applied: Attributes | None
) -> Attributes:
    """Give what the object should be: what the file says, and what is there where it is told to
    ignore a field."""
    wanted: JsonValue = resource.attributes
    for pattern in resource.ignore:
        wanted = _copy_ignored(wanted, live, applied, pattern.split("."))
    return dict(wanted)


def _copy_ignored(
    wanted: JsonValue, live: JsonValue, applied: JsonValue, pattern: Sequence[str]
) -> JsonValue:
    """Give `wanted` with the values at `pattern` as they are live, or as we last wrote them where
    that cannot be read."""
    if not isinstance(wanted, dict) or not isinstance(live, dict):
        return wanted
    applied = applied if isinstance(applied, dict) else {}
    name, rest = pattern[0], pattern[1:]
    merged = dict(wanted)
    for key in wanted.keys() | live.keys() if name == "*" else {name}:
        if rest and key in wanted:
            merged[key] = _copy_ignored(wanted[key], live.get(key), applied.get(key), rest)
        elif not rest and live.get(key, UNKNOWN) is not UNKNOWN:
            merged[key] = live[key]
        elif not rest and key in applied:
            merged[key] = applied[key]
    return merged
