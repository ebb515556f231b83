"""The logic of conditions: negation pushed to the leaves, clauses, and equality by meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.base.value import Duration, Plain, canonical_json
from cioform.language.conditions.grammar import GROUPS
from cioform.language.conditions.values import is_scalar, text_of, unix_seconds

Clause = list[dict[str, Plain]]
"""Leaves of which any must hold."""

CLAUSES_AT_MOST: Final = 100
"""How far a nested condition is multiplied out. A segment of more clauses is one nobody reads."""

_OPPOSITES: Final = {"is_not": "is", "not_contains": "contains"}
_NEGATED: Final = {word: opposite for opposite, word in _OPPOSITES.items()}


def literal(leaf: Mapping[str, Plain]) -> tuple[dict[str, Plain], bool]:
    """Give the positive form of a leaf, and whether the leaf denies it."""
    if "not" in leaf:
        positive, denied = literal(leaf["not"])
        return positive, not denied
    if leaf.get("exists") is False:
        return {**leaf, "exists": True}, True
    for word, opposite in _OPPOSITES.items():
        if word in leaf:
            return {opposite if key == word else key: leaf[key] for key in leaf}, True
    return dict(leaf), False


def spoken(leaf: Mapping[str, Plain], denied: bool) -> dict[str, Plain]:
    """Give the tidiest leaf for a positive form and whether it is denied."""
    if not denied:
        return dict(leaf)
    if "exists" in leaf:
        return {**leaf, "exists": False}
    for word, opposite in _NEGATED.items():
        if word in leaf:
            return {opposite if key == word else key: leaf[key] for key in leaf}
    return {"not": dict(leaf)}


def expanded(condition: Mapping[str, Plain], denied: bool = False) -> dict[str, Plain]:
    """Give the same condition with `not` only at leaves and one value a test."""
    if "not" in condition:
        return expanded(condition["not"], not denied)
    for group, other in zip(GROUPS, reversed(GROUPS), strict=True):
        if group in condition:
            children = [expanded(child, denied) for child in condition[group]]
            return {other if denied else group: children}
    positive, inverse = literal(condition)
    denied = denied != inverse
    if isinstance(positive.get("is"), list):
        each = [spoken({**positive, "is": value}, denied) for value in positive["is"]]
        return each[0] if len(each) == 1 else {"all" if denied else "any": each}
    return spoken(positive, denied)


def clauses(condition: Mapping[str, Plain], at_most: int = CLAUSES_AT_MOST) -> list[Clause] | None:
    """Give the clauses that must all hold, multiplied out; None when they are more than
    `at_most`. A condition that is flat already keeps its order and its length."""
    return _clauses(expanded(condition), at_most)


def _clauses(tree: Mapping[str, Plain], at_most: int) -> list[Clause] | None:
    if "all" in tree:
        return _joined([_clauses(child, at_most) for child in tree["all"]])
    if "any" not in tree:
        return [[dict(tree)]]
    product: list[Clause] = [[]]
    for child in tree["any"]:
        parts = _clauses(child, at_most)
        if parts is None or len(product) * len(parts) > at_most:
            return None
        product = [left + right for left in product for right in parts]
    return product


def _joined(parts: Sequence[list[Clause] | None]) -> list[Clause] | None:
    joined: list[Clause] = []
    for part in parts:
        if part is None:
            return None
        joined += part
    return joined


def any_of(children: Sequence[dict[str, Plain]]) -> dict[str, Plain]:
    """Give the tidiest condition for alternatives: one alone, `is: [a, b]`, or `any`."""
    if len(children) == 1:
        return children[0]
    frames = [{**child, "is": None} for child in children if is_scalar(child.get("is"))]
    if frames and len(frames) == len(children) and all(f == frames[0] for f in frames):
        return {**children[0], "is": [child["is"] for child in children]}
    return {"any": list(children)}


def normal(condition: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give a form in which conditions of one meaning are equal: order, duplicates, groups of one,
    the side of a negation, nesting, spellings of values and durations, and the numeric ids that
    the remote adds to attributes on reading (journeys facts, section 3)."""
    parts = clauses(condition)
    if parts is None:
        return _sorted_tree(expanded(condition))
    return _group("all", [_group("any", [_normal_leaf(leaf) for leaf in part]) for part in parts])


def _sorted_tree(tree: Mapping[str, Plain]) -> dict[str, Plain]:
    for group in GROUPS:
        if group in tree:
            return _group(group, [_sorted_tree(child) for child in tree[group]])
    return _normal_leaf(tree)


def _group(word: str, children: Sequence[dict[str, Plain]]) -> dict[str, Plain]:
    unique = {canonical_json(child): child for child in children}
    ordered = [unique[key] for key in sorted(unique)]
    return ordered[0] if len(ordered) == 1 else {word: ordered}


def _normal_leaf(leaf: Mapping[str, Plain]) -> dict[str, Plain]:
    positive, denied = literal(leaf)
    plain = {word: _normal_value(word, value) for word, value in positive.items()}
    if "event" in plain:
        plain.setdefault("at_least", "1")
    return {"not": plain} if denied else plain


def _normal_value(word: str, value: Plain) -> Plain:
    if word == "where":
        return normal(value)
    if word == "raw":
        return _without_ids(value)
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
