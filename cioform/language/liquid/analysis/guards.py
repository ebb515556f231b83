"""Infer which values must exist if a condition is true, and if it is false.

Slow to import, as it knows the library's syntax trees: only `walk` imports it.
"""

from __future__ import annotations

from typing import NamedTuple

from liquid.builtin.expressions import (
    BooleanExpression,
    Nil,
    Path,
    StringLiteral,
)
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import (
    Blank,
    Empty,
    FalseLiteral,
    FloatLiteral,
    IntegerLiteral,
    TrueLiteral,
)
from liquid.expression import Expression

from cioform.language.liquid.analysis.negation import negate_first
from cioform.language.liquid.parsed import Segments

Paths = frozenset[Segments]
_NONE: Paths = frozenset()


class Proof(NamedTuple):
    """The paths whose values are there where a condition holds, and where it does not."""

    if_true: Paths = _NONE
    if_false: Paths = _NONE


def proof_of(condition: Expression) -> Proof:
    """Return what a condition proves."""
    if isinstance(condition, BooleanExpression):
        return proof_of(condition.expression)
    if isinstance(condition, Path):
        return Proof(if_true=_one(condition))
    if isinstance(condition, LogicalAndExpression | LogicalOrExpression):
        left, right = proof_of(condition.left), proof_of(condition.right)
        if isinstance(condition, LogicalAndExpression):
            return Proof(left.if_true | right.if_true, left.if_false & right.if_false)
        return Proof(left.if_true & right.if_true, left.if_false | right.if_false)
    if isinstance(condition, LogicalNotExpression):
        return _proof_of_negation(condition)
    if isinstance(condition, EqExpression):
        return proof_of_equality(condition.left, condition.right)
    if isinstance(condition, NeExpression):
        found = proof_of_equality(condition.left, condition.right)
        return Proof(found.if_false, found.if_true)
    if isinstance(condition, ContainsExpression):
        return Proof(if_true=_one(condition.left))
    if isinstance(condition, LtExpression | GtExpression | LeExpression | GeExpression):
        return Proof(if_true=_one(condition.left) | _one(condition.right))
    return Proof()


def _proof_of_negation(negation: LogicalNotExpression) -> Proof:
    condition = negate_first(negation)
    if not isinstance(condition, LogicalNotExpression):
        return proof_of(condition)
    found = proof_of(condition.right)
    return Proof(found.if_false, found.if_true)


def proof_of_equality(left: Expression, right: Expression) -> Proof:
    """Return what the equality of two values proves. Two that are missing are equal."""
    path, value = (left, right) if isinstance(left, Path) else (right, left)
    if isinstance(value, Blank | Nil):
        return Proof(if_false=_one(path))
    if isinstance(value, Empty | Path) or (isinstance(value, StringLiteral) and not value.value):
        return Proof()
    return Proof(if_true=_one(path))


def _one(expression: Expression) -> Paths:
    found = segments_of(expression) if isinstance(expression, Path) else None
    if found is None or None in found:
        return _NONE
    # `event.items.size > 0` proves that there are items.
    plain = found[:-1] if found[-1] in ("size", "first", "last") and len(found) > 1 else found
    return frozenset({found, plain})


def segments_of(path: Path) -> Segments:
    """Return the steps of a path; None stands for one that is computed."""
    return tuple(None if isinstance(step, Path) else step for step in path.path)


def compared_type(value: Expression) -> str:
    """Return the type of a literal that a value is compared with; empty for anything else."""
    if isinstance(value, StringLiteral):
        return "string" if value.value else ""
    if isinstance(value, TrueLiteral | FalseLiteral):
        return "boolean"
    return "number" if isinstance(value, IntegerLiteral | FloatLiteral) else ""
