"""The rows of a changed field: its lines before and after, side by side, with the words marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Final, TypeAlias

from cioform.core.dataclasses import dataclass
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.report.plan.parts.fields import FieldView
from cioform.report.plan.parts.text_diff import DiffLine, DiffMark
from cioform.report.values import ABSENT

Pieces: TypeAlias = tuple[tuple[bool, str], ...]
"""A line in pieces, and whether each of them differs from the other side."""

_WORD: Final = lazy_pattern(r"\w+|\s+|[^\w\s]")
_MAX_WORDS: Final = 400
"""A line of more words is shown as a whole."""
_MIN_SIMILARITY: Final = 0.35
"""How much of two lines has to be the same, by words, for the words to be marked."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line on each side; None where a side has none."""

    before: Pieces | None = None
    after: Pieces | None = None
    is_same: bool = False
    hunk: str = ""
    """The header of a hunk, in place of both sides."""


def side_by_side(field: FieldView) -> list[Row]:
    """Return the rows of a field."""
    if field.lines:
        return list(_rows(field.lines))
    before, after = (None if text == ABSENT else text for text in (field.before, field.after))
    if before is None or after is None:
        return [Row(_whole(before), _whole(after))]
    return [Row(*marked_words(before, after))]


def marked_words(before: str, after: str) -> tuple[Pieces, Pieces]:
    """Return both texts in pieces, with the words that differ marked."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _MAX_WORDS:
        return ((False, before),), ((False, after),)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.real_quick_ratio() < _MIN_SIMILARITY or matcher.ratio() < _MIN_SIMILARITY:
        return ((False, before),), ((False, after),)
    codes = matcher.get_opcodes()
    return (
        _joined((tag != "equal", old[start:stop]) for tag, start, stop, _, _ in codes),
        _joined((tag != "equal", new[start:stop]) for tag, _, _, start, stop in codes),
    )


def _whole(text: str | None) -> Pieces | None:
    return None if text is None else ((False, text),)


def _joined(pieces: Iterable[tuple[bool, Sequence[str]]]) -> Pieces:
    return tuple((differs, "".join(words)) for differs, words in pieces if words)


def _rows(lines: Sequence[DiffLine]) -> Iterator[Row]:
    """Yield the rows of a diff; what is removed stands beside what is added after it."""
    removed: list[str] = []
    for mark, group in groupby(lines, lambda line: line.mark):
        texts = [line.text for line in group]
        if mark is DiffMark.REMOVED:
            removed = texts
        elif mark in (DiffMark.ADDED, DiffMark.SHOWN):
            yield from _paired(removed, texts)
            removed = []
        else:
            yield from _paired(removed, [])
            removed = []
            yield from (_unchanged(mark, text) for text in texts)
    yield from _paired(removed, [])


def _unchanged(mark: DiffMark, text: str) -> Row:
    if mark is DiffMark.HUNK:
        return Row(hunk=text)
    return Row(_whole(text), _whole(text), is_same=True)


def _paired(removed: Sequence[str], added: Sequence[str]) -> Iterator[Row]:
    for before, after in zip_longest(removed, added):
        if before is None or after is None:
            yield Row(_whole(before), _whole(after))
        else:
            yield Row(*marked_words(before, after))
