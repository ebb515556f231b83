"""Tests on an attribute: the operator words, and the operator, `value` and `value2` they become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import Plain
from cioform.language.conditions.grammar import SUBJECTS
from cioform.language.conditions.operand_checks import joined
from cioform.language.conditions.values import (
    duration_back,
    is_date,
    is_scalar,
    moment_of,
    seconds_back,
    text_of,
    unix_seconds,
    value_of,
)

_OPERATORS: Final[Mapping[str, str]] = {
    "is": "eq",
    "exists": "exists",
    "contains": "contains",
    "greater_than": "gt",
    "less_than": "lt",
    "between": "bw",
    "before": "timestamp_lta",
    "after": "timestamp_gta",
    "within_last": "timestamp_gt",
    "older_than": "timestamp_lt",
}
"""The positive words and the remote's operators (journeys facts, section 4). `timestamp_gt` and
`_lt` are relative, `_gta` and `_lta` absolute. Whether `timestamp_bw` is the one or the other is
not known: raw."""

_WORDS: Final = {operator: word for word, operator in _OPERATORS.items()}


def wire_test(leaf: Mapping[str, Plain]) -> dict[str, Plain]:
    """Give `operator`, `value` and `value2` for a positive leaf with a single value. Raises
    ValueError for one that is joined to another event, which only a wait can hold."""
    word = next(word for word in _OPERATORS if word in leaf)
    if joined(leaf[word]) is not None:
        raise ValueError(f"only a wait can hold {dict(leaf)!r}")
    return {"operator": _OPERATORS[word], **_wire_value(word, leaf[word])}


def _wire_value(word: str, value: Plain) -> dict[str, str]:
    if word == "exists":
        return {}
    if word == "between":
        return {"value": text_of(value[0]), "value2": text_of(value[1])}
    if word in ("before", "after"):
        return {"value": str(unix_seconds(value))}
    if word in ("within_last", "older_than"):
        return {"value": seconds_back(value)}
    return {"value": text_of(value)}


def word_test(wire: Mapping[str, Plain]) -> dict[str, Plain] | None:
    """Give the operator word with its value for a wire form; None when no word says it.
    Empty members that the operator does not use are passed over."""
    word = _WORDS.get(text_of(wire.get("operator")))
    value, value2 = wire.get("value"), wire.get("value2")
    if word is None or (word != "between" and value2 not in (None, "")):
        return None
    spoken = _word_value(word, value, value2)
    return None if spoken is None else {word: spoken}


def _word_value(word: str, value: Plain, value2: Plain) -> Plain:
    if word == "exists":
        return True if value in (None, "") else None
    if not is_scalar(value):
        return None
    if word in ("before", "after"):
        return moment_of(value)
    if word in ("within_last", "older_than"):
        return duration_back(value)
    if word == "between":
        return _range(value, value2)
    if word in ("greater_than", "less_than"):
        return None if is_date(value) or isinstance(value_of(value), bool) else value_of(value)
    return text_of(value) if word == "contains" else value_of(value)


def _range(low: Plain, high: Plain) -> Plain:
    ends = [value_of(low), value_of(high)]
    sayable = all(is_scalar(e) and not isinstance(e, bool) and not is_date(e) for e in ends)
    return ends if sayable else None


def subject_of(leaf: Mapping[str, Plain]) -> str | None:
    """Give the word that names a leaf's attribute, None when it tests something else."""
    return next((subject for subject in SUBJECTS if subject in leaf), None)


def is_field(name: Plain) -> bool:
    """Tell whether `name` can be the name of an attribute: a text that is not empty."""
    return isinstance(name, str) and bool(name)
