"""The logic of conditions: negation pushed to the leaves, and the clauses or cases they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import Plain
from cioform.language.conditions.grammar import GROUPS
from cioform.language.conditions.values import is_deep, is_scalar

Leaves = list[dict[str, Plain]]
"""The leaves of a clause, of which any must hold, or of a case, which must all hold."""

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
    """Give the same condition with `not` only at leaves and one value a test. Raises ValueError
    for one nested deeper than any file may be."""
    if is_deep(condition):
        raise ValueError("the condition is nested too deeply")
    return _expanded(condition, denied)


def _expanded(condition: Mapping[str, Plain], denied: bool) -> dict[str, Plain]:
    if "not" in condition:
        return _expanded(condition["not"], not denied)
    for group, other in zip(GROUPS, reversed(GROUPS), strict=True):
        if group in condition:
            children = [_expanded(child, denied) for child in condition[group]]
            return {other if denied else group: children}
    positive, inverse = literal(condition)
    denied = denied != inverse
    if isinstance(positive.get("is"), list):
        each = [spoken({**positive, "is": value}, denied) for value in positive["is"]]
        return each[0] if len(each) == 1 else {"all" if denied else "any": each}
    return spoken(positive, denied)


def clauses(condition: Mapping[str, Plain], at_most: int = CLAUSES_AT_MOST) -> list[Leaves] | None:
    """Give the clauses that must all hold, multiplied out; None when they are more than
    `at_most`. A condition that is flat already keeps its order and its length."""
    return _multiplied(expanded(condition), "all", at_most)


def cases(condition: Mapping[str, Plain], at_most: int = CLAUSES_AT_MOST) -> list[Leaves] | None:
    """Give the cases of which any must hold: the same as `clauses`, the other way round."""
    return _multiplied(expanded(condition), "any", at_most)


def _multiplied(tree: Mapping[str, Plain], outer: str, at_most: int) -> list[Leaves] | None:
    inner = next(group for group in GROUPS if group != outer)
    if outer in tree:
        return _joined([_multiplied(child, outer, at_most) for child in tree[outer]])
    if inner not in tree:
        return [[dict(tree)]]
    product: list[Leaves] = [[]]
    for child in tree[inner]:
        parts = _multiplied(child, outer, at_most)
        if parts is None or len(product) * len(parts) > at_most:
            return None
        product = [left + right for left in product for right in parts]
    return product


def _joined(
    parts: Sequence[list[Leaves] | None],
) -> list[Leaves] | None:
    joined: list[Leaves] = []
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
