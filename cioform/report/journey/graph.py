"""The graph that is drawn: that of the workflow, with a start, and exits named by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.graph import find_dominators
from cioform.language.workflow import (
    Edge,
    Graph,
    Node,
    add_ways,
    compile_steps,
    keyword_of,
    rename_steps,
    topological_order,
)
from cioform.report.journey.labels import Family, family_of

START: Final = "(start)"
"""The ID of the node above the first step. No step can have it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow to be drawn."""

    graph: Graph
    steps: list[dict[str, Json]] | None = None
    """The same as a tree, with the IDs of the graph; None if the file holds a graph."""


EMPTY_FLOW: Final = Flow(Graph((), ()), [])


def build_flow(workflow: Json) -> Flow:
    """Return the flow of a workflow in canonical form: steps with IDs, or `{"graph": ...}`."""
    if isinstance(workflow, list):
        graph = compile_steps(workflow)
        names = _exit_names(graph)
        return Flow(_with_start(_with_exit_names(graph, names)), rename_steps(workflow, names))
    form = as_mapping(as_mapping(workflow)["graph"])
    nodes, edges = as_list(form["nodes"]), as_list(form["edges"])
    graph = _with_missing_steps(
        [_parse_node(as_mapping(node)) for node in nodes],
        tuple(_parse_edge(as_mapping(edge)) for edge in edges),
    )
    graph = add_ways(graph)
    return Flow(_with_start(_with_exit_names(graph, _exit_names(graph))))


def _with_missing_steps(nodes: Sequence[Node], edges: tuple[Edge, ...]) -> Graph:
    """Return the graph with a node for each step that only edges name.

    A campaign in Customer.io may have an edge to an action that it does not have.
    """
    ends = {end: Node(end, "missing step") for edge in edges for end in (edge.source, edge.target)}
    return Graph(tuple({**ends, **{node.id: node for node in nodes}}.values()), edges)


def _parse_node(node: Mapping[str, Json]) -> Node:
    return Node(str(node["id"]), keyword_of(node), {k: v for k, v in node.items() if k != "id"})


def _parse_edge(edge: Mapping[str, Json]) -> Edge:
    branch = edge.get("branch")
    return Edge(str(edge["from"]), str(edge["to"]), branch if isinstance(branch, int) else None)


def _with_start(graph: Graph) -> Graph:
    roots = graph.roots() or [node.id for node in graph.nodes[:1]]
    first = tuple(Edge(START, root) for root in roots)
    return Graph((Node(START, START), *graph.nodes), (*first, *graph.edges))


def _with_exit_names(graph: Graph, names: Mapping[str, str]) -> Graph:
    def name(node: str) -> str:
        return names.get(node, node)

    return Graph(
        tuple(Node(name(node.id), node.keyword, node.fields) for node in graph.nodes),
        tuple(Edge(name(edge.source), name(edge.target), edge.branch) for edge in graph.edges),
    )


def _exit_names(graph: Graph) -> dict[str, str]:
    """Return a name for each exit, made of the branch that it ends.

    Customer.io, a file and a comparison give the same exit different IDs; its name stays the same.
    """
    incoming = incoming_edges(graph.edges)
    roots = graph.roots()
    order = topological_order(graph.outgoing_edges(), roots) or []
    parents = find_dominators(
        roots, order, lambda node: [edge.source for edge in incoming.get(node, ())]
    ).parents
    names: dict[str, str] = {}
    for node in graph.nodes:
        if family_of(node.keyword) is Family.EXIT:
            name = _exit_name(node.id, incoming, parents)
            names[node.id] = f"{name} ({node.id})" if name in names.values() else name
    return names


def _exit_name(
    exit_id: str, incoming: Mapping[str, Sequence[Edge]], parents: Mapping[str, str]
) -> str:
    node = exit_id
    while node in parents:
        edges = incoming.get(node, ())
        if len(edges) == 1 and edges[0].branch is not None:
            return f"(exit of {edges[0].source} {edges[0].branch})"
        node = parents[node]
    return "(exit)"


def incoming_edges(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    """Return the edges that lead to each node."""
    incoming: dict[str, list[Edge]] = {}
    for edge in edges:
        incoming.setdefault(edge.target, []).append(edge)
    return incoming
