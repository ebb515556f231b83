"""Conditions of the older file language: what they became, and that the same is sent for them."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from cioform.core.address import Address
from cioform.language import conditions as c
from cioform.language.conditions.parsing.upgrading import upgrade_condition
from cioform.model.references.names import Names

SEGMENTS = {f"s{n}": str(n) for n in range(1, 30)}
NAMES = Names(
    ids={Address("segment", name): number for name, number in SEGMENTS.items()},
    known={"segment": SEGMENTS, "object_type": {"accounts": "1"}},
)
STEPS = {"welcome": "7"}
CASES = json.loads(
    Path(__file__).with_name("conditions").joinpath("upgrades", "conditions.json").read_text()
)
"""Each has `wire`, which the older language compiled `old` to."""


def _compile(place: str, condition: Any) -> Any:
    if place == "segment":
        return c.compile_segment(condition, NAMES)
    if place == "trigger":
        return c.compile_trigger(condition, NAMES)
    if place == "attribute_filters":
        return c.compile_attribute_filters(condition)
    if place == "exit":
        return c.compile_exit(condition, NAMES)
    if place == "branch":
        return c.decode_filter(c.compile_encoded_filter(condition, NAMES))
    texts = c.compile_wait_conditions(condition, NAMES, STEPS)
    return [c.decode_filter(text) for text in texts]


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["old"])[:60])
def test_the_same_is_sent_after_an_upgrade(case: Any) -> None:
    upgraded = copy.deepcopy(case["old"])
    upgrade_condition(upgraded)
    assert upgraded == case["new"]
    parsed = c.parse(upgraded)
    assert c.problems(parsed, c.ConditionContext(case["place"])) == []
    assert _compile(case["place"], parsed) == case["wire"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["new"])[:60])
def test_a_condition_of_the_present_language_stays(case: Any) -> None:
    condition = copy.deepcopy(case["new"])
    upgrade_condition(condition)
    assert condition == case["new"]


def test_comments_and_positions_stay() -> None:
    text = """\
all:
# quiet
- attribute: seen
  older_than: 7d # a week
- event: paid
  within: 14d
  where: # the same order
    attribute: order_id
    is: {event_attribute: order_id}
- segment: segment.vip
"""
    yaml = YAML()
    document = yaml.load(text)
    upgrade_condition(document)
    written = io.StringIO()
    yaml.dump(document, written)
    assert written.getvalue().splitlines() == [
        "all:",
        "# quiet",
        "- attribute: seen",
        "  before: 7d ago # a week",
        "- event: paid",
        "  within_last: 14d",
        "  same: order_id # the same order",
        "- segment: vip",
    ]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ({"attribute": "seen", "within_last": "7d"}, "after: 7d ago"),
        ({"attribute": "seen", "older_than": "1w"}, "before: 7d ago"),
        ({"event_attribute": "at", "older_than": "3 days"}, "before: 7d ago"),
        ({"event": "paid", "within": "14d"}, "within_last: 14d"),
        ({"attribute": "plan", "is": "pro", "from": "any"}, "previously: any"),
    ],
)
def test_outdated_syntax_is_an_error_with_the_new_line(written: Any, line: str) -> None:
    with pytest.raises(ValueError, match="fmt --upgrade") as caught:
        c.parse(written)
    assert f"Write:\n\n    {line}\n" in str(caught.value)


def test_the_long_form_of_a_join_is_an_error_with_the_short_one() -> None:
    join = {"attribute": "order_id", "is": {"event_attribute": "order_id"}}
    for where in (join, {"all": [join, {"attribute": "total", "greater_than": 3}]}):
        condition = c.parse({"event": "paid", "where": where})
        [(_, text)] = c.problems(condition, c.ConditionContext.WAIT_UNTIL)
        assert "    same: order_id\n" in text
