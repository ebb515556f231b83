"""The steps of a file and those that somebody changed in the workspace, put together."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.plan.merging.merge_parts import AmbiguousPartsError, merge_parts

A, B, C = ({"id": name, "wait": "1d"} for name in "abc")
NEW: dict[str, Any] = {"id": "new", "wait": "2d"}


def later(step: dict[str, Any]) -> dict[str, Any]:
    return {**step, "wait": "9d"}


def split(*ways: list[Any]) -> dict[str, Any]:
    return {
        "id": "split",
        "branches": [{"if": {"x": n}, "then": way} for n, way in enumerate(ways)],
    }


def graph(*nodes: Any) -> dict[str, Any]:
    edges = [{"from": one["id"], "to": "end"} for one in nodes]
    return {"graph": {"nodes": list(nodes), "edges": edges}}


@pytest.mark.parametrize(
    ("before", "own", "live", "merged"),
    [
        ([A, B], [later(A), B], [A, NEW, B], [later(A), NEW, B]),
        ([A, B], [A, B, C], [A, later(B)], [A, later(B), C]),
        ([A, B], [later(A), B], [B, A], [B, later(A)]),
        ([A, B], [later(A), B], [A], [later(A)]),
        ([], [], [A], [A]),
        ([A, split([B])], [later(A), split([B])], [A, split([B, C])], [later(A), split([B, C])]),
        ([A, split([B])], [A, split([later(B)])], [split([B]), A], [split([later(B)]), A]),
        (
            [A, split([B])],
            [later(A), split([B])],
            [A, split([B], [NEW])],
            [later(A), split([B], [NEW])],
        ),
        ([A, split([B])], [A, split([later(B)])], [A, B, split([])], [A, later(B), split([])]),
        (graph(A, B), graph(later(A), B), graph(A, B, NEW), graph(later(A), B, NEW)),
    ],
)
def test_what_is_certain(before: Any, own: Any, live: Any, merged: Any) -> None:
    assert merge_parts(before, own, live) == merged


@pytest.mark.parametrize(
    ("before", "own", "live"),
    [
        ([A], [A, NEW], [C, A]),
        ([A, B], [A, later(B)], [A]),
        ([A, B], [A], [A, later(B), C]),
        ([A, split([B])], [A, split([later(B)])], [A, split([B], [NEW])]),
        ([A, split([B])], [later(A), split([B])], [split([B], [A])]),
        ([A, B], [NEW, A, B], [A, {**NEW, "wait": "5d"}, B]),
    ],
)
def test_what_only_a_person_can_decide(before: Any, own: Any, live: Any) -> None:
    with pytest.raises(AmbiguousPartsError):
        merge_parts(before, own, live)
