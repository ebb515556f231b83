"""A line diff of two texts, with a few unchanged lines around each change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeAlias

from cioform.core.dataclasses import dataclass, replace

_AUTOJUNK_THRESHOLD: Final = 4_000_000
"""Pairs of lines above which the exact comparison is too slow; frequent lines are then skipped."""

_Opcode: TypeAlias = tuple[str, int, int, int, int]


class DiffMark(StrEnum):
    """What a line of a diff is."""

    SAME = " "
    ADDED = "+"
    REMOVED = "-"
    HUNK = "@"
    SHOWN = ""
    """Part of a value that is shown without comparison."""


_CHANGE_MARKS: Final = (DiffMark.ADDED, DiffMark.REMOVED)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a diff; `span` is the part that differs from its counterpart."""

    mark: DiffMark
    text: str
    span: tuple[int, int] | None = None


def diff_lines(
    before: Sequence[str],
    after: Sequence[str],
    context: int,
    numbered: bool = True,
    nested: bool = False,
) -> tuple[DiffLine, ...]:
    """Return a unified diff.

    The header of a hunk has line numbers if `numbered`; a hunk that is the whole text has no
    header. In `nested` data, a hunk shows the lines in which it is nested, because one of them may
    be `not:`.
    """
    lines: list[DiffLine] = []
    for group in _group_opcodes(_opcodes(before, after), context):
        if not _is_whole_text(group, before, after):
            header = _hunk_header(group) if numbered else "…"
            outer = _outer_lines(group, before, after) if nested else ""
            lines.append(DiffLine(DiffMark.HUNK, f"{header} {outer}".rstrip()))
        for code in group:
            lines.extend(_opcode_lines(code, before, after))
    return tuple(lines)


def mark_lines(mark: DiffMark, lines: Sequence[str]) -> tuple[DiffLine, ...]:
    """Return lines that are all added, all removed, or only shown."""
    return tuple(
        DiffLine(mark, _show_trailing_spaces(line) if mark in _CHANGE_MARKS else line)
        for line in lines
    )


def _opcodes(before: Sequence[str], after: Sequence[str]) -> Iterator[_Opcode]:
    """Yield opcodes as difflib does.

    A common beginning and end are set aside first: that is fast, and keeps the lines of repetitive
    texts, such as tables, from being matched with the wrong counterparts.
    """
    head = common_prefix_length(before, after)
    tail = common_prefix_length(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", 0, head, 0, head
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > _AUTOJUNK_THRESHOLD)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _group_opcodes(codes: Iterable[_Opcode], context: int) -> Iterator[list[_Opcode]]:
    """Yield the opcodes of each hunk, with `context` equal lines around its changes."""
    group: list[_Opcode] = []
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
        yield _trim_context(group, context)


def _trim_context(group: list[_Opcode], context: int) -> list[_Opcode]:
    tag, i1, i2, j1, _ = group[-1]
    if tag == "equal":
        near = min(context, i2 - i1)
        group[-1] = (tag, i1, i1 + near, j1, j1 + near)
    return group


def _is_whole_text(group: Sequence[_Opcode], before: Sequence[str], after: Sequence[str]) -> bool:
    first, last = group[0], group[-1]
    return first[1] == first[3] == 0 and last[2] == len(before) and last[4] == len(after)


def _hunk_header(group: Sequence[_Opcode]) -> str:
    first, last = group[0], group[-1]
    return f"@@ -{_hunk_range(first[1], last[2])} +{_hunk_range(first[3], last[4])} @@"


def _hunk_range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _outer_lines(group: Sequence[_Opcode], before: Sequence[str], after: Sequence[str]) -> str:
    """Return the lines in which a hunk of nested data is nested: `any: - not:`."""
    old, new = (
        " ".join(_lines_around(lines, start))
        for lines, start in ((before, group[0][1]), (after, group[0][3]))
    )
    return old if old == new else f"{old} -> {new}"


def _lines_around(lines: Sequence[str], start: int) -> list[str]:
    """Return the lines above `start` that enclose it by their indentation, outermost first."""
    found: list[str] = []
    depth = _indentation(lines[start]) if start < len(lines) else 0
    for line in reversed(lines[:start]):
        if _indentation(line) < depth:
            depth = _indentation(line)
            found.append(line.strip())
    return found[::-1]


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _opcode_lines(code: _Opcode, before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    tag, i1, i2, j1, j2 = code
    if tag == "equal":
        yield from mark_lines(DiffMark.SAME, before[i1:i2])
        return
    removed = mark_lines(DiffMark.REMOVED, before[i1:i2])
    added = mark_lines(DiffMark.ADDED, after[j1:j2])
    if len(removed) == len(added):
        pairs = [_with_changed_spans(old, new) for old, new in zip(removed, added, strict=True)]
        removed = tuple(old for old, _ in pairs)
        added = tuple(new for _, new in pairs)
    yield from removed
    yield from added


def _with_changed_spans(old: DiffLine, new: DiffLine) -> tuple[DiffLine, DiffLine]:
    """Return two lines with the span in which they differ, unless nearly all of them does."""
    one, other = old.text, new.text
    head = common_prefix_length(one, other)
    tail = common_prefix_length(one[head:][::-1], other[head:][::-1])
    if head + tail < max(len(one), len(other)) // 3:
        return old, new
    return _with_span(old, head, tail), _with_span(new, head, tail)


def common_prefix_length(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many characters of two texts, or items of two lists, begin equal."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _with_span(line: DiffLine, head: int, tail: int) -> DiffLine:
    end = len(line.text) - tail
    return replace(line, span=(head, end)) if head < end else line


def _show_trailing_spaces(line: str) -> str:
    """Return a line with visible trailing spaces: they may be all that changed."""
    stripped = line.rstrip(" ")
    return stripped + "·" * (len(line) - len(stripped))
