"""Equality of conditions by meaning, and never by text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from cioform.core.json_value import Duration, Plain, canonical_json
from cioform.language.conditions.boolean_algebra import expanded, literal
from cioform.language.conditions.grammar import GROUPS
from cioform.language.conditions.operand_checks import joined
from cioform.language.conditions.values import is_deep, text_of, unix_seconds

_Sets: TypeAlias = frozenset[frozenset[str]]
"""Clauses or cases, each the set of its leaves' canonical texts."""

_AT_MOST: Final = 100
"""To how many of them alternatives are multiplied out before they are compared as they stand."""


def normal(condition: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a form in which conditions of one meaning are equal: order, duplicates, groups of one,
    the side of a negation, nesting, what another part says already, spellings of values and
    durations, and the numeric ids that the remote adds to attributes on reading (journeys facts,
    section 3). What is nested deeper than any file may be stays as it is."""
    if is_deep(condition):
        return dict(condition)
    tree = _normal_tree(expanded(condition))
    leaves: dict[str, dict[str, Plain]] = {}
    for outer, inner in (GROUPS, GROUPS[::-1]):
        sets = _least(tree, outer, inner, leaves)
        if sets is not None:
            parts = [_group(inner, [leaves[key] for key in part]) for part in sets]
            return _group(outer, parts)
    return _sorted_tree(tree)


def _normal_tree(tree: Mapping[str, Plain]) -> dict[str, Plain]:
    for group in GROUPS:
        if group in tree:
            return {group: [_normal_tree(child) for child in tree[group]]}
    return _normal_leaf(tree)


def _least(
    tree: Mapping[str, Plain], outer: str, inner: str, leaves: dict[str, dict[str, Plain]]
) -> _Sets | None:
    """Give the fewest sets with the meaning of `tree`, None when they are too many. There is but
    one such form: a leaf and its denial count as different leaves, and so nothing is denied."""
    if outer not in tree and inner not in tree:
        key = canonical_json(tree)
        leaves[key] = dict(tree)
        return frozenset({frozenset({key})})
    parts = [
        _least(child, outer, inner, leaves) for child in tree[outer if outer in tree else inner]
    ]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if outer in tree:
        return _without_supersets(each for part in known for each in part)
    product: _Sets = frozenset({frozenset()})
    for part in known:
        product = _without_supersets((one | other for one in product for other in part), _AT_MOST)
        if len(product) > _AT_MOST:
            return None
    return product


def _without_supersets(sets: Iterable[frozenset[str]], enough: int | None = None) -> _Sets:
    """Leave out each set that holds another, which is said by that other already. Stops once it
    has more than `enough`."""
    kept: list[frozenset[str]] = []
    for each in sorted(set(sets), key=len):
        if enough is not None and len(kept) > enough:
            break
        if not any(other <= each for other in kept):
            kept.append(each)
    return frozenset(kept)


def _sorted_tree(tree: Mapping[str, Plain]) -> dict[str, Plain]:
    for group in GROUPS:
        if group in tree:
            return _group(group, [_sorted_tree(child) for child in tree[group]])
    return dict(tree)


def _group(word: str, children: Iterable[dict[str, Plain]]) -> dict[str, Plain]:
    unique = {canonical_json(child): child for child in children}
    ordered = [unique[key] for key in sorted(unique)]
    return ordered[0] if len(ordered) == 1 else {word: ordered}


def _normal_leaf(leaf: Mapping[str, Plain]) -> dict[str, Plain]:
    positive, denied = literal(leaf)
    plain = {word: _normal_value(word, value) for word, value in positive.items()}
    if "event" in plain:
        plain.setdefault("at_least", "1")
        if plain.get("where") == {"all": []}:
            del plain["where"]
    return {"not": plain} if denied else plain


def _normal_value(word: str, value: Plain) -> Plain:
    if word == "where":
        return normal(value)
    if word == "raw":
        return _without_ids(value)
    if joined(value) is not None:
        return value
    if word in ("within", "within_last", "older_than"):
        return str(Duration.parse(value))
    if word in ("before", "after"):
        return text_of(unix_seconds(value))
    return [text_of(item) for item in value] if isinstance(value, list) else text_of(value)


def _without_ids(wire: Plain) -> Plain:
    if isinstance(wire, list):
        return [_without_ids(item) for item in wire]
    if not isinstance(wire, dict):
        return wire
    named = "name" in wire and "type" in wire and isinstance(wire.get("id"), int)
    return {key: _without_ids(wire[key]) for key in wire if not (named and key == "id")}
