"""Filters of LiquidJS that calculate."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, inf, isfinite, nan
from typing import Any

from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.javascript import (
    MAX_SAFE_INTEGER,
    number_of,
    parse_number,
    plain_number,
)


def _numeric(calculate: Callable[..., float]) -> Filter:
    def apply(*values: Any) -> float:
        numbers = map(number_of, values)
        try:
            return plain_number(calculate(*numbers))
        except OverflowError:
            return inf

    return apply


def _divided_by(value: float, by: float, whole: float = 0) -> float:
    if by == 0:
        return nan if value == 0 else inf if value > 0 else -inf
    return floor(value / by) if whole else value / by


def _modulo(value: float, by: float) -> float:
    return nan if by == 0 else value % by


def _rounded(value: Any, digits: Any = 0) -> float:
    number, places = number_of(value), int(number_of(digits))
    if not isfinite(number) or abs(number) * 10.0 ** min(places, 300) > MAX_SAFE_INTEGER:
        return number
    step = Decimal(1).scaleb(-places)
    exact = abs(Decimal(repr(number)))
    result = (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step
    return plain_number(float(result if number >= 0 else -result))


NUMBER_FILTERS: Mapping[str, Filter] = {
    "abs": _numeric(abs),
    "at_least": _numeric(max),
    "at_most": _numeric(min),
    "ceil": _numeric(lambda value: ceil(value) if isfinite(value) else value),
    "floor": _numeric(lambda value: floor(value) if isfinite(value) else value),
    "divided_by": _numeric(_divided_by),
    "minus": _numeric(lambda value, other: value - other),
    "plus": _numeric(lambda value, other: value + other),
    "modulo": _numeric(_modulo),
    "times": _numeric(lambda value, other: value * other),
    "round": _rounded,
    "to_integer": parse_number,
}
