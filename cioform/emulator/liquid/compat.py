"""Adapt the syntax trees of python-liquid to the engines of Customer.io.

python-liquid follows Ruby's Liquid closely; "latest" is LiquidJS, in which a missing value is
`blank`, text that represents a number compares as a number, and an object prints as
`[object Object]` (content facts, 1.4 and 3.1).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

from liquid import Environment
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression
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
from liquid.builtin.expressions.primitive import Blank, Empty, RangeLiteral, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.cycle_tag import CycleNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidSyntaxError, LoopIterationLimitError, UnknownFilterError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.undefined import Undefined
from typing_extensions import override

from cioform.emulator.liquid.javascript import contains, is_equal, is_less, number_of, text_of
from cioform.emulator.liquid.notation import unescape

MAX_ITERATIONS = 100_000
"""The maximum iterations of nested loops together, and the largest bound of a range."""

_PARTS: Final = ("left", "right", "expression", "condition")
"""The attributes of expressions that hold other expressions."""


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


class Comparison(Expression):
    """A comparison of two values as LiquidJS makes it."""

    __slots__ = ("compare", "left", "right")

    def __init__(self, original: Any, compare: Callable[[Any, Any], bool]) -> None:
        super().__init__(token=original.token)
        self.left, self.right, self.compare = original.left, original.right, compare

    @override
    def evaluate(self, context: RenderContext) -> object:
        sides = (self._value(side, context) for side in (self.left, self.right))
        return self.compare(*sides)

    @override
    def children(self) -> list[Expression]:
        return [self.left, self.right]

    def _value(self, side: Expression, context: RenderContext) -> object:
        return side if isinstance(side, Blank | Empty) else side.evaluate(context)


Compare = Callable[[Any, Any], bool]


class Less(Protocol):
    """Compares two values as an engine does."""

    def __call__(self, left: Any, right: Any, /, *, or_equal: bool = False) -> bool:
        """Return whether one value is less than another."""


def comparisons(less: Less) -> Mapping[type[Expression], Compare]:
    """Return how each comparison is made, given what is less."""
    return {
        EqExpression: is_equal,
        NeExpression: lambda left, right: not is_equal(left, right),
        LtExpression: less,
        GtExpression: lambda left, right: less(right, left),
        LeExpression: lambda left, right: less(left, right, or_equal=True),
        GeExpression: lambda left, right: less(right, left, or_equal=True),
        ContainsExpression: contains,
    }


class DialectEnvironment(Environment):
    """An environment that knows how its engine prints and compares values."""

    text_of: Callable[[Any], str] = staticmethod(text_of)
    comparisons: Mapping[type[Expression], Compare] = comparisons(is_less)


def apply_compat(template: BoundTemplate) -> BoundTemplate:
    """Return `template`, whose expressions are adapted in place.

    Raises UnknownFilterError for a filter that does not exist, whether it would be used or not.
    """
    context = RenderContext(template)
    env = template.env
    printed = env.text_of if isinstance(env, DialectEnvironment) else text_of
    for node in _walk_nodes(template.nodes, context):
        if isinstance(node, AssignNode) and isinstance(node.expression, FilteredExpression):
            node.expression.left = ConvertedExpression(node.expression.left, _none_if_undefined)
        for expression in node.expressions():
            _adapt(expression, env)
        if isinstance(node, OutputNode):
            node.expression = ConvertedExpression(node.expression, printed)
        if isinstance(node, CycleNode):
            node.args = [ConvertedExpression(each, printed) for each in node.args]
    return template


def adapt_expression(expression: Expression, env: Environment) -> Expression:
    """Return an expression that stands alone, adapted."""
    _adapt(expression, env)
    return expression


def _bind_not(negation: LogicalNotExpression) -> Expression:
    """Return a negation of one operand: LiquidJS reads `not a and b` as `(not a) and b`.

    The library reads `not (a and b)`. The client has a function of its own for this: texts that
    are rendered here show whether its checks are right.
    """
    operand = negation.right
    if isinstance(operand, LogicalNotExpression):
        operand = _bind_not(operand)
    if isinstance(operand, LogicalAndExpression | LogicalOrExpression):
        left = _bind_not(LogicalNotExpression(negation.token, operand.left))
        return type(operand)(operand.token, left, operand.right)
    return LogicalNotExpression(negation.token, operand)


def _adapt(expression: Expression, env: Environment) -> None:
    known = env.comparisons if isinstance(env, DialectEnvironment) else {}
    for name in _PARTS:
        if isinstance(part := getattr(expression, name, None), LogicalNotExpression):
            setattr(expression, name, _bind_not(part))
    for child in expression.children():
        _adapt(child, env)
    for name in _PARTS:
        part = getattr(expression, name, None)
        compare = known.get(type(part)) if isinstance(part, Expression) else None
        if compare is not None:
            if isinstance(getattr(part, "right", None), LogicalNotExpression):
                raise LiquidSyntaxError("`not` cannot follow an operator", token=expression.token)
            setattr(expression, name, Comparison(part, compare))
    if isinstance(expression, StringLiteral):
        expression.value = unescape(expression.value)
    if isinstance(expression, FilteredExpression):
        for each in expression.filters or ():
            if each.name not in env.filters:
                raise UnknownFilterError(each.name, token=each.token)
    if isinstance(expression, RangeLiteral):
        # Filters turn a range into a list, which the library does not limit.
        expression.start = ConvertedExpression(expression.start, _range_bound)
        expression.stop = ConvertedExpression(expression.stop, _range_bound)


def _walk_nodes(nodes: list[Node], context: RenderContext) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk_nodes(list(node.children(context, include_partials=False)), context)


def _none_if_undefined(value: Any) -> Any:
    return None if isinstance(value, Undefined) else value


def _range_bound(value: Any) -> Any:
    if isinstance(value, Undefined):
        str(value)
    number = number_of(value)
    if abs(number) > MAX_ITERATIONS:
        raise LoopIterationLimitError(f"the range bound {text_of(value)} is too large", token=None)
    return int(number)
