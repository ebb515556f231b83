"""Strategies for conditions that are valid in a file, in any spelling that the language has."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cioform.core.address import Address
from cioform.core.time.timestamps import format_day_or_time
from cioform.language.conditions.values import NUMBERS_OF_SECONDS
from cioform.model.references.names import Names
from tests.support.examples import EXAMPLES

NAMES = Names(
    ids={Address("segment", f"s{n}"): str(n) for n in range(1, 40)},
    known={"object_type": {"accounts": "1"}},
)
STEPS = {"welcome": "7", "nudge": "8"}
PROPERTY = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
names = texts.filter(str.strip)
scalars = st.one_of(texts, st.booleans(), st.integers(-(10**9), 10**9), st.floats(-9, 9, width=16))
numbers = st.integers(-99, 99)
durations = st.sampled_from(["3d", "90m", "1w2d", "30s"])
moments = st.one_of(
    st.integers(NUMBERS_OF_SECONDS.start, NUMBERS_OF_SECONDS.stop - 1),
    st.integers(0, 2**33).map(format_day_or_time),
    st.sampled_from(["2026-01-31", "2026-01-31T10:00:00Z", "now"]),
    durations.map(lambda text: f"{text} ago"),
    durations.map(lambda text: f"{text} from now"),
)
values = st.one_of(scalars, st.lists(scalars, min_size=1, max_size=3))
tests = st.one_of(
    st.fixed_dictionaries({"is": values}),
    st.fixed_dictionaries({"is_not": values}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"contains": scalars}),
    st.fixed_dictionaries({"not_contains": texts}),
    st.fixed_dictionaries({"greater_than": numbers}),
    st.fixed_dictionaries({"less_than": numbers}),
    st.fixed_dictionaries({"between": st.lists(numbers, min_size=2, max_size=2).map(sorted)}),
    st.fixed_dictionaries({"before": moments}),
    st.fixed_dictionaries({"after": moments}),
)
joins = st.tuples(st.sampled_from(["is", "is_not"]), texts).map(
    lambda pair: {pair[0]: {"event_attribute": pair[1]}}
)


def with_test(subject: str, operators: st.SearchStrategy[Any] = tests, **beside: Any) -> Any:
    return st.tuples(names, operators).map(lambda pair: {subject: pair[0], **beside, **pair[1]})


def grown(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf,
        lambda child: st.one_of(
            st.lists(child, min_size=1, max_size=3).map(lambda kids: {"all": kids}),
            st.lists(child, min_size=1, max_size=3).map(lambda kids: {"any": kids}),
            child.map(lambda kid: {"not": kid}),
        ),
        max_leaves=5,
    )


attributes = with_test("attribute")
segments = st.integers(1, 29).map(lambda n: {"segment": f"s{n}"})
counts = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"at_least": st.integers(1, 9)}),
    st.fixed_dictionaries({"at_most": st.integers(1, 9)}),
)
events = st.tuples(
    st.fixed_dictionaries(
        {"event": names},
        optional={"within_last": durations, "where": grown(attributes)},
    ),
    counts,
).map(lambda pair: {**pair[0], **pair[1]})
flat = st.one_of(
    attributes,
    segments,
    with_test("event_attribute"),
    with_test("device_attribute"),
    with_test("object_attribute", of="accounts"),
    with_test("relationship_attribute", of="object_type#7"),
)
other_events = st.fixed_dictionaries(
    {"event": names},
    optional={
        "same": st.one_of(texts, st.lists(texts, min_size=1, max_size=2)),
        "where": grown(st.one_of(attributes, with_test("attribute", joins))),
    },
)
messages = st.tuples(
    st.sampled_from(["opened", "clicked"]), st.sampled_from(["welcome", "nudge", "action#9"])
).map(lambda pair: {pair[0]: pair[1]})
