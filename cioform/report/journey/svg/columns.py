"""The columns of a layered drawing.

Branches are side by side below the node they leave, and the node where they join is in the middle
below them.
"""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.dataclasses import dataclass, field
from cioform.report.journey.svg.layers import dominators_in

Contour = dict[int, tuple[float, float]]
"""The leftmost and the rightmost column that is occupied on each layer."""


@dataclass(slots=True)
class _Node:
    """A node whose column is being computed."""

    layer: int
    sources: list[int] = field(default_factory=list)
    dominator: int | None = None
    """The last node that all paths to it pass."""
    dominated: list[int] = field(default_factory=list)
    """The nodes whose dominator it is."""
    offset: float = 0.0
    """Its column, relative to that of its dominator."""
    contour: Contour = field(default_factory=dict)
    """The contour of itself and all it dominates, relative to its own column."""


def assign_columns(
    layers: Sequence[int], edges: Sequence[tuple[int, int]], ranks: Sequence[float] | None = None
) -> list[float]:
    """Return a column for each node of a graph in which every edge leads one layer down.

    Nodes of a layer are at least one column apart. Branches are in the order of their edges, or of
    their `ranks` if those are given.
    """
    nodes = [_Node(layer) for layer in layers]
    for source, target in edges:
        nodes[target].sources.append(source)
    order = sorted(range(len(nodes)), key=layers.__getitem__)
    parents = dominators_in(layers, edges).parents
    for number in order:
        if (dominator := parents.get(number)) is not None:
            nodes[number].dominator = dominator
            nodes[dominator].dominated.append(number)
    edge_numbers = {edge: n for n, edge in enumerate(edges)}
    for number in reversed(order):
        heads = [n for n in nodes[number].dominated if len(nodes[n].sources) == 1]
        heads.sort(key=lambda n: ranks[n] if ranks else edge_numbers[nodes[n].sources[0], n])
        _place_dominated(nodes, number, heads)
    columns = [0.0] * len(nodes)
    occupied: Contour = {}
    for number in order:
        node = nodes[number]
        if node.dominator is not None:
            columns[number] = columns[node.dominator] + node.offset
        else:
            columns[number] = _right_of(occupied, node.contour)
            _merge_contour(occupied, node.contour, columns[number])
    return columns


def _place_dominated(nodes: Sequence[_Node], number: int, heads: Sequence[int]) -> None:
    """Place the nodes whose dominator is `number`: its branches, then the nodes where they join.

    `heads` are the first nodes of the branches. Joins are placed from top to bottom.
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
    for join in (nodes[n] for n in node.dominated if len(nodes[n].sources) > 1):
        sources = [_relative_column(nodes, source, number) for source in join.sources]
        preferred = (min(sources) + max(sources)) / 2
        join.offset = _nearest_free_column(node.contour, join.contour, preferred)
        _merge_contour(node.contour, join.contour, join.offset)


def _relative_column(nodes: Sequence[_Node], number: int, dominator: int) -> float:
    """Return the column of a node, relative to that of a node somewhere above it."""
    column = 0.0
    current: int | None = number
    while current is not None and current != dominator:
        column += nodes[current].offset
        current = nodes[current].dominator
    return column


def _right_of(occupied: Contour, contour: Contour) -> float:
    """Return the leftmost column to the right of everything that is occupied."""
    return max(
        (occupied[layer][1] + 1 - contour[layer][0] for layer in occupied.keys() & contour.keys()),
        default=0.0,
    )


def _nearest_free_column(occupied: Contour, contour: Contour, preferred: float) -> float:
    """Return the column nearest to `preferred` that is clear of everything that is occupied."""
    shared = occupied.keys() & contour.keys()
    right = max((occupied[layer][1] + 1 - contour[layer][0] for layer in shared), default=preferred)
    left = min((occupied[layer][0] - 1 - contour[layer][1] for layer in shared), default=preferred)
    if all(
        preferred + contour[layer][0] >= occupied[layer][1] + 1
        or preferred + contour[layer][1] <= occupied[layer][0] - 1
        for layer in shared
    ):
        return preferred
    return right if right - preferred <= preferred - left else left


def _merge_contour(occupied: Contour, contour: Contour, shift: float) -> None:
    """Add `contour`, moved to the right by `shift`, to what is occupied."""
    for layer, (low, high) in contour.items():
        left, right = occupied.get(layer, (low + shift, high + shift))
        occupied[layer] = min(left, low + shift), max(right, high + shift)
