"""Relative dates of files against the evaluation of the sandbox, in all four encodings.

Each is tested at moments before, at and after its bound, in the past, now and in the future.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.time.duration import Duration
from cioform.emulator.domain.people.audience import AudienceEvaluator
from cioform.emulator.domain.people.operators import matches_attribute_filters
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.people import IDENTIFIER_TYPES
from cioform.language import conditions as c
from cioform.model.references.names import Names

NAMES: Final = Names()
NOW: Final = 1_790_000_000


class _People:
    def __init__(self, values: list[Any]) -> None:
        self._values = values

    def all(self, _only: Any = None) -> list[dict[str, Any]]:
        return [
            {**dict.fromkeys(IDENTIFIER_TYPES), "number": number, "attributes": {"at": value}}
            for number, value in enumerate(self._values)
        ]

    def numbers(self) -> set[int]:
        return set(range(len(self._values)))


class _Data:
    def __init__(self, values: list[Any]) -> None:
        self.people = _People(values)


class _Request:
    """The part of a request that the evaluation reads."""

    def __init__(self, values: list[Any], behavior: Behavior) -> None:
        self.workspace_data, self.now, self.behavior = _Data(values), NOW, behavior


def _evaluator(values: list[Any], behavior: Behavior) -> AudienceEvaluator:
    return AudienceEvaluator(_Request(values, behavior))  # type: ignore[arg-type]


def _in_segment(condition: Any, values: list[Any], behavior: Behavior) -> set[int]:
    record = {"type": "dynamic", "conditions": c.compile_segment(condition, NAMES)}
    return _evaluator(values, behavior).evaluate_segment(record)


def _in_trigger(condition: Any, values: list[Any], behavior: Behavior) -> set[int]:
    return _evaluator(values, behavior).evaluate_trigger(c.compile_trigger(condition, NAMES))


def _in_flat_array(condition: Any, values: list[Any], behavior: Behavior) -> set[int]:
    elements = c.decode_filter(c.compile_encoded_filter(condition, NAMES))
    return _evaluator(values, behavior).evaluate_campaign_filter(elements)


def _in_attribute_filters(condition: Any, values: list[Any], behavior: Behavior) -> set[int]:
    filters = c.compile_attribute_filters(condition)
    return {
        number
        for number, value in enumerate(values)
        if matches_attribute_filters(filters, {"at": value}, NOW, behavior.relative_future)
    }


_Evaluate = Callable[[Any, list[Any], Behavior], set[int]]
OUTSIDE_SEGMENTS: Final[dict[str, _Evaluate]] = {
    "trigger": _in_trigger,
    "flat array": _in_flat_array,
    "attribute_filters": _in_attribute_filters,
}
ENCODINGS: Final[dict[str, _Evaluate]] = {"segment": _in_segment, **OUTSIDE_SEGMENTS}

_signed_seconds = st.one_of(
    st.just(0), st.integers(1, 3 * 10**8), st.integers(1, 3 * 10**8).map(lambda n: -n)
)


def _date(seconds: int) -> str:
    if not seconds:
        return "now"
    return f"{Duration(abs(seconds))} {'ago' if seconds < 0 else 'from now'}"


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=60)
@given(_signed_seconds)
def test_a_relative_date_is_exact_at_its_bound(encoding: str, seconds: int) -> None:
    evaluate = ENCODINGS[encoding]
    bound = NOW + seconds
    moments = [bound - 86_400, bound - 1, bound, bound + 1, bound + 86_400]
    before = c.parse({"attribute": "at", "before": _date(seconds)})
    after = c.parse({"attribute": "at", "after": _date(seconds)})
    assert evaluate(before, moments, Behavior()) == {0, 1}
    assert evaluate(after, moments, Behavior()) == {3, 4}
    assert evaluate({"not": before}, moments, Behavior()) == {2, 3, 4}


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=60)
@given(_signed_seconds, st.integers(2, 10**8))
def test_two_ends_hold_what_lies_between_them(encoding: str, seconds: int, length: int) -> None:
    ends = [
        {"attribute": "at", "after": _date(seconds)},
        {"attribute": "at", "before": _date(seconds + length)},
    ]
    low, high = NOW + seconds, NOW + seconds + length
    moments = [low - 1, low, low + 1, high - 1, high, high + 1]
    assert ENCODINGS[encoding](c.parse(ends), moments, Behavior()) == {2, 3}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_next_7_days_leave_out_who_is_later(encoding: str) -> None:
    condition = c.parse(
        [{"attribute": "at", "after": "now"}, {"attribute": "at", "before": "7d from now"}]
    )
    day = 86_400
    moments = [NOW - day, NOW + day, NOW + 6 * day, NOW + 30 * day, "no date"]
    assert ENCODINGS[encoding](condition, moments, Behavior()) == {1, 2}


@pytest.mark.parametrize("encoding", OUTSIDE_SEGMENTS)
def test_dates_in_the_past_do_not_depend_on_the_open_fact(encoding: str) -> None:
    condition = c.parse({"attribute": "at", "before": "7d ago"})
    moments = [NOW - 8 * 86_400, NOW - 6 * 86_400, NOW + 8 * 86_400]
    for behavior in (Behavior(), Behavior(relative_future="ago")):
        assert OUTSIDE_SEGMENTS[encoding](condition, moments, behavior) == {0}


@pytest.mark.parametrize("encoding", OUTSIDE_SEGMENTS)
def test_the_other_reading_counts_back(encoding: str) -> None:
    condition = c.parse({"attribute": "at", "after": "7d from now"})
    moments = [NOW - 8 * 86_400, NOW - 6 * 86_400, NOW + 8 * 86_400]
    ago = Behavior(relative_future="ago")
    assert OUTSIDE_SEGMENTS[encoding](condition, moments, Behavior()) == {2}
    assert OUTSIDE_SEGMENTS[encoding](condition, moments, ago) == {1, 2}


def test_segments_keep_the_recorded_sign() -> None:
    condition = c.parse({"attribute": "at", "after": "7d from now"})
    moments = [NOW + 6 * 86_400, NOW + 8 * 86_400]
    assert _in_segment(condition, moments, Behavior(relative_future="ago")) == {1}
