"""From a graph back to the tree of steps.

Every list of steps leads to one end. That of the main sequence is the exit `exit`; that of a branch
is the node where branches meet again, or an exit of its own if it does not rejoin. A branch is
*alive* if it can reach the end of the list that contains its step. Branches that are alive meet
again at their nearest common post-dominator; the others end in exits of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from cioform.core.dataclasses import dataclass
from cioform.core.graph import Dominators, find_dominators
from cioform.language.workflow.conversion.arrangement import Arrangement
from cioform.language.workflow.conversion.compile import PLAIN_EXIT, compile_steps
from cioform.language.workflow.graph import Edge, Graph, Node, topological_order
from cioform.language.workflow.step_ids import MAIN_EXIT_ID
from cioform.language.workflow.step_types import STEP_TYPES
from cioform.language.workflow.tree import Step, add_empty_branches, without_branches


def decompile(graph: Graph, like: Arrangement | None = None) -> list[Step] | None:
    """Return the tree that compiles to `graph`.

    Return None if there is none, because branches cross. The exit with the ID `exit` becomes the
    end of the main sequence. If only one branch continues, the following steps may be in the branch
    or after the step: they are where `like` has them. Without `like`, they are after the step if
    the other branches are only an exit, and otherwise in the branch. Nodes of unknown types have
    their `ways` (see `add_ways`).
    """
    roots = graph.roots()
    if len(roots) != 1 or not _is_fully_reachable(graph, roots):
        return None
    steps = _build_steps(graph, roots[0], like)
    return steps if steps is not None and compile_steps(steps).is_equivalent_to(graph) else None


def _is_fully_reachable(graph: Graph, roots: list[str]) -> bool:
    return len(topological_order(graph.outgoing_edges(), roots) or ()) == len(graph.nodes)


def _build_steps(graph: Graph, root: str, like: Arrangement | None) -> list[Step] | None:
    nodes, outgoing = graph.by_id, graph.outgoing_edges()
    reach = _reachability(outgoing, [root])
    main_exit = MAIN_EXIT_ID if MAIN_EXIT_ID in nodes else find_main_exit(graph, like)
    trunk: list[Step] = []
    # The main exit is a step only if it has other members.
    is_silent = main_exit == MAIN_EXIT_ID and nodes[main_exit].fields == PLAIN_EXIT
    own_exits = {} if is_silent else {main_exit: trunk}
    todo = [(root, main_exit, _post_dominators(outgoing, root, main_exit), trunk)]
    seen: set[str] = set()
    while todo:
        at, stop, flow, steps = todo.pop()
        while at != stop:
            if at in seen:
                return None
            seen.add(at)
            step = without_branches({"id": at, **nodes[at].fields})
            steps.append(step)
            branches = add_empty_branches(step)
            targets = [edge.target for edge in outgoing[at]]
            if not targets or len(targets) != max(1, len(branches)):
                return None
            if not branches:
                at = targets[0]
                continue
            alive = [way for way, target in enumerate(targets) if target in flow.depths]
            if like is not None and len(alive) == 1 and like.has_exit(at, alive[0]):
                own_exits |= {stop: branches[alive[0]]} if stop in own_exits else {}
            at = _join_node(nodes, at, targets, stop, flow, like)
            for target, branch in zip(targets, branches, strict=True):
                if target in flow.depths:
                    todo.append((target, at, flow, branch))
                else:
                    end = _find_end(outgoing, reach, target, like)
                    own_exits[end] = branch
                    todo.append((target, end, _post_dominators(outgoing, target, end), branch))
    for end, steps in own_exits.items():
        steps.append({"id": end, **nodes[end].fields})
    return trunk


def _join_node(
    nodes: Mapping[str, Node],
    step: str,
    targets: list[str],
    stop: str,
    flow: Dominators[str],
    like: Arrangement | None,
) -> str:
    """Return where the branches to `targets` meet; `stop` if nothing follows them here."""
    alive = [target for target in targets if target in flow.depths]
    if len(alive) != 1:
        return flow.nearest_common(alive) or stop
    [first] = alive
    before_stop = list(takewhile(lambda node: node != stop, flow.upward(first)))
    following = like and like.first_after(step, targets.index(first), before_stop)
    if following is not None:
        return following or stop
    others_exit = all(nodes[target].keyword == "exit" for target in targets if target != first)
    return first if others_exit else stop


def find_main_exit(graph: Graph, like: Arrangement | None = None) -> str:
    """Return the node where the main sequence of a graph with one root ends.

    That is the exit that several edges lead to, of which a legal graph has at most one, or else
    the end of what begins at the root.
    """
    in_degrees = graph.in_degrees()
    for node in graph.nodes:
        row = STEP_TYPES.get(node.keyword)
        if row is not None and row.ends_journey and in_degrees[node.id] > 1:
            return node.id
    outgoing, roots = graph.outgoing_edges(), graph.roots()
    return _find_end(outgoing, _reachability(outgoing, roots), roots[0], like)


def _find_end(
    outgoing: Mapping[str, list[Edge]], reach: _Reachability, start: str, like: Arrangement | None
) -> str:
    """Return the end of what begins at `start`.

    The search continues where branches meet. Where none do, it continues along the last branch
    that goes on in `like`, or else along the last one.
    """
    at = start
    while outgoing[at]:
        targets = [edge.target for edge in outgoing[at]]
        way = None if like is None else like.main_way(at)
        last = targets[-1] if way is None or way >= len(targets) else targets[way]
        at = reach.first_common(targets) or last
    return at


@dataclass(frozen=True, slots=True)
class _Reachability:
    """What each node leads to, as bits in the order of `nodes`; a node precedes its successors."""

    nodes: list[str]
    bits: Mapping[str, int]

    def first_common(self, targets: list[str]) -> str | None:
        """Return the first node that several of `targets` are or lead to."""
        once = twice = 0
        for target in targets:
            twice |= once & self.bits[target]
            once |= self.bits[target]
        lowest = (twice & -twice).bit_length()
        return self.nodes[lowest - 1] if lowest else None


def _reachability(outgoing: Mapping[str, list[Edge]], roots: list[str]) -> _Reachability:
    nodes = topological_order(outgoing, roots) or []
    bits: dict[str, int] = {}
    for index in range(len(nodes) - 1, -1, -1):
        reached = 1 << index
        for edge in outgoing[nodes[index]]:
            reached |= bits[edge.target]
        bits[nodes[index]] = reached
    return _Reachability(nodes, bits)


def _post_dominators(outgoing: Mapping[str, list[Edge]], start: str, end: str) -> Dominators[str]:
    """Return what all ways to `end` pass, for the nodes after `start` that can reach it."""
    order = topological_order(outgoing, [start]) or []
    return find_dominators(
        [end], reversed(order), lambda node: [edge.target for edge in outgoing[node]]
    )
