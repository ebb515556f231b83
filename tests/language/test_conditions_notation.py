"""Live conditions in the notation of their file: what nobody edited is as the file has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.core.data.json_value import JsonValue
from cioform.core.data.nested import get_value, with_value
from cioform.language import conditions as c
from cioform.language.conditions.grammar import leaves
from cioform.language.conditions.notation import rewrite_condition_like
from cioform.plan.compare.differences import differences
from tests.support.conditions import (
    NAMES,
    PROPERTY,
    STEPS,
    attributes,
    events,
    flat,
    grown,
    messages,
    other_events,
    segments,
)

ReadBack = Callable[[Any], Any]


def segment(condition: Any) -> Any:
    return c.decompile_segment(_sent(c.compile_segment(condition, NAMES)), NAMES)


def trigger(condition: Any) -> Any:
    return c.decompile_trigger(_sent(c.compile_trigger(condition, NAMES)), NAMES)


def attribute_filters(condition: Any) -> Any:
    return c.decompile_attribute_filters(_sent(c.compile_attribute_filters(condition)))


def branch(condition: Any) -> Any:
    return c.decompile_branch_condition(c.compile_encoded_filter(condition, NAMES), NAMES)


def wait_until(condition: Any) -> Any:
    wire = c.compile_wait_conditions(condition, NAMES, STEPS)
    return c.decompile_wait_conditions(_sent(wire), NAMES, STEPS)


def exit_(condition: Any) -> Any:
    return c.decompile_exit(_sent(c.compile_exit(condition, NAMES)), NAMES)


def _sent(wire: Any) -> Any:
    return json.loads(json.dumps(wire))


PLACES = {
    c.ConditionContext.SEGMENT: (segment, st.one_of(attributes, segments, events)),
    c.ConditionContext.TRIGGER: (trigger, st.one_of(attributes, segments)),
    c.ConditionContext.ATTRIBUTE_FILTERS: (attribute_filters, attributes),
    c.ConditionContext.BRANCH: (branch, flat),
    c.ConditionContext.WAIT_UNTIL: (wait_until, st.one_of(flat, other_events, messages)),
    c.ConditionContext.EXIT: (exit_, segments),
}


@st.composite
def _files(draw: st.DrawFn) -> tuple[c.ConditionContext, Any, ReadBack]:
    """Draw a condition of a file, where it stands, and how it is read back."""
    place = draw(st.sampled_from(list(PLACES)))
    read_back, leaf = PLACES[place]
    condition = draw(grown(leaf).filter(lambda each: not c.problems(c.parse(each), place)))
    return place, c.parse(condition), read_back


def _edited(leaf: dict[str, Any]) -> tuple[tuple[str | int, ...], Any] | None:
    """Return where a leaf can have a value that nothing else in the condition has, and the value.

    It is in the notation of the file: a week is a week, and a text in quotes is in quotes.
    """
    if "segment" in leaf:
        return ("segment",), "s35"
    if "where" in leaf and (inner := _edited_condition(leaf["where"])) is not None:
        return ("where", *inner[0]), inner[1]
    for operator in ("is", "is_not", "contains", "not_contains"):
        if isinstance(leaf.get(operator), list):
            return (operator, len(leaf[operator]) - 1), "edited"
        if operator in leaf and not isinstance(leaf[operator], dict):
            return (operator,), "edited"
    for operator in ("before", "after"):
        if str(leaf.get(operator)).endswith("ago"):
            return (operator,), "77d ago"
    if "greater_than" in leaf:
        return ("greater_than",), 777
    if "within_last" in leaf:
        return ("within_last",), "1w3d"
    return None


def _edited_condition(condition: Any) -> tuple[tuple[str | int, ...], Any] | None:
    for path, leaf in leaves(condition):
        if (found := _edited(leaf)) is not None:
            return (*path, *found[0]), found[1]
    return None


@PROPERTY
@given(_files())
def test_a_condition_that_nobody_edited_is_spelled_as_in_its_file(file: Any) -> None:
    _, condition, read_back = file
    assert rewrite_condition_like(read_back(condition), condition) == condition


@PROPERTY
@given(_files(), st.randoms(use_true_random=False))
def test_a_test_that_somebody_edited_differs_alone(file: Any, random: Any) -> None:
    place, condition, read_back = file
    editable = [(p, each) for p, leaf in leaves(condition) if (each := _edited(leaf)) is not None]
    if not editable:
        return
    path, (inner, value) = random.choice(editable)
    edited: JsonValue = with_value(condition, (*path, *inner), value)
    if c.problems(edited, place) or c.normalize_condition(edited) == c.normalize_condition(
        condition
    ):
        return
    rewritten = rewrite_condition_like(read_back(edited), condition)
    assert c.normalize_condition(rewritten) == c.normalize_condition(edited)
    found = [path for path, _, _ in differences(condition, rewritten)]
    assert len(found) == 1
    # Of two tests that are the same, either may be the edited one.
    assert not isinstance(get_value(rewritten, found[0]), dict | list)


@PROPERTY
@given(_files(), st.data())
def test_any_other_condition_keeps_its_meaning(file: Any, data: st.DataObject) -> None:
    place, condition, read_back = file
    _, leaf = PLACES[place]
    other = data.draw(grown(leaf).filter(lambda each: not c.problems(c.parse(each), place)))
    group = data.draw(st.sampled_from(["all", "any"]))
    for edited in (other, {group: [condition, other]}):
        if not c.problems(c.parse(edited), place):
            live = read_back(c.parse(edited))
            rewritten = rewrite_condition_like(live, condition)
            assert c.normalize_condition(rewritten) == c.normalize_condition(live)
            assert c.parse(rewritten) == rewritten


@PROPERTY
@given(_files(), st.sampled_from([{"and": []}, {"or": []}, {"foo": 1}]))
def test_a_raw_condition_has_nothing_of_the_file(file: Any, raw: Any) -> None:
    _, condition, _ = file
    rewritten = rewrite_condition_like({"raw": raw}, condition)
    assert c.normalize_condition(rewritten) == c.normalize_condition({"raw": raw})
    assert c.parse(rewritten) == rewritten


@pytest.mark.parametrize(
    ("file", "live", "shown"),
    [
        ({"before": "6w ago"}, {"after": "42d ago"}, {"after": "6w ago"}),
        ({"before": "6w ago"}, {"after": "28d ago"}, {"after": "4w ago"}),
        ({"is": "1.50"}, {"is_not": "1.50"}, {"is_not": "1.50"}),
        ({"is": ["b", "a"]}, {"is_not": ["a", "b"]}, {"is_not": ["b", "a"]}),
        ({"exists": False}, {"is": "a"}, {"is": "a"}),
    ],
)
def test_another_operator_keeps_the_spelling_of_the_value(file: Any, live: Any, shown: Any) -> None:
    seen = {"attribute": "seen"}
    other = {"attribute": "plan", "is": "pro"}
    assert rewrite_condition_like({**seen, **live}, {**seen, **file}) == {**seen, **shown}
    for group in ("all", "any"):
        edited, own = ({group: [{**seen, **each}, other]} for each in (live, file))
        assert rewrite_condition_like(edited, own) == {group: [{**seen, **shown}, other]}


def test_another_count_takes_the_place_of_the_former_one() -> None:
    own = {"event": "bought", "at_least": 3, "within_last": "2w"}
    live = {"event": "bought", "at_most": 2, "within_last": "14d"}
    assert rewrite_condition_like(live, own) == {
        "event": "bought",
        "within_last": "2w",
        "at_most": 2,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"attribute": "a", "is": ["x", "y"]}, {"attribute": "a", "is": "x"}),
        ({"attribute": "a", "is": ["x", "y", "z"]}, {"attribute": "a", "is": "x"}),
        ({"attribute": "a", "is_not": ["x", "y"]}, {"attribute": "a", "is_not": "x"}),
        ({"not": {"attribute": "a", "is": ["x", "y"]}}, {"not": {"attribute": "a", "is": "x"}}),
        (
            {"any": [{"attribute": "a", "is": ["x", "y"]}, {"attribute": "b", "is": "z"}]},
            {"any": [{"attribute": "a", "is": ["x"]}, {"attribute": "b", "is": "z"}]},
        ),
    ],
)
def test_values_that_a_list_lost_are_in_the_list(before: Any, after: Any) -> None:
    assert rewrite_condition_like(segment(before), after) == before
