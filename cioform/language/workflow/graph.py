"""A workflow as Customer.io stores it: nodes and edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cioform.core import graph
from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass, field
from cioform.language.workflow.step_types import ACTION, STEP_TYPES, WAYS


@dataclass(frozen=True, slots=True)
class Node:
    """A step without its place in the workflow."""

    id: str
    keyword: str
    """The keyword of the step; the action type of a node that no keyword describes."""
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    """The fields of the step with its keyword, without its ID and the lists of steps."""

    @property
    def action_type(self) -> str:
        """Customer.io's type of the action."""
        if ACTION in self.fields or self.keyword not in STEP_TYPES:
            return self.keyword
        return STEP_TYPES[self.keyword].action_type


@dataclass(frozen=True, slots=True)
class Edge:
    """The way from one node to another; `branch` counts from 0 at nodes with branches."""

    source: str
    target: str
    branch: int | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges, in the order in which a reader would meet them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def by_id(self) -> dict[str, Node]:
        """The nodes by ID."""
        return {node.id: node for node in self.nodes}

    def outgoing_edges(self) -> dict[str, list[Edge]]:
        """Return the edges that leave each node, in the order of branches."""
        edges: dict[str, list[Edge]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            edges.setdefault(edge.source, []).append(edge)
        for outgoing in edges.values():
            outgoing.sort(key=lambda edge: -1 if edge.branch is None else edge.branch)
        return edges

    def in_degrees(self) -> Counter[str]:
        """Return how many edges reach each node."""
        return Counter(edge.target for edge in self.edges)

    def roots(self) -> list[str]:
        """Return the nodes that no edge reaches."""
        in_degrees = self.in_degrees()
        return [node.id for node in self.nodes if not in_degrees[node.id]]

    def is_equivalent_to(self, other: Graph) -> bool:
        """Return whether both have the same nodes and edges, in whatever order."""
        return self.by_id == other.by_id and set(self.edges) == set(other.edges)


def add_ways(graph: Graph) -> Graph:
    """Return a graph whose nodes of unknown types say by `ways` how many ways leave them.

    There is an empty list for each way. A node that one edge without a number leaves has none, nor
    has one whose edges are not numbered from 0.
    """
    outgoing = graph.outgoing_edges()

    def with_ways(node: Node) -> Node:
        numbers = [edge.branch for edge in outgoing[node.id]]
        if ACTION not in node.fields or numbers != list(range(len(numbers))):
            return node
        return Node(node.id, node.keyword, {**node.fields, WAYS: [[] for _ in numbers]})

    return Graph(tuple(map(with_ways, graph.nodes)), graph.edges)


def topological_order(
    outgoing: Mapping[str, Sequence[Edge]], start: Iterable[str]
) -> list[str] | None:
    """Return what can be reached from `start`, each node after all that lead to it.

    Return None if the edges form a cycle.
    """
    return graph.topological_order(
        start, lambda node: [edge.target for edge in outgoing.get(node, ())]
    )
