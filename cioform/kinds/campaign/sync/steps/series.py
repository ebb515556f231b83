"""The workflow while steps are replaced: new steps are placed after the removed ones.

Customer.io adds steps with one request and deletes others with the next. A person who reaches the
steps between the two requests passes the old ones and then the new ones, so that nobody misses
both. That graph has one root, and one edge leaves every step, as Customer.io requires (journeys
facts, section 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, TypeAlias

from cioform.core.dataclasses import dataclass
from cioform.core.graph import shortest_paths
from cioform.kinds.campaign.wire.wire_types import WireAction, WireEdge
from cioform.language.workflow import (
    ACTION,
    STEP_TYPES,
    Edge,
    Graph,
    Node,
    add_ways,
    find_main_exit,
    graph_problems,
    topological_order,
)
from cioform.language.workflow.crossing import find_crossing

Way: TypeAlias = tuple[str, int | None]
"""An edge that leaves a node: the node and the number of its branch."""

MAX_PATHS: Final = 1000
"""The maximum number of paths to examine."""


def graph_in_series(
    wanted: Graph,
    matched: Mapping[str, str],
    removed: Sequence[WireAction],
    live_edges: Sequence[WireEdge],
) -> Graph | None:
    """Return the wanted graph with the removed actions in front of what replaces them.

    `matched` is step ID -> action ID of the steps that exist; a removed action is a node with its
    ID in parentheses. Return None if Customer.io would refuse the graph.
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
        wanted.by_id,
        {node.id for node in (*wanted.nodes, *nodes) if node.keyword == "exit"},
        {node.id for node in nodes if node.keyword == STEP_TYPES["wait_until"].action_type},
        find_main_exit(wanted),
        {(edge.source, edge.branch): edge.target for edge in wanted.edges},
        [node.id for node in wanted.nodes],
    )
    if not series.insert_all(nodes):
        return None
    edges = tuple(Edge(source, target, way) for (source, way), target in series.ways.items())
    graph = add_ways(Graph((*wanted.nodes, *nodes), edges))
    return graph if _is_legal(graph) else None


def old_node_id(action_id: str) -> str:
    """Return the temporary node ID of a removed action."""
    return f"({action_id})"


def _old_node(action: WireAction) -> Node:
    own_id = old_node_id(str(action["id"]))
    if action["type"] == "exit_action":
        return Node(own_id, "exit", {"exit": True})
    return Node(own_id, action["type"], {ACTION: action["type"]})


def _branch(edge: WireEdge) -> int | None:
    return edge.get("index", 0) if edge.get("type") == "branch" else None


def _is_legal(graph: Graph) -> bool:
    is_whole = len(graph.roots()) == 1 and not graph_problems(graph)
    return is_whole and find_crossing(graph) is None


@dataclass
class _Series:
    """The wanted graph, into which the removed nodes are put one after the other."""

    live: Sequence[Edge]
    wanted: Collection[str]
    """The nodes of the wanted graph."""
    exits: Collection[str]
    waits: Collection[str]
    """The removed nodes that hold people up."""
    main_exit: str
    ways: dict[Way, str]
    """The node to which each edge leads."""
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
        exits = [node.id for node in found if node.keyword == "exit"]
        steps = [node.id for node in found if node.keyword != "exit"]
        return (
            len(found) == len(nodes)
            and all(self._insert(step, outgoing) for step in steps)
            and all(self._insert_exit(each) for each in exits)
        )

    def _insert(self, name: str, outgoing: Mapping[str, Sequence[Edge]]) -> bool:
        """Insert a node where it was: after its predecessor, else before its successor.

        All of its branches lead to the next node. Return False if there is no place for it, for
        example for an action of an unknown type that ends the workflow.
        """
        if not outgoing.get(name):
            return False
        ways_in = self._ways_to(name)
        targets = {self.ways.get(way) for way in ways_in}
        if not ways_in:
            [target] = self._roots()
        elif len(targets) == 1 and (only := targets.pop()) is not None:
            target = only
        else:
            later = shortest_paths(name, lambda node: [e.target for e in outgoing.get(node, ())])
            target = next((node for node in later if node in self.present), "")
            if not target:
                return False
            ways_in = [way for way, end in self.ways.items() if end == target]
        if len(outgoing[name]) > 1:
            ways_in, target = self._before_own_exit(name, ways_in, target)
        self.ways |= dict.fromkeys(ways_in, name)
        self.ways |= {(name, edge.branch): target for edge in outgoing[name]}
        self.present.append(name)
        return True

    def _before_own_exit(self, name: str, ways_in: list[Way], target: str) -> tuple[list[Way], str]:
        """Return a place for a node with branches that is not before an exit of one branch.

        Only the exit where all branches meet may have several ways in. A wait is not put where it
        holds up people of other branches.
        """
        while target in self.exits and target != self.main_exit and len(ways_in) == 1:
            [(source, branch)] = ways_in
            if branch is not None and name in self.waits:
                break
            ways_in, target = self._ways_into(source), source
        return ways_in, target

    def _insert_exit(self, name: str) -> bool:
        """Insert an exit, which ends one way. Return False if no way may end in it.

        Exits are interchangeable, so it may replace the exit where branches meet. Otherwise it is
        placed as late as possible where people have passed all steps of the old workflow, because
        they miss what comes after it.
        """
        in_degrees = Counter(self.ways.values())
        ways = [way for way, target in self.ways.items() if in_degrees[target] > 1]
        wanted = [way for way in reversed(ways) if way[0] in self.wanted]
        others = [way for way in ways if way[0] not in self.wanted]
        for way in (
            *(way for way in ways if self.ways[way] in self.exits),
            *(way for way in (*wanted, *others) if self._old_steps_are_before(way)),
        ):
            self.ways[way] = name
            return True
        return False

    def _old_steps_are_before(self, end: Way) -> bool:
        """Return whether everybody who takes a way has passed all steps of the old workflow."""
        live = {(edge.source, edge.branch): edge.target for edge in self.live}
        targets = set(live.values())
        root, *more = {source for source, _ in live if source not in targets} or {""}
        paths = list(islice(self._paths_to(end), MAX_PATHS + 1))
        return (
            not more
            and len(paths) <= MAX_PATHS
            and all(_has_old_path(path, live, root, self.exits) for path in paths)
        )

    def _paths_to(self, end: Way) -> Iterator[Mapping[str, int | None]]:
        """Yield every path that ends in a way: the nodes, each with the branch that it takes."""
        todo: list[tuple[str, dict[str, int | None]]] = [(end[0], {end[0]: end[1]})]
        while todo:
            at, path = todo.pop()
            ways = self._ways_into(at)
            if not ways:
                yield path
            todo += [(source, {**path, source: branch}) for source, branch in ways]

    def _ways_to(self, name: str) -> list[Way]:
        """Return what led to a node in the old workflow."""
        return [(edge.source, edge.branch) for edge in self.live if edge.target == name]

    def _ways_into(self, name: str) -> list[Way]:
        return [way for way, end in self.ways.items() if end == name]

    def _roots(self) -> list[str]:
        targets = set(self.ways.values())
        return [name for name in self.present if name not in targets]


def _has_old_path(
    path: Mapping[str, int | None], live: Mapping[Way, str], root: str, exits: Collection[str]
) -> bool:
    """Return whether a path has every node that its choices lead to in the old workflow."""
    at = root
    while at not in exits:
        if at not in path or (at, path[at]) not in live:
            return False
        at = live[at, path[at]]
    return True
