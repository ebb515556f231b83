"""The grammar of conditions: valid forms, problems and equivalence."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from cioform.core.data.json_value import digest
from cioform.language.conditions import (
    Condition,
    ConditionContext,
    encode_filter,
    normalize_condition,
    parse,
    problems,
    references,
)
from cioform.language.conditions.boolean_algebra import to_cnf

PRO = {"attribute": "plan", "is": "pro"}
OLD = {"attribute": "created_at", "before": "3d ago"}
IN = {"segment": "a"}


class _Holder(BaseModel, strict=True, frozen=True):
    conditions: Condition


def test_a_bare_list_means_all() -> None:
    assert parse([{"attribute": "plan", "is": "pro"}]) == {
        "all": [{"attribute": "plan", "is": "pro"}]
    }


def test_a_model_field_holds_the_canonical_form() -> None:
    holder = _Holder.model_validate({"conditions": [{"segment": "a"}]})
    assert holder.model_dump(mode="json") == {"conditions": {"all": [{"segment": "a"}]}}


def test_a_model_field_rejects_with_a_path_and_a_hint() -> None:
    with pytest.raises(ValidationError) as caught:
        _Holder.model_validate(
            {"conditions": [{"segment": "a"}, {"attribute": "plan", "iz": "pro"}]}
        )
    [error] = caught.value.errors()
    assert error["loc"] == ("conditions", "all", 1)
    assert error["msg"] == "Value error, Unknown operator `iz`. Did you mean `is`?"


def test_the_schema_of_a_model_field_refers_to_that_of_conditions() -> None:
    schema = _Holder.model_json_schema()["properties"]["conditions"]
    assert schema["x-definition"] == "segment_condition"


@pytest.mark.parametrize(
    ("written", "expected_message"),
    [
        ("plan", "must be a condition such as `{segment: vip}`"),
        ({}, "must have one of the keywords `all`, `any`, `not`"),
        ({"attribut": "plan", "is": 1}, "Did you mean `attribute`"),
        ({"attribute": "plan"}, "`attribute` needs an operator"),
        ({"attribute": "age", "greater_than": 1, "less_than": 9}, "two conditions under `all`"),
        (
            {"attribute": "a", "segment": "x"},
            "`attribute` and `segment` cannot be in one condition",
        ),
        ({"all": {"segment": "x"}}, "all\n  must be a list of conditions"),
        ({"all": [PRO], "within": "3d"}, "Unknown field `within` beside `all`"),
        ({"attribute": "a", "exists": "yes"}, "exists\n  Value error, must be true or false"),
        ({"attribute": "a", "is": []}, "is\n  Value error, must not be empty"),
        ({"attribute": "a", "between": [1]}, "between\n  Value error, must be two numbers"),
        ({"attribute": "a", "before": "soon"}, "before\n  Value error, must be a date"),
        (
            {"attribute": "a", "is": 1, "previously": "b"},
            "previously\n  Value error, must be `any`",
        ),
        ({"attribute": "", "is": 1}, "attribute\n  Value error, must not be empty"),
        (
            {"event": "e", "at_least": 0},
            "at_least\n  Value error, must be a whole number from 1, not 0",
        ),
        ({"event": "e", "at_leest": 2}, "Did you mean `at_least`"),
        ({"event": "e", "within_last": 14}, "within_last\n  Value error, must be a duration"),
        (
            {"event": "e", "where": {"attribute": "a"}},
            "where\n  Value error, `attribute` needs an operator",
        ),
        ({"segment": 12}, "segment\n  must be a name, not 12"),
        ({"opened": 7}, "opened\n  must be a name, not 7"),
        ({"opened": "welcome", "within": "3d"}, "Unknown field `within` beside `opened`"),
        ({"attribute": "a", "of": "accounts", "is": 1}, "`of` can only be used with"),
        ({"object_attribute": "a", "is": 1}, "needs the type of the object, as in `of: accounts`"),
        (
            {"device_attribute": "a", "previously": "any", "is": 1},
            "`previously` can only be used with `attribute`",
        ),
        (
            {"attribute": "a", "is": {"event": "b"}},
            "is\n  Value error, must be one value or a list of values",
        ),
        (
            {"attribute": "a", "contains": {"event_attribute": "b"}},
            "contains\n  Value error, must be text",
        ),
        ({"attribute": "a", "less_than": "2026-01-31"}, "Compare dates with `before` or `after`"),
        (
            {"attribute": "a", "between": ["2026-01-31", "2026-02-01"]},
            "For dates, write two conditions",
        ),
        ({"not": {"raw": {}}}, "not\n  Value error, `raw` cannot be negated"),
        (
            {"any": [{"not": {"all": [{"raw": {}}]}}]},
            "any.0.not.all.0\n  Value error, `raw` cannot",
        ),
    ],
)
def test_invalid_conditions(written: Any, expected_message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected_message)):
        parse(written)


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        parse([{"attribute": "a"}, {"any": [{"attribute": "b", "exists": 1}]}])
    assert [error["loc"] for error in caught.value.errors()] == [
        ("all", 0),
        ("all", 1, "any", 0, "exists"),
    ]


def test_references_name_the_types_of_objects() -> None:
    condition = {"not": {"object_attribute": "seats", "of": "accounts", "exists": True}}
    [reference] = references(condition)
    assert (reference.kind, reference.text) == ("object_type", "accounts")
    assert reference.path == ("not", "of")


def test_references_name_every_segment() -> None:
    condition = {"all": [{"segment": "a"}, {"not": {"segment": "b"}}]}
    found = [(ref.kind, ref.text, ref.path) for ref in references(condition, ("conditions",))]
    assert found == [
        ("segment", "a", ("conditions", "all", 0, "segment")),
        ("segment", "b", ("conditions", "all", 1, "not", "segment")),
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"all": [PRO, OLD]}, {"all": [OLD, PRO]}),
        ({"all": [PRO]}, PRO),
        ({"any": [{"all": [PRO]}]}, PRO),
        ({"all": [PRO, PRO]}, PRO),
        ({"all": [PRO, {"all": [OLD, IN]}]}, {"all": [PRO, OLD, IN]}),
        ({"not": PRO}, {"attribute": "plan", "is_not": "pro"}),
        ({"not": {"not": PRO}}, PRO),
        ({"not": {"any": [PRO, IN]}}, {"all": [{"not": PRO}, {"not": IN}]}),
        ({"attribute": "a", "is": "true"}, {"attribute": "a", "is": True}),
        ({"attribute": "a", "greater_than": "3"}, {"attribute": "a", "greater_than": 3}),
        ({"attribute": "a", "exists": False}, {"not": {"attribute": "a", "exists": True}}),
        (
            {"attribute": "a", "is": ["x", "y"]},
            {"any": [{"attribute": "a", "is": v} for v in "yx"]},
        ),
        ({"attribute": "a", "before": "1w ago"}, {"attribute": "a", "before": "7d ago"}),
        ({"attribute": "a", "after": "2026-01-31"}, {"attribute": "a", "after": 1769817600}),
        (
            {"attribute": "a", "after": "2026-01-31T01:00:00+01:00"},
            {"attribute": "a", "after": "2026-01-31"},
        ),
        ({"event": "e"}, {"event": "e", "at_least": 1}),
        ({"event": "e", "where": {"all": [PRO, OLD]}}, {"event": "e", "where": [OLD, PRO]}),
        ({"all": [PRO, {"any": [PRO, OLD]}]}, PRO),
        ({"any": [PRO, {"all": [PRO, OLD]}]}, PRO),
        ({"not": {"opened": "welcome"}}, {"not": {"all": [{"opened": "welcome"}]}}),
        ({"event": "e", "within_last": "14d"}, {"event": "e", "within_last": "2w"}),
        ({"any": [{"all": [PRO, OLD]}, IN]}, {"all": [{"any": [PRO, IN]}, {"any": [OLD, IN]}]}),
        (
            {"raw": {"event": {"type": "device_change", "name": "d", "id": 7}}},
            {"raw": {"event": {"type": "device_change", "name": "d"}}},
        ),
    ],
)
def test_equivalent_conditions_have_one_normal_form(left: Any, right: Any) -> None:
    assert normalize_condition(parse(left)) == normalize_condition(parse(right))
    assert normalize_condition(normalize_condition(left)) == normalize_condition(left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"all": [PRO, OLD]}, {"any": [PRO, OLD]}),
        (PRO, {"attribute": "plan", "is": "Pro"}),
        (PRO, {**PRO, "previously": "any"}),
        (PRO, {"event_attribute": "plan", "is": "pro"}),
        ({"all": []}, {"any": []}),
        ({"event": "e"}, {"event": "e", "within_last": "1d"}),
        ({"opened": "welcome"}, {"clicked": "welcome"}),
        ({"device_attribute": "plan", "is": "pro"}, PRO),
        (
            {"object_attribute": "plan", "of": "accounts", "is": "pro"},
            {"object_attribute": "plan", "of": "teams", "is": "pro"},
        ),
        (
            {"event": "e", "where": {"attribute": "a", "is": {"event_attribute": "b"}}},
            {"event": "e", "where": {"attribute": "a", "is": {"event_attribute": "c"}}},
        ),
        ({"raw": {"segment": {"id": 1}}}, {"raw": {"segment": {"id": 2}}}),
    ],
)
def test_different_conditions_have_different_normal_forms(left: Any, right: Any) -> None:
    assert normalize_condition(left) != normalize_condition(right)


def test_a_huge_condition_has_a_normal_form() -> None:
    pairs = [{"all": [{"event": f"a{n}"}, {"event": f"b{n}"}]} for n in range(40)]
    assert digest(normalize_condition({"any": pairs})) == digest(
        normalize_condition({"any": pairs[::-1]})
    )


EVENT = {"event": "bought"}
OF_EVENT = {"event_attribute": "total", "greater_than": 3}
OF_OBJECT = {"object_attribute": "seats", "of": "accounts", "exists": True}
OPENED = {"opened": "welcome"}
JOINED = {"attribute": "id", "is": {"event_attribute": "id"}}
BARE_JSON = base64.b64encode(b'[{"type":"attribute"}]').decode()


@pytest.mark.parametrize(
    ("condition", "place", "path", "expected_message"),
    [
        (
            OF_EVENT,
            ConditionContext.SEGMENT,
            (),
            "cannot test `event_attribute`. Write `attribute: total`",
        ),
        (
            OPENED,
            ConditionContext.SEGMENT,
            (),
            "cannot test `opened`. Customer.io's form of it is not known",
        ),
        (
            {"all": [EVENT]},
            ConditionContext.TRIGGER,
            ("all", 0),
            "cannot test `event`. Make a segment of the people who did it and use `segment: did_b",
        ),
        (
            {"not": EVENT},
            ConditionContext.BRANCH,
            ("not",),
            ("`segment: did_bought`, or wait for it with a step, as in `wait_until: {event: boug"),
        ),
        (
            OPENED,
            ConditionContext.BRANCH,
            (),
            "Wait for it with a step, as in `wait_until: {opened: welcome}`",
        ),
        (
            OF_OBJECT,
            ConditionContext.EXIT,
            (),
            "Test it in a step, as in `if: {object_attribute: seats, ...}`",
        ),
        ({**PRO, "previously": "any"}, ConditionContext.TRIGGER, (), "Remove `previously`"),
        (
            IN,
            ConditionContext.ATTRIBUTE_FILTERS,
            (),
            "cannot test `segment`. Test an attribute of the event",
        ),
        (
            {"any": [PRO, IN]},
            ConditionContext.BRANCH,
            (),
            (
                "needs all of its conditions to be true; alternatives are not supported. "
                "Move the condition to a segment"
            ),
        ),
        (
            {"not": {"all": [PRO, IN]}},
            ConditionContext.BRANCH,
            ("not",),
            "needs all of its conditions to be true",
        ),
        (
            {"attribute": "a", "is": [1, 2]},
            ConditionContext.BRANCH,
            (),
            "needs all of its conditions to be true",
        ),
        (
            {"not": {"attribute": "a", "is_not": [1, 2]}},
            ConditionContext.BRANCH,
            ("not",),
            "needs all of its conditions to be true",
        ),
        (
            {**EVENT, "at_least": 2},
            ConditionContext.WAIT_UNTIL,
            (),
            "such event. Remove `at_least`.",
        ),
        ({"all": [PRO, IN]}, ConditionContext.EXIT, (), "takes alternatives"),
        (
            {**EVENT, "where": IN},
            ConditionContext.SEGMENT,
            (),
            "can only test attributes of the event",
        ),
        ({**EVENT, "where": OF_EVENT}, ConditionContext.WAIT_UNTIL, (), "Write `attribute: total`"),
        (
            {**EVENT, "where": {**PRO, "previously": "any"}},
            ConditionContext.SEGMENT,
            (),
            "Remove `previously`",
        ),
        (
            {**EVENT, "where": [JOINED]},
            ConditionContext.SEGMENT,
            (),
            "`where.all[0]` compares two events, which",
        ),
        (
            JOINED,
            ConditionContext.WAIT_UNTIL,
            (),
            "can only compare with values. Replace `event_a",
        ),
    ],
)
def test_a_context_rejects_unsupported_conditions(
    condition: Any, place: ConditionContext, path: tuple[Any, ...], expected_message: str
) -> None:
    [(where, text)] = problems(parse(condition), place)
    assert where == path
    assert expected_message in text


@pytest.mark.parametrize(
    ("raw", "place", "expected_message"),
    [
        ({"type": "message"}, ConditionContext.BRANCH, "`type: message`. Only `wait_until` can"),
        (
            {"type": "foreign_event"},
            ConditionContext.BRANCH,
            "`type: foreign_event`. Only `wait_until` can",
        ),
        (
            {"and": []},
            ConditionContext.WAIT_UNTIL,
            "a tree as its raw form. Move the condition to a segment",
        ),
        (
            {"type": "segment", "id": 3, "inverse": True},
            ConditionContext.BRANCH,
            "`type: segment`. Write `seg",
        ),
        ({"type": "attribute", "attribute": "a"}, ConditionContext.BRANCH, "Rename it to `field`"),
        ({"field": "a"}, ConditionContext.BRANCH, "a raw element without `type`"),
        (7, ConditionContext.BRANCH, "a raw element without `type`"),
        (
            "***",
            ConditionContext.BRANCH,
            'is not an encoded filter: "***" is not base64. Copy it again',
        ),
        (BARE_JSON, ConditionContext.BRANCH, "is not percent-encoded. Copy it again"),
        (["***"], ConditionContext.WAIT_UNTIL, 'is not an encoded filter: "***" is not base64'),
        (
            encode_filter({"and": []}),
            ConditionContext.WAIT_UNTIL,
            "a tree as its raw form. Write it without `raw`",
        ),
        (encode_filter([{"type": "message"}]), ConditionContext.BRANCH, "Only `wait_until` can"),
        (
            {"attribute": {"field": "a"}},
            ConditionContext.SEGMENT,
            "an `attribute` in its raw form",
        ),
        ({"type": "attribute", "field": "a"}, ConditionContext.SEGMENT, "an element of a branch"),
        (
            {"type": "segments_negatable", "segments": [1]},
            ConditionContext.TRIGGER,
            "an element of a branch",
        ),
        (
            "JTVCJTVE",
            ConditionContext.TRIGGER,
            "a text as its raw form, because Customer.io rejects it",
        ),
        ([], ConditionContext.ATTRIBUTE_FILTERS, "a list as its raw form. Write a mapping"),
        (7, ConditionContext.EXIT, "7 as its raw form. Write a mapping"),
    ],
)
def test_a_context_rejects_unsupported_raw_conditions(
    raw: Any, place: ConditionContext, expected_message: str
) -> None:
    [(where, text)] = problems(parse({"raw": raw}), place)
    assert where == ()
    assert expected_message in text


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ({"all": [PRO, {"not": IN}, {"any": [EVENT, OLD]}]}, ConditionContext.SEGMENT),
        ({"any": [PRO, {"all": [IN, OLD]}]}, ConditionContext.TRIGGER),
        ({"any": [PRO, OLD]}, ConditionContext.ATTRIBUTE_FILTERS),
        ({"all": [PRO, {"not": IN}, OF_EVENT]}, ConditionContext.BRANCH),
        ({"not": {"any": [PRO, IN]}}, ConditionContext.BRANCH),
        ({"attribute": "a", "is_not": [1, 2]}, ConditionContext.BRANCH),
        ({"raw": {"type": "message"}}, ConditionContext.WAIT_UNTIL),
        ({"raw": encode_filter([{"type": "message"}])}, ConditionContext.WAIT_UNTIL),
        ({"raw": [encode_filter([])]}, ConditionContext.WAIT_UNTIL),
        ({"raw": {"type": "something_new"}}, ConditionContext.BRANCH),
        ({"raw": {"something_new": {}}}, ConditionContext.SEGMENT),
        ({"raw": [{"event": {"etype": 9}}]}, ConditionContext.EXIT),
        ({"all": [OF_OBJECT, {"device_attribute": "a", "is": 1}]}, ConditionContext.BRANCH),
        ({"any": [{"all": [OPENED, EVENT]}, {"not": OPENED}, IN]}, ConditionContext.WAIT_UNTIL),
        ({**EVENT, "where": {"any": [JOINED, PRO]}}, ConditionContext.WAIT_UNTIL),
        ({"any": [PRO, IN]}, ConditionContext.EXIT),
    ],
)
def test_a_context_accepts_supported_conditions(condition: Any, place: ConditionContext) -> None:
    assert problems(condition, place) == []


def test_a_segment_rejects_a_condition_that_is_too_large_to_expand() -> None:
    pairs = [{"all": [{"event": f"a{n}"}, {"event": f"b{n}"}]} for n in range(7)]
    [(path, text)] = problems({"any": pairs}, ConditionContext.SEGMENT)
    assert path == ()
    assert "more than 100 clauses" in text


def test_a_wait_rejects_a_condition_that_is_too_large_to_expand() -> None:
    pairs = [{"any": [{"event": f"a{n}"}, {"event": f"b{n}"}]} for n in range(7)]
    [(path, text)] = problems({"all": pairs}, ConditionContext.WAIT_UNTIL)
    assert path == ()
    assert "more than 100 alternatives" in text


@pytest.mark.parametrize("negate", [False, True])
def test_a_condition_is_expanded_from_thirteen_values_on(negate: bool) -> None:
    """Twelve are never more than 81 clauses; of thirteen there may be 108."""
    operator, outer, inner = ("is_not", "all", "any") if negate else ("is", "any", "all")
    tests = [{"attribute": f"a{n}", operator: n} for n in range(12)]
    groups = [{inner: tests[at : at + 3]} for at in range(0, 12, 3)]
    condition = {"not": {outer: groups}} if negate else {outer: groups}
    parts = to_cnf(condition)
    assert parts is not None
    assert len(parts) == 81
    assert problems(condition, ConditionContext.SEGMENT) == []
    last = groups[-1][inner][-1]
    groups[-1][inner].append({**last, "attribute": "one_more"})
    assert len(problems(condition, ConditionContext.SEGMENT)) == 1


def test_each_value_of_a_list_counts_as_a_test() -> None:
    tests = [{"attribute": f"a{n}", "is_not": [1, 2, 3, 4]} for n in range(4)]
    found = problems({"any": tests}, ConditionContext.SEGMENT)
    assert (to_cnf({"any": tests}), len(found)) == (None, 1)
