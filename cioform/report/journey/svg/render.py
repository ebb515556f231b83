"""A journey as an SVG diagram: one file that needs nothing else, for light and dark pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from cioform.report.journey.labels import Family
from cioform.report.journey.model import Journey, Mark, Stop, Way
from cioform.report.journey.svg.boxes import wrapped
from cioform.report.journey.svg.drawing import MARGIN, NARROWEST, Piece, Placed, Spot, draw
from cioform.report.journey.svg.style import STYLE

_CLASSES: Final = {Mark.ADDED: "added", Mark.REMOVED: "removed", Mark.CHANGED: "changed"}
_SIGNS: Final = {Mark.ADDED: "+", Mark.REMOVED: "\N{MINUS SIGN}", Mark.CHANGED: "~"}
_CORNERS: Final = {Family.EXIT: 16.0, Family.WAIT: 26.0, Family.DATA: 3.0}
_CUT: Final = 12.0
_TIP: Final = 7.0
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_svg(journey: Journey) -> str:
    """Give the diagram as a document. Raises UsageWrong where the library that lays it out is
    not installed."""
    head = list(_head(journey))
    drawing = draw(journey, head[-1][2] + 30)
    width, height = round(drawing.width), round(drawing.height)
    title = _text(journey.name)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    page = f'x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="12"'
    labels = [(drawn.way, drawn.label) for drawn in drawing.ways if drawn.label is not None]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" {page}/>',
        *(_line(style, text, MARGIN, y) for style, text, y in head),
        *(_way(drawn.way.mark, drawn.pieces) for drawn in drawing.ways),
        *(_label(way, placed) for way, placed in labels),
        *(_stop(journey.stops[id_], placed) for id_, placed in drawing.stops.items()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _head(journey: Journey) -> Iterator[tuple[str, str, float]]:
    """Give the lines above the picture: how each looks, what it says, its baseline."""
    y = MARGIN + 12.0
    yield "name", journey.name, y
    y += 6
    for style, texts in (("about", [journey.description]), ("note", journey.notes)):
        for text in texts:
            for part in wrapped(text, NARROWEST - 2 * MARGIN, 12.5, 4):
                y += 18
                yield style, part, y


def _way(mark: Mark, pieces: Sequence[Piece]) -> str:
    (_, here), *others = pieces
    line = f"M{_at(here)}"
    for number, (upper, lower) in enumerate(others, 1):
        final = number == len(others)
        end = (upper[0], upper[1] - _TIP) if final else upper
        line += _curve(here, end)
        if not final:
            line += f"V{lower[1]:g}"
        here = end if final else lower
    x, y = here
    tip = f"M{_at((x - 4.5, y - 1))}L{_at((x, y + _TIP - 0.5))}L{_at((x + 4.5, y - 1))}Z"
    return (
        f'<path class="way{_class(mark)}" d="{line}"/><path class="tip{_class(mark)}" d="{tip}"/>'
    )


def _curve(start: Spot, end: Spot) -> str:
    if abs(start[0] - end[0]) < 0.5:
        return f"V{end[1]:g}"
    middle = (start[1] + end[1]) / 2
    return f"C{_at((start[0], middle))} {_at((end[0], middle))} {_at(end)}"


def _label(way: Way, placed: Placed) -> str:
    box = placed.box
    place = f'x="{placed.left:g}" y="{placed.y:g}" width="{box.width:g}" height="{box.height:g}"'
    return "".join(
        [
            f'<rect class="tag{_class(way.mark)}" {place} rx="10.5"/>',
            *_lines(placed, placed.x, ' text-anchor="middle"'),
        ]
    )


def _stop(stop: Stop, placed: Placed) -> str:
    if stop.family is Family.EXIT:
        lines = _lines(placed, placed.x, ' text-anchor="middle"')
    else:
        lines = _lines(placed, placed.left + 17)
    outline = _outline(stop.family, placed)
    badge = "" if stop.mark is Mark.SAME else _badge(stop.mark, placed)
    group = f'<g class="{stop.family.value}{_class(stop.mark)}">'
    return "".join([group, f'<path class="box" d="{outline}"/>', *lines, badge, "</g>"])


def _badge(mark: Mark, placed: Placed) -> str:
    x, y = placed.left + placed.box.width - 3, placed.y + 3
    sign = _line("sign", _SIGNS[mark], x, y + 5, ' text-anchor="middle"')
    return f'<circle class="badge" cx="{x:g}" cy="{y:g}" r="10"/>{sign}'


def _outline(family: Family, placed: Placed) -> str:
    """Give the form of a family's box: rounded, as a pill, or with cut corners for a choice."""
    width, height = placed.box.width, placed.box.height
    if family is Family.CHOICE:
        r, corner = _CUT, "l{} {}"
    else:
        r = min(_CORNERS.get(family, 10.0), height / 2)
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
    return f"M{_at((placed.left + r, placed.y))}{path}Z"


def _lines(placed: Placed, x: float, more: str = "") -> Iterator[str]:
    for line in placed.box.lines:
        yield _line(line.style, line.text, x, placed.y + line.baseline, more)


def _line(style: str, text: str, x: float, y: float, more: str = "") -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{more}>{_text(text)}</text>'


def _at(spot: Spot) -> str:
    return f"{spot[0]:g} {spot[1]:g}"


def _class(mark: Mark) -> str:
    return f" {_CLASSES[mark]}" if mark in _CLASSES else ""


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))
