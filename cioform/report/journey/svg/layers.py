"""The layers of a layered drawing: the row of each node of a graph."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cioform.core.dataclasses import dataclass
from cioform.core.graph import Dominators, find_dominators, order_with_cycles

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """The layer of each node, and the placeholder nodes of long edges."""

    layers: Sequence[int]
    """The layer of each node of the graph, then of each placeholder of a long edge."""
    chains: Sequence[Sequence[int]]
    """For each edge the nodes from its upper to its lower end, one on each layer."""
    upward: Sequence[bool]
    """Which edges lead up. Only a plan that reverses the order of steps has any."""

    @property
    def links(self) -> list[Edge]:
        """The parts of all edges; each leads one layer down."""
        return [link for chain in self.chains for link in pairwise(chain)]


def plan_layers(count: int, edges: Sequence[Edge]) -> LayerPlan:
    """Return the layers of a graph of `count` nodes, each one below the lowest that leads to it."""
    return _split_into_links(edges, *_assign_layers(count, edges))


def plan_layers_with_low_joins(count: int, edges: Sequence[Edge]) -> LayerPlan | None:
    """Return layers in which branches join below the end of every branch that does not join them.

    A branch that ends between two others would otherwise be crossed by one of them. Return None if
    there is no such branch, or if the graph has a cycle.
    """
    ends_above = _ends_beside_joins(count, edges)
    layers, upward = _assign_layers(count, [*edges, *ends_above])
    if not ends_above or any(upward):
        return None
    return _split_into_links(edges, layers, upward[: len(edges)])


def dominators_in(layers: Sequence[int], edges: Sequence[Edge]) -> Dominators[int]:
    """Return the dominators of the nodes on `layers`. Every edge must lead to a lower layer."""
    sources: list[list[int]] = [[] for _ in layers]
    for source, target in edges:
        sources[target].append(source)
    order = sorted(range(len(layers)), key=layers.__getitem__)
    starts = (node for node in order if not sources[node])
    return find_dominators(starts, order, sources.__getitem__)


def _split_into_links(
    edges: Sequence[Edge], layers: Sequence[int], upward: Sequence[bool]
) -> LayerPlan:
    layers = list(layers)
    # An edge that leads up is drawn from its target.
    chains = [[b, a] if up else [a, b] for (a, b), up in zip(edges, upward, strict=True)]
    for chain in chains:
        for layer in range(layers[chain[0]] + 1, layers[chain[1]]):
            chain.insert(-1, len(layers))
            layers.append(layer)
    return LayerPlan(layers, chains, upward)


def _ends_beside_joins(count: int, edges: Sequence[Edge]) -> list[Edge]:
    """Return pairs of an end and a join that belong to branches of the same step."""
    layers, upward = _assign_layers(count, edges)
    downward = [edge for edge, up in zip(edges, upward, strict=True) if not up]
    dominators = dominators_in(layers, downward)
    targets = [target for _, target in edges]
    joins = {node for node in targets if targets.count(node) > 1}
    ends = set(range(count)) - {source for source, _ in edges}
    pairs = []
    for end in sorted(ends):
        passed = set(dominators.upward(end))
        pairs += [
            (end, join)
            for join in sorted(joins - passed)
            if dominators.parents.get(join) in {None, *passed}
        ]
    return pairs


def _assign_layers(count: int, edges: Sequence[Edge]) -> tuple[list[int], list[bool]]:
    """Return the layer of each node, and which edges lead up."""
    rank = {node: number for number, node in enumerate(_topological_order(count, edges))}
    upward = [rank[target] <= rank[source] for source, target in edges]
    layers = [0] * count
    for number in sorted(range(len(edges)), key=lambda number: rank[edges[number][0]]):
        source, target = edges[number]
        if not upward[number]:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers, upward


def _topological_order(count: int, edges: Sequence[Edge]) -> list[int]:
    """Return the nodes so that all edges lead forward except those that close a cycle."""
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        targets[source].append(target)
    return order_with_cycles(reversed(range(count)), targets.__getitem__)
