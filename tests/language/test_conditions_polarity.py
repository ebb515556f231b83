"""A condition that gets or loses a `not` is shown as what it becomes, never as the opposite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cioform.language import conditions as c
from cioform.language.conditions.boolean_algebra import split_negation
from cioform.language.conditions.grammar import leaves
from cioform.language.conditions.notation import rewrite_condition_like
from cioform.plan.change import Action, FieldChange
from cioform.plan.compare.differences import innermost_differences
from cioform.report.plan.parts.fields import DisplayOptions, view_fields
from tests.support.conditions import NAMES, PROPERTY, grown

Condition = Mapping[str, Any]

GOLD = {"attribute": "plan", "is": "gold"}
NOT_GOLD = {"attribute": "plan", "is_not": "gold"}
GERMAN = {"attribute": "country", "is": "DE"}
SEEN = {"attribute": "seen", "before": "6w ago"}

_OPERATORS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        *({name: value} for name in ("is", "is_not") for value in ("a", "b", ["a", "b"])),
        *({"exists": value} for value in (True, False)),
        *({name: "a"} for name in ("contains", "not_contains")),
        *({name: 5} for name in ("greater_than", "less_than")),
        *({name: each} for name in ("before", "after") for each in ("6w ago", "4w ago")),
        {"between": [1, 5]},
    ]
)
_COUNTS: list[dict[str, Any]] = [{"at_least": 3}, {"at_most": 2}, {}]
_LEAVES = st.one_of(
    st.tuples(st.sampled_from("xy"), _OPERATORS).map(
        lambda pair: {"attribute": pair[0], **pair[1]}
    ),
    st.sampled_from(_COUNTS).map(lambda count: {"event": "e", **count}),
    st.sampled_from("12").map(lambda n: {"segment": f"s{n}"}),
)


def read_back(condition: Condition) -> Condition:
    return c.decompile_segment(c.compile_segment(condition, NAMES), NAMES)


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Condition, Condition]:
    """Draw a condition of a file and another one, often the same with a `not` more or less."""
    valid = grown(_LEAVES).map(c.parse)
    file = draw(valid)
    other = draw(st.one_of(valid, st.just(_turned(file, draw(st.integers(0, 7))))))
    for each in (file, other):
        if c.problems(each, c.ConditionContext.SEGMENT):
            return {**GOLD}, {"not": GOLD}
    return file, other


def _turned(node: Any, at: int) -> Any:
    """Return a condition in which one part is negated; the part is counted from the outside."""
    if at == 0:
        return node.get("not", {"not": node})
    for group in ("all", "any"):
        if group in node:
            place = at % len(node[group])
            return {
                group: [_turned(x, at - 1) if n == place else x for n, x in enumerate(node[group])]
            }
    return {"not": _turned(node["not"], at - 1)} if "not" in node else {"not": node}


def _doubled(condition: Condition) -> list[tuple[Any, Any]]:
    """Return the tests that are negated twice, and where they are."""
    return [
        (path, leaf)
        for path, leaf in leaves(condition)
        if path.count("not") + split_negation(leaf)[1] > 1
    ]


def shown(before: Condition, after: Condition) -> list[str]:
    """Return how a plan shows the change of a condition, in the notation of the file."""
    before = rewrite_condition_like(read_back(before), after)
    found = [
        FieldChange(("conditions", *path), old, new)
        for path, old, new in _differences(before, after)
    ]
    views = view_fields(Action.UPDATE, found, DisplayOptions())
    return [
        text
        for view in views
        for text in (
            f"{view.path}: {view.before} -> {view.after}",
            *(f"{line.mark} {line.text}" for line in view.lines if line.mark in "+-@"),
        )
    ]


def _differences(before: Condition, after: Condition) -> Iterator[tuple[Any, Any, Any]]:
    for path, old, new in innermost_differences({**before}, {**after}):
        yield path, _value(old), _value(new)


def _value(value: Any) -> Any:
    return value if isinstance(value, str | int | list | dict) else None


@PROPERTY
@given(_pairs())
def test_the_live_side_has_its_meaning_and_no_new_double_negation(
    pair: tuple[Condition, Condition],
) -> None:
    file, live = pair[0], read_back(pair[1])
    rewritten = rewrite_condition_like(live, file)
    assert c.normalize_condition(rewritten) == c.normalize_condition(live)
    known = [*chain(*_doubled(file)), *chain(*_doubled(live))]
    assert all(path in known or leaf in known for path, leaf in _doubled(rewritten))


@PROPERTY
@given(_pairs())
def test_a_change_does_not_look_like_its_inverse(pair: tuple[Condition, Condition]) -> None:
    one, other = pair
    if c.normalize_condition(one) != c.normalize_condition(other):
        assert shown(one, other) != shown(other, one)


@pytest.mark.parametrize(
    ("file", "live", "expected"),
    [
        ({"not": GOLD}, GOLD, GOLD),
        ({"not": NOT_GOLD}, NOT_GOLD, NOT_GOLD),
        (GOLD, NOT_GOLD, NOT_GOLD),
        ({"not": SEEN}, {**SEEN, "before": "42d ago"}, SEEN),
        ({"not": {**SEEN, "exists": False}}, {**SEEN, "exists": False}, {**SEEN, "exists": False}),
        (
            {"not": {"any": [GOLD, GERMAN]}},
            {"all": [NOT_GOLD, GERMAN]},
            {"all": [NOT_GOLD, GERMAN]},
        ),
        ({"all": [{"not": SEEN}, GERMAN]}, {"all": [GERMAN, SEEN]}, {"all": [SEEN, GERMAN]}),
    ],
)
def test_a_not_of_the_file_does_not_turn_a_test_around(
    file: Condition, live: Condition, expected: Condition
) -> None:
    assert rewrite_condition_like(live, file) == expected


def test_a_hunk_says_below_which_not_it_is() -> None:
    before, after = ({"not": {"attribute": "n", name: 5}} for name in ("less_than", "greater_than"))
    assert shown(before, after) == [
        "conditions: None -> None",
        "@ @@ -2,2 +2,2 @@ not:",
        "-   less_than: 5",
        "+   greater_than: 5",
    ]
