"""Find branches that cross, because Customer.io refuses their edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cioform.core.dataclasses import dataclass
from cioform.language.workflow.graph import Edge, Graph, topological_order


@dataclass(frozen=True, slots=True)
class Crossing:
    """A step whose branches lead to several steps, each of which other branches lead to as well."""

    step: str
    targets: tuple[str, ...]
    """Those steps, in the order of the nodes."""


@dataclass(frozen=True, slots=True)
class _Join:
    """A step that several edges lead to, and how many of them have been followed."""

    step: str
    edge_count: int


def find_crossing(graph: Graph) -> Crossing | None:
    """Return a step whose branches do not meet in one step, the last in the workflow.

    Branches may also end in exits (journeys facts, section 4, edges and graph rules). Return None
    if no branches cross. The graph has no other problem.
    """
    outgoing, in_degrees = graph.outgoing_edges(), graph.in_degrees()
    order = topological_order(outgoing, graph.roots()) or []
    waiting: dict[str, _Join | None] = {}
    """By step: where what begins there waits for other branches; None if it ends."""
    for step in reversed(order):
        joins = _joins_after(outgoing[step], in_degrees, waiting)
        names = {join.step for join in joins}
        if len(names) > 1:
            return Crossing(step, tuple(node.id for node in graph.nodes if node.id in names))
        waiting[step] = _merged(joins, in_degrees, waiting)
    return None


def _joins_after(
    edges: Sequence[Edge], in_degrees: Counter[str], waiting: Mapping[str, _Join | None]
) -> list[_Join]:
    found = (
        _Join(edge.target, 1) if in_degrees[edge.target] > 1 else waiting[edge.target]
        for edge in edges
    )
    return [join for join in found if join is not None]


def _merged(
    joins: Sequence[_Join], in_degrees: Counter[str], waiting: Mapping[str, _Join | None]
) -> _Join | None:
    """Return where branches that meet in one step wait; what follows, if all have come there."""
    if not joins:
        return None
    step, edge_count = joins[0].step, sum(join.edge_count for join in joins)
    return waiting[step] if edge_count == in_degrees[step] else _Join(step, edge_count)
