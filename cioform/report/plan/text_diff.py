"""The lines that differ between two texts, with a little of what stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeAlias

_LARGE: Final = 4_000_000
"""Pairs of lines from which on the exact comparison gets too slow and popular lines are skipped."""

_Code: TypeAlias = tuple[str, int, int, int, int]


class Mark(StrEnum):
    """What a line of a difference is."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    HUNK = "@"
    SHOWN = ""
    """Part of a value that is shown and not compared."""


_MOVED: Final = (Mark.ADDED, Mark.REMOVED)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference; `span` is the part of it that its counterpart has not."""

    mark: Mark
    text: str
    span: tuple[int, int] | None = None


def diff_lines(
    before: Sequence[str], after: Sequence[str], context: int, numbered: bool = True
) -> tuple[Line, ...]:
    """Give a unified difference. Hunks are headed by their line numbers when `numbered`, and by
    nothing when one hunk is the whole text."""
    lines: list[Line] = []
    for group in _groups(_codes(before, after), context):
        if not _whole(group, before, after):
            lines.append(Line(Mark.HUNK, _header(group) if numbered else "…"))
        for code in group:
            lines.extend(_hunk(code, before, after))
    return tuple(lines)


def all_lines(mark: Mark, lines: Sequence[str]) -> tuple[Line, ...]:
    """Give lines that are all new, all gone, or just shown."""
    return tuple(Line(mark, _trailing(line) if mark in _MOVED else line) for line in lines)


def _codes(before: Sequence[str], after: Sequence[str]) -> Iterator[_Code]:
    """Give the differences as difflib does. What both texts begin and end with is set aside first:
    that is quick, and keeps repetitive texts, such as tables, from being matched out of step."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", 0, head, 0, head
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > _LARGE)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _groups(codes: Iterable[_Code], context: int) -> Iterator[list[_Code]]:
    """Give the differences that stand near each other, with `context` equal lines around."""
    group: list[_Code] = []
    for tag, i1, i2, j1, j2 in codes:
        length = i2 - i1
        if tag != "equal" or (group and length <= 2 * context):
            group.append((tag, i1, i2, j1, j2))
        else:
            if group:
                yield [*group, (tag, i1, i1 + context, j1, j1 + context)]
            near = min(context, length)
            group = [(tag, i2 - near, i2, j2 - near, j2)]
    if any(code[0] != "equal" for code in group):
        yield _ended(group, context)


def _ended(group: list[_Code], context: int) -> list[_Code]:
    tag, i1, i2, j1, _ = group[-1]
    if tag == "equal":
        near = min(context, i2 - i1)
        group[-1] = (tag, i1, i1 + near, j1, j1 + near)
    return group


def _whole(group: Sequence[_Code], before: Sequence[str], after: Sequence[str]) -> bool:
    first, last = group[0], group[-1]
    return first[1] == first[3] == 0 and last[2] == len(before) and last[4] == len(after)


def _header(group: Sequence[_Code]) -> str:
    first, last = group[0], group[-1]
    return f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _hunk(code: _Code, before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    tag, i1, i2, j1, j2 = code
    if tag == "equal":
        yield from all_lines(Mark.SAME, before[i1:i2])
        return
    removed = all_lines(Mark.REMOVED, before[i1:i2])
    added = all_lines(Mark.ADDED, after[j1:j2])
    if len(removed) == len(added):
        pairs = [_emphasised(old, new) for old, new in zip(removed, added, strict=True)]
        removed = tuple(old for old, _ in pairs)
        added = tuple(new for _, new in pairs)
    yield from removed
    yield from added


def _emphasised(old: Line, new: Line) -> tuple[Line, Line]:
    """Give two lines with the part marked in which they differ, unless nearly all differs."""
    one, other = old.text, new.text
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    if head + tail < max(len(one), len(other)) // 3:
        return old, new
    return _spanned(old, head, tail), _spanned(new, head, tail)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Give how many characters two texts, or lines two lists, begin alike with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _spanned(line: Line, head: int, tail: int) -> Line:
    end = len(line.text) - tail
    return replace(line, span=(head, end)) if head < end else line


def _trailing(line: str) -> str:
    """Give a line with the blanks at its end made visible: they may be all that changed."""
    bare = line.rstrip(" ")
    return bare + "·" * (len(line) - len(bare))
