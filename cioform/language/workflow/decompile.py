"""From a graph back to the tree of steps.

Every list of steps has one end that its flow makes for: the trunk the exit `exit`, a branch the
node where branches meet again, a branch that does not come back an exit of its own. A branch is
*alive* when it can reach that end. What is alive meets again at its nearest common
post-dominator; what is not is a branch with its own exit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cioform.language.workflow.compile import compile_steps
from cioform.language.workflow.graph import Edge, Graph, Node, topological_order
from cioform.language.workflow.steps import (
    MAIN_EXIT_ID,
    STEP_KEYWORDS,
    Branching,
    Step,
    add_empty_branches,
    without_branches,
)


@dataclass(frozen=True, slots=True)
class _PostDominators:
    """Which nodes can reach an end, and the nearest node that all ways from each there pass.
    `depth` counts those nodes up to the end."""

    immediate: Mapping[str, str]
    depth: Mapping[str, int]

    def reaches_end(self, node: str) -> bool:
        return node in self.depth

    def nearest_common(self, nodes: list[str]) -> str:
        """Give the first node that all ways from all of `nodes` pass."""
        meeting, *others = nodes
        for node in others:
            while meeting != node:
                if self.depth[meeting] >= self.depth[node]:
                    meeting = self.immediate[meeting]
                else:
                    node = self.immediate[node]
        return meeting


def decompile(graph: Graph) -> list[Step] | None:
    """Give the tree that compiles to `graph`, or None when there is none: nodes of unknown words,
    ways that cross. The exit with the id `exit` becomes the end of the trunk.

    Where only one branch goes on, what follows is put after the step if the other branches are
    nothing but an exit, and into the branch otherwise; both mean the same."""
    known = all(node.keyword in STEP_KEYWORDS for node in graph.nodes)
    roots = graph.roots()
    if not known or len(roots) != 1 or not _is_fully_reachable(graph, roots):
        return None
    steps = _build_steps(graph, roots[0])
    return steps if steps is not None and compile_steps(steps).is_equivalent_to(graph) else None


def _is_fully_reachable(graph: Graph, roots: list[str]) -> bool:
    return len(topological_order(graph.outgoing_edges(), roots) or ()) == len(graph.nodes)


def _build_steps(graph: Graph, root: str) -> list[Step] | None:
    nodes, leaving = graph.by_id, graph.outgoing_edges()
    reach = _reachability(leaving, [root])
    end = MAIN_EXIT_ID if MAIN_EXIT_ID in nodes else find_main_exit(graph)
    trunk: list[Step] = []
    own_ends = [] if end == MAIN_EXIT_ID else [(trunk, end)]
    todo = [(root, end, _post_dominators(leaving, root, end), trunk)]
    seen: set[str] = set()
    while todo:
        at, stop, flow, steps = todo.pop()
        while at != stop:
            if at in seen:
                return None
            seen.add(at)
            step = without_branches({"id": at, **nodes[at].fields})
            steps.append(step)
            lists = add_empty_branches(step)
            targets = [edge.target for edge in leaving[at]]
            if not targets or len(targets) != max(1, len(lists)):
                return None
            if not lists:
                at = targets[0]
                continue
            at = _join_node(nodes, targets, stop, flow)
            for target, below in zip(targets, lists, strict=True):
                if flow.reaches_end(target):
                    todo.append((target, at, flow, below))
                else:
                    end = _find_end(leaving, reach, target)
                    own_ends.append((below, end))
                    todo.append((target, end, _post_dominators(leaving, target, end), below))
    for steps, end in own_ends:
        steps.append({"id": end, **nodes[end].fields})
    return trunk


def _join_node(
    nodes: Mapping[str, Node], targets: list[str], stop: str, flow: _PostDominators
) -> str:
    """Give where the branches to `targets` meet, `stop` when nothing follows them here."""
    alive = [target for target in targets if flow.reaches_end(target)]
    if len(alive) != 1:
        return flow.nearest_common(alive) if alive else stop
    guards = all(nodes[target].keyword == "exit" for target in targets if target not in alive)
    return alive[0] if guards else stop


def find_main_exit(graph: Graph) -> str:
    """Give the node where the trunk of a graph with one root ends: the exit that several ways
    lead to, of which a legal graph has one at most, else the end of what begins at the root."""
    reached = graph.in_degrees()
    for node in graph.nodes:
        if STEP_KEYWORDS.get(node.keyword) is Branching.END and reached[node.id] > 1:
            return node.id
    leaving, roots = graph.outgoing_edges(), graph.roots()
    return _find_end(leaving, _reachability(leaving, roots), roots[0])


def _find_end(outgoing: Mapping[str, list[Edge]], reach: _Reachability, start: str) -> str:
    """Give the end of what begins at `start`: on from where branches meet, and along the last
    branch where none do."""
    at = start
    while outgoing[at]:
        targets = [edge.target for edge in outgoing[at]]
        at = reach.first_common(targets) or targets[-1]
    return at


@dataclass(frozen=True, slots=True)
class _Reachability:
    """What each node leads to, as bits in the order of `nodes`, each before all it leads to."""

    nodes: list[str]
    bits: Mapping[str, int]

    def first_common(self, targets: list[str]) -> str | None:
        """Give the first node that several of `targets` are or lead to."""
        once = twice = 0
        for target in targets:
            twice |= once & self.bits[target]
            once |= self.bits[target]
        lowest = (twice & -twice).bit_length()
        return self.nodes[lowest - 1] if lowest else None


def _reachability(outgoing: Mapping[str, list[Edge]], roots: list[str]) -> _Reachability:
    nodes = topological_order(outgoing, roots) or []
    bits: dict[str, int] = {}
    for place in range(len(nodes) - 1, -1, -1):
        own = 1 << place
        for edge in outgoing[nodes[place]]:
            own |= bits[edge.target]
        bits[nodes[place]] = own
    return _Reachability(nodes, bits)


def _post_dominators(outgoing: Mapping[str, list[Edge]], start: str, end: str) -> _PostDominators:
    next_: dict[str, str] = {}
    depth = {end: 0}
    flow = _PostDominators(next_, depth)
    for node in reversed(topological_order(outgoing, [start]) or []):
        ways = [edge.target for edge in outgoing[node] if edge.target in depth]
        if node != end and ways:
            next_[node] = flow.nearest_common(ways)
            depth[node] = depth[next_[node]] + 1
    return flow
