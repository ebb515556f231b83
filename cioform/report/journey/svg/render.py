"""A journey as an SVG diagram: one file that needs nothing else, for light and dark pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from cioform.report.journey.labels import Family
from cioform.report.journey.model import ChangeMark, Journey, JourneyEdge, JourneyNode
from cioform.report.journey.svg.boxes import wrap_text
from cioform.report.journey.svg.drawing import (
    MARGIN,
    MIN_WIDTH,
    LineSegment,
    PlacedBox,
    Position,
    build_drawing,
)
from cioform.report.journey.svg.style import STYLE

_CLASSES: Final = {
    ChangeMark.ADDED: "added",
    ChangeMark.REMOVED: "removed",
    ChangeMark.CHANGED: "changed",
}
_SIGNS: Final = {
    ChangeMark.ADDED: "+",
    ChangeMark.REMOVED: "\N{MINUS SIGN}",
    ChangeMark.CHANGED: "~",
}
_CORNER_RADII: Final = {Family.EXIT: 16.0, Family.WAIT: 26.0, Family.DATA: 3.0}
_CHOICE_CORNER: Final = 12.0
_ARROW_LENGTH: Final = 7.0
_INVALID_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_svg(journey: Journey) -> str:
    """Give the diagram as a document. Raises UsageWrong where the library that lays it out is
    not installed."""
    head = list(_header_lines(journey))
    drawing = build_drawing(journey, head[-1][2] + 30)
    width, height = round(drawing.width), round(drawing.height)
    title = _escape(journey.name)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    page = f'x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="12"'
    labels = [(drawn.edge, drawn.label) for drawn in drawing.edges if drawn.label is not None]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" {page}/>',
        *(_line(style, text, MARGIN, y) for style, text, y in head),
        *(_edge_path(drawn.edge.mark, drawn.line_segments) for drawn in drawing.edges),
        *(_label_box(way, placed) for way, placed in labels),
        *(_node_group(journey.nodes[id_], placed) for id_, placed in drawing.nodes.items()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _header_lines(journey: Journey) -> Iterator[tuple[str, str, float]]:
    """Give the lines above the picture: how each looks, what it says, its baseline."""
    y = MARGIN + 12.0
    yield "name", journey.name, y
    y += 6
    for style, texts in (("about", [journey.description]), ("note", journey.notes)):
        for text in texts:
            for part in wrap_text(text, MIN_WIDTH - 2 * MARGIN, 12.5, 4):
                y += 18
                yield style, part, y


def _edge_path(mark: ChangeMark, line_segments: Sequence[LineSegment]) -> str:
    (_, here), *others = line_segments
    line = f"M{_coordinates(here)}"
    for number, (upper, lower) in enumerate(others, 1):
        final = number == len(others)
        end = (upper[0], upper[1] - _ARROW_LENGTH) if final else upper
        line += _curve(here, end)
        if not final:
            line += f"V{lower[1]:g}"
        here = end if final else lower
    x, y = here
    tip = f"M{_coordinates((x - 4.5, y - 1))}L{_coordinates((x, y + _ARROW_LENGTH - 0.5))}L{_coordinates((x + 4.5, y - 1))}Z"
    return f'<path class="way{_mark_class(mark)}" d="{line}"/><path class="tip{_mark_class(mark)}" d="{tip}"/>'


def _curve(start: Position, end: Position) -> str:
    if abs(start[0] - end[0]) < 0.5:
        return f"V{end[1]:g}"
    middle = (start[1] + end[1]) / 2
    return (
        f"C{_coordinates((start[0], middle))} {_coordinates((end[0], middle))} {_coordinates(end)}"
    )


def _label_box(edge: JourneyEdge, placed: PlacedBox) -> str:
    box = placed.box
    place = f'x="{placed.left:g}" y="{placed.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return "".join(
        [
            f'<rect class="tag{_mark_class(edge.mark)}" {place} rx="10.5"/>',
            *_lines(placed, placed.x, ' text-anchor="middle"'),
        ]
    )


def _node_group(stop: JourneyNode, placed: PlacedBox) -> str:
    if stop.family is Family.EXIT:
        lines = _lines(placed, placed.x, ' text-anchor="middle"')
    else:
        lines = _lines(placed, placed.left + 17)
    outline = _box_outline(stop.family, placed)
    badge = "" if stop.mark is ChangeMark.SAME else _badge(stop.mark, placed)
    group = f'<g class="{stop.family.value}{_mark_class(stop.mark)}">'
    return "".join([group, f'<path class="box" d="{outline}"/>', *lines, badge, "</g>"])


def _badge(mark: ChangeMark, placed: PlacedBox) -> str:
    x, y = placed.left + placed.box.width - 3, placed.y + 3
    sign = _line("sign", _SIGNS[mark], x, y + 5, ' text-anchor="middle"')
    return f'<circle class="badge" cx="{x:g}" cy="{y:g}" r="10"/>{sign}'


def _box_outline(family: Family, placed: PlacedBox) -> str:
    """Give the form of a family's box: rounded, as a pill, or with cut corners for a choice."""
    width, height = placed.box.width, placed.box.height
    if family is Family.CHOICE:
        r, corner = _CHOICE_CORNER, "l{} {}"
    else:
        r = min(_CORNER_RADII.get(family, 10.0), height / 2)
        corner = f"a{r:g} {r:g} 0 0 1 {{}} {{}}"
    turns = [(r, r), (-r, r), (-r, -r), (r, -r)]
    sides = (
        f"h{width - 2 * r:g}",
        f"v{height - 2 * r:g}",
        f"h{2 * r - width:g}",
        f"v{2 * r - height:g}",
    )
    path = "".join(
        side + corner.format(f"{x:g}", f"{y:g}") for side, (x, y) in zip(sides, turns, strict=True)
    )
    return f"M{_coordinates((placed.left + r, placed.y))}{path}Z"


def _lines(placed: PlacedBox, x: float, more: str = "") -> Iterator[str]:
    for line in placed.box.lines:
        yield _line(line.style, line.text, x, placed.y + line.baseline, more)


def _line(style: str, text: str, x: float, y: float, more: str = "") -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{more}>{_escape(text)}</text>'


def _coordinates(spot: Position) -> str:
    return f"{spot[0]:g} {spot[1]:g}"


def _mark_class(mark: ChangeMark) -> str:
    return f" {_CLASSES[mark]}" if mark in _CLASSES else ""


def _escape(text: str) -> str:
    return escape(_INVALID_XML.sub("\ufffd", text))
