"""Carry an edit over to the text that a person wrote, so that every other line stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from cioform.config.write.editing.hunks import Hunk, find_hunks


def merge_edit(written: str, dumped: str, edited: str) -> str | None:
    """Return `written` with the lines that differ between `dumped` and `edited`.

    `dumped` is `written` as the YAML library writes it, which may format it differently; `edited`
    is the same after an edit. Return None if the edit is among lines whose format differs. The
    caller checks what the result says, because a person may indent lines in another way.
    """
    if written == dumped:
        return edited
    old, base, new = (text.splitlines(keepends=True) for text in (written, dumped, edited))
    blocks = _matching_lines(base, old)
    merged = list(old)
    for hunk in reversed(find_hunks(base, new)):
        start, stop = _place(hunk.start, blocks), _place(hunk.stop, blocks)
        if start is None or stop is None:
            return None
        merged[start:stop] = _indented_like(old[start:stop], base[hunk.start : hunk.stop], hunk)
    return "".join(merged)


def _matching_lines(base: Sequence[str], old: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return blocks of lines that differ in white space only: both starts, and the length."""
    first, second = (["".join(line.split()) for line in text] for text in (base, old))
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return [(0, 0, 0), *blocks]


def _place(line: int, blocks: Sequence[tuple[int, int, int]]) -> int | None:
    """Return where a line of the formatted text is in the written one, None if it is not there."""
    for start, in_written, size in blocks:
        if start <= line <= start + size:
            return in_written + line - start
    return None


def _indented_like(old: Sequence[str], base: Sequence[str], hunk: Hunk) -> list[str]:
    """Return the new lines of a hunk, indented as the lines that they replace."""
    if not (old and base):
        return list(hunk.lines)
    more = _indentation(old[0]) - _indentation(base[0])
    if more >= 0:
        return [f"{' ' * more}{line}" if line.strip() else line for line in hunk.lines]
    return [line[min(-more, _indentation(line)) :] for line in hunk.lines]


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
