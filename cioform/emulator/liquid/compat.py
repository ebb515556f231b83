"""Where python-liquid is stricter than the real engine: `blank`, numbers in text, `assign`.

A missing value is `blank` there, text that spells a number compares as one, and `assign` hides
what is missing (content facts, 1.4 and 3.1).
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

MOST_TURNS = 100_000
"""Of all loops in each other, and how far a range may reach."""
ORDERED = (LtExpression, GtExpression, LeExpression, GeExpression)


class Eased(Expression):
    """An expression whose value is made fit for what is done with it."""

    __slots__ = ("ease", "inner")

    def __init__(self, inner: Expression, ease: Callable[[Any], Any]) -> None:
        super().__init__(token=inner.token)
        self.inner = inner
        self.ease = ease

    def evaluate(self, context: RenderContext) -> object:
        """The value, eased."""
        return self.ease(self.inner.evaluate(context))

    def children(self) -> list[Expression]:
        """The expression inside."""
        return [self.inner]


def eased(template: BoundTemplate) -> BoundTemplate:
    """The template, its expressions eased in place."""
    context = RenderContext(template)
    for node in _nodes(template.nodes, context):
        if isinstance(node, AssignNode) and isinstance(node.expression, FilteredExpression):
            node.expression.left = Eased(node.expression.left, _nil_for_missing)
        for expression in node.expressions():
            _ease(expression)
    return template


def _ease(expression: Expression) -> None:
    for child in expression.children():
        _ease(child)
    if isinstance(expression, EqExpression | NeExpression):
        if isinstance(expression.right, Blank):
            expression.left = Eased(expression.left, _text_for_blank)
        elif isinstance(expression.left, Blank):
            expression.right = Eased(expression.right, _text_for_blank)
    if isinstance(expression, RangeLiteral):
        # Filters make a list of a range, which no limit of the library's sees.
        expression.start = Eased(expression.start, _within_reach)
        expression.stop = Eased(expression.stop, _within_reach)
    if isinstance(expression, ORDERED):
        expression.left = Eased(expression.left, _number_for_text)
        expression.right = Eased(expression.right, _number_for_text)


def _nodes(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _nodes(list(node.children(context, include_partials=False)), context)


def _nil_for_missing(value: Any) -> Any:
    return None if isinstance(value, Undefined) else value


def _text_for_blank(value: Any) -> Any:
    return "" if value is None or value is False or isinstance(value, Undefined) else value


def _within_reach(value: Any) -> Any:
    number = _number_for_text(value)
    if isinstance(number, int | float) and abs(number) > MOST_TURNS:
        raise LoopIterationLimitError("a range reaches too far", token=None)
    return value


def _number_for_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
