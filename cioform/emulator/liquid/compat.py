"""Adapt python-liquid to the real engine, which is less strict in some places.

In the real engine a missing value is `blank`, text that represents a number compares as a number,
and `assign` of a missing value is no error (content facts, 1.4 and 3.1).
"""

from collections.abc import Callable, Iterator
from typing import Any

from liquid.ast import Node
from liquid.builtin.expressions.filtered import FilteredExpression
from liquid.builtin.expressions.logical import (
    EqExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
    NeExpression,
)
from liquid.builtin.expressions.primitive import Blank, RangeLiteral
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.context import RenderContext
from liquid.exceptions import LoopIterationLimitError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.undefined import Undefined
from typing_extensions import override

MAX_ITERATIONS = 100_000
"""The maximum iterations of nested loops together, and the largest bound of a range."""
ORDERING_EXPRESSIONS = (LtExpression, GtExpression, LeExpression, GeExpression)


class ConvertedExpression(Expression):
    """An expression whose value is converted after it is evaluated."""

    __slots__ = ("convert", "inner")

    def __init__(self, inner: Expression, convert: Callable[[Any], Any]) -> None:
        super().__init__(token=inner.token)
        self.inner = inner
        self.convert = convert

    @override
    def evaluate(self, context: RenderContext) -> object:
        return self.convert(self.inner.evaluate(context))

    @override
    def children(self) -> list[Expression]:
        return [self.inner]


def apply_compat(template: BoundTemplate) -> BoundTemplate:
    """Return `template`, whose expressions are adapted in place."""
    context = RenderContext(template)
    for node in _walk_nodes(template.nodes, context):
        if isinstance(node, AssignNode) and isinstance(node.expression, FilteredExpression):
            node.expression.left = ConvertedExpression(node.expression.left, _none_if_undefined)
        for expression in node.expressions():
            _patch_expression(expression)
    return template


def _patch_expression(expression: Expression) -> None:
    for child in expression.children():
        _patch_expression(child)
    if isinstance(expression, EqExpression | NeExpression):
        if isinstance(expression.right, Blank):
            expression.left = ConvertedExpression(expression.left, _empty_if_blank)
        elif isinstance(expression.left, Blank):
            expression.right = ConvertedExpression(expression.right, _empty_if_blank)
    if isinstance(expression, RangeLiteral):
        # Filters turn a range into a list, which the library does not limit.
        expression.start = ConvertedExpression(expression.start, _check_range_bound)
        expression.stop = ConvertedExpression(expression.stop, _check_range_bound)
    if isinstance(expression, ORDERING_EXPRESSIONS):
        expression.left = ConvertedExpression(expression.left, _number_if_numeric)
        expression.right = ConvertedExpression(expression.right, _number_if_numeric)


def _walk_nodes(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk_nodes(list(node.children(context, include_partials=False)), context)


def _none_if_undefined(value: Any) -> Any:
    return None if isinstance(value, Undefined) else value


def _empty_if_blank(value: Any) -> Any:
    return "" if value is None or value is False or isinstance(value, Undefined) else value


def _check_range_bound(value: Any) -> Any:
    number = _number_if_numeric(value)
    if isinstance(number, int | float) and abs(number) > MAX_ITERATIONS:
        raise LoopIterationLimitError(f"the range bound {value} is too large", token=None)
    return value


def _number_if_numeric(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
