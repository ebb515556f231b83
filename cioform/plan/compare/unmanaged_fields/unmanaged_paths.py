"""Paths of a record of unmanaged fields.

They are paths of the canonical form, but name a part by its ID alone, at any depth:
`workflow.pause.raw.x`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress

from cioform.core.data.json_value import Attributes, Json, as_mapping
from cioform.core.data.paths import WILDCARD, FieldPath, PathError, parse_path
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.plan.compare.differences import ABSENT, Value
from cioform.plan.compare.ignored import items_with_id
from cioform.plan.compare.unmanaged import PatternNode, is_replaced, pattern_tree


def is_unmanaged(kind: Kind, path: FieldPath, wanted: Attributes) -> bool:
    """Return whether `wanted` leaves the value at a path of a record unmanaged."""
    for at, value in enumerate(_values_along(kind, wanted, path)):
        if value is not ABSENT:
            continue
        if at == 0:
            return True
        patterns = pattern_tree(kind.unmanaged_fields)
        if path[0] in patterns.below:
            return _is_end(patterns, path[: at + 1])
        # In parts, and in short forms such as `reentry: once`.
        return isinstance(kind, HasParts) and (
            at > 1 or not isinstance(wanted[str(path[0])], list | dict)
        )
    return False


def is_in_replaced_part(kind: Kind, path: FieldPath, applied: Attributes, live: Attributes) -> bool:
    """Return whether what holds the value is gone or of another type, which is drift itself."""
    sides = (_values_along(kind, side, path) for side in (applied, live))
    for one, other in zip(*sides, strict=True):
        if one is ABSENT:
            return False
        if other is ABSENT:
            return True
        if isinstance(one, dict) and isinstance(other, dict) and is_replaced(one, other):
            return True
    return False


def is_matched(kind: Kind, pattern: FieldPath, path: FieldPath) -> bool:
    """Return whether a pattern of `ignore` names a path or what holds it."""
    if isinstance(kind, HasParts):
        nested = (kind.parts_field, *kind.nested_parts)
        if pattern[: len(nested)] == nested:
            pattern = (kind.parts_field, *pattern[len(nested) :])
    return len(pattern) <= len(path) and all(
        step in (WILDCARD, name) for step, name in zip(pattern, path, strict=False)
    )


def is_of_part(path: FieldPath, parts: Container[str | int]) -> bool:
    """Return whether a path, of a file or of a record, is inside of one of some parts."""
    return any(step in parts for step in path[:2])


def is_in(path: FieldPath, holders: Iterable[FieldPath]) -> bool:
    """Return whether a path is one of `holders` or inside of one."""
    return any(path[: len(holder)] == holder for holder in holders)


def value_at_path(kind: Kind, attributes: Attributes, path: FieldPath) -> Value:
    """Return the value at a path, ABSENT if there is none."""
    *_, value = _values_along(kind, attributes, path)
    return value


def parsed(text: str) -> FieldPath:
    """Return the path of a text from a state; what is no path names no field."""
    with suppress(PathError):
        return parse_path(text)
    return (text,)


def place_of_part(kind: Kind, path: FieldPath, forms: Iterable[Attributes]) -> FieldPath:
    """Return a path of the compared form for a path that names a part by its ID alone."""
    holders = [form.get(str(path[0])) for form in forms]
    if isinstance(kind, HasParts) and path[0] == kind.parts_field:
        for at in range(len(path) - 1, 0, -1):
            if any(any(items_with_id(each, path[at])) for each in holders):
                return (path[0], *path[at:])
    return path


def in_nested_parts(kind: Kind, place: FieldPath, form: Attributes) -> FieldPath:
    """Return a place as a pattern of `ignore` for a form whose parts may be nested, as nodes."""
    if not isinstance(kind, HasParts):
        return place
    nested = kind.nested_parts
    is_nested = nested[0] in as_mapping(form.get(str(place[0])))
    return (place[0], *nested, *place[1:]) if is_nested else place


def _values_along(kind: Kind, attributes: Attributes, path: FieldPath) -> Iterator[Value]:
    """Yield the value at each step of a path, on which a part is found at any depth."""
    nested = set(kind.nested_parts[:1]) if isinstance(kind, HasParts) else set[str]()
    value: Value = attributes
    for step in path:
        if isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) or (isinstance(value, Mapping) and value.keys() == nested):
            value = _part(kind, value, step)
        else:
            value = ABSENT
        yield value


def _part(kind: Kind, holder: Json, name: str | int) -> Value:
    """Return the part with an ID, at any depth; ABSENT if there is none."""
    items: Iterator[Value] = items_with_id(holder, name)
    found = next(items, ABSENT)
    if found is ABSENT and isinstance(kind, HasParts):
        return kind.implied_part(holder, name) or ABSENT
    return found


def _is_end(patterns: PatternNode, path: FieldPath) -> bool:
    """Return whether one of the patterns is that of a path."""
    node: PatternNode | None = patterns
    for step in path:
        node = node.below.get(str(step), node.anywhere) if node else None
    return node is not None and node.is_end
