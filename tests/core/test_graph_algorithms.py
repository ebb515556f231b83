"""The algorithms on graphs, compared with what defines them."""

from __future__ import annotations

from graphlib import CycleError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core import graph

GRAPHS = st.lists(st.lists(st.integers(0, 5), max_size=4, unique=True), min_size=6, max_size=6).map(
    lambda targets: dict(enumerate(targets))
)


@settings(max_examples=200)
@given(GRAPHS)
def test_an_order_has_every_node_before_its_successors(targets: dict[int, list[int]]) -> None:
    order = graph.topological_order(targets, targets.__getitem__)
    cycles = list(graph.find_cycles(targets, targets.__getitem__))
    assert (order is None) == bool(cycles)
    if order is not None:
        assert sorted(order) == sorted(targets)
        assert all(order.index(a) < order.index(b) for a in targets for b in targets[a])
    for cycle in cycles:
        successors = [*cycle[1:], cycle[0]]
        assert all(b in targets[a] for a, b in zip(cycle, successors, strict=True))


@settings(max_examples=100)
@given(GRAPHS)
def test_what_can_be_reached_is_what_an_order_contains(targets: dict[int, list[int]]) -> None:
    found = graph.reachable([0], targets.__getitem__)
    assert found == set(graph.order_with_cycles([0], targets.__getitem__))
    assert all(found.issuperset(targets[node]) for node in found)


def test_a_sort_by_dependency_takes_the_smallest_that_is_ready() -> None:
    assert graph.sort_by_dependency({"c": [], "b": ["c"], "a": ["c"], "d": []}) == list("cabd")
    with pytest.raises(CycleError):
        graph.sort_by_dependency({"a": ["b"], "b": ["a"]})


def test_a_long_chain_does_not_exceed_the_stack() -> None:
    chain = {n: [n + 1] for n in range(5000)} | {5000: [0]}
    [cycle] = graph.find_cycles(chain, chain.__getitem__)
    assert len(cycle) == 5001


def test_shortest_paths_have_the_nodes_between() -> None:
    edges = {"a": "bc", "b": "d", "c": "de", "d": "a", "e": ""}
    assert graph.shortest_paths("a", edges.__getitem__) == {
        "b": (),
        "c": (),
        "d": ("b",),
        "e": ("c",),
    }


def _every_path(targets: dict[int, list[int]], start: int) -> list[list[int]]:
    return [
        [start],
        *([start, *path] for each in targets[start] for path in _every_path(targets, each)),
    ]


@settings(max_examples=200)
@given(GRAPHS, st.sets(st.integers(0, 5), min_size=1))
def test_dominators_are_the_nodes_that_all_paths_pass(
    targets: dict[int, list[int]], starts: set[int]
) -> None:
    # A start is one only if nothing leads to it.
    targets = {a: [b for b in found if b > a and b not in starts] for a, found in targets.items()}
    found = graph.find_dominators(
        starts, range(6), lambda node: [each for each in targets if node in targets[each]]
    )
    paths = [path for start in starts for path in _every_path(targets, start)]
    assert set(found.depths) == {path[-1] for path in paths}
    passed = {
        node: set[int].intersection(*(set(path) for path in paths if path[-1] == node))
        for node in found.depths
    }
    for node, common in passed.items():
        assert list(found.upward(node)) == sorted(common, reverse=True)
        assert found.depths[node] == len(common) - 1
        for other, common_of_other in passed.items():
            assert found.nearest_common([node, other]) == max(
                common & common_of_other, default=None
            )
    assert found.nearest_common([]) is None
