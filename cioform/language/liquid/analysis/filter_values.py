"""The results of filters of lists: the remaining elements, and the part that is taken of each."""

from __future__ import annotations

from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parsed import ELEMENT, Segments


class Value(NamedTuple):
    """What a value is, after some filters."""

    path: Segments | None = None
    """The path that it comes from; None for a value that is computed."""
    is_partial: bool = False
    """Whether it has only some elements of the list, or another order of them."""
    inner: tuple[str, ...] = ()
    """What `map` took of each element of the list at the path."""
    is_found: bool = False
    """Whether a name for it is missing where the filter found nothing. `assign` hides only paths
    that are missing."""

    @property
    def element(self) -> Segments:
        """The path of each element of the list."""
        return (*(self.path or ()), ELEMENT, *self.inner)


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
_PROPERTY: Final = lazy_pattern(r"[\w-]+(?:\.[\w-]+)*")


def after_filter(value: Value, name: str, argument: str | None = None) -> Value:
    """Return what a filter gives of a value, with the text that is its first argument."""
    if value.path is None:
        return COMPUTED
    if name == "map":
        steps = None if argument is None else property_steps(name, argument)
        return COMPUTED if steps is None else value._replace(inner=(*value.inner, *steps))
    if name in _LISTS:
        return value._replace(is_partial=True)
    if name in ("first", "last") and not value.is_partial:
        # Of a list that is missing, `first` is an empty text; `map` makes an empty list of it.
        return Value((*value.path, name, *value.inner), is_found=bool(value.inner))
    if name in ("first", "last", "find", "find_exp", "sample"):
        return Value(value.element, is_partial=True, is_found=True)
    return COMPUTED


def property_steps(name: str, argument: str) -> tuple[str, ...] | None:
    """Return the property of each element that a filter takes, as a path; None if it takes none."""
    if name not in _PROPERTY_FILTERS or _PROPERTY.fullmatch(argument) is None:
        return None
    return tuple(argument.split("."))
