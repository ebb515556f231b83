"""What an object should be if its file ignores a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.json_value import UNKNOWN, Attributes, Json
from cioform.model.resource import Resource


def merge_ignored_fields(
    resource: Resource, live: Attributes, applied: Attributes | None
) -> Attributes:
    """Return the attributes of the file, with the live values of the fields that it ignores.

    A live value that cannot be read is replaced by the one that was last applied.
    """
    merged = resource.attributes
    for pattern in resource.ignore:
        merged = _copy_ignored(merged, live, applied or {}, pattern.split("."))
    return dict(merged)


def _copy_ignored(
    wanted: Mapping[str, Json],
    live: Mapping[str, Json],
    applied: Mapping[str, Json],
    pattern: Sequence[str],
) -> Attributes:
    name, rest = pattern[0], pattern[1:]
    merged = dict(wanted)
    for key in wanted.keys() | live.keys() if name == "*" else {name}:
        if rest:
            inner, inner_live, inner_applied = wanted.get(key), live.get(key), applied.get(key)
            if isinstance(inner, dict) and isinstance(inner_live, dict):
                inner_applied = inner_applied if isinstance(inner_applied, dict) else {}
                merged[key] = _copy_ignored(inner, inner_live, inner_applied, rest)
        elif live.get(key, UNKNOWN) is not UNKNOWN:
            merged[key] = live[key]
        elif key in applied:
            merged[key] = applied[key]
    return merged
