"""Tests of one value: operators, with their values spelt as text (journeys facts, section 3)."""

from collections.abc import Callable, Mapping
from typing import Any

MISSING = object()
"""There is no such attribute."""

Compare = Callable[[Any, str, str, float], bool]


def text_of(value: Any) -> str:
    """A value as conditions spell it: `true`, `false`, digits, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def passes(value: Any, test: Mapping[str, Any], now: float) -> bool:
    """Whether a value passes `operator`, `value`, `value2`, `inverse`. An unknown operator is
    passed by nothing."""
    operator = str(test.get("operator"))
    compare = OPERATORS.get(operator)
    if compare is None:
        return False
    given = (text_of(test.get("value", "")), text_of(test.get("value2", "")))
    found = value is not MISSING and value is not None and compare(value, *given, now)
    return found is not bool(test.get("inverse", False))


def tree_passes(tree: Any, data: Mapping[str, Any], now: float) -> bool:
    """Whether the data of an event fit its filters: tests in `and` and `or`; none fit all."""
    if not isinstance(tree, dict) or not tree:
        return True
    if isinstance(tree.get("and"), list):
        return all(tree_passes(each, data, now) for each in tree["and"])
    if isinstance(tree.get("or"), list):
        return any(tree_passes(each, data, now) for each in tree["or"])
    return passes(looked_up(data, str(tree.get("field", ""))), tree, now)


def looked_up(data: Mapping[str, Any], field: str) -> Any:
    """The value of a field; one with dots may lie deeper."""
    if field in data:
        return data[field]
    found: Any = data
    for part in field.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return MISSING
        found = found[part]
    return found


def number_of(value: Any) -> float | None:
    """The number a value is or spells."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _equal(value: Any, given: str, _: str, __: float) -> bool:
    if isinstance(value, list):
        return any(text_of(each) == given for each in value)
    mine, other = number_of(value), number_of(given)
    return text_of(value) == given or (mine is not None and mine == other)


def _exists(_: Any, __: str, ___: str, ____: float) -> bool:
    return True


def _contains(value: Any, given: str, _: str, __: float) -> bool:
    if isinstance(value, list):
        return any(text_of(each) == given for each in value)
    return given in text_of(value)


def _ordered(holds: Callable[[float, float], bool]) -> Compare:
    def compare(value: Any, given: str, _: str, __: float) -> bool:
        mine, other = number_of(value), number_of(given)
        return mine is not None and other is not None and holds(mine, other)

    return compare


def _between(value: Any, low: str, high: str, _: float) -> bool:
    mine, least, most = number_of(value), number_of(low), number_of(high)
    return mine is not None and least is not None and most is not None and least <= mine <= most


def _relative(holds: Callable[[float, float], bool]) -> Compare:
    """Against now plus a signed number of seconds: negative is the past."""

    def compare(value: Any, given: str, _: str, now: float) -> bool:
        mine, seconds = number_of(value), number_of(given)
        return mine is not None and seconds is not None and holds(mine, now + seconds)

    return compare


def _below(one: float, other: float) -> bool:
    return one < other


def _above(one: float, other: float) -> bool:
    return one > other


OPERATORS: Mapping[str, Compare] = {
    "eq": _equal,
    "exists": _exists,
    "contains": _contains,
    "gt": _ordered(_above),
    "lt": _ordered(_below),
    "bw": _between,
    "timestamp_gt": _relative(_above),
    "timestamp_lt": _relative(_below),
    "timestamp_gta": _ordered(_above),
    "timestamp_lta": _ordered(_below),
}
