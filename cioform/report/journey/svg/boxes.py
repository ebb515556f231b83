"""The boxes of a diagram: text wrapped into lines that fit, and the resulting sizes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.report.journey.labels import Family
from cioform.report.journey.model import JourneyNode

BOX_WIDTH: Final = 232
"""The width of a step's box in pixels. Labels are narrower, so that they stay in their column."""
_PADDING: Final = 16
_KEYWORD_BASELINE: Final = 22.0
_TITLE_SIZE, _TEXT_SIZE, _LABEL_SIZE = 13.5, 12.0, 11.5
_MAX_LINES: Final = {Family.MESSAGE: 3, Family.START: 6, Family.CHOICE: 6}
"""How many lines the text of a box may have, if not four. Conditions get more: they decide."""
_BREAK_AFTER: Final = "_-./"
"""A word that is too long is broken after one of these if possible."""
MAX_LABEL_WIDTH: Final = 190
_NARROW_LETTERS: Final = frozenset("iljtfrI.,:;'|!()[]/\\ -")
_WIDE_LETTERS: Final = frozenset("mwMWQGO@%&…")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text: its class in the style sheet, and its baseline below the top of the box."""

    style: str
    text: str
    baseline: float


@dataclass(frozen=True, slots=True)
class Box:
    """A node or the label of an edge, with its size in pixels."""

    width: float
    height: float
    lines: tuple[TextLine, ...]


def node_box(node: JourneyNode) -> Box:
    """Return the box of a node."""
    if node.family is Family.EXIT:
        return Box(88, 32, (TextLine("keyword", node.keyword, 20.5),))
    y = _KEYWORD_BASELINE
    lines = [TextLine("keyword", node.keyword, y)]
    for style, text, size, leading in _node_texts(node):
        for number, part in enumerate(
            wrap_text(text, BOX_WIDTH - 2 * _PADDING, size, _MAX_LINES.get(node.family, 4))
        ):
            y += leading if number else leading + 2
            lines.append(TextLine(style, part, y))
    return Box(BOX_WIDTH, y + 15, tuple(lines))


def _node_texts(node: JourneyNode) -> Iterator[tuple[str, str, float, float]]:
    """Yield the texts below the keyword: class, text, font size, and distance of its lines."""
    yield "title", node.title, _TITLE_SIZE, 17.0
    for text in (node.quoted(240), *node.variants, node.condition):
        yield "text", text, _TEXT_SIZE, 15.5
    yield "sending", node.sending_text, _LABEL_SIZE, 15.5


def label_box(label: str) -> Box:
    """Return the box of the label of an edge."""
    parts = wrap_text(label, MAX_LABEL_WIDTH - 18, _LABEL_SIZE, 4)
    lines = tuple(TextLine("label", part, 14.5 + 15 * number) for number, part in enumerate(parts))
    width = max(text_width(part, _LABEL_SIZE) for part in parts) + 18
    return Box(width, 15 * len(parts) + 6, lines)


def wrap_text(text: str, width: float, size: float, max_lines: int) -> list[str]:
    """Return `text` in lines of at most `width` pixels.

    If there are more than `max_lines`, the last one ends in `…`. A word that is too long for a
    line is broken.
    """
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
    if len(lines) <= max_lines:
        return lines
    last = lines[max_lines - 1]
    while text_width(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: max_lines - 1], last.rstrip() + "…"]


def text_width(text: str, size: float) -> float:
    """Return the estimated width of a text in pixels.

    The viewer's font is unknown, so the estimate is rather too wide than too narrow.
    """
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
