"""Round trips of conditions: any valid one in a file, and any wire form.

CIOFORM_EXAMPLES=10000 sets the number of examples of each test; the default is lower.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cioform.core.address import Address
from cioform.language import conditions as c
from cioform.model.names import Names
from tests.support.examples import EXAMPLES

NAMES = Names(
    ids={Address("segment", f"s{n}"): str(n) for n in range(1, 30)},
    known={"object_type": {"accounts": "1"}},
)
STEPS = {"welcome": "7", "nudge": "8"}
PROPERTY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# Conditions that are valid in a file.

_text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
_name = _text.filter(str.strip)
_scalar = st.one_of(_text, st.booleans(), st.integers(-(10**9), 10**9), st.floats(-9, 9, width=16))
_number = st.integers(-99, 99)
_duration = st.sampled_from(["3d", "90m", "1w2d", "30s"])
_moment = st.one_of(
    st.integers(0, 2**33),
    st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z", "now"]),
    _duration.map(lambda text: f"{text} ago"),
    _duration.map(lambda text: f"{text} from now"),
)
_values = st.one_of(_scalar, st.lists(_scalar, min_size=1, max_size=3))
_test = st.one_of(
    st.fixed_dictionaries({"is": _values}),
    st.fixed_dictionaries({"is_not": _values}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"contains": _scalar}),
    st.fixed_dictionaries({"not_contains": _text}),
    st.fixed_dictionaries({"greater_than": _number}),
    st.fixed_dictionaries({"less_than": _number}),
    st.fixed_dictionaries({"between": st.lists(_number, min_size=2, max_size=2).map(sorted)}),
    st.fixed_dictionaries({"before": _moment}),
    st.fixed_dictionaries({"after": _moment}),
)
_join = st.tuples(st.sampled_from(["is", "is_not"]), _text).map(
    lambda pair: {pair[0]: {"event_attribute": pair[1]}}
)


def _of(subject: str, test: st.SearchStrategy[Any] = _test, **beside: Any) -> Any:
    return st.tuples(_name, test).map(lambda pair: {subject: pair[0], **beside, **pair[1]})


def _grown(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf,
        lambda child: st.one_of(
            st.lists(child, min_size=1, max_size=3).map(lambda kids: {"all": kids}),
            st.lists(child, min_size=1, max_size=3).map(lambda kids: {"any": kids}),
            child.map(lambda kid: {"not": kid}),
        ),
        max_leaves=5,
    )


_attribute = _of("attribute")
_segment = st.integers(1, 29).map(lambda n: {"segment": f"s{n}"})
_count = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"at_least": st.integers(1, 9)}),
    st.fixed_dictionaries({"at_most": st.integers(1, 9)}),
)
_event = st.tuples(
    st.fixed_dictionaries(
        {"event": _name},
        optional={"within_last": _duration, "where": _grown(_attribute)},
    ),
    _count,
).map(lambda pair: {**pair[0], **pair[1]})
_flat = st.one_of(
    _attribute,
    _segment,
    _of("event_attribute"),
    _of("device_attribute"),
    _of("object_attribute", of="accounts"),
    _of("relationship_attribute", of="object_type#7"),
)
_other_event = st.fixed_dictionaries(
    {"event": _name},
    optional={
        "same": st.one_of(_text, st.lists(_text, min_size=1, max_size=2)),
        "where": _grown(st.one_of(_attribute, _of("attribute", _join))),
    },
)
_message = st.tuples(
    st.sampled_from(["opened", "clicked"]), st.sampled_from(["welcome", "nudge", "action#9"])
).map(lambda pair: {pair[0]: pair[1]})

# Wire forms: any JSON, and recorded forms with a changed member.

_GROUPS = ["and", "or", "event", "segment", "attribute", "filters", "attribute_compare", "segments"]
_MEMBERS = ["type", "name", "field", "operator", "value", "value2", "inverse", "negate", "id"]
_WORDS = [*_GROUPS, *_MEMBERS, "times", "within", "type_id"]
_any_json = st.recursive(
    st.one_of(st.none(), _scalar),
    lambda child: st.one_of(
        st.lists(child, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(_WORDS), _text), child, max_size=4),
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
@given(_grown(st.one_of(_attribute, _segment, _event)))
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
@given(_grown(st.one_of(_attribute, _segment)))
def test_any_trigger_round_trips(condition: Any) -> None:
    wire = c.compile_trigger(c.parse(condition), NAMES)
    back = c.decompile_trigger(wire, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_trigger(c.parse(back), NAMES) == wire


@PROPERTY
@given(_grown(_attribute))
def test_any_attribute_filter_round_trips(condition: Any) -> None:
    wire = c.compile_attribute_filters(c.parse(condition))
    back = c.decompile_attribute_filters(wire)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_attribute_filters(c.parse(back)) == wire


@PROPERTY
@given(_grown(_flat))
def test_any_flat_condition_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.BRANCH):
        return
    text = c.compile_encoded_filter(c.parse(condition), NAMES)
    back = c.decompile_branch_condition(text, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_encoded_filter(c.parse(back), NAMES) == text


@PROPERTY
@given(_grown(st.one_of(_flat, _other_event, _message)))
def test_any_condition_of_a_wait_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.WAIT_UNTIL):
        return
    wire = c.compile_wait_conditions(c.parse(condition), NAMES, STEPS)
    back = c.decompile_wait_conditions(wire, NAMES, STEPS)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.problems(c.parse(back), c.ConditionContext.WAIT_UNTIL) == []
    assert c.compile_wait_conditions(back, NAMES, STEPS) == wire


@PROPERTY
@given(_grown(st.one_of(_attribute, _segment)))
def test_any_exit_round_trips(condition: Any) -> None:
    if c.problems(condition, c.ConditionContext.EXIT):
        return
    wire = c.compile_exit(c.parse(condition), NAMES)
    back = c.decompile_exit(wire, NAMES)
    assert c.normalize_condition(back) == c.normalize_condition(condition)
    assert c.compile_exit(c.parse(back), NAMES) == wire


@PROPERTY
@given(_grown(st.one_of(_segment, _flat)), st.randoms(use_true_random=False))
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
@given(st.one_of(_text, st.binary(max_size=12).map(lambda raw: raw.hex())))
def test_any_text_round_trips(text: str) -> None:
    found = c.decompile_branch_condition(text, NAMES)
    if "raw" in found:
        assert c.compile_encoded_filter(c.parse(found), NAMES) == text
