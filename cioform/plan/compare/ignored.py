"""The parts of a canonical form that its file ignores: do not compare them, and keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from cioform.core.data.json_value import UNKNOWN, Attributes, Json, as_mapping
from cioform.core.data.paths import WILDCARD, FieldPath
from cioform.model.resource import Resource


def hide_ignored(live: Attributes, wanted: Attributes, patterns: Sequence[FieldPath]) -> Attributes:
    """Return the live attributes with the values of `wanted` where `patterns` match.

    Inside a list, a name is the ID of an item, at any depth.
    """
    for pattern in patterns:
        live = _replace(live, wanted, pattern)
    return live


def merge_ignored_fields(
    resource: Resource, live: Attributes, applied: Attributes | None
) -> Attributes:
    """Return the attributes of the file, with the live values of the fields that it ignores.

    A live value that cannot be read is replaced by the one that was last applied.
    """
    merged = resource.attributes
    for pattern in resource.ignore:
        merged = _take(merged, live, applied or {}, pattern)
    return dict(merged)


def _replace(
    live: Mapping[str, Json], wanted: Mapping[str, Json], pattern: FieldPath
) -> Attributes:
    name, rest = pattern[0], pattern[1:]
    replaced = dict(live)
    for key in wanted.keys() | live.keys() if name == WILDCARD else {str(name)}:
        inner, inner_wanted = live.get(key), wanted.get(key)
        if not rest:
            replaced.pop(key, None)
            replaced |= {key: wanted[key]} if key in wanted else {}
        elif isinstance(inner, Mapping):
            replaced[key] = _replace(inner, as_mapping(inner_wanted), rest)
        elif isinstance(inner, list) and len(rest) > 1:
            item = next(items_with_id(inner_wanted, rest[0]), None)
            if item is not None:
                replace_inside = partial(_replace, wanted=item, pattern=rest[1:])
                replaced[key] = change_item(inner, rest[0], replace_inside)
    return replaced


def _take(
    wanted: Mapping[str, Json],
    live: Mapping[str, Json],
    applied: Mapping[str, Json],
    pattern: FieldPath,
) -> Attributes:
    name, rest = pattern[0], pattern[1:]
    merged = dict(wanted)
    for key in wanted.keys() | live.keys() if name == WILDCARD else {str(name)}:
        if rest:
            inner, inner_live, inner_applied = wanted.get(key), live.get(key), applied.get(key)
            if isinstance(inner, Mapping) and isinstance(inner_live, Mapping):
                merged[key] = _take(inner, inner_live, as_mapping(inner_applied), rest)
            elif isinstance(inner, list) and isinstance(inner_live, list) and len(rest) > 1:
                merged[key] = _take_in_item(inner, inner_live, inner_applied, rest)
        elif key not in live:
            merged.pop(key, None)
        elif live[key] is not UNKNOWN:
            merged[key] = live[key]
        elif key in applied:
            merged[key] = applied[key]
    return merged


def _take_in_item(wanted: list[Json], live: list[Json], applied: Json, pattern: FieldPath) -> Json:
    live_item = next(items_with_id(live, pattern[0]), None)
    if live_item is None:
        return wanted
    applied_item = next(items_with_id(applied, pattern[0]), {})
    take = partial(_take, live=live_item, applied=applied_item, pattern=pattern[1:])
    return change_item(wanted, pattern[0], take)


def items_with_id(value: Json, name: str | int) -> Iterator[Mapping[str, Json]]:
    """Yield the items with an ID in the lists of a value, the outermost first."""
    if isinstance(value, Mapping):
        if value.get("id") == name:
            yield value
        for inner in value.values():
            yield from items_with_id(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from items_with_id(inner, name)


def change_item(value: Json, name: str | int, change: Callable[[Mapping[str, Json]], Json]) -> Json:
    """Return a value with each item of the ID changed."""
    if isinstance(value, Mapping):
        if value.get("id") == name:
            return change(value)
        return {key: change_item(inner, name, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [change_item(inner, name, change) for inner in value]
    return value
