"""Where two values differ, as narrowly as possible."""

from __future__ import annotations

import pytest

from cioform.plan.compare.differences import ABSENT, Value, innermost_differences

MAPPING = {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        (MAPPING, {"a": 3, "b": 4}, ["a", "b"]),
        ({"x": MAPPING}, {}, ["x"]),
        ({"x": MAPPING}, {"x": 5}, ["x"]),
        ({"x": MAPPING, "y": 1}, {"x": 5, "y": 2}, [""]),
        ({"x": 1, "y": 1}, {"y": 2}, [""]),
        ({"x": ["a"]}, {"x": ["a", "b", "c"]}, ["x"]),
        ({"x": ["a", "b"], "y": 1}, {"x": ["b", "c", "d"], "y": 2}, ["x", "x.0", "x.1", "y"]),
        (ABSENT, MAPPING, [""]),
        (MAPPING, ABSENT, [""]),
        ("a", "b", [""]),
    ],
)
def test_it_is_one_place_or_single_values_or_else_the_whole(
    before: Value, after: Value, paths: list[str]
) -> None:
    found = [".".join(map(str, path)) for path, *_ in innermost_differences(before, after)]
    assert sorted(found) == paths
