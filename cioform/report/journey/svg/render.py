"""A journey as an SVG diagram: one file that needs nothing else, for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.report.journey.labels import Family
from cioform.report.journey.model import (
    MARK_NAMES,
    ChangeMark,
    Journey,
    JourneyEdge,
    JourneyNode,
)
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

_SIGNS: Final = {
    ChangeMark.ADDED: "+",
    ChangeMark.REMOVED: "\N{MINUS SIGN}",
    ChangeMark.CHANGED: "~",
    ChangeMark.MOVED: "»",
    ChangeMark.REPLACED: "\N{PLUS-MINUS SIGN}",
}
_CORNER_RADII: Final = {Family.EXIT: 16.0, Family.WAIT: 26.0, Family.DATA: 3.0}
_CHOICE_CORNER: Final = 12.0
_ARROW_LENGTH: Final = 7.0
_CENTERED: Final = ' text-anchor="middle"'
_INVALID_XML: Final = lazy_pattern(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_svg(journey: Journey) -> str:
    """Return the diagram as a document.

    Raises UsageError if branches cross and the library that arranges them is not installed.
    """
    header = list(_header_lines(journey))
    *_, (_, _, header_bottom) = header
    drawing = build_drawing(journey, header_bottom + 30)
    width, height = round(drawing.width), round(drawing.height)
    title = _escape(journey.name)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    page = f'x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="12"'
    labels = [(placed.edge, placed.label) for placed in drawing.edges if placed.label is not None]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" {page}/>',
        *(_line(style, text, MARGIN, y) for style, text, y in header),
        *(_edge_path(placed.edge.mark, placed.line_segments) for placed in drawing.edges),
        *(_label_box(edge, placed) for edge, placed in labels),
        *(_node_group(journey.nodes[id_], placed) for id_, placed in drawing.nodes.items()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _header_lines(journey: Journey) -> Iterator[tuple[str, str, float]]:
    """Yield the lines above the picture: class in the style sheet, text, and baseline."""
    y = MARGIN + 12.0
    yield "name", journey.name, y
    y += 6
    for style, texts in (("description", [journey.description]), ("note", journey.notes)):
        for text in texts:
            for part in wrap_text(text, MIN_WIDTH - 2 * MARGIN, 12.5, 4):
                y += 18
                yield style, part, y


def _edge_path(mark: ChangeMark, line_segments: Sequence[LineSegment]) -> str:
    (_, start), *others = line_segments
    line = f"M{_coordinates(start)}"
    for number, (upper, lower) in enumerate(others, 1):
        is_last = number == len(others)
        end = (upper[0], upper[1] - _ARROW_LENGTH) if is_last else upper
        line += _curve(start, end)
        if not is_last:
            line += f"V{lower[1]:g}"
        start = end if is_last else lower
    mark_class = _mark_class(mark)
    tip = _arrow_tip(start)
    return f'<path class="edge{mark_class}" d="{line}"/><path class="tip{mark_class}" d="{tip}"/>'


def _arrow_tip(base: Position) -> str:
    x, y = base
    left, right = (x - 4.5, y - 1), (x + 4.5, y - 1)
    point = (x, y + _ARROW_LENGTH - 0.5)
    return f"M{_coordinates(left)}L{_coordinates(point)}L{_coordinates(right)}Z"


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
    rect = f'<rect class="tag{_mark_class(edge.mark)}" {place} rx="10.5"/>'
    return "".join([rect, *_lines(placed, placed.x, _CENTERED)])


def _node_group(node: JourneyNode, placed: PlacedBox) -> str:
    if node.family is Family.EXIT:
        lines = _lines(placed, placed.x, _CENTERED)
    else:
        lines = _lines(placed, placed.left + 17)
    outline = _box_outline(node.family, placed)
    badge = "" if node.mark is ChangeMark.SAME else _badge(node.mark, placed)
    group = f'<g class="{node.family.value}{_mark_class(node.mark)}">'
    return "".join([group, f'<path class="box" d="{outline}"/>', *lines, badge, "</g>"])


def _badge(mark: ChangeMark, placed: PlacedBox) -> str:
    x, y = placed.left + placed.box.width - 3, placed.y + 3
    sign = _line("badge-sign", _SIGNS[mark], x, y + 5, _CENTERED)
    return f'<circle class="badge" cx="{x:g}" cy="{y:g}" r="10"/>{sign}'


def _box_outline(family: Family, placed: PlacedBox) -> str:
    """Return the path of a box, whose corners are rounded, or cut off for a choice."""
    width, height = placed.box.width, placed.box.height
    if family is Family.CHOICE:
        radius, corner = _CHOICE_CORNER, "l{} {}"
    else:
        radius = min(_CORNER_RADII.get(family, 10.0), height / 2)
        corner = f"a{radius:g} {radius:g} 0 0 1 {{}} {{}}"
    turns = [(radius, radius), (-radius, radius), (-radius, -radius), (radius, -radius)]
    sides = (
        f"h{width - 2 * radius:g}",
        f"v{height - 2 * radius:g}",
        f"h{2 * radius - width:g}",
        f"v{2 * radius - height:g}",
    )
    path = "".join(
        side + corner.format(f"{x:g}", f"{y:g}") for side, (x, y) in zip(sides, turns, strict=True)
    )
    return f"M{_coordinates((placed.left + radius, placed.y))}{path}Z"


def _lines(placed: PlacedBox, x: float, extra: str = "") -> Iterator[str]:
    for line in placed.box.lines:
        yield _line(line.style, line.text, x, placed.y + line.baseline, extra)


def _line(style: str, text: str, x: float, y: float, extra: str = "") -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{extra}>{_escape(text)}</text>'


def _coordinates(position: Position) -> str:
    return f"{position[0]:g} {position[1]:g}"


def _mark_class(mark: ChangeMark) -> str:
    return f" {MARK_NAMES[mark]}" if mark in MARK_NAMES else ""


def _escape(text: str) -> str:
    return escape(_INVALID_XML.sub("\ufffd", text))
