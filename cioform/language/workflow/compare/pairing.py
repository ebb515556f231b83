"""Pair the steps of two workflows whose IDs differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from cioform.language.workflow.compare.replaced_steps import can_become
from cioform.language.workflow.graph import Graph, Node

IsSame = Callable[[Node, Node], bool]
"""Returns whether a step of one workflow has the content of a step of the other."""


def pair_steps(live: Graph, wanted: Graph, is_same: IsSame) -> dict[str, str]:
    """Return the step of `wanted` for each step of `live`, as far as that is certain.

    In two workflows of the same shape, steps in the same places belong together. Otherwise, steps
    with the same ID do, or the only two with the same content. `can_become` decides whether the
    types are compatible.
    """
    by_id = _pair_by_id(live, wanted)
    by_place = _pair_by_place(live, wanted)
    live_nodes, wanted_nodes = live.by_id, wanted.by_id

    def count_same(pairs: Mapping[str, str]) -> int:
        return sum(is_same(live_nodes[one], wanted_nodes[other]) for one, other in pairs.items())

    # Steps that changed places have their IDs and their contents, but not their places.
    if by_place is not None and count_same(by_place) >= count_same(by_id):
        return by_place
    return {**by_id, **_pair_by_content(live, wanted, by_id, is_same)}


def _pair_by_id(live: Graph, wanted: Graph) -> dict[str, str]:
    nodes = wanted.by_id
    return {
        node.id: node.id
        for node in live.nodes
        if node.id in nodes and can_become(node.action_type, nodes[node.id])
    }


def _pair_by_place(live: Graph, wanted: Graph) -> dict[str, str] | None:
    """Return the pairs of two graphs of the same shape and types, None for others."""
    live_nodes, wanted_nodes = live.by_id, wanted.by_id
    live_edges, wanted_edges = live.outgoing_edges(), wanted.outgoing_edges()
    pairs: dict[str, str] = {}
    left = list(zip(live.roots(), wanted.roots(), strict=False))
    while left:
        one, other = left.pop()
        if one in pairs or other in pairs.values():
            if pairs.get(one) != other:
                return None
            continue
        ways, wanted_ways = live_edges[one], wanted_edges[other]
        if [edge.branch for edge in ways] != [edge.branch for edge in wanted_ways]:
            return None
        if not can_become(live_nodes[one].action_type, wanted_nodes[other]):
            return None
        pairs[one] = other
        left += [(a.target, b.target) for a, b in zip(ways, wanted_ways, strict=True)]
    is_whole = len(pairs) == len(live.nodes) == len(wanted.nodes)
    return pairs if is_whole else None


def _pair_by_content(
    live: Graph, wanted: Graph, pairs: Mapping[str, str], is_same: IsSame
) -> dict[str, str]:
    """Return the pairs of other steps whose content is there once on both sides."""
    taken = set(pairs.values())
    same = [
        (one.id, other.id)
        for one in live.nodes
        if one.id not in pairs
        for other in wanted.nodes
        if other.id not in taken and is_same(one, other)
    ]
    counts = Counter(one for one, _ in same), Counter(other for _, other in same)
    return {one: other for one, other in same if counts[0][one] == counts[1][other] == 1}
