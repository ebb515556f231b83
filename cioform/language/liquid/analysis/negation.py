"""Read `not` as LiquidJS reads it.

Slow to import, as it knows the library's syntax trees.
"""

from __future__ import annotations

from liquid.builtin.expressions.logical import (
    LogicalAndExpression,
    LogicalNotExpression,
    LogicalOrExpression,
)
from liquid.expression import Expression


def negate_first(negation: LogicalNotExpression) -> Expression:
    """Return a negation as LiquidJS reads it.

    The library reads `not a and b` as `not (a and b)`, and LiquidJS as `(not a) and b`.
    """
    negated = negation.right
    if isinstance(negated, LogicalNotExpression):
        negated = negate_first(negated)
    if not isinstance(negated, LogicalAndExpression | LogicalOrExpression):
        return LogicalNotExpression(negation.token, negated)
    first = negate_first(LogicalNotExpression(negation.token, negated.left))
    return type(negated)(negated.token, first, negated.right)
