"""Tests of one value: operators, with their values spelt as text (journeys facts, section 3)."""

from collections.abc import Callable, Mapping
from typing import Any

MISSING = object()
"""There is no such attribute."""

Comparator = Callable[[Any, str, str, float], bool]


def to_text(value: Any) -> str:
    """A value as conditions spell it: `true`, `false`, digits, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def matches_test(value: Any, test: Mapping[str, Any], now: float) -> bool:
    """Whether a value passes `operator`, `value`, `value2`, `inverse`. An unknown operator is
    passed by nothing."""
    operator = str(test.get("operator"))
    compare = OPERATORS.get(operator)
    if compare is None:
        return False
    given = (to_text(test.get("value", "")), to_text(test.get("value2", "")))
    found = value is not MISSING and value is not None and compare(value, *given, now)
    return found is not bool(test.get("inverse", False))


def matches_filters(tree: Any, data: Mapping[str, Any], now: float) -> bool:
    """Whether the data of an event fit its filters: tests in `and` and `or`; none fit all."""
    if not isinstance(tree, dict) or not tree:
        return True
    if isinstance(tree.get("and"), list):
        return all(matches_filters(each, data, now) for each in tree["and"])
    if isinstance(tree.get("or"), list):
        return any(matches_filters(each, data, now) for each in tree["or"])
    return matches_test(field_value(data, str(tree.get("field", ""))), tree, now)


def field_value(data: Mapping[str, Any], field: str) -> Any:
    """The value of a field; one with dots may lie deeper."""
    if field in data:
        return data[field]
    found: Any = data
    for part in field.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return MISSING
        found = found[part]
    return found


def parse_number(value: Any) -> float | None:
    """The number a value is or spells."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _equal(value: Any, given: str, _: str, __: float) -> bool:
    if isinstance(value, list):
        return any(to_text(each) == given for each in value)
    mine, other = parse_number(value), parse_number(given)
    return to_text(value) == given or (mine is not None and mine == other)


def _exists(_: Any, __: str, ___: str, ____: float) -> bool:
    return True


def _contains(value: Any, given: str, _: str, __: float) -> bool:
    if isinstance(value, list):
        return any(to_text(each) == given for each in value)
    return given in to_text(value)


def _compare_numbers(comparison: Callable[[float, float], bool]) -> Comparator:
    def compare(value: Any, given: str, _: str, __: float) -> bool:
        mine, other = parse_number(value), parse_number(given)
        return mine is not None and other is not None and comparison(mine, other)

    return compare


def _between(value: Any, low: str, high: str, _: float) -> bool:
    mine, least, most = parse_number(value), parse_number(low), parse_number(high)
    return mine is not None and least is not None and most is not None and least <= mine <= most


def _compare_relative_time(comparison: Callable[[float, float], bool]) -> Comparator:
    """Against now plus a signed number of seconds: negative is the past."""

    def compare(value: Any, given: str, _: str, now: float) -> bool:
        mine, seconds = parse_number(value), parse_number(given)
        return mine is not None and seconds is not None and comparison(mine, now + seconds)

    return compare


def _less_than(one: float, other: float) -> bool:
    return one < other


def _greater_than(one: float, other: float) -> bool:
    return one > other


OPERATORS: Mapping[str, Comparator] = {
    "eq": _equal,
    "exists": _exists,
    "contains": _contains,
    "gt": _compare_numbers(_greater_than),
    "lt": _compare_numbers(_less_than),
    "bw": _between,
    "timestamp_gt": _compare_relative_time(_greater_than),
    "timestamp_lt": _compare_relative_time(_less_than),
    "timestamp_gta": _compare_numbers(_greater_than),
    "timestamp_lta": _compare_numbers(_less_than),
}
