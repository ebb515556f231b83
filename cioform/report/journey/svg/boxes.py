"""The boxes of a diagram: text broken into lines that fit, and the sizes that follow from it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from cioform.report.journey.labels import Family
from cioform.report.journey.model import Stop

WIDTH: Final = 232
"""Of a step's box, in pixels; so no label is wider than its column."""
_PADDING: Final = 16
_WORD, _TITLE, _TEXT, _LABEL = 11.0, 13.5, 12.0, 11.5
_LINES: Final = {Family.MESSAGE: 3, Family.START: 6, Family.CHOICE: 6}
"""How many lines of text a box may have, where it is not four: what decides is not cut short."""
_BREAKS: Final = "_-./"
"""A word that is too long breaks after these where it can."""
LABEL_WIDTH: Final = 190
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]/\\ -")
_WIDE: Final = frozenset("mwMWQGO@%&…")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: how it looks, and its baseline below the top of the box."""

    style: str
    text: str
    baseline: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something that takes room: a stop, or the label of a way."""

    width: float
    height: float
    lines: tuple[Line, ...]


def stop_box(stop: Stop) -> Box:
    """Give the box of a stop."""
    if stop.family is Family.EXIT:
        return Box(88, 32, (Line("word", stop.word, 20.5),))
    lines, y = [Line("word", stop.word, 22.0)], 22.0
    most = _LINES.get(stop.family, 4)
    for style, text, size, step in (
        ("title", stop.title, _TITLE, 17.0),
        ("text", stop.quoted(240), _TEXT, 15.5),
    ):
        for n, part in enumerate(wrapped(text, WIDTH - 2 * _PADDING, size, most)):
            y += step if n else step + 2
            lines.append(Line(style, part, y))
    return Box(WIDTH, y + 15, tuple(lines))


def label_box(label: str) -> Box:
    """Give the box of the words on a way."""
    parts = wrapped(label, LABEL_WIDTH - 18, _LABEL, 4)
    lines = tuple(Line("label", part, 14.5 + 15 * n) for n, part in enumerate(parts))
    width = max(width_of(part, _LABEL) for part in parts) + 18
    return Box(width, 15 * len(parts) + 6, lines)


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Give `text` in lines of `width` pixels, `most` at most; the last ends in `…` where text is
    left over. A word too long for a line is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, width, size):
            longer = f"{line} {piece}" if line else piece
            if not line or width_of(longer, size) <= width:
                line = longer
            else:
                lines.append(line)
                line = piece
    lines += [line] if line else []
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while width_of(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def width_of(text: str, size: float) -> float:
    """Give about how wide a text is, rather too much than too little: which font a viewer has is
    not known."""
    return size * sum(_em(letter) for letter in text)


def _pieces(word: str, width: float, size: float) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size) > width:
            cut = max(map(piece.rfind, _BREAKS)) + 1 or len(piece)
            pieces.append(piece[:cut])
            piece = piece[cut:]
        piece += letter
    return [*pieces, piece]


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.4
    if letter in _WIDE:
        return 0.98
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if unicodedata.combining(letter):
        return 0.0
    return 0.72 if letter.isupper() else 0.62
