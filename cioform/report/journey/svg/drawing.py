"""Positions in a diagram, in pixels: nodes, labels, and the edges between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.report.journey.model import ChangeMark, Journey, JourneyEdge
from cioform.report.journey.svg.boxes import BOX_WIDTH, Box, label_box, node_box
from cioform.report.journey.svg.layout import Arrangement, arrange

MARGIN: Final = 36
MIN_WIDTH: Final = 480
_COLUMN_WIDTH: Final = BOX_WIDTH + 36
_LAYER_GAP: Final = 34

Position = tuple[float, float]
"""x and y in pixels, counted from the top left corner."""
LineSegment = tuple[Position, Position]
"""A straight vertical part of an edge, from its upper to its lower end."""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with the middle of its top side."""

    box: Box
    x: float
    y: float

    @property
    def left(self) -> float:
        """The x of its left side."""
        return self.x - self.box.width / 2

    @property
    def line_segment(self) -> LineSegment:
        """The part of an edge that is behind the box."""
        return (self.x, self.y), (self.x, self.y + self.box.height)


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge with its place."""

    edge: JourneyEdge
    line_segments: tuple[LineSegment, ...]
    """The straight parts, those behind its nodes included. Curves connect them."""
    label: PlacedBox | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything is, in pixels."""

    nodes: Mapping[str, PlacedBox]
    edges: tuple[PlacedEdge, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """Converts columns and layers to pixels."""

    first_column: float
    first_x: float
    """The x of the first column."""
    rows: Sequence[tuple[float, float]]
    """The y of top and bottom of each layer."""

    def x(self, column: float) -> float:
        return self.first_x + (column - self.first_column) * _COLUMN_WIDTH

    def place_box(self, box: Box, column: float, layer: int) -> PlacedBox:
        top, bottom = self.rows[layer]
        return PlacedBox(box, self.x(column), (top + bottom - box.height) / 2)

    def line_segment(self, column: float, layer: int) -> LineSegment:
        top, bottom = self.rows[layer]
        return (self.x(column), top), (self.x(column), bottom)


def build_drawing(journey: Journey, top: float) -> Drawing:
    """Return where everything is, below `top`.

    A label is arranged like a node: it has a place of its own in a layer and a column, so that
    nothing overlaps it.
    """
    journey_edges = _merge_parallel_edges(journey.edges)
    numbers = {id_: number for number, id_ in enumerate(journey.nodes)}
    boxes = [node_box(node) for node in journey.nodes.values()]
    chains: list[list[int]] = []
    for edge in journey_edges:
        chain = [numbers[edge.source], numbers[edge.target]]
        if edge.label:
            chain.insert(1, len(boxes))
            boxes.append(label_box(edge.label))
        chains.append(chain)
    links = [link for chain in chains for link in pairwise(chain)]
    arranged = arrange(len(boxes), links)
    grid, width = _build_grid(arranged, boxes, top)
    placed = [
        grid.place_box(box, *place) for box, place in zip(boxes, arranged.places, strict=True)
    ]
    bends = {
        link: [grid.line_segment(*point) for point in points]
        for link, points in zip(links, arranged.bends, strict=True)
    }
    return Drawing(
        nodes={id_: placed[number] for id_, number in numbers.items()},
        edges=tuple(
            _place_edge(edge, chain, placed, bends)
            for edge, chain in zip(journey_edges, chains, strict=True)
        ),
        width=width,
        height=grid.rows[-1][1] + MARGIN,
    )


def _merge_parallel_edges(edges: Sequence[JourneyEdge]) -> list[JourneyEdge]:
    """Return the edges, with those between the same two nodes merged into one."""
    labels: dict[tuple[str, str, ChangeMark], list[str]] = {}
    for edge in edges:
        labels.setdefault((edge.source, edge.target, edge.mark), []).append(edge.label)
    return [
        JourneyEdge(source, target, " or ".join(filter(None, merged)), mark)
        for (source, target, mark), merged in labels.items()
    ]


def _build_grid(arranged: Arrangement, boxes: Sequence[Box], top: float) -> tuple[_Grid, float]:
    """Return the grid, and the width of the drawing."""
    columns = [x for x, _ in arranged.places] + [x for bend in arranged.bends for x, _ in bend]
    span = (max(columns) - min(columns)) * _COLUMN_WIDTH
    width = max(span + BOX_WIDTH + 2 * MARGIN, MIN_WIDTH)
    heights = [0.0] * (max(layer for _, layer in arranged.places) + 1)
    for box, (_, layer) in zip(boxes, arranged.places, strict=True):
        heights[layer] = max(heights[layer], box.height)
    rows = []
    for height in heights:
        rows.append((top, top + height))
        top += height + _LAYER_GAP
    return _Grid(min(columns), (width - span) / 2, rows), width


def _place_edge(
    journey_edge: JourneyEdge,
    chain: Sequence[int],
    placed: Sequence[PlacedBox],
    bends: Mapping[tuple[int, int], Sequence[LineSegment]],
) -> PlacedEdge:
    segments = [placed[chain[0]].line_segment]
    for link in pairwise(chain):
        segments += [*bends[link], placed[link[1]].line_segment]
    return PlacedEdge(journey_edge, tuple(segments), placed[chain[1]] if len(chain) > 2 else None)
