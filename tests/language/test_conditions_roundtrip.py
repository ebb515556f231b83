"""Round trips of conditions: any valid one in a file, and any wire form.

CIOFORM_EXAMPLES=10000 sets the number of examples of each test; the default is lower.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cioform.language import conditions as c
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
    scalars,
    segments,
    texts,
)

# Wire forms: any JSON, and recorded forms with a changed member.

_GROUPS = ["and", "or", "event", "segment", "attribute", "filters", "attribute_compare", "segments"]
_MEMBERS = ["type", "name", "field", "operator", "value", "value2", "inverse", "negate", "id"]
_WORDS = [*_GROUPS, *_MEMBERS, "times", "within", "type_id"]
_any_json = st.recursive(
    st.one_of(st.none(), scalars),
    lambda child: st.one_of(
        st.lists(child, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(_WORDS), texts), child, max_size=4),
    ),
    max_leaves=12,
)


def _recorded(place: c.ConditionContext) -> list[Any]:
    document = json.loads((Path(__file__).parent / "conditions" / f"{place}.json").read_text())
    return [case["wire"] for case in document["cases"]]


@st.composite
def _changed(draw: st.DrawFn, place: c.ConditionContext) -> Any:
    """Draw a recorded form with one random part changed or removed."""
    wire = json.loads(json.dumps(draw(st.sampled_from(_recorded(place)))))
    holder, node = None, wire
    while isinstance(node, dict | list) and node and (holder is None or draw(st.integers(0, 3))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        holder = (node, draw(st.sampled_from(keys)))
        node = node[holder[1]]
    if holder is None:
        return wire
    parent, key = holder
    if draw(st.booleans()):
        parent[key] = draw(st.one_of(_any_json, st.sampled_from(["", {}, [], False, "!eq", 1])))
    elif isinstance(parent, dict):
        del parent[key]
    return wire


def _plain(wire: Any) -> Any:
    """Return a wire form without insignificant differences.

    These are the order of members, empty members, the spelling of a value, groups of one, and
    the ids that the remote adds when it is read.
    """
    if isinstance(wire, list):
        return [_plain(item) for item in wire]
    if not isinstance(wire, dict):
        return "" if wire is None else str(wire).lower() if isinstance(wire, bool) else str(wire)
    named = "name" in wire and isinstance(wire.get("id"), int)
    members = {key: _plain(value) for key, value in wire.items() if not (named and key == "id")}
    if list(members) in (["and"], ["or"]) and len(children := next(iter(members.values()))) == 1:
        return children[0] if isinstance(children, list) else members
    return {key: value for key, value in sorted(members.items()) if value not in ("", "false", {})}


# Conditions of a file round-trip.


@PROPERTY
@given(grown(st.one_of(attributes, segments, events)))
def test_any_segment_condition_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.SEGMENT):
        return
    wire = c.compile_segment(c.parse(condition), NAMES)
    back = c.decompile_segment(wire, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.parse(back) == back
    assert c.normalize_condition(
        c.decompile_segment(c.compile_segment(back, NAMES), NAMES)
    ) == c.normalize_condition(back)


@PROPERTY
@given(grown(st.one_of(attributes, segments)))
def test_any_trigger_round_trips(condition: Any) -> None:
    wire = c.compile_trigger(c.parse(condition), NAMES)
    back = c.decompile_trigger(wire, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_trigger(c.parse(back), NAMES) == wire


@PROPERTY
@given(grown(attributes))
def test_any_attribute_filter_round_trips(condition: Any) -> None:
    wire = c.compile_attribute_filters(c.parse(condition))
    back = c.decompile_attribute_filters(wire)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_attribute_filters(c.parse(back)) == wire


@PROPERTY
@given(grown(flat))
def test_any_flat_condition_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.BRANCH):
        return
    text = c.compile_encoded_filter(c.parse(condition), NAMES)
    back = c.decompile_branch_condition(text, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_encoded_filter(c.parse(back), NAMES) == text


@PROPERTY
@given(grown(st.one_of(flat, other_events, messages)))
def test_any_condition_of_a_wait_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.WAIT_UNTIL):
        return
    wire = c.compile_wait_conditions(c.parse(condition), NAMES, STEPS)
    back = c.decompile_wait_conditions(wire, NAMES, STEPS)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.problems(c.parse(back), c.ConditionContext.WAIT_UNTIL) == []
    assert c.compile_wait_conditions(back, NAMES, STEPS) == wire


@PROPERTY
@given(grown(st.one_of(attributes, segments)))
def test_any_exit_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.EXIT):
        return
    wire = c.compile_exit(c.parse(condition), NAMES)
    back = c.decompile_exit(wire, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_exit(c.parse(back), NAMES) == wire


@PROPERTY
@given(grown(st.one_of(segments, flat)), st.randoms(use_true_random=False))
def test_order_and_nesting_do_not_change_the_meaning(condition: Any, random: Any) -> None:
    def shuffled(node: Any) -> Any:
        for group in ("all", "any"):
            if group in node:
                children = [shuffled(child) for child in node[group]]
                random.shuffle(children)
                return {group: [{group: children + children[:1]}]}
        return {"not": shuffled(node["not"])} if "not" in node else node

    normalized = c.normalize_condition(condition)
    assert c.normalize_condition(normalized) == normalized
    assert c.normalize_condition({"not": {"not": shuffled(condition)}}) == normalized
    # Repeating the condition inside a group does not change the meaning.
    for group, other in (("all", "any"), ("any", "all")):
        again = {group: [condition, {other: [condition, {"segment": "s29"}]}]}
        assert c.normalize_condition(again) == normalized


# Wire forms round-trip.


@PROPERTY
@given(st.one_of(_any_json, *(_changed(place) for place in c.ConditionContext)))
def test_any_wire_form_round_trips(wire: Any) -> None:
    """Any wire form decodes to a valid condition, which then round-trips unchanged."""
    for compile_, decompile in (
        (c.compile_segment, c.decompile_segment),
        (c.compile_trigger, c.decompile_trigger),
        (c.compile_exit, c.decompile_exit),
    ):
        found = c.parse(decompile(wire, NAMES))
        again = decompile(compile_(found, NAMES), NAMES)
        assert c.normalize_condition(again) == c.normalize_condition(found)
    found = c.parse(c.decompile_attribute_filters(wire))
    again = c.decompile_attribute_filters(c.compile_attribute_filters(found))
    assert c.normalize_condition(again) == c.normalize_condition(found)


@PROPERTY
@given(st.one_of(st.lists(_any_json, max_size=3), _changed(c.ConditionContext.BRANCH)))
def test_any_encoded_array_round_trips(wire: Any) -> None:
    found = c.parse(c.decompile_branch_condition(c.encode_filter(wire), NAMES))
    text = c.compile_encoded_filter(found, NAMES)
    assert _plain(c.decode_filter(text)) == _plain(wire)
    assert c.normalize_condition(
        c.decompile_branch_condition(text, NAMES)
    ) == c.normalize_condition(found)


@PROPERTY
@given(st.one_of(st.lists(_any_json, max_size=3), _changed(c.ConditionContext.WAIT_UNTIL)))
def test_any_wire_condition_of_a_wait_round_trips(wire: Any) -> None:
    texts = [c.encode_filter(each) for each in wire]
    found = c.parse(c.decompile_wait_conditions(texts, NAMES, STEPS))
    again = c.compile_wait_conditions(found, NAMES, STEPS)
    assert [_plain(c.decode_filter(text)) for text in again] == _plain(wire)
    assert c.normalize_condition(
        c.decompile_wait_conditions(again, NAMES, STEPS)
    ) == c.normalize_condition(found)


@PROPERTY
@given(_any_json)
def test_an_encoded_text_decodes_unchanged(value: Any) -> None:
    assert c.decode_filter(c.encode_filter(value)) == value


@PROPERTY
@given(st.one_of(texts, st.binary(max_size=12).map(lambda raw: raw.hex())))
def test_any_text_round_trips(text: str) -> None:
    found = c.decompile_branch_condition(text, NAMES)
    if "raw" in found:
        assert c.compile_encoded_filter(c.parse(found), NAMES) == text
