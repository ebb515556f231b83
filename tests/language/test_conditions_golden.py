"""Every recorded form of a condition decodes to its grammar, and encodes to the same form.

A case has `grammar`, `wire` and the source of the form. Encoded arrays are decoded in it.
It has `written` if cioform writes an equivalent form that differs from the one it read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cioform.core.address import Address
from cioform.language import conditions as c
from cioform.model.references.names import Names

NAMES = Names(
    ids={Address("segment", f"s{n}"): str(n) for n in range(1, 30)},
    known={"object_type": {"accounts": "1"}},
)
STEPS = {"welcome": "7"}
FILES = sorted(Path(__file__).with_name("conditions").glob("*.json"))


class Pair(NamedTuple):
    """The functions that compile and decompile the conditions of one context."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


PAIRS = {
    c.ConditionContext.SEGMENT: Pair(
        lambda condition: c.compile_segment(condition, NAMES),
        lambda wire: c.decompile_segment(wire, NAMES),
    ),
    c.ConditionContext.TRIGGER: Pair(
        lambda condition: c.compile_trigger(condition, NAMES),
        lambda wire: c.decompile_trigger(wire, NAMES),
    ),
    c.ConditionContext.ATTRIBUTE_FILTERS: Pair(
        c.compile_attribute_filters,
        c.decompile_attribute_filters,
    ),
    c.ConditionContext.BRANCH: Pair(
        lambda condition: c.decode_filter(c.compile_encoded_filter(condition, NAMES)),
        lambda wire: c.decompile_branch_condition(c.encode_filter(wire), NAMES),
    ),
    c.ConditionContext.WAIT_UNTIL: Pair(
        lambda condition: [
            c.decode_filter(t) for t in c.compile_wait_conditions(condition, NAMES, STEPS)
        ],
        lambda wire: c.decompile_wait_conditions(
            [c.encode_filter(each) for each in wire], NAMES, STEPS
        ),
    ),
    c.ConditionContext.EXIT: Pair(
        lambda condition: c.compile_exit(condition, NAMES),
        lambda wire: c.decompile_exit(wire, NAMES),
    ),
}


def _cases() -> Iterator[Any]:
    for file in FILES:
        document = json.loads(file.read_text())
        place = c.ConditionContext(document["place"])
        for case in document["cases"]:
            yield pytest.param(place, case, id=f"{place}: {case['name']}")


CASES = list(_cases())


def test_every_context_has_cases() -> None:
    assert {file.stem for file in FILES} == set(c.ConditionContext)


@pytest.mark.parametrize(("place", "case"), CASES)
def test_a_recorded_form_round_trips(place: c.ConditionContext, case: Any) -> None:
    assert case["source"]
    assert PAIRS[place].read(case["wire"]) == case["grammar"]
    assert PAIRS[place].write(c.parse(case["grammar"])) == case.get("written", case["wire"])
    back = PAIRS[place].read(case.get("written", case["wire"]))
    assert c.normalize_condition(back) == c.normalize_condition(case["grammar"])


@pytest.mark.parametrize(("place", "case"), CASES)
def test_a_recorded_form_is_valid_in_a_file(place: c.ConditionContext, case: Any) -> None:
    assert c.problems(c.parse(case["grammar"]), place) == []
