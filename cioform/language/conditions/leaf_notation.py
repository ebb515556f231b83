"""Spell a single test as another one does where both mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.core.time.duration import Duration
from cioform.language.conditions.grammar import GROUP_KEYWORDS, LEAF_KEYWORDS, leaves
from cioform.language.conditions.joins import expand_same
from cioform.language.conditions.normalization import normalize_condition
from cioform.language.conditions.operators import OPERATORS
from cioform.language.conditions.relative_dates import relative_date, to_relative_seconds
from cioform.language.conditions.values import is_scalar, to_wire_text

_COUNTS: Final = ("at_least", "at_most")
_WITHOUT_ORDER: Final = ("is", "is_not")
"""The operators that take a list of which any value may apply."""


def rewrite_leaf_like(
    leaf: Mapping[str, JsonValue], like: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return a leaf that means the same, in the notation of the leaf `like` where possible.

    Members that say nothing, such as `at_least: 1`, stay as `like` has them. The `where` of an
    event is rewritten by the caller.
    """
    if "not" in leaf and "not" not in like:
        return {"not": rewrite_leaf_like(leaf["not"], like)}
    rewritten = dict(leaf)
    if _subject(leaf) != _subject(like):
        return rewritten
    if "same" in leaf and "same" not in like and "where" in like:
        rewritten = expand_same(leaf)
    normal = normalize_condition(rewritten)
    for name, value in like.items():
        if name not in rewritten and (other := _operator_in_place_of(name, rewritten)):
            candidate = {**rewritten, other: _rewrite_operand(other, rewritten[other], value)}
            rewritten = candidate if _is_equivalent(candidate, normal) else rewritten
            continue
        if name in rewritten and rewritten[name] == value and _is_same_type(rewritten[name], value):
            continue
        candidate = {**rewritten, name: value}
        if _is_equivalent(candidate, normal):
            rewritten = candidate
        elif name in rewritten and name != "where":
            candidate = {**rewritten, name: _rewrite_operand(name, rewritten[name], value)}
            rewritten = candidate if _is_equivalent(candidate, normal) else rewritten
    order = [*like, *rewritten]
    return {name: rewritten[name] for name in dict.fromkeys(order) if name in rewritten}


def value_lists(
    condition: Mapping[str, JsonValue],
) -> Iterator[tuple[FieldPath, str, Sequence[JsonValue]]]:
    """Yield where each list of values is, its operator and its values.

    The value of a single test, outside of groups, may become a list.
    """
    for path, leaf in leaves(condition):
        is_alone = GROUP_KEYWORDS[0] not in path and GROUP_KEYWORDS[1] not in path
        for operator in _WITHOUT_ORDER:
            value = leaf.get(operator)
            if isinstance(value, list):
                yield (*path, operator), operator, value
            elif is_scalar(value) and is_alone:
                yield (*path, operator), operator, (value,)


def _subject(leaf: Mapping[str, JsonValue]) -> str:
    """Return the keyword of the value that a leaf tests, negated or not."""
    positive = leaf.get("not", leaf)
    return next((name for name in (*LEAF_KEYWORDS, "raw") if name in positive), "")


def _operator_in_place_of(name: str, leaf: Mapping[str, JsonValue]) -> str:
    """Return the operator that a leaf has where another one has `name`; empty if it has none."""
    names = next((each for each in (OPERATORS, _COUNTS) if name in each), ())
    return next((each for each in names if each in leaf), "")


def _is_same_type(one: JsonValue, other: JsonValue) -> bool:
    return type(one) is type(other)  # 1 and true are equal in Python, and not in a file.


def _is_equivalent(candidate: Mapping[str, JsonValue], normal: Mapping[str, JsonValue]) -> bool:
    """Return whether a leaf, which may be one that no file can have, has that normal form."""
    try:
        return normalize_condition(candidate) == normal
    except (ValueError, TypeError):
        return False


def _rewrite_operand(name: str, value: JsonValue, like: JsonValue) -> JsonValue:
    """Return an operand that differs from that of `like`, with its units, types and order."""
    if name == "within_last" and isinstance(value, str) and isinstance(like, str):
        return Duration.parse(value).in_unit_of(like)
    if name in ("before", "after"):
        return _rewrite_relative_date(value, like)
    if isinstance(value, list) and isinstance(like, list):
        return _rewrite_list(value, like) if name in _WITHOUT_ORDER else _rewrite_each(value, like)
    return _rewrite_scalar(value, like)


def _rewrite_relative_date(value: JsonValue, like: JsonValue) -> JsonValue:
    seconds, other = to_relative_seconds(value), to_relative_seconds(like)
    if not seconds or not other or value != relative_date(seconds):
        return value
    length, _, direction = relative_date(seconds).partition(" ")
    unit = str(like).partition(" ")[0]
    return f"{Duration.parse(length, abs(seconds)).in_unit_of(unit)} {direction}"


def _rewrite_list(values: list[JsonValue], like: list[JsonValue]) -> list[JsonValue]:
    """Return values in the order of `like`, with what is new where something else was."""
    texts = [to_wire_text(value) for value in values]
    known = [to_wire_text(value) for value in like]
    new = [v for v, text in zip(values, texts, strict=True) if text not in known]
    found: list[JsonValue] = []
    for value, text in zip(like, known, strict=True):
        if text in texts:
            found.append(value)
        elif new:
            found.append(_rewrite_scalar(new.pop(0), value))
    return [*found, *new]


def _rewrite_each(values: list[JsonValue], like: list[JsonValue]) -> list[JsonValue]:
    if len(values) != len(like):
        return values
    return [_rewrite_scalar(*pair) for pair in zip(values, like, strict=True)]


def _rewrite_scalar(value: JsonValue, like: JsonValue) -> JsonValue:
    """Return a value as a text if `like` is a number or true or false that is written as a text."""
    if not is_scalar(value) or not is_scalar(like):
        return value
    if to_wire_text(value) == to_wire_text(like):
        return like
    is_quoted = isinstance(like, str) and _is_plain(like)
    return to_wire_text(value) if is_quoted and not isinstance(value, str) else value


def _is_plain(text: str) -> bool:
    """Return whether a text would be another type without quotes."""
    return text in ("true", "false") or text.lstrip("-").replace(".", "", 1).isdigit()
