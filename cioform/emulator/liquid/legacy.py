"""The differences of "legacy", an old Ruby Liquid, from "latest" (content facts, 1.1).

Only the differences that the documentation names are here.
"""

from collections.abc import Callable, Mapping
from html import escape as escape_html
from math import fmod
from typing import Any

from liquid.undefined import Undefined

from cioform.emulator.liquid.clock import format_time
from cioform.emulator.liquid.filters.dates import DEFAULT_FORM, moment_of
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.filters.lists import LIST_FILTERS
from cioform.emulator.liquid.filters.money import currency, rounded_currency
from cioform.emulator.liquid.filters.texts import TEXT_FILTERS
from cioform.emulator.liquid.javascript import array_of, is_less, is_list, is_nil, text_of

ABSENT_FILTERS = ("json_array_uniq",)
ABSENT_TAGS = ("break", "continue")


class Timed:
    """A time in a zone, between the filters `timezone` and `date`."""

    def __init__(self, value: Any, zone: Any) -> None:
        self.value = value
        self.zone = zone

    def __str__(self) -> str:
        return ruby_text(self.value)


def ruby_text(value: Any) -> str:
    """Return what is printed of a value: a float keeps its decimals."""
    if isinstance(value, float):
        return repr(value)
    if is_list(value):
        return "".join(map(ruby_text, value))
    if type(value) is dict:
        return str(value).replace(": ", "=>").replace("'", '"')
    return text_of(value)


def ruby_less(left: Any, right: Any, *, or_equal: bool = False) -> bool:
    """Return whether one value is less than another; a text and a number do not compare."""
    if isinstance(left, str) != isinstance(right, str) and not (is_nil(left) or is_nil(right)):
        raise ValueError("Unidentified method: a text and a number are compared")
    if is_nil(left) or is_nil(right):
        return False
    return is_less(left, right, or_equal=or_equal)


def legacy_filters(now: int) -> Mapping[str, Filter]:
    """Return the filters that differ; `now` is the time, in Unix seconds, of the value `now`."""

    def date(value: Any, form: Any = None) -> Any:
        zone = value.zone if isinstance(value, Timed) else None
        held = value.value if isinstance(value, Timed) else value
        moment = moment_of(held, now, zone)
        return held if moment is None else format_time(moment, text_of(form) or DEFAULT_FORM)

    return {"date": date, "default": _no_default, **_FIXED}


def _no_default(value: Any, *_: Any) -> Any:
    """Return the value as it is: a documented test for the engine is that `default` does nothing.

    A missing value fails, as it does without the filter.
    """
    return str(value) if isinstance(value, Undefined) else value


def _timezone(value: Any, zone: Any) -> Timed:
    is_number = isinstance(zone, int | float) and not isinstance(zone, bool)
    return Timed(value, zone * 60 if is_number else text_of(zone))


def _number(value: Any) -> int | float:
    if isinstance(value, int | float):
        return value
    text = text_of(value)
    for parse in (int, float):
        try:
            return parse(text)
        except ValueError:
            continue
    return 0


def _calculate(operation: Callable[[Any, Any], Any]) -> Filter:
    return lambda value, other: operation(_number(value), _number(other))


def _divide(value: Any, by: Any) -> Any:
    if by == 0:
        raise ValueError("divided by 0")
    return value // by if isinstance(value, int) and isinstance(by, int) else value / by


def _remainder(value: Any, by: Any) -> Any:
    if by == 0:
        raise ValueError("divided by 0")
    rest = fmod(value, by)
    return int(rest) if isinstance(value, int) and isinstance(by, int) else rest


def _sort(items: Any, path: Any = None) -> list[Any]:
    values = LIST_FILTERS["map"](items, path) if path else array_of(items)
    if any(is_nil(value) for value in values):
        raise ValueError("a list with a null cannot be sorted")
    return list(LIST_FILTERS["sort"](items, path))


def _sum(items: Any, path: Any = None) -> Any:
    values = LIST_FILTERS["map"](items, path) if path else array_of(items)
    if all(isinstance(value, int | float) for value in values):
        return sum(values)
    return "".join(map(ruby_text, values))


_FIXED: Mapping[str, Filter] = {
    "timezone": _timezone,
    "htmlencode": lambda value: escape_html(ruby_text(value)),
    "escape": TEXT_FILTERS["cgi_escape"],
    "plus": _calculate(lambda value, other: value + other),
    "minus": _calculate(lambda value, other: value - other),
    "times": _calculate(lambda value, other: value * other),
    "divided_by": _calculate(_divide),
    "modulo": _calculate(_remainder),
    "sort": _sort,
    "sum": _sum,
    "currency": lambda value: currency(value),
    "rounded_currency": lambda value: rounded_currency(value),
}
