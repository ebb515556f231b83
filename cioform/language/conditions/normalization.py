"""Compare conditions by meaning and not by text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue, canonical_json
from cioform.core.time.duration import Duration
from cioform.language.conditions.boolean_algebra import push_negation_to_leaves, split_negation
from cioform.language.conditions.encoding.filter_encoding import encode_filter
from cioform.language.conditions.grammar import GROUP_KEYWORDS
from cioform.language.conditions.joins import expand_same
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.relative_dates import relative_date, to_relative_seconds
from cioform.language.conditions.values import is_too_deep, to_unix_seconds, to_wire_text

_ClauseSets: TypeAlias = frozenset[frozenset[str]]
"""Clauses or cases, each as the set of its leaves' canonical texts."""

_NO_CONDITIONS: Final[Mapping[str, tuple[JsonValue, ...]]] = {
    "all": ("", encode_filter([]), {"and": []}, {}),
    "any": ([], {"or": []}),
}
"""The `raw` forms in which Customer.io holds no condition at all, by the empty group they mean."""

_MAX_SETS: Final = 100
"""The most sets that a condition is expanded to; larger ones are compared as they are."""


def normalize_condition(condition: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a form in which conditions of the same meaning are equal.

    It removes differences of order, duplicates, groups of one, the place of negations, nesting,
    redundant parts, spellings of values and durations, and the numeric IDs that Customer.io adds
    to attributes in responses (journeys facts, section 3). A condition that is nested too deeply
    is returned unchanged.
    """
    if is_too_deep(condition):
        return dict(condition)
    tree = _normalize_tree(push_negation_to_leaves(condition))
    leaves: dict[str, dict[str, JsonValue]] = {}
    for outer, inner in (GROUP_KEYWORDS, GROUP_KEYWORDS[::-1]):
        sets = _minimal_sets(tree, outer, inner, leaves)
        if sets is not None:
            parts = [_make_group(inner, [leaves[key] for key in part]) for part in sets]
            return _make_group(outer, parts)
    return _sort_tree(tree)


def _normalize_tree(tree: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    for group in GROUP_KEYWORDS:
        if group in tree:
            return {group: [_normalize_tree(child) for child in tree[group]]}
        if "raw" in tree and tree["raw"] in _NO_CONDITIONS[group]:
            return {group: []}
    return _normalize_leaf(tree)


def _minimal_sets(
    tree: Mapping[str, JsonValue], outer: str, inner: str, leaves: dict[str, dict[str, JsonValue]]
) -> _ClauseSets | None:
    """Return the fewest sets with the meaning of `tree`, or None if they are too many.

    That form is unique, because a leaf and its negation count as different leaves.
    """
    if outer not in tree and inner not in tree:
        key = canonical_json(tree)
        leaves[key] = dict(tree)
        return frozenset({frozenset({key})})
    parts = [
        _minimal_sets(child, outer, inner, leaves)
        for child in tree[outer if outer in tree else inner]
    ]
    complete = [part for part in parts if part is not None]
    if len(complete) < len(parts):
        return None
    if outer in tree:
        return _without_supersets(each for part in complete for each in part)
    product: _ClauseSets = frozenset({frozenset()})
    for part in complete:
        product = _without_supersets((one | other for one in product for other in part), _MAX_SETS)
        if len(product) > _MAX_SETS:
            return None
    return product


def _without_supersets(sets: Iterable[frozenset[str]], limit: int | None = None) -> _ClauseSets:
    """Return the sets that contain no other set; stop once there are more than `limit`.

    A set that contains another one is redundant: the smaller one implies it.
    """
    minimal: list[frozenset[str]] = []
    for each in sorted(set(sets), key=len):
        if limit is not None and len(minimal) > limit:
            break
        if not any(other <= each for other in minimal):
            minimal.append(each)
    return frozenset(minimal)


def _sort_tree(tree: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    for group in GROUP_KEYWORDS:
        if group in tree:
            return _make_group(group, [_sort_tree(child) for child in tree[group]])
    return dict(tree)


def _make_group(keyword: str, children: Iterable[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    unique = {canonical_json(child): child for child in children}
    ordered = [unique[key] for key in sorted(unique)]
    return ordered[0] if len(ordered) == 1 else {keyword: ordered}


def _normalize_leaf(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    positive, negated = split_negation(leaf)
    positive = expand_same(positive)
    normal = {keyword: _normalize_operand(keyword, value) for keyword, value in positive.items()}
    if "event" in normal:
        normal.setdefault("at_least", "1")
        if normal.get("where") == {"all": []}:
            del normal["where"]
    return {"not": normal} if negated else normal


def _normalize_operand(keyword: str, value: JsonValue) -> JsonValue:
    if keyword == "where":
        return normalize_condition(value)
    if keyword == "raw":
        return _without_ids(value)
    if referenced_event_attribute(value) is not None:
        return value
    if keyword == "within_last":
        return str(Duration.parse(value))
    if keyword in ("before", "after"):
        relative = to_relative_seconds(value)
        return to_wire_text(to_unix_seconds(value)) if relative is None else relative_date(relative)
    return (
        [to_wire_text(item) for item in value] if isinstance(value, list) else to_wire_text(value)
    )


def _without_ids(wire: JsonValue) -> JsonValue:
    if isinstance(wire, list):
        return [_without_ids(item) for item in wire]
    if not isinstance(wire, dict):
        return wire
    named = "name" in wire and "type" in wire and isinstance(wire.get("id"), int)
    return {key: _without_ids(wire[key]) for key in wire if not (named and key == "id")}
