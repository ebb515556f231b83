"""The layers of a layered drawing: which row every node of a graph stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """The layer of every node, and the nodes that every edge passes on its way."""

    layers: Sequence[int]
    """First the nodes of the graph, then those that stand in for long edges."""
    chains: Sequence[Sequence[int]]
    """For each edge the nodes from its upper to its lower end, one in each layer."""
    upward: Sequence[bool]
    """Which edges lead back up. Only a plan that reverses the order of steps has any."""

    @property
    def steps(self) -> list[Edge]:
        """The pieces of all edges; each leads one layer down."""
        return [step for chain in self.chains for step in pairwise(chain)]


def plan_layers(count: int, edges: Sequence[Edge]) -> LayerPlan:
    """Return the layers of a graph of `count` nodes, each one below the lowest that leads to it."""
    return _cut_into_steps(edges, *_assign_layers(count, edges))


def plan_layers_with_low_joins(count: int, edges: Sequence[Edge]) -> LayerPlan | None:
    """Return layers in which branches meet below the end of every branch that does not join them.

    A branch that ends between two others would otherwise stand in their way. Return None if there
    is no such branch, or if edges form a circle.
    """
    ends_above = _ends_beside_joins(count, edges)
    layers, upward = _assign_layers(count, [*edges, *ends_above])
    if not ends_above or any(upward):
        return None
    return _cut_into_steps(edges, layers, upward[: len(edges)])


def dominators(layers: Sequence[int], edges: Sequence[Edge]) -> list[int | None]:
    """Return for each node the last one that all ways to it pass; None where there is none.

    Every edge has to lead to a lower layer.
    """
    sources: list[list[int]] = [[] for _ in layers]
    for source, target in edges:
        sources[target].append(source)
    above: list[int | None] = [None] * len(layers)
    for node in sorted(range(len(layers)), key=layers.__getitem__):
        common = sources[node][0] if sources[node] else None
        for other in sources[node][1:]:
            common = _common_dominator(layers, above, common, other)
        above[node] = common
    return above


def _common_dominator(
    layers: Sequence[int], above: Sequence[int | None], one: int | None, other: int | None
) -> int | None:
    while one is not None and other is not None and one != other:
        if layers[one] >= layers[other]:
            one = above[one]
        else:
            other = above[other]
    return one if one == other else None


def _cut_into_steps(
    edges: Sequence[Edge], layers: Sequence[int], upward: Sequence[bool]
) -> LayerPlan:
    layers = list(layers)
    # An edge that leads up is drawn from its end.
    chains = [[b, a] if up else [a, b] for (a, b), up in zip(edges, upward, strict=True)]
    for chain in chains:
        for layer in range(layers[chain[0]] + 1, layers[chain[1]]):
            chain.insert(-1, len(layers))
            layers.append(layer)
    return LayerPlan(layers, chains, upward)


def _ends_beside_joins(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """Return pairs of an end and a join: branches of one step, of which some meet and one ends."""
    layers, upward = _assign_layers(count, edges)
    above = dominators(layers, [edge for edge, up in zip(edges, upward, strict=True) if not up])
    targets = [target for _, target in edges]
    joins = {node for node in targets if targets.count(node) > 1}
    ends = set(range(count)) - {source for source, _ in edges}
    pairs = []
    for end in sorted(ends):
        passed = _all_dominators(above, end)
        pairs += [
            (end, join)
            for join in sorted(joins - {end} - passed)
            if above[join] is None or above[join] in passed
        ]
    return pairs


def _all_dominators(above: Sequence[int | None], node: int) -> set[int]:
    passed: set[int] = set()
    at = above[node]
    while at is not None:
        passed.add(at)
        at = above[at]
    return passed


def _assign_layers(count: int, edges: Sequence[Edge]) -> tuple[list[int], list[bool]]:
    """Return the layer of each node, and which edges lead back up."""
    place = {node: at for at, node in enumerate(_topological_order(count, edges))}
    upward = [place[target] <= place[source] for source, target in edges]
    layers = [0] * count
    for number in sorted(range(len(edges)), key=lambda number: place[edges[number][0]]):
        source, target = edges[number]
        if not upward[number]:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers, upward


def _topological_order(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return the nodes so that all edges lead forward but those that close a circle."""
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        targets[source].append(target)
    order: list[int] = []
    seen = [False] * count
    todo = [(node, False) for node in reversed(range(count))]
    while todo:
        node, is_done = todo.pop()
        if is_done:
            order.append(node)
        elif not seen[node]:
            seen[node] = True
            todo.append((node, True))
            todo.extend((target, False) for target in targets[node])
    return order[::-1]
