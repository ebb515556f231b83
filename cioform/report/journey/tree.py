"""A journey as a tree for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.dataclasses import dataclass
from cioform.report.journey.graph import START
from cioform.report.journey.labels import Family
from cioform.report.journey.model import MARK_TONES, ChangeMark, Journey, JourneyNode, truncate
from cioform.report.journey.outline import Branch, Entry, continues_below, outline
from cioform.report.styling import PLAIN, Styler, Tone

_MAX_MESSAGE_WIDTH: Final = 64
_MAX_TEXT_WIDTH: Final = 96
"""The longest texts on a step, in characters. A condition decides, so it gets more than a message.

The texts above the tree are wrapped instead.
"""
_HEADER_WIDTH: Final = 96
_TEE, _END, _DOWN, _BLANK = "├─ ", "╰─ ", "│  ", "   "


@dataclass(frozen=True, slots=True)
class _Remark:
    """A line that is not a step or a branch: a message of an A/B test, or where branches join."""

    text: str


@dataclass(frozen=True, slots=True)
class _PendingLine:
    """A line that is still to be drawn."""

    content: Entry | Branch | _Remark
    prefix: str
    last: bool
    mark: ChangeMark = ChangeMark.SAME


def render_tree(journey: Journey, style: Styler = PLAIN) -> str:
    """Return the journey as text.

    What starts it is on top, then one line a step, with branches below the step that chooses. If a
    plan is shown, its marks are in front of the lines.
    """
    marked = journey.overlay is not None
    lines = list(_header_lines(journey, style, marked))
    todo = _lines(outline(journey), journey, "", ChangeMark.SAME)[::-1]
    while todo:
        line = todo.pop()
        mark = _line_mark(line, journey)
        branch = _END if line.last else _TEE
        text = _line_text(line, journey, mark, style)
        lines.append(_margin(mark, marked, style) + style(line.prefix + branch, Tone.DIM) + text)
        todo += _child_lines(line, mark, journey)[::-1]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _header_lines(journey: Journey, style: Styler, marked: bool) -> Iterator[str]:
    yield style(journey.name, Tone.BOLD)
    if journey.description:
        yield style(journey.description, Tone.DIM)
    yield ""
    start = journey.nodes[START]
    tone = MARK_TONES[start.mark] if start.mark is not ChangeMark.SAME else Tone.BOLD
    margin = _margin(ChangeMark.SAME, marked, style)
    first, *rest = _wrap(f"{start.keyword} {start.text}", "")
    keyword_length = len(start.keyword)
    colored = style(first[:keyword_length], tone) + first[keyword_length:]
    yield _margin(start.mark, marked, style) + colored
    for line in rest:
        yield margin + style(line[: len(_DOWN)], Tone.DIM) + line[len(_DOWN) :]
    for note in journey.notes:
        for line in _wrap(note, _DOWN):
            yield margin + style(line, Tone.DIM)


def _wrap(text: str, indent: str) -> list[str]:
    """Return `text` in lines of the header; all but the first are indented below the start."""
    return textwrap.wrap(
        text,
        _HEADER_WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{_DOWN}  ",
        break_on_hyphens=False,
    )


def _lines(
    entries: Sequence[Entry], journey: Journey, prefix: str, mark: ChangeMark
) -> list[_PendingLine]:
    """Return the lines for a list of steps, with one more after each step whose branches join."""
    contents: list[Entry | _Remark] = []
    for entry in entries:
        contents.append(entry)
        if entry.branches and (text := _join_text(entry, journey)):
            contents.append(_Remark(f"({text})"))
    last = len(contents) - 1
    return [_PendingLine(content, prefix, i == last, mark) for i, content in enumerate(contents)]


def _child_lines(line: _PendingLine, mark: ChangeMark, journey: Journey) -> list[_PendingLine]:
    prefix = line.prefix + (_BLANK if line.last else _DOWN)
    inherited = mark if mark is ChangeMark.REMOVED else ChangeMark.SAME
    if isinstance(line.content, Branch):
        return _lines(line.content.entries, journey, prefix, inherited)
    if not isinstance(line.content, Entry) or line.content.is_reference:
        return []
    variants = [_Remark(variant) for variant in journey.nodes[line.content.id].variants]
    children: list[Branch | _Remark] = [*line.content.branches, *variants]
    return [_PendingLine(child, prefix, child is children[-1], inherited) for child in children]


def _line_mark(line: _PendingLine, journey: Journey) -> ChangeMark:
    if isinstance(line.content, Entry):
        own = journey.nodes[line.content.id].mark
        return own if own is not ChangeMark.SAME else line.mark
    return line.mark


def _line_text(line: _PendingLine, journey: Journey, mark: ChangeMark, style: Styler) -> str:
    content = line.content
    if isinstance(content, Entry):
        return _node_text(journey.nodes[content.id], content.is_reference, mark, style)
    if isinstance(content, Branch):
        return _branch_text(content, mark, style)
    return style(content.text, Tone.DIM if mark is ChangeMark.SAME else MARK_TONES[mark])


def _node_text(node: JourneyNode, is_reference: bool, mark: ChangeMark, style: Styler) -> str:
    tone = MARK_TONES[mark]
    if is_reference:
        name = f"{node.keyword} {node.title}".rstrip()
        return style(f"-> {name} (shown elsewhere)", Tone.DIM)
    is_same = mark is ChangeMark.SAME
    parts = [style(node.keyword, Tone.BOLD if is_same else tone)]
    if node.title:
        colon = ":" if node.text and node.family is not Family.MESSAGE else ""
        parts.append(style(f"{node.title}{colon}", Tone.MOVED if is_same else tone))
    if node.text:
        width = _MAX_MESSAGE_WIDTH if node.is_message_text else _MAX_TEXT_WIDTH
        parts.append(style(node.quoted(width), tone))
    if node.condition:
        parts.append(style(f"· {truncate(node.condition, _MAX_TEXT_WIDTH)}", tone))
    if node.sending_text:
        parts.append(style(f"· {node.sending_text}", Tone.DIM if is_same else tone))
    return " ".join(parts)


def _branch_text(branch: Branch, mark: ChangeMark, style: Styler) -> str:
    is_empty = not branch.entries and mark is not ChangeMark.REMOVED
    suffix = style(": continues below", Tone.DIM) if is_empty else ""
    return style(truncate(branch.label, _MAX_TEXT_WIDTH), MARK_TONES[mark]) + suffix


def _join_text(entry: Entry, journey: Journey) -> str:
    """Return which branches of a step continue below it; empty if none does."""
    if journey.nodes[entry.id].mark is ChangeMark.REMOVED:
        return ""
    continuing = [branch for branch in entry.branches if continues_below(branch, journey)]
    if not continuing:
        return ""
    if len(continuing) == 1:
        return f'only "{truncate(continuing[0].label, _MAX_TEXT_WIDTH)}" continues'
    if len(continuing) == len(entry.branches):
        return "both branches continue" if len(continuing) == 2 else "all branches continue"
    return f"{len(continuing)} of {len(entry.branches)} branches continue"


def _margin(mark: ChangeMark, marked: bool, style: Styler) -> str:
    return f"{style(mark.value, MARK_TONES[mark])} " if marked else ""
