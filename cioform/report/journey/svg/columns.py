"""The columns of a layered drawing.

Branches stand side by side below the node they leave, and the node where they meet stands in the
middle below them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cioform.report.journey.svg.layers import dominators

Contour = dict[int, tuple[float, float]]
"""The leftmost and the rightmost column taken in each layer."""


@dataclass(slots=True)
class _Node:
    """A node on its way to a column."""

    layer: int
    sources: list[int] = field(default_factory=list)
    dominator: int | None = None
    """The last node that all ways to it pass."""
    dominated: list[int] = field(default_factory=list)
    """The nodes that have this one as their dominator."""
    offset: float = 0.0
    """Its column, counted from that of its dominator."""
    contour: Contour = field(default_factory=dict)
    """Of itself and all it dominates, counted from its own column."""


def assign_columns(
    layers: Sequence[int], edges: Sequence[tuple[int, int]], ranks: Sequence[float] | None = None
) -> list[float]:
    """Return a column for each node of a graph in which every edge leads one layer down.

    Nodes of one layer are at least one column apart. Branches stand in the order of their edges,
    or of their `ranks` if those are passed.
    """
    nodes = [_Node(layer) for layer in layers]
    for source, target in edges:
        nodes[target].sources.append(source)
    order = sorted(range(len(nodes)), key=layers.__getitem__)
    above = dominators(layers, edges)
    for number in order:
        nodes[number].dominator = above[number]
        if (dominator := above[number]) is not None:
            nodes[dominator].dominated.append(number)
    place = {edge: at for at, edge in enumerate(edges)}
    for number in reversed(order):
        heads = [n for n in nodes[number].dominated if len(nodes[n].sources) == 1]
        heads.sort(key=lambda n: ranks[n] if ranks else place[nodes[n].sources[0], n])
        _place_dominated(nodes, number, heads)
    xs = [0.0] * len(nodes)
    taken: Contour = {}
    for number in order:
        node = nodes[number]
        if node.dominator is not None:
            xs[number] = xs[node.dominator] + node.offset
        else:
            xs[number] = _right_of(taken, node.contour)
            _merge_contour(taken, node.contour, xs[number])
    return xs


def _place_dominated(nodes: Sequence[_Node], number: int, heads: Sequence[int]) -> None:
    """Place what a node dominates directly: its branches, then the nodes where branches meet.

    The latter are placed from top to bottom.
    """
    node = nodes[number]
    node.contour = {node.layer: (0.0, 0.0)}
    row: Contour = {}
    for head in heads:
        nodes[head].offset = _right_of(row, nodes[head].contour)
        _merge_contour(row, nodes[head].contour, nodes[head].offset)
    middle = (nodes[heads[0]].offset + nodes[heads[-1]].offset) / 2 if heads else 0.0
    for head in heads:
        nodes[head].offset -= middle
    _merge_contour(node.contour, row, -middle)
    for meeting in (n for n in node.dominated if len(nodes[n].sources) > 1):
        ways = [_relative_column(nodes, source, number) for source in nodes[meeting].sources]
        wanted = (min(ways) + max(ways)) / 2
        nodes[meeting].offset = _nearest_free_column(node.contour, nodes[meeting].contour, wanted)
        _merge_contour(node.contour, nodes[meeting].contour, nodes[meeting].offset)


def _relative_column(nodes: Sequence[_Node], number: int, dominator: int) -> float:
    """Return the column of a node, counted from that of a node somewhere above it."""
    x = 0.0
    at: int | None = number
    while at is not None and at != dominator:
        x += nodes[at].offset
        at = nodes[at].dominator
    return x


def _right_of(taken: Contour, contour: Contour) -> float:
    """Return the leftmost column to the right of all that is taken."""
    return max(
        (taken[at][1] + 1 - contour[at][0] for at in taken.keys() & contour.keys()), default=0.0
    )


def _nearest_free_column(taken: Contour, contour: Contour, wanted: float) -> float:
    """Return the column nearest to `wanted` that is clear of all that is taken."""
    shared = taken.keys() & contour.keys()
    right = max((taken[at][1] + 1 - contour[at][0] for at in shared), default=wanted)
    left = min((taken[at][0] - 1 - contour[at][1] for at in shared), default=wanted)
    if all(
        wanted + contour[at][0] >= taken[at][1] + 1 or wanted + contour[at][1] <= taken[at][0] - 1
        for at in shared
    ):
        return wanted
    return right if right - wanted <= wanted - left else left


def _merge_contour(taken: Contour, contour: Contour, shift: float) -> None:
    for at, (low, high) in contour.items():
        left, right = taken.get(at, (low + shift, high + shift))
        taken[at] = min(left, low + shift), max(right, high + shift)
