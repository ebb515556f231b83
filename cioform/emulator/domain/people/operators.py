"""Test one value with the operators of conditions (journeys facts, section 3)."""

from collections.abc import Callable, Mapping
from operator import gt, lt
from typing import Any

RELATIVE_OPERATORS = ("timestamp_gt", "timestamp_lt")
"""The operators whose value is seconds from now."""

MISSING = object()
"""The value of an attribute that does not exist."""

Comparator = Callable[[Any, str, str, float], bool]
"""Compare a value with `value` and `value2` of a test, at a time in Unix seconds."""


def to_text(value: Any) -> str:
    """Return a value in the notation of conditions: `true`, `false`, digits, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def matches_test(value: Any, test: Mapping[str, Any], now: float) -> bool:
    """Return whether a value passes a test of `operator`, `value`, `value2` and `inverse`.

    No value passes a test with an unknown operator.
    """
    operator = str(test.get("operator"))
    compare = OPERATORS.get(operator)
    if compare is None:
        return False
    operands = (to_text(test.get("value", "")), to_text(test.get("value2", "")))
    matches = value is not MISSING and value is not None and compare(value, *operands, now)
    return matches is not bool(test.get("inverse", False))


def matches_filters(tree: Any, data: Mapping[str, Any], now: float) -> bool:
    """Return whether the data of an event matches a tree of tests; an empty tree matches all."""
    if not isinstance(tree, dict) or not tree:
        return True
    if isinstance(tree.get("and"), list):
        return all(matches_filters(each, data, now) for each in tree["and"])
    if isinstance(tree.get("or"), list):
        return any(matches_filters(each, data, now) for each in tree["or"])
    return matches_test(field_value(data, str(tree.get("field", ""))), tree, now)


def campaign_test(test: Mapping[str, Any], relative_future: str) -> dict[str, Any]:
    """Return a test of a campaign as one of a segment.

    A flat array negates with `!` before the operator (journeys facts, section 4). What the number
    of a relative date means outside of segments is an open fact, `relative_future`.
    """
    operator = str(test.get("operator"))
    found = dict(test)
    if operator.startswith("!"):
        found |= {"operator": operator[1:], "inverse": True}
    seconds = parse_number(test.get("value"))
    if found["operator"] in RELATIVE_OPERATORS and seconds is not None and relative_future == "ago":
        found["value"] = str(-abs(seconds))
    return found


def matches_attribute_filters(
    tree: Any, data: Mapping[str, Any], now: float, relative_future: str
) -> bool:
    """Return whether an event starts a campaign with these `attribute_filters`; any if empty."""
    if not isinstance(tree, dict) or not tree:
        return True
    for word, combine in (("and", all), ("or", any)):
        if isinstance(tree.get(word), list):
            return combine(
                matches_attribute_filters(each, data, now, relative_future) for each in tree[word]
            )
    return matches_filters(campaign_test(tree, relative_future), data, now)


def field_value(data: Mapping[str, Any], field: str) -> Any:
    """Return the value of a field; dots in its name may lead into nested objects."""
    if field in data:
        return data[field]
    value: Any = data
    for part in field.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return MISSING
        value = value[part]
    return value


def parse_number(value: Any) -> float | None:
    """Return the number that a value is or spells; None if there is none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _equal(value: Any, expected: str, _upper: str, _now: float) -> bool:
    if isinstance(value, list):
        return any(to_text(each) == expected for each in value)
    number, other = parse_number(value), parse_number(expected)
    return to_text(value) == expected or (number is not None and number == other)


def _exists(_value: Any, _expected: str, _upper: str, _now: float) -> bool:
    return True


def _contains(value: Any, expected: str, _upper: str, _now: float) -> bool:
    if isinstance(value, list):
        return any(to_text(each) == expected for each in value)
    return expected in to_text(value)


def _compare_numbers(comparison: Callable[[float, float], bool]) -> Comparator:
    def compare(value: Any, expected: str, _upper: str, _now: float) -> bool:
        number, other = parse_number(value), parse_number(expected)
        return number is not None and other is not None and comparison(number, other)

    return compare


def _between(value: Any, lower: str, upper: str, _now: float) -> bool:
    number, low, high = parse_number(value), parse_number(lower), parse_number(upper)
    return number is not None and low is not None and high is not None and low <= number <= high


def _compare_relative_time(comparison: Callable[[float, float], bool]) -> Comparator:
    """Return a comparison with now plus a number of seconds, which is negative for the past."""

    def compare(value: Any, offset: str, _upper: str, now: float) -> bool:
        timestamp, seconds = parse_number(value), parse_number(offset)
        return (
            timestamp is not None and seconds is not None and comparison(timestamp, now + seconds)
        )

    return compare


OPERATORS: Mapping[str, Comparator] = {
    "eq": _equal,
    "exists": _exists,
    "contains": _contains,
    "gt": _compare_numbers(gt),
    "lt": _compare_numbers(lt),
    "bw": _between,
    "timestamp_gt": _compare_relative_time(gt),
    "timestamp_lt": _compare_relative_time(lt),
    "timestamp_gta": _compare_numbers(gt),
    "timestamp_lta": _compare_numbers(lt),
}
