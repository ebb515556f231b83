"""Rewrite a condition in the notation of another one: a live condition in that of its file.

Customer.io returns a condition in a form of its own: groups are expanded, values are texts
and lengths of time are seconds. Somebody who edits one test there has changed one test of the file.

A rewritten condition is used only if it has the same normal form as the original, so that the
result always means the same. The original is returned if nothing fits, or if a `not` of the file
would negate a test twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

from cioform.core.data.json_value import JsonValue, as_list, as_mapping, canonical_json
from cioform.core.data.nested import get_value, with_value
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.language.conditions.boolean_algebra import (
    apply_negation,
    push_negation_to_leaves,
    split_negation,
    to_cnf,
    to_dnf,
)
from cioform.language.conditions.grammar import GROUP_KEYWORDS, leaves
from cioform.language.conditions.leaf_notation import rewrite_leaf_like, value_lists
from cioform.language.conditions.normalization import normalize_condition
from cioform.language.conditions.parsing.parser import parse
from cioform.language.conditions.polarity import keeps_polarity
from cioform.language.conditions.values import is_too_deep

_Condition: TypeAlias = dict[str, JsonValue]

_MAX_TESTS: Final = 100
"""The most tests of a condition of which single ones are exchanged; it takes time for each."""
_MAX_EDITS: Final = 8
"""The most tests that are exchanged. Who changes more of them has written another condition."""

_REMOVED: Final = "removed"


def rewrite_condition_like(
    condition: Mapping[str, JsonValue], like: Mapping[str, JsonValue]
) -> _Condition:
    """Return a condition that means the same, in the notation of `like`.

    Both are in canonical form. Where a test differs from that of `like`, it is at the same place.
    """
    if condition == like or is_too_deep(condition) or is_too_deep(like):
        return dict(condition)
    normal = normalize_condition(condition)
    if normal == normalize_condition(like):
        return dict(like)
    candidates = chain(
        _edited(condition, like, normal), _rearranged(condition, like), _as_leaf(condition, like)
    )
    for candidate in candidates:
        is_same = candidate and normalize_condition(candidate) == normal
        if is_same and keeps_polarity(candidate, like) and _is_valid(candidate):
            return candidate
    return dict(condition)


def _is_valid(candidate: Mapping[str, JsonValue]) -> bool:
    """Return whether a file may have a condition; for example, `raw` cannot be below `not`."""
    try:
        parse(candidate)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Test:
    """One test of a condition: a leaf, or one value of a leaf with several."""

    path: FieldPath
    leaf: Mapping[str, JsonValue]
    """With that one value."""
    is_negated: bool
    """Whether `not` stands above it an odd number of times."""
    operator: str
    """The operator with several values, of which this test is one; else empty."""
    key: str
    """Its normal form as a text, with the negation."""


def _tests_of(condition: Mapping[str, JsonValue]) -> list[_Test]:
    found: list[_Test] = []
    for path, leaf in leaves(condition):
        is_negated = path.count("not") % 2 == 1
        operator = next((name for name in ("is", "is_not") if isinstance(leaf.get(name), list)), "")
        values = enumerate(leaf[operator]) if operator else ()
        single = [((*path, operator, at), {**leaf, operator: value}) for at, value in values]
        for place, each in single if operator else [(path, leaf)]:
            positive, inverse = split_negation(each)
            key = _key(apply_negation(positive, inverse != is_negated))
            found.append(_Test(place, each, is_negated, operator, key))
    return found


def _key(literal: Mapping[str, JsonValue]) -> str:
    return canonical_json(normalize_condition(literal))


def _literals_of(condition: Mapping[str, JsonValue]) -> dict[str, _Condition]:
    """Return the tests of a condition by their keys, each with its negation."""
    tree = push_negation_to_leaves(condition)
    pending, found = [tree], dict[str, _Condition]()
    while pending:
        node = pending.pop()
        group = next((group for group in GROUP_KEYWORDS if group in node), None)
        if group is None:
            found.setdefault(_key(node), node)
        else:
            pending += reversed(node[group])
    return found


def _edited(
    condition: Mapping[str, JsonValue], like: Mapping[str, JsonValue], normal: _Condition
) -> Iterator[_Condition]:
    """Yield `like` with other tests in the place of those that `condition` does not have."""
    tests = _tests_of(like)
    if len(tests) > _MAX_TESTS:
        return
    literals = _literals_of(condition)
    known = {test.key for test in tests}
    # The normal forms have no redundant tests.
    own, other = _literals_of(normal), _literals_of(normalize_condition(like))
    removed = [test for key, test in other.items() if key not in own]
    added = [literals[key] for key in own if key not in known and key in literals]
    if max(len(removed), len(added)) > _MAX_EDITS:
        return
    if len(added) == 1:
        # A test that stands at several places may have been edited at one of them.
        gone = {_key(literal) for literal in removed}
        for test in sorted(tests, key=lambda each: -_similarity(each.leaf, added[0])):
            if not gone or test.key in gone:
                yield _with_tests(like, [(test, added[0])])
    if not removed:
        yield from _with_more(like, added)
        return
    pairs = _pairs(removed, added)
    exchanged = [
        (test, added[pairs[index]] if index in pairs else None)
        for index, literal in enumerate(removed)
        for test in tests
        if test.key == _key(literal)
    ]
    reduced = _with_tests(like, exchanged)
    yield reduced
    rest = [literal for at, literal in enumerate(added) if at not in pairs.values()]
    if rest and reduced:
        yield from _with_more(reduced, rest)


def _pairs(removed: Sequence[_Condition], added: Sequence[_Condition]) -> dict[int, int]:
    """Return which of the added tests is in the place of each removed one, the likest first."""
    scored = sorted(
        (-_similarity(one, other), at, to)
        for at, one in enumerate(removed)
        for to, other in enumerate(added)
    )
    pairs: dict[int, int] = {}
    for _, at, to in scored:
        if at not in pairs and to not in pairs.values():
            pairs[at] = to
    return pairs


def _similarity(one: Mapping[str, JsonValue], other: Mapping[str, JsonValue]) -> int:
    """Return how much two tests have in common: what they test before how."""
    first, second = split_negation(one)[0], split_negation(other)[0]
    subject = next(iter(first))
    same_subject = bool(first.get(subject) == second.get(subject))
    same_members = sum(name in second for name in first)
    same_values = sum(bool(second.get(name) == value) for name, value in first.items())
    return 100 * same_subject + 10 * same_members + same_values


def _with_tests(
    like: Mapping[str, JsonValue],
    exchanged: Sequence[tuple[_Test, Mapping[str, JsonValue] | None]],
) -> _Condition:
    """Return `like` with other tests in the place of some, None removes one.

    Nothing is returned if a test cannot stand there.
    """
    result: JsonValue = dict(like)
    for test, literal in exchanged:
        if literal is None:
            continue
        positive, inverse = split_negation(literal)
        rewritten = _rewrite_leaf(apply_negation(positive, inverse != test.is_negated), test.leaf)
        if test.operator and {**rewritten, test.operator: 0} != {**test.leaf, test.operator: 0}:
            return {}
        value = rewritten[test.operator] if test.operator else rewritten
        result = with_value(result, test.path, value)
    gone = [test for test, literal in exchanged if literal is None]
    return _without_tests(result, gone) if gone else dict(result)


def _rewrite_leaf(leaf: Mapping[str, JsonValue], like: Mapping[str, JsonValue]) -> _Condition:
    """Return a leaf in the notation of `like`, with its condition on the event's attributes."""
    rewritten = rewrite_leaf_like(leaf, like)
    where, other = rewritten.get("where"), like.get("where")
    if not isinstance(where, Mapping) or not isinstance(other, Mapping) or where == other:
        return rewritten
    return {**rewritten, "where": rewrite_condition_like(where, other)}


