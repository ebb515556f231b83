"""The grammar: what may be written, what is said of a mistake, what equals what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from cioform.base.value import digest
from cioform.language.conditions import Condition, Place, normal, parse, problems, references


class _Holder(BaseModel, strict=True, frozen=True):
    conditions: Condition


def test_a_bare_list_means_all() -> None:
    assert parse([{"attribute": "plan", "is": "pro"}]) == {
        "all": [{"attribute": "plan", "is": "pro"}]
    }


def test_a_model_field_holds_the_canonical_form() -> None:
    held = _Holder.model_validate({"conditions": [{"segment": "segment.a"}]})
    assert held.model_dump(mode="json") == {"conditions": {"all": [{"segment": "segment.a"}]}}


def test_a_model_field_refuses_with_path_and_way_out() -> None:
    with pytest.raises(ValidationError, match=r"at all\.1: 'iz' does not belong.*mean `is`\?"):
        _Holder.model_validate(
            {"conditions": [{"segment": "segment.a"}, {"attribute": "plan", "iz": "pro"}]}
        )


def test_the_schema_of_a_model_field_allows_both_forms() -> None:
    schema = _Holder.model_json_schema()["properties"]["conditions"]
    assert [form["type"] for form in schema["anyOf"]] == ["object", "array"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("plan", "a condition is a mapping"),
        ({}, "opens with one of all, any, not"),
        ({"attribut": "plan", "is": 1}, "did you mean `attribute`"),
        ({"attribute": "plan"}, "one operator is needed"),
        ({"attribute": "age", "greater_than": 1, "less_than": 9}, "two conditions under `all`"),
        ({"attribute": "a", "segment": "segment.x"}, "`attribute` and `segment` stand in one"),
        ({"all": {"segment": "segment.x"}}, "`all` takes a list"),
        ({"all": [], "within": "3d"}, "'within' does not belong here"),
        ({"attribute": "a", "exists": "yes"}, "`exists` takes true or false"),
        ({"attribute": "a", "is": []}, "`is` takes one value, or a list"),
        ({"attribute": "a", "between": [1]}, "`between` takes two numbers"),
        ({"attribute": "a", "before": "soon"}, "`before` takes a date"),
        ({"attribute": "a", "within_last": "3 days"}, "`within_last` takes a duration"),
        ({"attribute": "a", "older_than": "0d"}, "`older_than` takes a duration"),
        ({"attribute": "a", "is": 1, "from": "b"}, "`from` takes only the word `any`"),
        ({"attribute": "", "is": 1}, "`attribute` takes a name"),
        ({"event": "e", "at_least": 0}, "`at_least` takes a whole number from 1"),
        ({"event": "e", "at_leest": 2}, "did you mean `at_least`"),
        ({"event": "e", "within": 14}, "`within` takes a duration"),
        ({"event": "e", "where": {"attribute": "a"}}, "at where: one operator"),
        ({"segment": 12}, "`segment` takes a name"),
        ({"not": {"raw": {}}}, "at not: `raw` cannot be negated"),
        ({"any": [{"not": {"all": [{"raw": {}}]}}]}, "at any.0.not.all.0: `raw` cannot"),
    ],
)
def test_a_mistake_is_named(written: Any, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        parse(written)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"at all\.0: .*; at all\.1: "):
        parse([{"attribute": "a"}, {"attribute": "b"}])


def test_references_name_every_segment() -> None:
    condition = {"all": [{"segment": "segment.a"}, {"not": {"segment": "segment.b"}}]}
    found = [(ref.kind, ref.text, ref.path) for ref in references(condition, ("conditions",))]
    assert found == [
        ("segment", "segment.a", ("conditions", "all", 0, "segment")),
        ("segment", "segment.b", ("conditions", "all", 1, "not", "segment")),
    ]


PRO = {"attribute": "plan", "is": "pro"}
OLD = {"attribute": "created_at", "older_than": "3d"}
IN = {"segment": "segment.a"}


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
        ({"attribute": "a", "older_than": "1w"}, {"attribute": "a", "older_than": "7d"}),
        ({"attribute": "a", "after": "2026-01-31"}, {"attribute": "a", "after": 1769817600}),
        (
            {"attribute": "a", "after": "2026-01-31T01:00:00+01:00"},
            {"attribute": "a", "after": "2026-01-31"},
        ),
        ({"event": "e"}, {"event": "e", "at_least": 1}),
        ({"event": "e", "within": "14d"}, {"event": "e", "within": "2w"}),
        ({"any": [{"all": [PRO, OLD]}, IN]}, {"all": [{"any": [PRO, IN]}, {"any": [OLD, IN]}]}),
        (
            {"raw": {"event": {"type": "device_change", "name": "d", "id": 7}}},
            {"raw": {"event": {"type": "device_change", "name": "d"}}},
        ),
    ],
)
def test_one_meaning_has_one_normal_form(left: Any, right: Any) -> None:
    assert normal(left) == normal(right)
    assert normal(normal(left)) == normal(left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"all": [PRO, OLD]}, {"any": [PRO, OLD]}),
        (PRO, {"attribute": "plan", "is": "Pro"}),
        (PRO, {**PRO, "from": "any"}),
        (PRO, {"event_attribute": "plan", "is": "pro"}),
        ({"all": []}, {"any": []}),
        ({"event": "e"}, {"event": "e", "within": "1d"}),
        ({"raw": {"segment": {"id": 1}}}, {"raw": {"segment": {"id": 2}}}),
    ],
)
def test_two_meanings_have_two(left: Any, right: Any) -> None:
    assert normal(left) != normal(right)


def test_the_normal_form_of_a_huge_condition_is_still_found() -> None:
    pairs = [{"all": [{"event": f"a{n}"}, {"event": f"b{n}"}]} for n in range(40)]
    assert digest(normal({"any": pairs})) == digest(normal({"any": pairs[::-1]}))


EVENT = {"event": "bought"}
OF_EVENT = {"event_attribute": "total", "greater_than": 3}


@pytest.mark.parametrize(
    ("condition", "place", "path", "told"),
    [
        (OF_EVENT, Place.SEGMENT, (), "cannot hold `event_attribute`; write `attribute:`"),
        ({"all": [EVENT]}, Place.TRIGGER, ("all", 0), "a trigger cannot hold `event`; make a seg"),
        ({**PRO, "from": "any"}, Place.TRIGGER, (), "leave `from` out"),
        (IN, Place.ATTRIBUTE_FILTERS, (), "cannot hold `segment`; test an attribute of the event"),
        ({"any": [PRO, IN]}, Place.BRANCH, (), "must all be true; make it a segment"),
        ({"not": {"all": [PRO, IN]}}, Place.BRANCH, ("not",), "must all be true"),
        ({"attribute": "a", "is": [1, 2]}, Place.BRANCH, (), "must all be true"),
        ({"not": {"attribute": "a", "is_not": [1, 2]}}, Place.BRANCH, ("not",), "must all be true"),
        (EVENT, Place.WAIT_UNTIL, (), "cannot hold `event`"),
        ({"raw": {"type": "message"}}, Place.BRANCH, (), "only `wait_until` can"),
        ({"raw": {"and": []}}, Place.WAIT_UNTIL, (), "cannot hold a tree"),
        ({"all": [PRO, IN]}, Place.EXIT, (), "must be alternatives"),
        ({"event": "e", "where": IN}, Place.SEGMENT, (), "may test only attributes of the event"),
    ],
)
def test_a_place_says_what_it_cannot_hold(
    condition: Any, place: Place, path: tuple[Any, ...], told: str
) -> None:
    [(where, text)] = problems(condition, place)
    assert where == path
    assert told in text


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ({"all": [PRO, {"not": IN}, {"any": [EVENT, OLD]}]}, Place.SEGMENT),
        ({"any": [PRO, {"all": [IN, OLD]}]}, Place.TRIGGER),
        ({"any": [PRO, OLD]}, Place.ATTRIBUTE_FILTERS),
        ({"all": [PRO, {"not": IN}, OF_EVENT]}, Place.BRANCH),
        ({"not": {"any": [PRO, IN]}}, Place.BRANCH),
        ({"attribute": "a", "is_not": [1, 2]}, Place.BRANCH),
        ({"raw": {"type": "message"}}, Place.WAIT_UNTIL),
        ({"any": [PRO, IN]}, Place.EXIT),
    ],
)
def test_a_place_is_content_with_what_it_can_hold(condition: Any, place: Place) -> None:
    assert problems(condition, place) == []


def test_a_segment_refuses_what_cannot_be_multiplied_out() -> None:
    pairs = [{"all": [{"event": f"a{n}"}, {"event": f"b{n}"}]} for n in range(7)]
    [(path, text)] = problems({"any": pairs}, Place.SEGMENT)
    assert path == ()
    assert "more than 100 clauses" in text
