"""Arrange the nodes of a diagram: layers from top to bottom, branches side by side in order.

Columns are computed here. Those of igraph (1.0, `layout_sugiyama`) made boxes of a layer overlap
in one of nine generated workflows, and did not keep the order of branches in one of four. It is
good at orders with few crossings, and is used for that where edges cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module
from cioform.report.journey.svg.columns import assign_columns
from cioform.report.journey.svg.layers import (
    Edge,
    LayerPlan,
    plan_layers,
    plan_layers_with_low_joins,
)

if TYPE_CHECKING:
    import igraph
else:
    igraph = lazy_module("igraph")

Point = tuple[float, int]
"""A column, which may be a fraction, and a layer."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The place of each node, and the points that each edge passes, in its own direction."""

    places: tuple[Point, ...]
    bends: tuple[tuple[Point, ...], ...]


def arrange(count: int, edges: Sequence[Edge]) -> Arrangement:
    """Return a layered drawing of a graph of `count` nodes, of which 0 is the top.

    Nodes of a layer are at least one column apart. Branches are in the order of their edges unless
    edges have to cross. Raises UsageError if they have to and igraph is not installed.
    """
    plan = plan_layers(count, edges)
    columns = assign_columns(plan.layers, plan.links)
    crossings = _count_crossings(plan, columns)
    if not crossings:
        return _to_arrangement(count, plan, columns)
    if (low := plan_layers_with_low_joins(count, edges)) is not None:
        low_columns = assign_columns(low.layers, low.links)
        if not _count_crossings(low, low_columns):
            return _to_arrangement(count, low, low_columns)
    reordered = assign_columns(plan.layers, plan.links, _igraph_ranks(plan))
    if _count_crossings(plan, reordered) < crossings:
        columns = reordered
    return _to_arrangement(count, plan, columns)


def _to_arrangement(count: int, plan: LayerPlan, columns: Sequence[float]) -> Arrangement:
    places = list(zip(columns, plan.layers, strict=True))
    chains = [
        chain[::-1] if up else chain for chain, up in zip(plan.chains, plan.upward, strict=True)
    ]
    bends = tuple(tuple(places[node] for node in chain[1:-1]) for chain in chains)
    return Arrangement(tuple(places[:count]), bends)


def _igraph_ranks(plan: LayerPlan) -> list[float]:
    """Return for each node how far to the right it should be, so that few edges cross."""
    try:
        graph = igraph.Graph(n=len(plan.layers), edges=plan.links, directed=True)
    except ImportError as error:
        raise UsageError.of(
            "Missing library",
            "Branches of this workflow cross. Drawing them as SVG requires igraph, which is not "
            "installed. Use --mermaid instead of --svg, or install it:"
            "\n\n    pip install 'cioform[pictures]'",
        ) from error
    return [float(x) for x, _ in graph.layout_sugiyama(layers=list(plan.layers)).coords]


def _count_crossings(plan: LayerPlan, columns: Sequence[float]) -> int:
    rows: dict[int, list[tuple[float, float]]] = {}
    for source, target in plan.links:
        rows.setdefault(plan.layers[source], []).append((columns[source], columns[target]))
    return sum(
        (a - c) * (b - d) < 0 for row in rows.values() for (a, b), (c, d) in combinations(row, 2)
    )