def _without_tests(like: JsonValue, gone: Sequence[_Test]) -> _Condition:
    """Return a condition without some of its tests; nothing if none of them is left."""
    for test in gone:
        like = with_value(like, test.path, _REMOVED)
    return dict(left) if isinstance(left := _prune(like), Mapping) else {}


def _prune(node: JsonValue) -> JsonValue:
    """Return a condition without what is marked as removed, and without groups of nothing."""
    if not isinstance(node, Mapping):
        return node
    cleaned = dict(node)
    for name in (*GROUP_KEYWORDS, "not", "is", "is_not"):
        if name not in node:
            continue
        if isinstance(node[name], list):
            cleaned[name] = [each for child in node[name] if (each := _prune(child)) != _REMOVED]
        elif isinstance(node[name], Mapping):
            cleaned[name] = _prune(node[name])
        if cleaned[name] in ([], _REMOVED):
            return _REMOVED
    return cleaned


def _with_more(
    like: Mapping[str, JsonValue], added: Sequence[Mapping[str, JsonValue]]
) -> Iterator[_Condition]:
    """Yield `like` with further tests in a list of values, in one of its groups, or beside it."""
    for place, operator, values in value_lists(like):
        more = [each.get(operator) for each in _as_below_not(added, place)]
        if None not in more:
            yield {**as_mapping(with_value(like, place, [*values, *more]))}
    for path, group in _groups_of(like):
        present = as_list(get_value(like, (*path, group)))
        tests = [*present, *_as_below_not(added, path)]
        yield {**as_mapping(with_value(like, (*path, group), tests))}
    for group in GROUP_KEYWORDS:
        yield {group: [dict(like), *map(dict, added)]}


