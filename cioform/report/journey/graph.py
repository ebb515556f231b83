"""The graph that is drawn: the workflow's own, with a start, and exits named for where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.language.workflow import (
    Edge,
    Graph,
    Node,
    Step,
    compile_steps,
    keyword_of,
    rename_steps,
    topological_order,
)
from cioform.report.journey.labels import Family, family_of

START: Final = "(start)"
"""The id of the stop in front of the first step. No step can have it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow to be drawn."""

    graph: Graph
    steps: list[Step] | None = None
    """The same as a tree, with the ids of the graph, where it was written as one."""


EMPTY_FLOW: Final = Flow(Graph((), ()), [])


def build_flow(workflow: JsonValue) -> Flow:
    """Give the flow of a workflow in canonical form: steps with ids, or `{"graph": ...}`."""
    if isinstance(workflow, list):
        graph = compile_steps(workflow)
        names = _exit_names(graph)
        return Flow(_with_start(_with_exit_names(graph, names)), rename_steps(workflow, names))
    form = workflow["graph"]
    graph = Graph(
        tuple(_parse_node(node) for node in form["nodes"]),
        tuple(Edge(edge["from"], edge["to"], edge.get("branch")) for edge in form["edges"]),
    )
    return Flow(_with_start(_with_exit_names(graph, _exit_names(graph))))


def _parse_node(node: Mapping[str, JsonValue]) -> Node:
    word = str(node["action"]) if "action" in node else keyword_of(node)
    return Node(str(node["id"]), word, {k: v for k, v in node.items() if k != "id"})


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
    """Name exits for the branch that they end, so that they stay the same ones whatever ids the
    remote, a file or a comparison gives them."""
    arriving = incoming_edges(graph.edges)
    above = _dominators(graph, arriving)
    names: dict[str, str] = {}
    for node in graph.nodes:
        if family_of(node.keyword) is Family.EXIT:
            name = _exit_name(node.id, arriving, above)
            names[node.id] = f"{name} ({node.id})" if name in names.values() else name
    return names


def _exit_name(exit_: str, incoming: Mapping[str, Sequence[Edge]], above: Mapping[str, str]) -> str:
    at = exit_
    while at in above:
        edges = incoming.get(at, ())
        if len(edges) == 1 and edges[0].branch is not None:
            return f"(exit of {edges[0].source} {edges[0].branch})"
        at = above[at]
    return "(exit)"


def incoming_edges(edges: Iterable[Edge]) -> dict[str, list[Edge]]:
    """Give the edges that reach each node."""
    arriving: dict[str, list[Edge]] = {}
    for edge in edges:
        arriving.setdefault(edge.target, []).append(edge)
    return arriving


def _dominators(graph: Graph, incoming: Mapping[str, Sequence[Edge]]) -> dict[str, str]:
    """Give for each node the last one that all ways to it pass; empty for a circle."""
    order = topological_order(graph.outgoing_edges(), graph.roots()) or []
    place = {node: i for i, node in enumerate(order)}
    above: dict[str, str] = {}
    for node in order:
        sources = [edge.source for edge in incoming.get(node, ()) if edge.source in place]
        if not sources:
            continue
        meeting, *others = sources
        for other in others:
            while meeting != other and (meeting in above or other in above):
                if place[meeting] > place[other]:
                    meeting = above.get(meeting, other)
                else:
                    other = above.get(other, meeting)
        above[node] = meeting
    return above
