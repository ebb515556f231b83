"""Boolean algebra of conditions: negations pushed to the leaves, and the normal forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.language.conditions.grammar import GROUP_KEYWORDS
from cioform.language.conditions.values import is_scalar, is_too_deep

Literals = list[dict[str, JsonValue]]
"""The leaves of a clause, any of which must be true, or of a case, all of which must be."""

MAX_CLAUSES: Final = 100
"""The most clauses that a condition is expanded to; nobody could read more of them."""
_ALWAYS_FEW: Final = 12
"""This number of tests of one value never gives more than 3 * 3 * 3 * 3 = 81 clauses or cases."""

_OTHER_GROUPS: Final = tuple(zip(GROUP_KEYWORDS, reversed(GROUP_KEYWORDS), strict=True))
_POSITIVE_OPERATORS: Final = {"is_not": "is", "not_contains": "contains"}
_NEGATIVE_OPERATORS: Final = {
    positive: negative for negative, positive in _POSITIVE_OPERATORS.items()
}


def split_negation(leaf: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], bool]:
    """Return the positive form of a leaf, and whether the leaf negates it."""
    if "not" in leaf:
        positive, negated = split_negation(leaf["not"])
        return positive, not negated
    if leaf.get("exists") is False:
        return {**leaf, "exists": True}, True
    if "at_most" in leaf:
        # At most N times is: not at least N + 1 times.
        return _with_count(leaf, "at_most", "at_least", int(leaf["at_most"]) + 1), True
    for negative, operator in _POSITIVE_OPERATORS.items():
        if negative in leaf:
            return {operator if key == negative else key: leaf[key] for key in leaf}, True
    return dict(leaf), False


def apply_negation(leaf: Mapping[str, JsonValue], negated: bool) -> dict[str, JsonValue]:
    """Return the shortest leaf for a positive form and whether it is negated."""
    if not negated:
        return dict(leaf)
    if "exists" in leaf:
        return {**leaf, "exists": False}
    if (count := int(leaf.get("at_least", 1))) > 1:
        return _with_count(leaf, "at_least", "at_most", count - 1)
    for operator, negative in _NEGATIVE_OPERATORS.items():
        if operator in leaf:
            return {negative if key == operator else key: leaf[key] for key in leaf}
    return {"not": dict(leaf)}


def _with_count(
    leaf: Mapping[str, JsonValue], old: str, new: str, count: int
) -> dict[str, JsonValue]:
    return {new if key == old else key: count if key == old else leaf[key] for key in leaf}


def push_negation_to_leaves(
    condition: Mapping[str, JsonValue], negated: bool = False
) -> dict[str, JsonValue]:
    """Return an equal condition with `not` only at leaves and one value per test.

    Raises ValueError if the condition is nested too deeply.
    """
    if is_too_deep(condition):
        raise ValueError("the condition is nested too deeply")
    return _push_negation_to_leaves(condition, negated)


def _push_negation_to_leaves(
    condition: Mapping[str, JsonValue], negated: bool
) -> dict[str, JsonValue]:
    if "not" in condition:
        return _push_negation_to_leaves(condition["not"], not negated)
    for group, other in _OTHER_GROUPS:
        if group in condition:
            children = [_push_negation_to_leaves(child, negated) for child in condition[group]]
            return {other if negated else group: children}
    positive, inverse = split_negation(condition)
    negated = negated != inverse
    if isinstance(positive.get("is"), list):
        each = [apply_negation({**positive, "is": value}, negated) for value in positive["is"]]
        return each[0] if len(each) == 1 else {"all" if negated else "any": each}
    return apply_negation(positive, negated)


def to_cnf(condition: Mapping[str, JsonValue], limit: int = MAX_CLAUSES) -> list[Literals] | None:
    """Return the conjunctive normal form: clauses that must all be true; None if over `limit`.

    A condition that is already flat keeps its order and length.
    """
    return _distribute(push_negation_to_leaves(condition), "all", limit)


def to_dnf(condition: Mapping[str, JsonValue], limit: int = MAX_CLAUSES) -> list[Literals] | None:
    """Return the disjunctive normal form: cases any of which must be true; None if over `limit`."""
    return _distribute(push_negation_to_leaves(condition), "any", limit)


def has_few_clauses(leaves: Iterable[Mapping[str, JsonValue]]) -> bool:
    """Return whether any condition with these leaves has a normal form, without expanding it."""
    return sum(map(_count_values, leaves)) <= _ALWAYS_FEW


def _count_values(leaf: Mapping[str, JsonValue]) -> int:
    values = leaf.get("is", leaf.get("is_not"))
    return len(values) if isinstance(values, list) else 1


def _distribute(tree: Mapping[str, JsonValue], outer: str, limit: int) -> list[Literals] | None:
    inner = next(group for group in GROUP_KEYWORDS if group != outer)
    if outer in tree:
        return _concatenate([_distribute(child, outer, limit) for child in tree[outer]])
    if inner not in tree:
        return [[dict(tree)]]
    product: list[Literals] = [[]]
    for child in tree[inner]:
        parts = _distribute(child, outer, limit)
        if parts is None or len(product) * len(parts) > limit:
            return None
        product = [left + right for left in product for right in parts]
    return product


def _concatenate(
    parts: Sequence[list[Literals] | None],
) -> list[Literals] | None:
    joined: list[Literals] = []
    for part in parts:
        if part is None:
            return None
        joined += part
    return joined


def any_of(children: Sequence[dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """Return the shortest condition for alternatives: the only one, `is: [a, b]`, or `any`."""
    if len(children) == 1:
        return children[0]
    # Alternatives that differ only in the value of `is` become one condition with a list.
    without_values = [{**child, "is": None} for child in children if is_scalar(child.get("is"))]
    first = without_values[:1]
    if first and without_values == first * len(children):
        return {**children[0], "is": [child["is"] for child in children]}
    return {"any": list(children)}
