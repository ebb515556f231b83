"""The problems of a graph of nodes and edges that Customer.io would refuse."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.data.paths import FieldPath
from cioform.core.graph import find_cycles
from cioform.language.workflow.graph import Graph, Node
from cioform.language.workflow.step_types import STEP_TYPES
from cioform.language.workflow.tree import branches_of

Problem = tuple[FieldPath, str]
"""The path of a node or an edge, and what is wrong with it."""


def graph_problems(graph: Graph) -> list[Problem]:
    """Return what is wrong with a graph (journeys facts, section 4, edges and graph rules)."""
    return [
        *_duplicate_id_problems(graph),
        *_unknown_node_problems(graph),
        *_duplicate_branch_problems(graph),
        *_branch_count_problems(graph),
    ] or [*_reachability_problems(graph), *_shared_exit_problems(graph)]


def _duplicate_id_problems(graph: Graph) -> Iterator[Problem]:
    seen: set[str] = set()
    for i, node in enumerate(graph.nodes):
        if node.id in seen:
            text = f"Two nodes have the ID `{node.id}`. Change one of them."
            yield ("nodes", i, "id"), text
        seen.add(node.id)


def _unknown_node_problems(graph: Graph) -> Iterator[Problem]:
    known = graph.by_id
    for i, edge in enumerate(graph.edges):
        for end, node_id in (("from", edge.source), ("to", edge.target)):
            if node_id not in known:
                text = f"There is no node `{node_id}`. Add it, or correct the edge."
                yield ("edges", i, end), text


def _duplicate_branch_problems(graph: Graph) -> Iterator[Problem]:
    first: dict[tuple[str, int | None], int] = {}
    for i, edge in enumerate(graph.edges):
        way = (edge.source, edge.branch)
        if way in first and edge.branch is not None:
            other = graph.edges[first[way]].target
            text = (
                f"Two edges leave `{edge.source}` with branch {edge.branch}: this one and the one "
                f"to `{other}`. Number the branches 0, 1, and so on."
            )
            yield ("edges", i), text
        first.setdefault(way, i)


def _branch_count_problems(graph: Graph) -> Iterator[Problem]:
    outgoing = graph.outgoing_edges()
    for i, node in enumerate(graph.nodes):
        required = _required_branches(node)
        actual = [edge.branch for edge in outgoing[node.id]]
        # Two edges with the same number are reported already.
        if required is not None and actual != required and len(set(actual)) == len(actual):
            text = (
                f"The `{node.keyword}` node `{node.id}` needs {_describe_branches(required)}, but "
                f"has {_describe_branches(actual)}. "
            )
            yield ("nodes", i), text + _edge_example(graph, node.id, required)


def _required_branches(node: Node) -> list[int | None] | None:
    """Return the branches a node must have; None if its type is unknown."""
    row = STEP_TYPES.get(node.keyword)
    if row is None:
        return None
    if row.continues:
        return [None]
    return list(range(len(branches_of(node.fields))))


def _edge_example(graph: Graph, node_id: str, required: list[int | None]) -> str:
    if not required:
        return "Remove the edges that leave it."
    branch = "" if required[-1] is None else f", branch: {required[-1]}"
    exits = [node.id for node in graph.nodes if node.keyword == "exit"]
    edge = f"{{from: {node_id}, to: {exits[-1] if exits else 'exit'}{branch}}}"
    if exits:
        return f"For example:\n\n    - {edge}"
    return (
        f"For example:\n\n    nodes:\n      - {{id: exit, exit: true}}\n    edges:\n      - {edge}"
    )


def _describe_branches(branch_numbers: list[int | None]) -> str:
    if not branch_numbers:
        return "no outgoing edge"
    if branch_numbers == [None]:
        return "one outgoing edge without `branch`"
    return "outgoing edges with branch " + ", ".join(
        "none" if branch is None else str(branch) for branch in branch_numbers
    )


def _reachability_problems(graph: Graph) -> Iterator[Problem]:
    if cycle := _find_cycle(graph):
        closing = (cycle[-1], cycle[0])
        at = next(i for i, e in enumerate(graph.edges) if (e.source, e.target) == closing)
        text = (
            f"The edges form a cycle: {' -> '.join((*cycle, cycle[0]))}. To repeat steps, "
            "send the trigger's event again at the end instead of leading an edge back, for "
            "example with the event `signed_up`:\n\n    - {id: again, send_event: signed_up}"
        )
        yield ("edges", at), text
        return
    roots = graph.roots()
    positions = {node.id: i for i, node in enumerate(graph.nodes)}
    for root in roots[1:]:
        text = (
            f"No edge leads to `{root}`; the workflow begins at `{roots[0]}`. "
            "Add an edge to it, or remove the node."
        )
        yield ("nodes", positions[root]), text


def _find_cycle(graph: Graph) -> list[str]:
    """Return the nodes of a cycle in its order; none if there is no cycle."""
    outgoing = graph.outgoing_edges()
    cycles = find_cycles(
        [*graph.roots(), *outgoing], lambda node: [e.target for e in outgoing[node]]
    )
    return next(cycles, [])


def _shared_exit_problems(graph: Graph) -> Iterator[Problem]:
    in_degrees = graph.in_degrees()
    shared = [
        (i, node)
        for i, node in enumerate(graph.nodes)
        if node.keyword in STEP_TYPES
        and STEP_TYPES[node.keyword].ends_journey
        and in_degrees[node.id] > 1
    ]
    for i, node in shared[1:]:
        text = (
            f"Several edges lead to the exit `{node.id}`, and several to `{shared[0][1].id}` too. "
            "Only the exit where all branches meet may be shared. Give each branch that ends "
            "before that an exit of its own."
        )
        yield ("nodes", i), text
