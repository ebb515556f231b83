"""The three-way diff: what differs, and which side changed it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.kinds import find_kinds
from cioform.plan.change import Origin
from cioform.plan.compare import diff
from tests.support.examples import EXAMPLES

SNIPPET = find_kinds()["snippet"]
SEGMENT = find_kinds()["segment"]


def compare(applied: Any, desired: Any, live: Any, **more: Any) -> list[tuple[Any, Any, str]]:
    def attributes(value: Any) -> Any:
        return None if value is None else {"name": "a", "value": value}

    found = diff.compare(
        SNIPPET, attributes(applied), attributes(desired), attributes(live), **more
    )
    return [(change.before, change.after, change.origin.value) for change in found]


@pytest.mark.parametrize(
    ("applied", "desired", "live", "expected"),
    [
        ("1", "1", "1", []),
        ("1", "2", "2", []),
        ("1", "2", "1", [("1", "2", "config")]),
        ("1", "1", "2", [("2", "1", "drift")]),
        ("1", "2", "3", [("3", "2", "conflict")]),
        (None, "2", "1", [("1", "2", "config")]),
        (UNKNOWN, "2", "1", [("1", "2", "config")]),
        ("1", "2", UNKNOWN, [("1", "2", "config")]),
        ("1", "1", UNKNOWN, []),
        (None, "1", UNKNOWN, []),
        ("1", " 1\r\n", "1\n", []),
    ],
)
def test_the_three_way_diff(applied: Any, desired: Any, live: Any, expected: Any) -> None:
    assert compare(applied, desired, live) == expected


def test_ignored_fields_are_not_compared() -> None:
    assert compare("1", "1", "2", ignore=[("value",)]) == []


def test_omitted_fields_are_unmanaged() -> None:
    live: Attributes = {"name": "a", "value": "1", "more": "x"}
    assert diff.compare(SNIPPET, None, {"name": "a"}, live) == ()


def test_an_insertion_in_a_keyed_list_is_one_addition() -> None:
    live: Attributes = {"steps": [{"id": "a", "n": 1}, {"id": "c", "n": 3}]}
    desired: Attributes = {"steps": [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}]}
    paths = {change.path[:2] for change in diff.compare(SNIPPET, None, desired, live)}
    assert ("steps", "b") in paths
    assert ("steps", "a") not in paths
    assert ("steps", "c") not in paths


TRANSACTIONAL = find_kinds()["transactional"]
FILLED = {"subject": "a", "body": "b", "preheader": "", "reply_to": "none"}
"""A translation as it is read: it has more fields than the file."""


@pytest.mark.parametrize(
    ("applied", "desired", "live", "origin"),
    [
        ({"es": {"subject": "a"}}, {}, {"es": FILLED}, "config"),
        ({"es": {"subject": "z"}}, {}, {"es": FILLED}, "conflict"),
        ({"es": {"subject": "a"}}, {"es": {"subject": "z"}}, {"es": FILLED}, "config"),
        ({"es": {"subject": "a"}}, {"es": {"subject": "a", "body": "z"}}, {"es": FILLED}, "config"),
        ({}, {"es": {"subject": "a"}}, {}, "config"),
        ({}, {"es": {"subject": "z"}}, {"es": FILLED}, "conflict"),
    ],
)
def test_an_unmanaged_field_is_not_drift(
    applied: Any, desired: Any, live: Any, origin: str
) -> None:
    sides: list[Attributes] = [
        {"name": "m", "email": {"translations": each}} for each in (applied, desired, live)
    ]
    assert {
        change.origin for change in diff.compare(TRANSACTIONAL, sides[0], sides[1], sides[2])
    } == {origin}


def test_names_that_look_private_are_compared() -> None:
    live: Attributes = {"headers": {"__x": "1"}}
    desired: Attributes = {"headers": {"__x": "2"}}
    [change] = diff.compare(SNIPPET, None, desired, live)
    assert (change.path, change.before, change.after) == (("headers", "__x"), "1", "2")


def test_equivalent_conditions_are_equal() -> None:
    leaf = {"attribute": "plan", "is": "trial"}
    one: Attributes = {"name": "s", "conditions": leaf}
    other: Attributes = {"name": "s", "conditions": {"all": [leaf]}}
    assert diff.is_equivalent(SEGMENT, one, other)
    assert diff.fingerprint(SEGMENT, one) == diff.fingerprint(SEGMENT, other)
    assert diff.compare(SEGMENT, None, one, other) == ()


def test_drift_goes_from_the_applied_to_the_live_value() -> None:
    [change] = diff.drifted_fields(
        SNIPPET, {"name": "a", "value": "1"}, {"name": "a", "value": "2"}
    )
    assert (change.before, change.after, change.origin) == ("1", "2", Origin.DRIFT)
    assert diff.drifted_fields(SNIPPET, {"value": "1"}, {"value": UNKNOWN}) == ()


VALUES = st.recursive(
    st.sampled_from(["", "a", "b", " a\n", True, 7, 1.5]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x", "y", "__z", "a.b", "it's"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from(["name", "value", "more"]), VALUES)


@settings(max_examples=EXAMPLES)
@given(FIELDS, FIELDS, st.none() | FIELDS)
def test_a_diff_is_empty_exactly_for_equal_values(desired: Any, live: Any, applied: Any) -> None:
    changes = diff.compare(SNIPPET, applied, desired, live)
    mentioned = {name: live[name] for name in desired if name in live}
    assert (changes == ()) == diff.is_equivalent(SNIPPET, mentioned, desired)


@settings(max_examples=EXAMPLES)
@given(FIELDS, FIELDS)
def test_applying_every_change_makes_the_desired_value(desired: Any, live: Any) -> None:
    made = copy.deepcopy({name: live[name] for name in desired if name in live})
    for change in diff.compare(SNIPPET, None, desired, live):
        made = set_at(made, change.path, change.after)
    assert diff.is_equivalent(SNIPPET, without_none(made), desired)


def set_at(value: Any, path: tuple[Any, ...], after: Any) -> Any:
    """Set the value at a path. None removes it; in a list, None stays for `without_none`."""
    if not path:
        return after
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        value = value + [None] * (step + 1 - len(value))
        return [set_at(item, rest, after) if n == step else item for n, item in enumerate(value)]
    if after is None and not rest:
        return {name: item for name, item in value.items() if name != step}
    return {**value, step: set_at(value.get(step), rest, after)}


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_none(item) for item in value if item is not None]
    return value
