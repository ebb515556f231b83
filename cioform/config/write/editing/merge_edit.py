"""Carry an edit over to the text that a person wrote, so that every other line stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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
        if not hunk.lines and all(map(_is_comment, base[hunk.start : hunk.stop])):
            continue  # The library has lost it.
        start, stop = _place(hunk.start, blocks), _place(hunk.stop, blocks)
        if start is None or stop is None:
            return None
        if hunk.start < hunk.stop:
            replaced = base[hunk.start : hunk.stop]
            merged[start:stop] = _indented_like(old[start:stop], replaced, hunk.lines)
            continue
        merged[start:stop] = [
            line
            for lines in _by_indentation(hunk.lines)
            for line in _indented_like(*_nearest_line(lines[0], hunk, old, base, blocks), lines)
        ]
    return "".join(merged)


def _by_indentation(lines: Sequence[str]) -> list[list[str]]:
    """Return lines in groups, each of which is indented less than the one before it."""
    groups: list[list[str]] = []
    for line in lines:
        is_inside = groups and not _indentation(line) < _indentation(groups[-1][0])
        if is_inside or (groups and not line.strip()):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def keeps_comments_above(before: str, after: str) -> bool:
    """Return whether each comment on a line of its own is still above the line that it was above.

    A line is known by its text, in whatever indentation.
    """
    left = Counter(_commented_lines(before))
    left.subtract(_commented_lines(after))
    return all(count <= 0 for count in left.values())


def _commented_lines(text: str) -> Iterator[tuple[str, str]]:
    above: list[str] = []
    for line in text.splitlines():
        if line.strip() and not _is_comment(line):
            yield from ((comment, "".join(line.split())) for comment in above)
            above = []
        elif line.strip():
            above.append(line.strip())
    yield from ((comment, "") for comment in above)


def _is_comment(line: str) -> bool:
    """Return whether a line is a comment, or blank."""
    return line.strip()[:1] in ("", "#")


def _nearest_line(
    added: str,
    hunk: Hunk,
    old: Sequence[str],
    base: Sequence[str],
    blocks: Sequence[tuple[int, int, int]],
) -> tuple[list[str], list[str]]:
    """Return the nearest line that is indented as an added one of a hunk is, in both texts.

    One above is better than one below.
    """
    indentation = _indentation(added)
    for numbers in (range(hunk.start - 1, -1, -1), range(hunk.start, len(base))):
        for number in numbers:
            if _is_comment(base[number]) or _indentation(base[number]) > indentation:
                continue
            if _indentation(base[number]) < indentation:
                break  # It is not in the same list or mapping.
            place = _place(number, blocks)
            return ([], []) if place is None else ([old[place]], [base[number]])
    return [], []


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


def _indented_like(old: Sequence[str], base: Sequence[str], new: Sequence[str]) -> list[str]:
    """Return new lines, indented as `old`, which is `base` in the written text."""
    if not (old and base):
        return list(new)
    more = _indentation(old[0]) - _indentation(base[0])
    if more >= 0:
        return [f"{' ' * more}{line}" if line.strip() else line for line in new]
    return [line[min(-more, _indentation(line)) :] for line in new]


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
