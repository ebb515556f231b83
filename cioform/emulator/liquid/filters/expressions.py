"""Filters of LiquidJS that evaluate an expression for each item of a list."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from liquid.builtin.expressions import (
    BooleanExpression,
    FilteredExpression,
    Path,
    tokenize,
)
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.filter import with_context
from liquid.stream import TokenStream
from liquid.token import (
    TOKEN_AND,
    TOKEN_CONTAINS,
    TOKEN_EQ,
    TOKEN_EXPRESSION,
    TOKEN_GE,
    TOKEN_GT,
    TOKEN_LE,
    TOKEN_LT,
    TOKEN_NE,
    TOKEN_NOT,
    TOKEN_OR,
    Token,
)
from liquid.undefined import Undefined

from cioform.emulator.liquid.compat import adapt_expression
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.filters.lists import groups_of
from cioform.emulator.liquid.javascript import NOTHING, array_of, is_nil, items_of, text_of

_COMPARISONS = {TOKEN_EQ, TOKEN_NE, TOKEN_LT, TOKEN_GT, TOKEN_LE, TOKEN_GE}
_OPERATORS = frozenset({*_COMPARISONS, TOKEN_CONTAINS, TOKEN_AND, TOKEN_OR, TOKEN_NOT})


def _by_expression(choose: Callable[[Iterator[tuple[Any, Any]]], Any]) -> Filter:
    """Return a filter that evaluates an expression for each item and makes a choice of them."""

    @with_context
    def apply(items: Any, name: Any, text: Any, *, context: RenderContext) -> Any:
        expression = _parse(text_of(text), context)

        def evaluated() -> Iterator[tuple[Any, Any]]:
            for item in items_of(items) if choose is groups_of else array_of(items):
                with context.extend({text_of(name): item}):
                    _require_values(expression, context)
                    yield expression.evaluate(context), item

        return choose(evaluated())

    return apply


def _parse(text: str, context: RenderContext) -> Expression:
    """Return the expression in a text: `item.price > 10`, or `item.name | upcase`."""
    token = Token(TOKEN_EXPRESSION, text, 0, text)
    tokens = list(tokenize(text, token))
    stream = TokenStream(iter(tokens))
    is_condition = any(each.kind in _OPERATORS for each in tokens)
    parse = BooleanExpression.parse if is_condition else FilteredExpression.parse
    return adapt_expression(parse(context.env, stream), context.env)


def _require_values(expression: Expression, context: RenderContext) -> None:
    """Raise UndefinedError if a variable of an expression is missing.

    LiquidJS evaluates all of them, even after an `or`, and is as strict as in an output. Filters
    check their own values.
    """
    if isinstance(expression, FilteredExpression) and expression.filters:
        return
    for child in expression.children():
        _require_values(child, context)
    if isinstance(expression, Path) and isinstance(
        value := expression.evaluate(context), Undefined
    ):
        str(value)


def _is_truthy(value: Any) -> bool:
    """Return whether JavaScript takes a value for true, which an empty text and 0 are not."""
    return not (is_nil(value) or value is False or value == "" or value == 0)


def _first(pairs: Iterator[tuple[Any, Any]]) -> Any:
    return next((item for value, item in pairs if _is_truthy(value)), NOTHING)


def _first_position(pairs: Iterator[tuple[Any, Any]]) -> Any:
    return next((at for at, (value, _) in enumerate(pairs) if _is_truthy(value)), NOTHING)


EXPRESSION_FILTERS: Mapping[str, Filter] = {
    "where_exp": _by_expression(lambda pairs: [item for value, item in pairs if value is True]),
    "reject_exp": _by_expression(lambda pairs: [item for value, item in pairs if value is False]),
    "find_exp": _by_expression(_first),
    "find_index_exp": _by_expression(_first_position),
    "has_exp": _by_expression(lambda pairs: _first_position(pairs) is not NOTHING),
    "group_by_exp": _by_expression(groups_of),
}
