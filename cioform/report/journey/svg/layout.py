"""Where the stops of a picture go: layers from top to bottom, branches side by side in order.

Columns are worked out here. igraph's own (1.0, `layout_sugiyama`) put boxes of one layer on each
other in one of nine generated workflows, and branches out of their order in one of four. What it
does well is an order with few crossings: that it is asked for, wherever ways cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from cioform.core import heavy
from cioform.core.errors import UsageError
from cioform.report.journey.svg.columns import assign_columns

if TYPE_CHECKING:
    import igraph
else:
    igraph = heavy.module("igraph")

Edge = tuple[int, int]
Point = tuple[float, int]
"""A column, which may be a fraction, and a layer."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The place of every node, and what every edge passes on its way, in its own direction."""

    places: tuple[Point, ...]
    bends: tuple[tuple[Point, ...], ...]


def arrange(count: int, edges: Sequence[Edge]) -> Arrangement:
    """Give a layered drawing of a graph of `count` nodes, of which 0 is the top. What shares a
    layer is at least one column apart. Raises UsageWrong where ways cross and the library that
    looks for a better order is not installed."""
    layers, back = _layers(count, edges)
    # An edge upwards, which only a plan that turns steps round has, is laid out from its end.
    chains = [[b, a] if turned else [a, b] for (a, b), turned in zip(edges, back, strict=True)]
    for chain in chains:
        for layer in range(layers[chain[0]] + 1, layers[chain[1]]):
            chain.insert(-1, len(layers))
            layers.append(layer)
    steps = [step for chain in chains for step in pairwise(chain)]
    xs = assign_columns(layers, steps)
    if crossings := _crossings(layers, steps, xs):
        others = assign_columns(layers, steps, _igraph_ranks(layers, steps))
        xs = others if _crossings(layers, steps, others) < crossings else xs
    places = list(zip(xs, layers, strict=True))
    return Arrangement(
        tuple(places[:count]),
        tuple(
            tuple(places[node] for node in (chain[::-1] if turned else chain)[1:-1])
            for chain, turned in zip(chains, back, strict=True)
        ),
    )


def _igraph_ranks(layers: Sequence[int], steps: Sequence[Edge]) -> list[float]:
    """Give for each node how far to the right it should be for few crossings."""
    try:
        graph = igraph.Graph(n=len(layers), edges=list(steps), directed=True)
    except ImportError as error:
        raise UsageError.of(
            "A library is missing",
            "Ways cross in this workflow, and to lay it out cioform needs igraph, which is not "
            "installed. Install it, or print the diagram with --mermaid, which needs nothing:\n\n"
            "    pip install 'cioform[pictures]'",
        ) from error
    return [float(x) for x, _ in graph.layout_sugiyama(layers=list(layers)).coords]


def _crossings(layers: Sequence[int], steps: Sequence[Edge], xs: Sequence[float]) -> int:
    rows: dict[int, list[tuple[float, float]]] = {}
    for source, target in steps:
        rows.setdefault(layers[source], []).append((xs[source], xs[target]))
    return sum(
        (a - c) * (b - d) < 0 for row in rows.values() for (a, b), (c, d) in combinations(row, 2)
    )


def _layers(count: int, edges: Sequence[Edge]) -> tuple[list[int], list[bool]]:
    """Give the layer of each node, one below the lowest that leads to it, and which edges lead
    back up."""
    place = {node: at for at, node in enumerate(_topological_order(count, edges))}
    back = [place[target] <= place[source] for source, target in edges]
    layers = [0] * count
    for number in sorted(range(len(edges)), key=lambda number: place[edges[number][0]]):
        source, target = edges[number]
        if not back[number]:
            layers[target] = max(layers[target], layers[source] + 1)
    return layers, back


def _topological_order(count: int, edges: Sequence[Edge]) -> list[int]:
    """Give the nodes so that edges lead forward, all but those that close a circle."""
    leaving: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        leaving[source].append(target)
    order: list[int] = []
    seen = [False] * count
    todo = [(node, False) for node in reversed(range(count))]
    while todo:
        node, leave = todo.pop()
        if leave:
            order.append(node)
        elif not seen[node]:
            seen[node] = True
            todo.append((node, True))
            todo.extend((target, False) for target in leaving[node])
    return order[::-1]
