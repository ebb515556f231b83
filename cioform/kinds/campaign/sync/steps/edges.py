"""The edges of a workflow in the Journeys API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.kinds.campaign.wire.wire_types import WireEdge
from cioform.language.workflow import Graph


def encode_edges(
    graph: Graph, action_ids: Mapping[str, str], entry_action_id: str | None
) -> list[WireEdge]:
    """Return all edges of a graph, because each write replaces all of them."""
    edges: list[WireEdge] = []
    if entry_action_id is not None:
        first = action_ids[graph.roots()[0]]
        edges.append({"from": entry_action_id, "to": first, "type": "continue"})
    for edge in graph.edges:
        source, target = action_ids[edge.source], action_ids[edge.target]
        if edge.branch is None:
            edges.append({"from": source, "to": target, "type": "continue"})
        else:
            edges.append({"from": source, "to": target, "type": "branch", "index": edge.branch})
    return edges


def edges_differ(one: Sequence[WireEdge], other: Sequence[WireEdge]) -> bool:
    """Return whether two lists of edges connect different actions."""
    return _edge_set(one) != _edge_set(other)


def _edge_set(edges: Sequence[WireEdge]) -> set[tuple[str, str, int | None]]:
    return {
        (
            str(edge["from"]),
            str(edge["to"]),
            edge.get("index", 0) if edge.get("type") == "branch" else None,
        )
        for edge in edges
    }
