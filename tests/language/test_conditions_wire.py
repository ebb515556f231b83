"""Compiling and decompiling of forms that are not recorded, and of invalid ones."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.language import conditions as c
from cioform.model.references.names import Names

NAMES = Names(ids={Address("segment", f"s{n}"): str(n) for n in range(1, 30)})


def change(name: str, operator: str, value: str, inverse: bool = False, **more: Any) -> Any:
    sides = [
        {"field": "to", "operator": operator, "value": value, "inverse": False},
        {"field": "from", "operator": operator, "value": value, "inverse": True},
    ]
    event = {"type": "attribute_change", "name": name, "filters": {"and": sides}, **more}
    return {"event": event, "times": 1, "within": 0, "inverse": inverse}


def tree(*leaves: Any) -> Any:
    return {"and": [{"or": [leaf]} for leaf in leaves]}


def test_segment_nesting_is_expanded() -> None:
    nested = {"any": [{"all": [{"event": "a"}, {"event": "b"}]}, {"segment": "s3"}]}
    wire = c.compile_segment(nested, NAMES)
    assert [len(group["or"]) for group in wire["and"]] == [2, 2]
    assert c.normalize_condition(c.decompile_segment(wire, NAMES)) == c.normalize_condition(nested)


def test_segment_pending_reference_is_shown_by_name() -> None:
    names = Names(pending=frozenset({Address("segment", "new")}))
    wire = c.compile_segment({"segment": "new"}, names)
    assert wire == tree({"segment": {"id": "(id of segment.new)"}})


@pytest.mark.parametrize(
    "leaf",
    [
        {"device_change": {"platform": "ios"}},
        {**change("a", "eq", "1"), "times": 2},
        {**change("a", "eq", "1"), "more": 1},
        change("a", "timestamp_gt", "+86400"),
        change("a", "timestamp_gt", "-0"),
        change("a", "timestamp_bw", "1"),
        change("a", "!eq", "1"),
        {"segment": {"id": 1}, "inverse": True},
        {"and": "nonsense"},
        {"event": {"type": "message", "name": "opened_email *"}, "times": 1, "within": 5},
    ],
)
def test_an_unsupported_segment_leaf_is_raw_and_unchanged(leaf: Any) -> None:
    wire = {"and": [{"or": [leaf, {"segment": {"id": 1}}]}, {"or": [leaf]}]}
    found = c.decompile_segment(wire, NAMES)
    assert {"raw": leaf} in found["all"]
    assert c.compile_segment(c.parse(found), NAMES) == wire
    assert c.compile_segment(c.decompile_segment(tree(leaf), NAMES), NAMES) == tree(leaf)


def test_an_invalid_segment_tree_is_raw() -> None:
    wire: Any = {"and": [], "or": []}
    assert c.decompile_segment(wire, NAMES) == {"raw": wire}
    assert c.compile_segment({"raw": wire}, NAMES) == wire


def test_the_encoding_matches_the_remote() -> None:
    assert c.encode_filter([]) == "JTVCJTVE"
    assert base64.b64decode(c.encode_filter("a/b c(é)~!")) == b"%22a%2Fb%20c(%C3%A9)~!%22"


def test_encodings_of_other_clients_are_decoded() -> None:
    python_style = base64.b64encode(b"%5B%22a/b%28%29%22%5D").decode().rstrip("=")
    assert c.decode_filter(python_style) == ["a/b()"]


@pytest.mark.parametrize("text", ["***", base64.b64encode(b"[1, 2]").decode(), "JTdCJTdE"])
def test_text_that_is_not_an_encoded_array_is_raw(text: str) -> None:
    assert c.decompile_encoded_filter(text, NAMES) == {"raw": text}
    assert c.compile_encoded_filter({"raw": text}, NAMES) == text


def test_a_compiler_rejects_unsupported_conditions() -> None:
    either = {"any": [{"segment": "s1"}, {"segment": "s2"}]}
    with pytest.raises(ValueError, match="must all be true"):
        c.compile_encoded_filter(either, NAMES)
    with pytest.raises(ValueError, match="alternatives"):
        c.compile_exit({"all": either["any"]}, NAMES)
    with pytest.raises(ValueError, match="cannot have"):
        c.compile_segment({"event_attribute": "a", "is": 1}, NAMES)


def test_a_branch_compiler_rejects_elements_of_a_wait() -> None:
    joined = {"attribute": "a", "is": {"event_attribute": "b"}}
    for leaf in ({"event": "e"}, {"opened": "welcome"}, joined):
        with pytest.raises(ValueError, match="have"):
            c.compile_encoded_filter(leaf, NAMES)


@pytest.mark.parametrize(
    "element",
    [
        {"type": "message", "event": {"name": "output_7", "type": "clicked_email"}},
        {"type": "foreign_event", "event": {"type": "event", "name": "purchased"}},
    ],
)
def test_an_element_of_a_wait_is_raw_in_a_branch(element: Any) -> None:
    assert c.decompile_encoded_filter(c.encode_filter([element]), NAMES) == {"raw": element}


@pytest.mark.parametrize(
    "element",
    [
        {"type": "message", "event": {"name": "input_7", "type": "clicked_email"}},
        {"type": "message", "event": {"name": "output_7", "type": "clicked_email", "more": 1}},
        {"type": "message", "event": {"name": 7, "type": "clicked_email"}},
        {"type": "message", "event": {"name": "output_7", "type": "clicked_email"}, "inverse": 1},
        {"type": "foreign_event", "event": {"type": "message", "name": "purchased"}},
        {"type": "foreign_event", "event": {"type": "event", "name": "e", "filters": {"a": 1}}},
        {"type": "foreign_event", "event": {"type": "event", "name": "e"}, "times": 2},
    ],
)
def test_an_unsupported_element_of_a_wait_is_raw_and_unchanged(element: Any) -> None:
    wire = [c.encode_filter([element]), c.encode_filter([])]
    found = c.decompile_wait_conditions(wire, NAMES)
    assert found == {"any": [{"raw": element}, {"raw": "JTVCJTVE"}]}
    assert c.compile_wait_conditions(c.parse(found), NAMES) == wire


def test_a_wait_is_expanded_to_alternatives() -> None:
    paid, late = {"event": "paid"}, {"attribute": "late", "is": True}
    condition = {"all": [late, {"any": [paid, {"segment": "s1"}]}]}
    wire = c.compile_wait_conditions(condition, NAMES)
    assert [len(c.decode_filter(text)) for text in wire] == [2, 2]
    assert c.normalize_condition(c.decompile_wait_conditions(wire, NAMES)) == c.normalize_condition(
        condition
    )


def test_a_wait_cannot_refer_to_a_step_without_an_action() -> None:
    with pytest.raises(ValueError, match='refers to the step "welcome", which has no action'):
        c.compile_wait_conditions({"clicked": "welcome"}, NAMES, {"other": "7"})


def test_a_text_in_a_wait_that_does_not_decode_is_kept() -> None:
    wire = ["***", c.encode_filter(["text"]), c.encode_filter([{"type": "x"}])]
    found = c.decompile_wait_conditions(wire, NAMES)
    assert found == {"any": [{"raw": wire[0]}, {"raw": wire[1]}, {"raw": {"type": "x"}}]}
    assert c.compile_wait_conditions(found, NAMES) == wire


@pytest.mark.parametrize("wire", ["text", [1], [["JTVCJTVE"]]])
def test_invalid_conditions_of_a_wait_are_raw(wire: Any) -> None:
    assert c.decompile_wait_conditions(wire, NAMES) == {"raw": wire}


def test_steps_have_the_ids_of_the_file() -> None:
    read = {
        "any": [{"opened": "action#7"}, {"not": {"clicked": "action#8"}}, {"all": [{"event": "e"}]}]
    }
    named = c.rename_steps(read, {"7": "welcome"})
    assert named["any"][:2] == [{"opened": "welcome"}, {"not": {"clicked": "action#8"}}]
    assert list(c.step_references(named, ("wait_until",))) == [
        (("wait_until", "any", 0, "opened"), "welcome")
    ]
    assert c.rename_steps(named, {"welcome": "hello"})["any"][0] == {"opened": "hello"}


def _nested(word: str, inner: Any, levels: int) -> Any:
    for _ in range(levels):
        inner = {word: [inner]}
    return inner


DEEP = 500


def test_a_condition_nested_too_deeply_is_refused_without_a_crash() -> None:
    deep = _nested("all", {"attribute": "a", "is": 1}, DEEP)
    with pytest.raises(ValueError, match=r"nested more than 150 levels deep. Move the inner part"):
        c.parse(deep)
    for place in c.ConditionContext:
        [(path, text)] = c.problems(deep, place)
        assert path == ()
        assert "nested more than" in text
    for compile_ in (
        c.compile_segment,
        c.compile_trigger,
        c.compile_encoded_filter,
        c.compile_wait_conditions,
    ):
        with pytest.raises(ValueError, match="nested too deeply"):
            compile_(deep, NAMES)
    assert c.normalize_condition(deep) is not None
    assert list(c.references(deep)) == []


def test_a_wire_form_nested_too_deeply_is_unchanged_without_a_crash() -> None:
    leaf = {"attribute": {"field": "a", "operator": "eq", "value": "1"}}
    deep = _nested("and", leaf, DEEP)
    # Compared by identity: Python's own equality recurses.
    assert c.decompile_segment(deep, NAMES)["raw"] is deep
    assert c.decompile_trigger(deep, NAMES)["raw"] is deep
    assert c.decompile_attribute_filters(deep)["raw"] is deep
    assert c.decompile_exit([deep], NAMES)["raw"][0] is deep
    assert c.compile_trigger({"raw": deep}, NAMES)["and"] is deep["and"]
    assert c.compile_segment({"raw": deep}, NAMES)["and"] is deep["and"]
    assert c.compile_attribute_filters({"raw": deep}) is deep


def test_a_text_nested_too_deeply_is_unchanged_without_a_crash() -> None:
    inner = "%7B%22and%22%3A%5B" * 2_000 + "%5D%7D" * 2_000
    text = base64.b64encode(f"%5B{inner}%5D".encode()).decode()
    assert c.decompile_encoded_filter(text, NAMES) == {"raw": text}
    assert c.decompile_wait_conditions([text], NAMES) == {"raw": text}


def test_an_array_nested_too_deeply_is_unchanged() -> None:
    text = c.encode_filter([_nested("and", {"type": "attribute"}, 80)])
    assert c.decompile_encoded_filter(text, NAMES) == {"raw": text}
    with pytest.raises(ValueError, match="nested too deeply"):
        c.decode_filter(c.encode_filter([_nested("and", {"type": "attribute"}, 120)]))


def test_a_wire_form_that_decodes_too_deeply_is_unchanged() -> None:
    wire = _nested("and", {"segment": {"id": 1}}, 80)
    assert c.decompile_trigger(wire, NAMES) == {"raw": wire}
    assert c.compile_trigger({"raw": wire}, NAMES) == wire


def test_the_deepest_valid_condition_round_trips() -> None:
    deep = _nested("any", {"attribute": "a", "exists": True}, 74)
    assert c.parse(deep) == deep
    wire = c.compile_trigger(deep, NAMES)
    back = c.decompile_trigger(wire, NAMES)
    assert "raw" not in back
    assert (
        c.normalize_condition(back)
        == c.normalize_condition(deep)
        == c.normalize_condition({"attribute": "a", "exists": True})
    )
