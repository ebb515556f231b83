"""A workflow as the remote holds it: nodes and edges, and what makes such a graph legal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cioform.core.json_value import JsonValue
from cioform.language.workflow.steps import STEP_KEYWORDS, Branching, branches_of
from cioform.model.resource import FieldPath


@dataclass(frozen=True, slots=True)
class Node:
    """A step without its place: its word, and its fields (word included, lists of steps not)."""

    id: str
    keyword: str
    fields: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """The way from one node to another; `branch` counts from 0 at nodes that choose."""

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
        """The nodes by id."""
        return {node.id: node for node in self.nodes}

    def outgoing_edges(self) -> dict[str, list[Edge]]:
        """Give the edges that leave each node, in the order of branches."""
        edges: dict[str, list[Edge]] = {node.id: [] for node in self.nodes}
        for edge in self.edges:
            edges.setdefault(edge.source, []).append(edge)
        for leaving in edges.values():
            leaving.sort(key=lambda edge: -1 if edge.branch is None else edge.branch)
        return edges

    def in_degrees(self) -> Counter[str]:
        """Count the edges that reach each node."""
        return Counter(edge.target for edge in self.edges)

    def roots(self) -> list[str]:
        """Give the nodes that no edge reaches."""
        reached = self.in_degrees()
        return [node.id for node in self.nodes if not reached[node.id]]

    def is_equivalent_to(self, other: Graph) -> bool:
        """Tell whether both have the same nodes and edges, in whatever order."""
        return self.by_id == other.by_id and set(self.edges) == set(other.edges)


def topological_order(
    outgoing: Mapping[str, Sequence[Edge]], start: Iterable[str]
) -> list[str] | None:
    """Give what can be reached from `start`, each node after all that lead to it; None when the
    way goes in a circle."""
    order: list[str] = []
    open_now: set[str] = set()
    closed: set[str] = set()
    todo = [(node, False) for node in start]
    while todo:
        node, leave = todo.pop()
        if leave:
            open_now.discard(node)
            closed.add(node)
            order.append(node)
        elif node in open_now:
            return None
        elif node not in closed:
            open_now.add(node)
            todo.append((node, True))
            todo.extend((edge.target, False) for edge in outgoing.get(node, ()))
    return order[::-1]


def graph_problems(graph: Graph) -> list[tuple[FieldPath, str]]:
    """Give what the remote would refuse in a graph (journeys facts, section 4, edges and graph
    rules), with the way to the node or edge."""
    return [
        *_duplicate_id_problems(graph),
        *_unknown_node_problems(graph),
        *_duplicate_branch_problems(graph),
        *_branch_count_problems(graph),
    ] or [*_reachability_problems(graph), *_shared_exit_problems(graph)]


def _duplicate_id_problems(graph: Graph) -> Iterable[tuple[FieldPath, str]]:
    seen: set[str] = set()
    for i, node in enumerate(graph.nodes):
        if node.id in seen:
            yield (
                ("nodes", i, "id"),
                f"Two nodes are called `{node.id}`. Give one of them another id.",
            )
        seen.add(node.id)


def _unknown_node_problems(graph: Graph) -> Iterable[tuple[FieldPath, str]]:
    known = graph.by_id
    for i, edge in enumerate(graph.edges):
        for end, name in (("from", edge.source), ("to", edge.target)):
            if name not in known:
                yield (
                    ("edges", i, end),
                    f"There is no node `{name}`. Add it, or correct the edge.",
                )


def _duplicate_branch_problems(graph: Graph) -> list[tuple[FieldPath, str]]:
    first: dict[tuple[str, int | None], int] = {}
    found: list[tuple[FieldPath, str]] = []
    for i, edge in enumerate(graph.edges):
        way = (edge.source, edge.branch)
        if way in first and edge.branch is not None:
            said = (
                f"Two edges leave `{edge.source}` with branch {edge.branch}: this one, and the one "
                f"to `{graph.edges[first[way]].target}`. Number them 0, 1, and so on."
            )
            found.append((("edges", i), said))
        first.setdefault(way, i)
    return found


def _branch_count_problems(graph: Graph) -> Iterable[tuple[FieldPath, str]]:
    leaving = graph.outgoing_edges()
    for i, node in enumerate(graph.nodes):
        wanted, got = _required_branches(node), [edge.branch for edge in leaving[node.id]]
        # Of two edges with one number was told.
        if wanted is not None and got != wanted and len(set(got)) == len(got):
            text = f"The {node.keyword} `{node.id}` needs {_describe_branches(wanted)}, and has {_describe_branches(got)}. "
            yield ("nodes", i), text + _edge_example(node.id, wanted)


def _required_branches(node: Node) -> list[int | None] | None:
    """Give the branches a node must have; None when its word is not ours to judge."""
    shape = STEP_KEYWORDS.get(node.keyword)
    if shape is None:
        return None
    if shape is Branching.END:
        return []
    return [None] if shape is Branching.NEXT else list(range(len(branches_of(node.fields))))


def _edge_example(node_id: str, wanted: list[int | None]) -> str:
    if not wanted:
        return "Take the edges from it out."
    branch = "" if wanted[-1] is None else f", branch: {wanted[-1]}"
    return f"Write for example:\n\n    - {{from: {node_id}, to: NODE{branch}}}"


def _describe_branches(branch_numbers: list[int | None]) -> str:
    if not branch_numbers:
        return "no edge out"
    if branch_numbers == [None]:
        return "one edge out without `branch`"
    return "edges out with branch " + ", ".join(
        "none" if branch is None else str(branch) for branch in branch_numbers
    )


def _reachability_problems(graph: Graph) -> Iterable[tuple[FieldPath, str]]:
    roots = graph.roots()
    places = {node.id: i for i, node in enumerate(graph.nodes)}
    if circle := _find_cycle(graph):
        first = next(
            i for i, e in enumerate(graph.edges) if (e.source, e.target) == (circle[-1], circle[0])
        )
        yield (
            ("edges", first),
            (
                f"The edges go round in a circle: {' -> '.join((*circle, circle[0]))}. A loop is "
                "made by creating the trigger's event again at the end, not by an edge back:"
                "\n\n    - {id: again, create_event: NAME_OF_THE_EVENT}"
            ),
        )
        return
    for extra in roots[1:]:
        yield (
            ("nodes", places[extra]),
            (
                f"No edge leads to `{extra}`, and the workflow begins at `{roots[0]}`. "
                "Lead an edge to it, or take it out."
            ),
        )


def _find_cycle(graph: Graph) -> list[str]:
    """Give the nodes of a way that goes round, in its order; none when there is none."""
    reached, leaving = graph.in_degrees(), graph.outgoing_edges()
    todo = graph.roots()
    left = set(reached)
    while todo:
        node = todo.pop()
        left.discard(node)
        for edge in leaving[node]:
            reached[edge.target] -= 1
            if not reached[edge.target]:
                todo.append(edge.target)
    if not left:
        return []
    # Backwards from any that is left, all of which something left leads to.
    before = {e.target: e.source for e in graph.edges if e.source in left and e.target in left}
    way = [min(left)]
    while (node := before[way[-1]]) not in way:
        way.append(node)
    return way[way.index(node) :][::-1]


def _shared_exit_problems(graph: Graph) -> Iterable[tuple[FieldPath, str]]:
    reached = graph.in_degrees()
    shared = [
        (i, node)
        for i, node in enumerate(graph.nodes)
        if STEP_KEYWORDS.get(node.keyword) is Branching.END and reached[node.id] > 1
    ]
    for i, node in shared[1:]:
        yield (
            ("nodes", i),
            (
                f"Several ways lead to the exit `{node.id}`, and several to "
                f"`{shared[0][1].id}` too. "
                "Only the exit where all branches meet may be shared; give each branch that ends "
                "by itself an exit of its own."
            ),
        )
