"""Queries about one expression or node of python-liquid.

Slow to import, as python-liquid is: only `walk` imports it.
"""

from __future__ import annotations

from typing import Final

from liquid.ast import Node
from liquid.builtin.expressions import Path, StringLiteral
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.tags.for_tag import BreakNode, ContinueNode, ForNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.context import RenderContext
from liquid.expression import Expression

from cioform.language.liquid.analysis.filter_values import Value, after_filter
from cioform.language.liquid.analysis.guards import segments_of
from cioform.language.liquid.dialect import MASKED_FILTERS
from cioform.language.liquid.parsed import Role, Segments

LOOPS: Final = (ForNode, TablerowNode)
_JUMPS: Final = (BreakNode, ContinueNode)


def known_path(expression: Expression) -> Segments | None:
    """Return the path that an expression is; None for one that is computed."""
    found = segments_of(expression) if isinstance(expression, Path) else None
    return None if found is None or None in found else found


def literals_of(found: Filter) -> list[StringLiteral]:
    """Return the texts among the arguments of a filter."""
    return [each.value for each in found.args if isinstance(each.value, StringLiteral)]


def value_after(value: Value, name: str, found: Filter) -> Value:
    """Return what a filter makes of a value."""
    texts = literals_of(found)
    return after_filter(value, name, texts[0].value if texts else None)


def fails_if_missing(role: Role, filters: tuple[str, ...]) -> bool:
    """Return whether an engine fails where a value of this role is missing (content facts, 1.4)."""
    if role is Role.OUTPUT:
        return filters[:1] != ("default",)
    return role in (Role.LOOP, Role.ARGUMENT)


def may_leave_loop(node: Node, context: RenderContext) -> bool:
    """Return whether what follows a node in a loop may not be rendered."""
    if isinstance(node, _JUMPS):
        return True
    return not isinstance(node, LOOPS) and any(
        may_leave_loop(child, context) for child in node.children(context, include_partials=False)
    )


def is_within(path: Segments, proved: Segments) -> bool:
    """Return whether a value that is there proves one on the way to it: `a` for `a.b`."""
    return proved[: len(path)] == path


def filter_name(found: Filter) -> str:
    """Return the name of a filter as the text has it."""
    return MASKED_FILTERS.get(found.name, found.name)
