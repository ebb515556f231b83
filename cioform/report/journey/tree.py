"""A journey as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cioform.report.journey.graph import START
from cioform.report.journey.labels import Family
from cioform.report.journey.model import MARK_TONES, ChangeMark, Journey, JourneyNode, truncate
from cioform.report.journey.outline import Branch, Entry, continues_below, outline
from cioform.report.styling import PLAIN, Styler, Tone

_MAX_TEXT_WIDTH = 64
"""More of a subject or a condition does not help to see the whole."""
_TEE, _END, _DOWN, _BLANK = "├─ ", "╰─ ", "│  ", "   "


@dataclass(frozen=True, slots=True)
class _PendingLine:
    """A line to come: a stop, a branch, or the words where branches meet."""

    content: Entry | Branch | str
    prefix: str
    last: bool
    mark: ChangeMark = ChangeMark.SAME


def render_tree(journey: Journey, style: Styler = PLAIN) -> str:
    """Give the journey as text: what starts it on top, then a line a step, branches below the
    step that chooses. When a plan is shown its marks stand in front."""
    marked = journey.overlay is not None
    lines = list(_header_lines(journey, style, marked))
    todo = _lines(outline(journey), journey, "", ChangeMark.SAME)[::-1]
    while todo:
        line = todo.pop()
        if isinstance(line.content, Entry):
            stop = journey.nodes[line.content.id]
            mark = stop.mark if stop.mark is not ChangeMark.SAME else line.mark
            text = _node_text(stop, line.content.is_reference, mark, style)
        else:
            mark = line.mark
            text = _branch_text(line.content, mark, style)
        branch = _END if line.last else _TEE
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
    begins = f"{style(start.keyword, tone)} {truncate(start.text, _MAX_TEXT_WIDTH)}"
    yield _margin(start.mark, marked, style) + begins
    for note in journey.notes:
        yield margin + style(f"{_DOWN}{note}", Tone.DIM)


def _lines(
    entries: Sequence[Entry], journey: Journey, prefix: str, mark: ChangeMark
) -> list[_PendingLine]:
    """Give the lines for a list of stops, with one more after each step whose branches meet."""
    contents: list[Entry | str] = []
    for entry in entries:
        contents.append(entry)
        if entry.branches and (meeting := _merge_text(entry, journey)):
            contents.append(meeting)
    last = len(contents) - 1
    return [_PendingLine(content, prefix, i == last, mark) for i, content in enumerate(contents)]


def _child_lines(line: _PendingLine, mark: ChangeMark, journey: Journey) -> list[_PendingLine]:
    prefix = line.prefix + (_BLANK if line.last else _DOWN)
    inherited = mark if mark is ChangeMark.REMOVED else ChangeMark.SAME
    if isinstance(line.content, Entry):
        branches = line.content.branches
        return [_PendingLine(b, prefix, b is branches[-1], inherited) for b in branches]
    if isinstance(line.content, Branch):
        return _lines(line.content.entries, journey, prefix, inherited)
    return []


def _node_text(stop: JourneyNode, is_reference: bool, mark: ChangeMark, style: Styler) -> str:
    tone = MARK_TONES[mark]
    if is_reference:
        name = f"{stop.keyword} {stop.title}".rstrip()
        return style(f"-> {name}, drawn elsewhere", Tone.DIM)
    plain = mark is ChangeMark.SAME
    word = style(stop.keyword, Tone.BOLD if plain else tone)
    colon = "" if stop.family is Family.MESSAGE or not stop.text else ":"
    title = style(f" {stop.title}{colon}", Tone.MOVED if plain else tone) if stop.title else ""
    return (
        f"{word}{title} {style(stop.quoted(_MAX_TEXT_WIDTH), tone)}"
        if stop.text
        else f"{word}{title}"
    )


def _branch_text(content: Branch | str, mark: ChangeMark, style: Styler) -> str:
    if isinstance(content, str):
        return style(f"({content})", Tone.DIM)
    straight = "" if content.entries or mark is ChangeMark.REMOVED else style(": goes on", Tone.DIM)
    return style(truncate(content.label, _MAX_TEXT_WIDTH), MARK_TONES[mark]) + straight


def _merge_text(entry: Entry, journey: Journey) -> str:
    """Give the words for where branches meet again; empty where none or nothing is left to say."""
    if journey.nodes[entry.id].mark is ChangeMark.REMOVED:
        return ""
    on = [branch for branch in entry.branches if continues_below(branch, journey)]
    if not on:
        return ""
    if len(on) == len(entry.branches):
        return "both go on" if len(on) == 2 else "all go on"
    if len(on) == 1:
        return f"{truncate(on[0].label, _MAX_TEXT_WIDTH)} goes on"
    return f"{len(on)} of {len(entry.branches)} go on"


def _margin(mark: ChangeMark, marked: bool, style: Styler) -> str:
    return f"{style(mark.value, MARK_TONES[mark])} " if marked else ""
