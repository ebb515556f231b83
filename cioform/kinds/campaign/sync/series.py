"""The workflow while steps are replaced: new ones in series behind those that go.

Customer.io adds steps with one request and deletes others with the next. Whoever comes by between
the two passes the old steps and then the new ones, so that nobody misses both. That graph has one
root and one way out of every step, as Customer.io requires (journeys facts, section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cioform.core.graph import shortest_paths
from cioform.kinds.campaign.codec.graph_codec import decompile_with_main_exit
from cioform.kinds.campaign.wire_types import WireAction, WireEdge
from cioform.language.workflow import (
    ACTION,
    Edge,
    Graph,
    Node,
    add_ways,
    graph_problems,
    topological_order,
)

_Way = tuple[str, int | None]
"""A way out of a node: the node and the number of its branch."""


def graph_in_series(
    wanted: Graph,
    matched: Mapping[str, str],
    removed: Sequence[WireAction],
    live_edges: Sequence[WireEdge],
) -> Graph | None:
    """Return the wanted graph with the removed actions in front of what replaces them.

    `matched` is step id -> action id of the steps that exist; a removed action is a node with its
    id in parentheses. Return None if Customer.io would refuse the graph.
    """
    nodes = [_old_node(action) for action in removed]
    names = {own_id: name for name, own_id in matched.items()}
    names |= {str(action["id"]): old_node_id(str(action["id"])) for action in removed}
    live = [
        Edge(names[str(edge["from"])], names[str(edge["to"])], _branch(edge))
        for edge in live_edges
        if str(edge["from"]) in names and str(edge["to"]) in names
    ]
    series = _Series(
        live,
        {node.id for node in wanted.nodes} - matched.keys(),
        {(edge.source, edge.branch): edge.target for edge in wanted.edges},
        [node.id for node in wanted.nodes],
    )
    if not series.insert_all(nodes):
        return None
    edges = tuple(Edge(source, target, way) for (source, way), target in series.ways.items())
    graph = add_ways(Graph((*wanted.nodes, *nodes), edges))
    return graph if _is_legal(graph, wanted) else None


def old_node_id(action_id: str) -> str:
    """Return the id of the node that a removed action is meanwhile."""
    return f"({action_id})"


def _old_node(action: WireAction) -> Node:
    own_id = old_node_id(str(action["id"]))
    if action["type"] == "exit_action":
        return Node(own_id, "exit", {"exit": True})
    return Node(own_id, action["type"], {ACTION: action["type"]})


def _branch(edge: WireEdge) -> int | None:
    return edge.get("index", 0) if edge.get("type") == "branch" else None


def _is_legal(graph: Graph, wanted: Graph) -> bool:
    if len(graph.roots()) != 1 or graph_problems(graph):
        return False
    # Branches that a tree cannot express are as legal with the old steps as without them.
    return decompile_with_main_exit(graph) is not None or decompile_with_main_exit(wanted) is None


@dataclass
class _Series:
    """The wanted graph, into which the removed nodes are put one after the other."""

    live: Sequence[Edge]
    added: set[str]
    ways: dict[_Way, str]
    """Where each way out leads."""
    present: list[str]
    """The nodes so far."""

    def insert_all(self, nodes: Sequence[Node]) -> bool:
        """Insert nodes in the order of the live workflow; return whether each had a place."""
        by_id = {node.id: node for node in nodes}
        outgoing: dict[str, list[Edge]] = {}
        for edge in self.live:
            outgoing.setdefault(edge.source, []).append(edge)
        targets = {edge.target for edge in self.live}
        sources = dict.fromkeys(edge.source for edge in self.live)
        order = topological_order(outgoing, [each for each in sources if each not in targets]) or []
        found = [by_id[name] for name in order if name in by_id]
        return len(found) == len(nodes) and all(
            self._insert_exit(node.id)
            if node.keyword == "exit"
            else self._insert(node.id, outgoing)
            for node in found
        )

    def _insert(self, name: str, outgoing: Mapping[str, Sequence[Edge]]) -> bool:
        """Insert a node where it was: behind what led to it, else in front of what followed it.

        All of its ways lead to the next node. Return False if nothing that followed it is there.
        """
        ways_in = self._ways_to(name)
        targets = {self.ways.get(way) for way in ways_in}
        if not ways_in:
            [target] = self._roots()
        elif len(targets) == 1 and (only := targets.pop()) is not None:
            target = only
        else:
            behind = shortest_paths(name, lambda node: [e.target for e in outgoing.get(node, ())])
            target = next((node for node in behind if node in self.present), "")
            if not target:
                return False
            ways_in = [way for way, end in self.ways.items() if end == target]
        self.ways |= dict.fromkeys(ways_in, name)
        self.ways |= {(name, edge.branch): target for edge in outgoing[name]}
        self.present.append(name)
        return True

    def _insert_exit(self, name: str) -> bool:
        """Insert an exit at the end of the new steps on the way that led to it."""
        ways_in = self._ways_to(name)
        if len(ways_in) != 1 or ways_in[0] not in self.ways:
            return False
        way = ways_in[0]
        while (step := self.ways[way]) in self.added and (step, None) in self.ways:
            if list(self.ways.values()).count(step) > 1:
                break
            way = (step, None)
        self.ways[way] = name
        self.present.append(name)
        return True

    def _ways_to(self, name: str) -> list[_Way]:
        return [(edge.source, edge.branch) for edge in self.live if edge.target == name]

    def _roots(self) -> list[str]:
        targets = set(self.ways.values())
        return [name for name in self.present if name not in targets]
