"""Where everything in a diagram is, in pixels: stops, labels, and the ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cioform.report.journey.model import Journey, Mark, Way
from cioform.report.journey.svg.boxes import WIDTH, Box, label_box, stop_box
from cioform.report.journey.svg.layout import Arrangement, arrange

MARGIN: Final = 36
NARROWEST: Final = 480
_COLUMN: Final = WIDTH + 36
_GAP: Final = 34

Spot = tuple[float, float]
Piece = tuple[Spot, Spot]
"""A straight piece of a way, from its upper to its lower end."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with the middle of its top."""

    box: Box
    x: float
    y: float

    @property
    def left(self) -> float:
        """Its left side."""
        return self.x - self.box.width / 2

    @property
    def piece(self) -> Piece:
        """What a way that passes through it keeps clear of its neighbours."""
        return (self.x, self.y), (self.x, self.y + self.box.height)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A way with its place."""

    way: Way
    pieces: tuple[Piece, ...]
    """What it runs straight through, its stops included; it may bend in between."""
    label: Placed | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything is."""

    stops: Mapping[str, Placed]
    ways: tuple[Drawn, ...]
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
        return self.shift + (column - self.left) * _COLUMN

    def placed(self, box: Box, column: float, layer: int) -> Placed:
        top, bottom = self.rows[layer]
        return Placed(box, self.x(column), (top + bottom - box.height) / 2)

    def bend(self, column: float, layer: int) -> Piece:
        top, bottom = self.rows[layer]
        return (self.x(column), top), (self.x(column), bottom)


def draw(journey: Journey, top: float) -> Drawing:
    """Give the places of everything below `top`. A label is laid out like a stop, with a layer
    and a column to itself, so that nothing ever lies on it."""
    ways = _together(journey.ways)
    stops = {id_: number for number, id_ in enumerate(journey.stops)}
    boxes = [stop_box(stop) for stop in journey.stops.values()]
    chains: list[list[int]] = []
    for way in ways:
        chain = [stops[way.source], stops[way.target]]
        if way.label:
            chain.insert(1, len(boxes))
            boxes.append(label_box(way.label))
        chains.append(chain)
    edges = [edge for chain in chains for edge in pairwise(chain)]
    arranged = arrange(len(boxes), edges)
    grid, width = _grid(arranged, boxes, top)
    placed = [grid.placed(box, *at) for box, at in zip(boxes, arranged.places, strict=True)]
    bends = {
        edge: [grid.bend(*at) for at in points]
        for edge, points in zip(edges, arranged.bends, strict=True)
    }
    drawn = [_drawn(way, chain, placed, bends) for way, chain in zip(ways, chains, strict=True)]
    return Drawing(
        {id_: placed[number] for id_, number in stops.items()},
        tuple(drawn),
        width,
        grid.rows[-1][1] + MARGIN,
    )


def _together(ways: Sequence[Way]) -> list[Way]:
    """Give the ways with those between the same two stops made one."""
    labels: dict[tuple[str, str, Mark], list[str]] = {}
    for way in ways:
        labels.setdefault((way.source, way.target, way.mark), []).append(way.label)
    return [
        Way(source, target, " or ".join(filter(None, said)), mark)
        for (source, target, mark), said in labels.items()
    ]


def _grid(arranged: Arrangement, boxes: Sequence[Box], top: float) -> tuple[_Grid, float]:
    """Give the grid, and the width of the whole."""
    columns = [x for x, _ in arranged.places] + [x for bend in arranged.bends for x, _ in bend]
    span = (max(columns) - min(columns)) * _COLUMN
    width = max(span + WIDTH + 2 * MARGIN, NARROWEST)
    heights = [0.0] * (max(layer for _, layer in arranged.places) + 1)
    for box, (_, layer) in zip(boxes, arranged.places, strict=True):
        heights[layer] = max(heights[layer], box.height)
    rows = []
    for height in heights:
        rows.append((top, top + height))
        top += height + _GAP
    return _Grid(min(columns), (width - span) / 2, rows), width


def _drawn(
    way: Way,
    chain: Sequence[int],
    placed: Sequence[Placed],
    bends: Mapping[tuple[int, int], Sequence[Piece]],
) -> Drawn:
    pieces = [placed[chain[0]].piece]
    for edge in pairwise(chain):
        pieces += [*bends[edge], placed[edge[1]].piece]
    return Drawn(way, tuple(pieces), placed[chain[1]] if len(chain) > 2 else None)
