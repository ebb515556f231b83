"""Where everything in a diagram is, in pixels: stops, labels, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cioform.report.journey.model import ChangeMark, Journey, JourneyEdge
from cioform.report.journey.svg.boxes import BOX_WIDTH, Box, label_box, node_box
from cioform.report.journey.svg.layout import Arrangement, arrange

MARGIN: Final = 36
MIN_WIDTH: Final = 480
_COLUMN_WIDTH: Final = BOX_WIDTH + 36
_LAYER_GAP: Final = 34

Position = tuple[float, float]
LineSegment = tuple[Position, Position]
"""A straight piece of a way, from its upper to its lower end."""


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box with the middle of its top."""

    box: Box
    x: float
    y: float

    @property
    def left(self) -> float:
        """Its left side."""
        return self.x - self.box.width / 2

    @property
    def line_segment(self) -> LineSegment:
        """What a way that passes through it keeps clear of its neighbours."""
        return (self.x, self.y), (self.x, self.y + self.box.height)


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """A way with its place."""

    edge: JourneyEdge
    line_segments: tuple[LineSegment, ...]
    """What it runs straight through, its stops included; it may bend in between."""
    label: PlacedBox | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything is."""

    nodes: Mapping[str, PlacedBox]
    edges: tuple[PlacedEdge, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """What columns and layers are in pixels."""

    left: float
    shift: float
    rows: Sequence[tuple[float, float]]
    """Top and bottom of each layer."""

    def x(self, column: float) -> float:
        return self.shift + (column - self.left) * _COLUMN_WIDTH

    def place_box(self, box: Box, column: float, layer: int) -> PlacedBox:
        top, bottom = self.rows[layer]
        return PlacedBox(box, self.x(column), (top + bottom - box.height) / 2)

    def bend(self, column: float, layer: int) -> LineSegment:
        top, bottom = self.rows[layer]
        return (self.x(column), top), (self.x(column), bottom)


def build_drawing(journey: Journey, top: float) -> Drawing:
    """Give the places of everything below `top`. A label is laid out like a stop, with a layer
    and a column to itself, so that nothing ever lies on it."""
    ways = _merge_parallel_edges(journey.edges)
    stops = {id_: number for number, id_ in enumerate(journey.nodes)}
    boxes = [node_box(stop) for stop in journey.nodes.values()]
    chains: list[list[int]] = []
    for way in ways:
        chain = [stops[way.source], stops[way.target]]
        if way.label:
            chain.insert(1, len(boxes))
            boxes.append(label_box(way.label))
        chains.append(chain)
    edges = [edge for chain in chains for edge in pairwise(chain)]
    arranged = arrange(len(boxes), edges)
    grid, width = _build_grid(arranged, boxes, top)
    placed = [grid.place_box(box, *at) for box, at in zip(boxes, arranged.places, strict=True)]
    bends = {
        edge: [grid.bend(*at) for at in points]
        for edge, points in zip(edges, arranged.bends, strict=True)
    }
    drawn = [
        _place_edge(way, chain, placed, bends) for way, chain in zip(ways, chains, strict=True)
    ]
    return Drawing(
        {id_: placed[number] for id_, number in stops.items()},
        tuple(drawn),
        width,
        grid.rows[-1][1] + MARGIN,
    )


def _merge_parallel_edges(edges: Sequence[JourneyEdge]) -> list[JourneyEdge]:
    """Give the ways with those between the same two stops made one."""
    labels: dict[tuple[str, str, ChangeMark], list[str]] = {}
    for way in edges:
        labels.setdefault((way.source, way.target, way.mark), []).append(way.label)
    return [
        JourneyEdge(source, target, " or ".join(filter(None, said)), mark)
        for (source, target, mark), said in labels.items()
    ]


def _build_grid(arranged: Arrangement, boxes: Sequence[Box], top: float) -> tuple[_Grid, float]:
    """Give the grid, and the width of the whole."""
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
    pieces = [placed[chain[0]].line_segment]
    for edge in pairwise(chain):
        pieces += [*bends[edge], placed[edge[1]].line_segment]
    return PlacedEdge(journey_edge, tuple(pieces), placed[chain[1]] if len(chain) > 2 else None)
