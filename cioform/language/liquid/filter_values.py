"""What filters make of a list: which of its elements are left, and what they take of each."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from cioform.language.liquid.parsed import ELEMENT, Segments


class Value(NamedTuple):
    """What a value is, after some filters."""

    path: Segments | None = None
    """The path that it comes from; None for a value that is computed."""
    is_partial: bool = False
    """Whether it has only some elements of the list, or another order of them."""


COMPUTED: Final = Value()
STRICT_PROPERTY_FILTERS: Final = frozenset(
    {"where", "where_not", "reject", "group_by", "find", "find_index", "has"}
)
"""The filters of a property that fail where an element lacks it, as LiquidJS 10.30 does."""
_PROPERTY_FILTERS: Final = STRICT_PROPERTY_FILTERS | {
    *("map", "sort", "sort_natural", "sum", "uniq", "compact"),
}
EXPRESSION_FILTERS: Final = frozenset(
    {"where_exp", "reject_exp", "group_by_exp", "find_exp", "find_index_exp", "has_exp"}
)
"""The filters of an expression about each element, which is given a name."""
_LISTS: Final = frozenset(
    {
        *("sort", "sort_natural", "reverse", "uniq", "compact", "limit", "slice"),
        *("where", "where_not", "where_exp", "reject", "reject_exp"),
    }
)
"""The filters that give elements of the list again."""
_PROPERTY: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def after_filter(value: Value, name: str) -> Value:
    """Return what a filter gives of a value."""
    if value.path is None:
        return COMPUTED
    if name in _LISTS:
        return Value(value.path, is_partial=True)
    if name in ("first", "last") and not value.is_partial:
        return Value((*value.path, name))
    if name in ("first", "last", "find", "find_exp", "sample"):
        return Value((*value.path, ELEMENT), is_partial=True)
    return COMPUTED


def property_steps(name: str, argument: str) -> tuple[str, ...] | None:
    """Return the property of each element that a filter takes, as a path; None if it takes none."""
    if name not in _PROPERTY_FILTERS or _PROPERTY.fullmatch(argument) is None:
        return None
    return tuple(argument.split("."))