def _as_below_not(tests: Sequence[Mapping[str, JsonValue]], path: FieldPath) -> list[_Condition]:
    """Return tests as they have to be written at a place, which may be below a `not`."""
    is_negated = path.count("not") % 2 == 1
    return [apply_negation(test, i != is_negated) for test, i in map(split_negation, tests)]


def _groups_of(
    node: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[tuple[FieldPath, str]]:
    if "not" in node:
        yield from _groups_of(node["not"], (*path, "not"))
    for group in GROUP_KEYWORDS:
        if group in node:
            yield path, group
            for at, child in enumerate(node[group]):
                yield from _groups_of(child, (*path, group, at))


def _as_leaf(
    condition: Mapping[str, JsonValue], like: Mapping[str, JsonValue]
) -> Iterator[_Condition]:
    """Yield a test that has another operator or another `not` than `like`, in its notation."""
    while "not" in like:
        like = like["not"]
    if not any(group in each for group in GROUP_KEYWORDS for each in (condition, like)):
        yield _rewrite_leaf(condition, like)


def _rearranged(
    condition: Mapping[str, JsonValue], like: Mapping[str, JsonValue]
) -> Iterator[_Condition]:
    """Yield the condition with the same groups outside as `like`, and its parts in that order."""
    group = next((group for group in GROUP_KEYWORDS if group in like), None)
    if group is None:
        return
    if group in condition:
        yield {group: _in_order_of(like[group], condition[group])}
    inner = next(each for each in GROUP_KEYWORDS if each != group)
    sets = to_cnf(condition) if group == "all" else to_dnf(condition)
    if sets:
        parts = [each[0] if len(each) == 1 else {inner: each} for each in sets]
        yield {group: _in_order_of(like[group], parts)}


def _in_order_of(
    like: Sequence[Mapping[str, JsonValue]], parts: Sequence[Mapping[str, JsonValue]]
) -> list[JsonValue]:
    """Return the parts of a group where `like` has them, each in the notation of the one there."""
    by_key: dict[str, Mapping[str, JsonValue]] = {}
    for part in parts:
        by_key.setdefault(_key(part), part)
    keys = [_key(part) for part in like]
    new = [part for key, part in by_key.items() if key not in keys]
    found: list[JsonValue] = []
    for key, part in zip(keys, like, strict=True):
        if key in by_key:
            found.append(dict(part))
        elif new:
            found.append(rewrite_condition_like(new.pop(0), part))
    return [*found, *map(dict, new)]
