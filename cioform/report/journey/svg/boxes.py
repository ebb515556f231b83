"""The boxes of a diagram: text broken into lines that fit, and the sizes that follow from it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from cioform.report.journey.labels import Family
from cioform.report.journey.model import JourneyNode

BOX_WIDTH: Final = 232
"""Of a step's box, in pixels; so no label is wider than its column."""
_PADDING: Final = 16
_WORD_SIZE, _TITLE_SIZE, _TEXT_SIZE, _LABEL_SIZE = 11.0, 13.5, 12.0, 11.5
_MAX_LINES: Final = {Family.MESSAGE: 3, Family.START: 6, Family.CHOICE: 6}
"""How many lines of text a box may have, where it is not four: what decides is not cut short."""
_BREAK_AFTER: Final = "_-./"
"""A word that is too long breaks after these where it can."""
MAX_LABEL_WIDTH: Final = 190
_NARROW_LETTERS: Final = frozenset("iljtfrI.,:;'|!()[]/\\ -")
_WIDE_LETTERS: Final = frozenset("mwMWQGO@%&…")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text: how it looks, and its baseline below the top of the box."""

    style: str
    text: str
    baseline: float


@dataclass(frozen=True, slots=True)
class Box:
    """Something that takes room: a stop, or the label of a way."""

    width: float
    height: float
    lines: tuple[TextLine, ...]


def node_box(stop: JourneyNode) -> Box:
    """Give the box of a stop."""
    if stop.family is Family.EXIT:
        return Box(88, 32, (TextLine("word", stop.keyword, 20.5),))
    lines, y = [TextLine("word", stop.keyword, 22.0)], 22.0
    most = _MAX_LINES.get(stop.family, 4)
    for style, text, size, step in (
        ("title", stop.title, _TITLE_SIZE, 17.0),
        ("text", stop.quoted(240), _TEXT_SIZE, 15.5),
    ):
        for n, part in enumerate(wrap_text(text, BOX_WIDTH - 2 * _PADDING, size, most)):
            y += step if n else step + 2
            lines.append(TextLine(style, part, y))
    return Box(BOX_WIDTH, y + 15, tuple(lines))


def label_box(label: str) -> Box:
    """Give the box of the words on a way."""
    parts = wrap_text(label, MAX_LABEL_WIDTH - 18, _LABEL_SIZE, 4)
    lines = tuple(TextLine("label", part, 14.5 + 15 * n) for n, part in enumerate(parts))
    width = max(text_width(part, _LABEL_SIZE) for part in parts) + 18
    return Box(width, 15 * len(parts) + 6, lines)


def wrap_text(text: str, width: float, size: float, most: int) -> list[str]:
    """Give `text` in lines of `width` pixels, `most` at most; the last ends in `…` where text is
    left over. A word too long for a line is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _break_word(word, width, size):
            longer = f"{line} {piece}" if line else piece
            if not line or text_width(longer, size) <= width:
                line = longer
            else:
                lines.append(line)
                line = piece
    lines += [line] if line else []
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while text_width(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def text_width(text: str, size: float) -> float:
    """Give about how wide a text is, rather too much than too little: which font a viewer has is
    not known."""
    return size * sum(_letter_width(letter) for letter in text)


def _break_word(word: str, width: float, size: float) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and text_width(piece + letter, size) > width:
            cut = max(map(piece.rfind, _BREAK_AFTER)) + 1 or len(piece)
            pieces.append(piece[:cut])
            piece = piece[cut:]
        piece += letter
    return [*pieces, piece]


def _letter_width(letter: str) -> float:
    if letter in _NARROW_LETTERS:
        return 0.4
    if letter in _WIDE_LETTERS:
        return 0.98
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.05
    if unicodedata.combining(letter):
        return 0.0
    return 0.72 if letter.isupper() else 0.62
