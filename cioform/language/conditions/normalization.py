"""Equality of conditions by meaning, and never by text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue, canonical_json
from cioform.language.conditions.boolean_algebra import push_negation_to_leaves, split_negation
from cioform.language.conditions.grammar import GROUP_KEYWORDS
from cioform.language.conditions.operand_checks import referenced_event_attribute
from cioform.language.conditions.values import is_too_deep, to_unix_seconds, to_wire_text

_ClauseSets: TypeAlias = frozenset[frozenset[str]]
"""Clauses or cases, each the set of its leaves' canonical texts."""

_MAX_SETS: Final = 100
"""To how many of them alternatives are multiplied out before they are compared as they stand."""


def normalize_condition(condition: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give a form in which conditions of one meaning are equal: order, duplicates, groups of one,
    the side of a negation, nesting, what another part says already, spellings of values and
    durations, and the numeric ids that the remote adds to attributes on reading (journeys facts,
    section 3). What is nested deeper than any file may be stays as it is."""
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
    return _normalize_leaf(tree)


def _minimal_sets(
    tree: Mapping[str, JsonValue], outer: str, inner: str, leaves: dict[str, dict[str, JsonValue]]
) -> _ClauseSets | None:
    """Give the fewest sets with the meaning of `tree`, None when they are too many. There is but
    one such form: a leaf and its denial count as different leaves, and so nothing is denied."""
    if outer not in tree and inner not in tree:
        key = canonical_json(tree)
        leaves[key] = dict(tree)
        return frozenset({frozenset({key})})
    parts = [
        _minimal_sets(child, outer, inner, leaves)
        for child in tree[outer if outer in tree else inner]
    ]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if outer in tree:
        return _without_supersets(each for part in known for each in part)
    product: _ClauseSets = frozenset({frozenset()})
    for part in known:
        product = _without_supersets((one | other for one in product for other in part), _MAX_SETS)
        if len(product) > _MAX_SETS:
            return None
    return product


def _without_supersets(sets: Iterable[frozenset[str]], limit: int | None = None) -> _ClauseSets:
    """Leave out each set that holds another, which is said by that other already. Stops once it
    has more than `enough`."""
    kept: list[frozenset[str]] = []
    for each in sorted(set(sets), key=len):
        if limit is not None and len(kept) > limit:
            break
        if not any(other <= each for other in kept):
            kept.append(each)
    return frozenset(kept)


def _sort_tree(tree: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    for group in GROUP_KEYWORDS:
        if group in tree:
            return _make_group(group, [_sort_tree(child) for child in tree[group]])
    return dict(tree)


def _make_group(word: str, children: Iterable[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    unique = {canonical_json(child): child for child in children}
    ordered = [unique[key] for key in sorted(unique)]
    return ordered[0] if len(ordered) == 1 else {word: ordered}


def _normalize_leaf(leaf: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    positive, denied = split_negation(leaf)
    plain = {word: _normalize_operand(word, value) for word, value in positive.items()}
    if "event" in plain:
        plain.setdefault("at_least", "1")
        if plain.get("where") == {"all": []}:
            del plain["where"]
    return {"not": plain} if denied else plain


def _normalize_operand(word: str, value: JsonValue) -> JsonValue:
    if word == "where":
        return normalize_condition(value)
    if word == "raw":
        return _without_ids(value)
    if referenced_event_attribute(value) is not None:
        return value
    if word in ("within", "within_last", "older_than"):
        return str(Duration.parse(value))
    if word in ("before", "after"):
        return to_wire_text(to_unix_seconds(value))
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
