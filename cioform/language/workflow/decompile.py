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
from cioform.language.workflow.graph import Edge, Graph, Node, topological
from cioform.language.workflow.steps import FINAL, WORDS, Shape, Step, bare, empty_lists


@dataclass(frozen=True, slots=True)
class _Flow:
    """Which nodes can reach an end, and the nearest node that all ways from each there pass.
    `depth` counts those nodes up to the end."""

    next: Mapping[str, str]
    depth: Mapping[str, int]

    def alive(self, node: str) -> bool:
        return node in self.depth

    def meeting(self, nodes: list[str]) -> str:
        """Give the first node that all ways from all of `nodes` pass."""
        meeting, *others = nodes
        for node in others:
            while meeting != node:
                if self.depth[meeting] >= self.depth[node]:
                    meeting = self.next[meeting]
                else:
                    node = self.next[node]
        return meeting


def decompile(graph: Graph) -> list[Step] | None:
    """Give the tree that compiles to `graph`, or None when there is none: nodes of unknown words,
    ways that cross. The exit with the id `exit` becomes the end of the trunk.

    Where only one branch goes on, what follows is put after the step if the other branches are
    nothing but an exit, and into the branch otherwise; both mean the same."""
    known = all(node.word in WORDS for node in graph.nodes)
    roots = graph.roots()
    if not known or len(roots) != 1 or not _all_reached(graph, roots):
        return None
    steps = _steps(graph, roots[0])
    return steps if steps is not None and compile_steps(steps).same_as(graph) else None


def _all_reached(graph: Graph, roots: list[str]) -> bool:
    return len(topological(graph.outgoing(), roots) or ()) == len(graph.nodes)


def _steps(graph: Graph, root: str) -> list[Step] | None:
    nodes, leaving = graph.by_id, graph.outgoing()
    reach = _reach(leaving, [root])
    end = FINAL if FINAL in nodes else main_exit(graph)
    trunk: list[Step] = []
    own_ends = [] if end == FINAL else [(trunk, end)]
    todo = [(root, end, _flow(leaving, root, end), trunk)]
    seen: set[str] = set()
    while todo:
        at, stop, flow, steps = todo.pop()
        while at != stop:
            if at in seen:
                return None
            seen.add(at)
            step = bare({"id": at, **nodes[at].fields})
            steps.append(step)
            lists = empty_lists(step)
            targets = [edge.target for edge in leaving[at]]
            if not targets or len(targets) != max(1, len(lists)):
                return None
            if not lists:
                at = targets[0]
                continue
            at = _meeting(nodes, targets, stop, flow)
            for target, below in zip(targets, lists, strict=True):
                if flow.alive(target):
                    todo.append((target, at, flow, below))
                else:
                    end = _end_of(leaving, reach, target)
                    own_ends.append((below, end))
                    todo.append((target, end, _flow(leaving, target, end), below))
    for steps, end in own_ends:
        steps.append({"id": end, **nodes[end].fields})
    return trunk


def _meeting(nodes: Mapping[str, Node], targets: list[str], stop: str, flow: _Flow) -> str:
    """Give where the branches to `targets` meet, `stop` when nothing follows them here."""
    alive = [target for target in targets if flow.alive(target)]
    if len(alive) != 1:
        return flow.meeting(alive) if alive else stop
    guards = all(nodes[target].word == "exit" for target in targets if target not in alive)
    return alive[0] if guards else stop


def main_exit(graph: Graph) -> str:
    """Give the node where the trunk of a graph with one root ends: the exit that several ways
    lead to, of which a legal graph has one at most, else the end of what begins at the root."""
    reached = graph.incoming()
    for node in graph.nodes:
        if WORDS.get(node.word) is Shape.END and reached[node.id] > 1:
            return node.id
    leaving, roots = graph.outgoing(), graph.roots()
    return _end_of(leaving, _reach(leaving, roots), roots[0])


def _end_of(leaving: Mapping[str, list[Edge]], reach: _Reach, start: str) -> str:
    """Give the end of what begins at `start`: on from where branches meet, and along the last
    branch where none do."""
    at = start
    while leaving[at]:
        targets = [edge.target for edge in leaving[at]]
        at = reach.first_shared(targets) or targets[-1]
    return at


@dataclass(frozen=True, slots=True)
class _Reach:
    """What each node leads to, as bits in the order of `nodes`, each before all it leads to."""

    nodes: list[str]
    bits: Mapping[str, int]

    def first_shared(self, targets: list[str]) -> str | None:
        """Give the first node that several of `targets` are or lead to."""
        once = twice = 0
        for target in targets:
            twice |= once & self.bits[target]
            once |= self.bits[target]
        lowest = (twice & -twice).bit_length()
        return self.nodes[lowest - 1] if lowest else None


def _reach(leaving: Mapping[str, list[Edge]], roots: list[str]) -> _Reach:
    nodes = topological(leaving, roots) or []
    bits: dict[str, int] = {}
    for place in range(len(nodes) - 1, -1, -1):
        own = 1 << place
        for edge in leaving[nodes[place]]:
            own |= bits[edge.target]
        bits[nodes[place]] = own
    return _Reach(nodes, bits)


def _flow(leaving: Mapping[str, list[Edge]], start: str, end: str) -> _Flow:
    next_: dict[str, str] = {}
    depth = {end: 0}
    flow = _Flow(next_, depth)
    for node in reversed(topological(leaving, [start]) or []):
        ways = [edge.target for edge in leaving[node] if edge.target in depth]
        if node != end and ways:
            next_[node] = flow.meeting(ways)
            depth[node] = depth[next_[node]] + 1
    return flow
