"""Compiling and decompiling: every form the facts show, and round trips of any other."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cioform.base.address import Address
from cioform.language import conditions as c
from cioform.model.names import Names

NAMES = Names(ids={Address("segment", f"s{n}"): str(n) for n in range(1, 30)})
QUICK = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def change(name: str, operator: str, value: str, inverse: bool = False, **more: Any) -> Any:
    sides = [
        {"field": "to", "operator": operator, "value": value, "inverse": False},
        {"field": "from", "operator": operator, "value": value, "inverse": True},
    ]
    event = {"type": "attribute_change", "name": name, "filters": {"and": sides}, **more}
    return {"event": event, "times": 1, "within": 0, "inverse": inverse}


def tree(*leaves: Any) -> Any:
    return {"and": [{"or": [leaf]} for leaf in leaves]}


# Journeys facts, section 3; case 1 of the field cases.
SEGMENTS = [
    ({"attribute": "plan", "is": "pro"}, tree(change("plan", "eq", "pro"))),
    ({"attribute": "has_mobile_app", "is": True}, tree(change("has_mobile_app", "eq", "true"))),
    *(
        (
            {"attribute": "last_active_at", "older_than": duration},
            tree(change("last_active_at", "timestamp_lt", seconds)),
        )
        for duration, seconds in (
            ("3d", "-259200"),
            ("7d", "-604800"),
            ("14d", "-1209600"),
            ("30d", "-2592000"),
        )
    ),
    (
        {"attribute": "plan", "is_not": "pro"},
        tree(change("plan", "eq", "pro", inverse=True)),
    ),
    (
        {"event": "chat_message_sent", "at_least": 50},
        tree(
            {
                "event": {"type": "event", "name": "chat_message_sent", "filters": {}},
                "times": 50,
                "within": 0,
                "inverse": False,
            }
        ),
    ),
    (
        {"not": {"event": "_active *", "within": "14d"}},
        tree(
            {
                "event": {"type": "event", "name": "_active *", "filters": {}},
                "times": 1,
                "within": 1209600,
                "inverse": True,
            }
        ),
    ),
    (
        {"event": "bought", "where": {"attribute": "total", "greater_than": 10}},
        tree(
            {
                "event": {
                    "type": "event",
                    "name": "bought",
                    "filters": {
                        "and": [
                            {"field": "total", "operator": "gt", "value": "10", "inverse": False}
                        ]
                    },
                },
                "times": 1,
                "within": 0,
                "inverse": False,
            }
        ),
    ),
    ({"segment": "segment.s12"}, tree({"segment": {"id": 12}})),
    (
        {"all": [{"not": {"segment": "segment.s2"}}, {"attribute": "p", "is": ["a", "b"]}]},
        {
            "and": [
                {"or": [{"segment": {"id": 2, "inverse": True}}]},
                {"or": [change("p", "eq", "a"), change("p", "eq", "b")]},
            ]
        },
    ),
    ({"raw": {"optout": {}}}, tree({"optout": {}})),
]


@pytest.mark.parametrize(("condition", "wire"), SEGMENTS)
def test_segment(condition: Any, wire: Any) -> None:
    assert c.compile_segment(c.parse(condition), NAMES) == wire
    assert c.decompile_segment(wire, NAMES) == condition


def test_segment_catalogue_ids_are_passed_over() -> None:
    read = tree(change("plan", "eq", "pro", id=4711))
    assert c.decompile_segment(read, NAMES) == {"attribute": "plan", "is": "pro"}


def test_segment_flat_and_means_the_same() -> None:
    flat = {"and": [change("plan", "eq", "pro"), {"segment": {"id": 1}}]}
    found = c.decompile_segment(flat, NAMES)
    assert found == {"all": [{"attribute": "plan", "is": "pro"}, {"segment": "segment.s1"}]}
    assert c.compile_segment(found, NAMES) == tree(*flat["and"])


def test_segment_lone_to_filter_keeps_its_difference() -> None:
    leaf = change("created_at", "timestamp_gt", "-2592000")
    leaf["event"]["filters"]["and"].pop()
    found = c.decompile_segment(tree(leaf), NAMES)
    assert found == {"attribute": "created_at", "within_last": "30d", "from": "any"}
    assert c.compile_segment(found, NAMES) == tree(leaf)


def test_segment_nesting_is_multiplied_out() -> None:
    nested = {"any": [{"all": [{"event": "a"}, {"event": "b"}]}, {"segment": "segment.s3"}]}
    wire = c.compile_segment(nested, NAMES)
    assert [len(group["or"]) for group in wire["and"]] == [2, 2]
    assert c.normal(c.decompile_segment(wire, NAMES)) == c.normal(nested)


def test_segment_pending_reference_is_shown_by_name() -> None:
    names = Names(pending=frozenset({Address("segment", "new")}))
    wire = c.compile_segment({"segment": "segment.new"}, names)
    assert wire == tree({"segment": {"id": "(id of segment.new)"}})


def test_segment_without_conditions_is_all_of_nothing() -> None:
    assert c.decompile_segment({}, NAMES) == {"all": []}
    assert c.decompile_segment({"and": []}, NAMES) == {"all": []}


@pytest.mark.parametrize(
    "leaf",
    [
        {"device_change": {"platform": "ios"}},
        {**change("a", "eq", "1"), "times": 2},
        {**change("a", "eq", "1"), "more": 1},
        change("a", "timestamp_gt", "86400"),
        change("a", "timestamp_bw", "1"),
        change("a", "!eq", "1"),
        {"segment": {"id": 1}, "inverse": True},
        {"and": "nonsense"},
        {"event": {"type": "message", "name": "opened_email *"}, "times": 1, "within": 5},
    ],
)
def test_segment_leaf_that_no_word_says_is_raw_and_returns_untouched(leaf: Any) -> None:
    wire = {"and": [{"or": [leaf, {"segment": {"id": 1}}]}, {"or": [leaf]}]}
    found = c.decompile_segment(wire, NAMES)
    assert {"raw": leaf} in found["all"]
    assert c.compile_segment(c.parse(found), NAMES) == wire
    assert c.compile_segment(c.decompile_segment(tree(leaf), NAMES), NAMES) == tree(leaf)


def test_segment_tree_that_is_none_is_raw_as_a_whole() -> None:
    wire = {"and": [], "or": []}
    assert c.decompile_segment(wire, NAMES) == {"raw": wire}
    assert c.compile_segment({"raw": wire}, NAMES) == wire


# Journeys facts, section 4, grammar 1.
TRIGGERS = [
    (
        {"all": [{"attribute": "status", "is": "POSTPONED"}, {"segment": "segment.s12"}]},
        {
            "and": [
                {"attribute": {"field": "status", "operator": "eq", "value": "POSTPONED"}},
                {"segment": {"id": 12}},
            ]
        },
    ),
    ({"not": {"segment": "segment.s23"}}, {"and": [{"segment": {"id": 23, "inverse": True}}]}),
    (
        {"attribute": "status", "is_not": "x"},
        {
            "and": [
                {"attribute": {"field": "status", "operator": "eq", "value": "x", "inverse": True}}
            ]
        },
    ),
    (
        {"any": [{"segment": "segment.s1"}, {"segment": "segment.s2"}]},
        {"and": [{"or": [{"segment": {"id": 1}}, {"segment": {"id": 2}}]}]},
    ),
    ({"raw": {"event": {"etype": 3}}}, {"and": [{"event": {"etype": 3}}]}),
    ({"all": []}, {"and": []}),
]


@pytest.mark.parametrize(("condition", "wire"), TRIGGERS)
def test_trigger(condition: Any, wire: Any) -> None:
    assert c.compile_trigger(c.parse(condition), NAMES) == wire
    assert c.decompile_trigger(wire, NAMES) == condition


# Journeys facts, section 4, grammar 2.
FILTERS = [
    (
        {"attribute": "streak", "greater_than": 0},
        {"field": "streak", "operator": "gt", "value": "0"},
    ),
    (
        {"all": [{"attribute": "a", "exists": False}]},
        {"and": [{"field": "a", "operator": "exists", "inverse": True}]},
    ),
    (
        {"any": [{"attribute": "a", "between": [1, 9]}, {"attribute": "b", "contains": "12"}]},
        {
            "or": [
                {"field": "a", "operator": "bw", "value": "1", "value2": "9"},
                {"field": "b", "operator": "contains", "value": "12"},
            ]
        },
    ),
    (
        {"any": [{"attribute": "a", "is": 1}, {"attribute": "a", "is": [2, 3]}]},
        {
            "or": [
                {"field": "a", "operator": "eq", "value": "1"},
                {
                    "or": [
                        {"field": "a", "operator": "eq", "value": "2"},
                        {"field": "a", "operator": "eq", "value": "3"},
                    ]
                },
            ]
        },
    ),
    ({"all": []}, {}),
    ({"raw": {"attribute_compare": {"left": "a"}}}, {"attribute_compare": {"left": "a"}}),
]


@pytest.mark.parametrize(("condition", "wire"), FILTERS)
def test_attribute_filters(condition: Any, wire: Any) -> None:
    assert c.compile_attribute_filters(c.parse(condition), NAMES) == wire
    assert c.decompile_attribute_filters(wire, NAMES) == condition


# Journeys facts, section 4, grammars 3 and 4.
ENCODED = [
    (
        {"attribute": "x", "is": True},
        [{"type": "attribute", "field": "x", "operator": "eq", "value": "true"}],
    ),
    (
        {"all": [{"segment": "segment.s1"}, {"not": {"segment": "segment.s29"}}]},
        [
            {"type": "segments_negatable", "segments": [1], "negate": False},
            {"type": "segments_negatable", "segments": [29], "negate": True},
        ],
    ),
    (
        {"all": [{"attribute": "a", "is_not": "b"}, {"attribute": "c", "not_contains": "d"}]},
        [
            {"type": "attribute", "field": "a", "operator": "!eq", "value": "b"},
            {"type": "attribute", "field": "c", "operator": "!contains", "value": "d"},
        ],
    ),
    (
        {"all": [{"attribute": "a", "exists": True}, {"attribute": "b", "exists": False}]},
        [
            {"type": "attribute", "field": "a", "operator": "exists"},
            {"type": "attribute", "field": "b", "operator": "!exists"},
        ],
    ),
    (
        {"attribute": "a", "before": "2026-01-31"},
        [{"type": "attribute", "field": "a", "operator": "timestamp_lta", "value": "1769817600"}],
    ),
    (
        {"event_attribute": "total", "greater_than": 19.5},
        [{"type": "event_attribute", "field": "total", "operator": "gt", "value": "19.5"}],
    ),
    (
        {"raw": {"type": "object_attribute", "type_id": 1, "field": "x", "operator": "exists"}},
        [{"type": "object_attribute", "type_id": 1, "field": "x", "operator": "exists"}],
    ),
    (
        {
            "raw": {
                "type": "message",
                "event": {"name": "output_7", "type": "clicked_email"},
                "inverse": False,
            }
        },
        [
            {
                "type": "message",
                "event": {"name": "output_7", "type": "clicked_email"},
                "inverse": False,
            }
        ],
    ),
    ({"all": []}, []),
    ({"all": [{"raw": "text"}]}, ["text"]),
]


@pytest.mark.parametrize(("condition", "wire"), ENCODED)
def test_encoded(condition: Any, wire: Any) -> None:
    text = c.compile_encoded(c.parse(condition), NAMES)
    assert c.decode_text(text) == wire
    assert c.decompile_encoded(c.encode_text(wire), NAMES) == condition


def test_encoding_is_that_of_the_remote() -> None:
    assert c.encode_text([]) == "JTVCJTVE"
    assert base64.b64decode(c.encode_text("a/b c(é)~!")) == b"%22a%2Fb%20c(%C3%A9)~!%22"


def test_encodings_of_other_clients_are_understood() -> None:
    python_style = base64.b64encode(b"%5B%22a/b%28%29%22%5D").decode().rstrip("=")
    assert c.decode_text(python_style) == ["a/b()"]


@pytest.mark.parametrize("text", ["***", base64.b64encode(b"[1, 2]").decode(), "JTdCJTdE"])
def test_text_that_is_no_encoded_array_is_raw(text: str) -> None:
    assert c.decompile_encoded(text, NAMES) == {"raw": text}
    assert c.compile_encoded({"raw": text}, NAMES) == text


def test_a_compiler_refuses_what_its_place_cannot_hold() -> None:
    either = {"any": [{"segment": "segment.s1"}, {"segment": "segment.s2"}]}
    with pytest.raises(ValueError, match="must all be true"):
        c.compile_encoded(either, NAMES)
    with pytest.raises(ValueError, match="alternatives"):
        c.compile_exit({"all": either["any"]}, NAMES)
    with pytest.raises(ValueError, match="cannot hold"):
        c.compile_segment({"event_attribute": "a", "is": 1}, NAMES)


# Journeys facts, section 4, "Exit, goal, limits".
EXITS = [
    (
        {"any": [{"segment": "segment.s3"}, {"segment": "segment.s28"}]},
        [{"segment": {"id": 3}}, {"segment": {"id": 28}}],
    ),
    ({"segment": "segment.s3"}, [{"segment": {"id": 3}}]),
    ({"any": [{"raw": {"event": {"etype": 9}}}]}, [{"event": {"etype": 9}}]),
    ({"any": []}, []),
]


@pytest.mark.parametrize(("condition", "wire"), EXITS)
def test_exit(condition: Any, wire: Any) -> None:
    assert c.compile_exit(c.parse(condition), NAMES) == wire
    assert c.decompile_exit(wire, NAMES) == condition


# Round trips: any condition of the grammar, and any wire form whatever.

_text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
_scalar = st.one_of(_text, st.booleans(), st.integers(-(10**9), 10**9), st.floats(-9, 9, width=16))
_number = st.integers(-99, 99)
_duration = st.sampled_from(["3d", "90m", "1w2d", "30s"])
_moment = st.one_of(st.integers(0, 2**33), st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z"]))
_test = st.one_of(
    st.fixed_dictionaries({"is": st.one_of(_scalar, st.lists(_scalar, min_size=1, max_size=3))}),
    st.fixed_dictionaries(
        {"is_not": st.one_of(_scalar, st.lists(_scalar, min_size=1, max_size=3))}
    ),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"not_contains": _text}),
    st.fixed_dictionaries({"less_than": _number}),
    st.fixed_dictionaries({"between": st.lists(_number, min_size=2, max_size=2)}),
    st.fixed_dictionaries({"before": _moment}),
    st.fixed_dictionaries({"older_than": _duration}),
)


def _of(subject: str) -> st.SearchStrategy[Any]:
    return st.tuples(_text, _test).map(lambda pair: {subject: pair[0], **pair[1]})


def _grown(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf,
        lambda child: st.one_of(
            st.lists(child, max_size=3).map(lambda kids: {"all": kids}),
            st.lists(child, max_size=3).map(lambda kids: {"any": kids}),
            child.map(lambda kid: {"not": kid}),
        ),
        max_leaves=5,
    )


_attribute = _of("attribute")
_segment = st.integers(1, 29).map(lambda n: {"segment": f"segment.s{n}"})
_event = st.fixed_dictionaries(
    {"event": _text},
    optional={
        "at_least": st.integers(1, 9),
        "within": _duration,
        "where": _grown(_attribute),
    },
)
_WORDS = [
    "and",
    "or",
    "event",
    "segment",
    "attribute",
    "type",
    "name",
    "field",
    "operator",
    "value",
    "value2",
    "inverse",
    "filters",
    "times",
    "within",
    "segments",
    "negate",
    "id",
]
_any_json = st.recursive(
    st.one_of(st.none(), _scalar),
    lambda child: st.one_of(
        st.lists(child, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(_WORDS),
                _text,
            ),
            child,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@QUICK
@given(_grown(st.one_of(_attribute, _segment, _event)))
def test_any_segment_condition_survives(condition: Any) -> None:
    if c.problems(condition, c.Place.SEGMENT):
        return
    wire = c.compile_segment(c.parse(condition), NAMES)
    back = c.decompile_segment(wire, NAMES)
    assert c.normal(back) == c.normal(condition)
    assert c.parse(back) == back
    assert c.normal(c.decompile_segment(c.compile_segment(back, NAMES), NAMES)) == c.normal(back)


@QUICK
@given(_grown(st.one_of(_attribute, _segment)))
def test_any_trigger_survives(condition: Any) -> None:
    wire = c.compile_trigger(c.parse(condition), NAMES)
    back = c.decompile_trigger(wire, NAMES)
    assert c.normal(back) == c.normal(condition)
    assert c.compile_trigger(c.parse(back), NAMES) == wire


@QUICK
@given(_grown(_attribute))
def test_any_attribute_filter_survives(condition: Any) -> None:
    wire = c.compile_attribute_filters(c.parse(condition), NAMES)
    back = c.decompile_attribute_filters(wire, NAMES)
    assert c.normal(back) == c.normal(condition)
    assert c.compile_attribute_filters(c.parse(back), NAMES) == wire


@QUICK
@given(_grown(st.one_of(_attribute, _segment, _of("event_attribute"))))
def test_any_flat_condition_survives(condition: Any) -> None:
    if c.problems(condition, c.Place.BRANCH):
        return
    text = c.compile_encoded(c.parse(condition), NAMES)
    back = c.decompile_encoded(text, NAMES)
    assert c.normal(back) == c.normal(condition)
    assert c.compile_encoded(c.parse(back), NAMES) == text


@QUICK
@given(_grown(st.one_of(_attribute, _segment)))
def test_any_exit_survives(condition: Any) -> None:
    if c.problems(condition, c.Place.EXIT):
        return
    wire = c.compile_exit(c.parse(condition), NAMES)
    back = c.decompile_exit(wire, NAMES)
    assert c.normal(back) == c.normal(condition)
    assert c.compile_exit(c.parse(back), NAMES) == wire


@QUICK
@given(_any_json)
def test_no_wire_form_is_lost(wire: Any) -> None:
    """Whatever the remote holds comes back as something that loads, and that stays itself."""
    for compile_, decompile in (
        (c.compile_segment, c.decompile_segment),
        (c.compile_trigger, c.decompile_trigger),
        (c.compile_attribute_filters, c.decompile_attribute_filters),
        (c.compile_exit, c.decompile_exit),
    ):
        found = c.parse(decompile(wire, NAMES))
        again = decompile(compile_(found, NAMES), NAMES)
        assert c.normal(again) == c.normal(found)


@QUICK
@given(st.lists(_any_json, max_size=3))
def test_no_encoded_array_is_lost(wire: list[Any]) -> None:
    found = c.parse(c.decompile_encoded(c.encode_text(wire), NAMES))
    again = c.decompile_encoded(c.compile_encoded(found, NAMES), NAMES)
    assert c.normal(again) == c.normal(found)
