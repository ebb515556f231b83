"""A journey as a tree for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cioform.report.journey.graph import START
from cioform.report.journey.labels import Family
from cioform.report.journey.model import MARK_TONES, Journey, Mark, Stop, clip
from cioform.report.journey.outline import Branch, Entry, goes_on, outline
from cioform.report.styling import PLAIN, Ink, Tone

_WIDEST = 64
"""More of a subject or a condition does not help to see the whole."""
_TEE, _END, _DOWN, _BLANK = "├─ ", "╰─ ", "│  ", "   "


@dataclass(frozen=True, slots=True)
class _Line:
    """A line to come: a stop, a branch, or the words where branches meet."""

    content: Entry | Branch | str
    prefix: str
    last: bool
    mark: Mark = Mark.SAME


def render_tree(journey: Journey, ink: Ink = PLAIN) -> str:
    """Give the journey as text: what starts it on top, then a line a step, branches below the
    step that chooses. When a plan is shown its marks stand in front."""
    marked = journey.past is not None
    lines = list(_head(journey, ink, marked))
    todo = _lines(outline(journey), journey, "", Mark.SAME)[::-1]
    while todo:
        line = todo.pop()
        if isinstance(line.content, Entry):
            stop = journey.stops[line.content.id]
            mark = stop.mark if stop.mark is not Mark.SAME else line.mark
            text = _said(stop, line.content.again, mark, ink)
        else:
            mark = line.mark
            text = _between(line.content, mark, ink)
        branch = _END if line.last else _TEE
        lines.append(_margin(mark, marked, ink) + ink(line.prefix + branch, Tone.QUIET) + text)
        todo += _below(line, mark, journey)[::-1]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(journey: Journey, ink: Ink, marked: bool) -> Iterator[str]:
    yield ink(journey.name, Tone.STRONG)
    if journey.description:
        yield ink(journey.description, Tone.QUIET)
    yield ""
    start = journey.stops[START]
    tone = MARK_TONES[start.mark] if start.mark is not Mark.SAME else Tone.STRONG
    margin = _margin(Mark.SAME, marked, ink)
    begins = f"{ink(start.word, tone)} {clip(start.text, _WIDEST)}"
    yield _margin(start.mark, marked, ink) + begins
    for note in journey.notes:
        yield margin + ink(f"{_DOWN}{note}", Tone.QUIET)


def _lines(entries: Sequence[Entry], journey: Journey, prefix: str, mark: Mark) -> list[_Line]:
    """Give the lines for a list of stops, with one more after each step whose branches meet."""
    contents: list[Entry | str] = []
    for entry in entries:
        contents.append(entry)
        if entry.branches and (meeting := _meeting(entry, journey)):
            contents.append(meeting)
    last = len(contents) - 1
    return [_Line(content, prefix, i == last, mark) for i, content in enumerate(contents)]


def _below(line: _Line, mark: Mark, journey: Journey) -> list[_Line]:
    prefix = line.prefix + (_BLANK if line.last else _DOWN)
    inherited = mark if mark is Mark.REMOVED else Mark.SAME
    if isinstance(line.content, Entry):
        branches = line.content.branches
        return [_Line(b, prefix, b is branches[-1], inherited) for b in branches]
    if isinstance(line.content, Branch):
        return _lines(line.content.entries, journey, prefix, inherited)
    return []


def _said(stop: Stop, again: bool, mark: Mark, ink: Ink) -> str:
    tone = MARK_TONES[mark]
    if again:
        name = f"{stop.word} {stop.title}".rstrip()
        return ink(f"-> {name}, drawn elsewhere", Tone.QUIET)
    plain = mark is Mark.SAME
    word = ink(stop.word, Tone.STRONG if plain else tone)
    colon = "" if stop.family is Family.MESSAGE or not stop.text else ":"
    title = ink(f" {stop.title}{colon}", Tone.MOVED if plain else tone) if stop.title else ""
    return f"{word}{title} {ink(stop.quoted(_WIDEST), tone)}" if stop.text else f"{word}{title}"


def _between(content: Branch | str, mark: Mark, ink: Ink) -> str:
    if isinstance(content, str):
        return ink(f"({content})", Tone.QUIET)
    straight = "" if content.entries or mark is Mark.REMOVED else ink(": goes on", Tone.QUIET)
    return ink(clip(content.label, _WIDEST), MARK_TONES[mark]) + straight


def _meeting(entry: Entry, journey: Journey) -> str:
    """Give the words for where branches meet again; empty where none or nothing is left to say."""
    if journey.stops[entry.id].mark is Mark.REMOVED:
        return ""
    on = [branch for branch in entry.branches if goes_on(branch, journey)]
    if not on:
        return ""
    if len(on) == len(entry.branches):
        return "both go on" if len(on) == 2 else "all go on"
    if len(on) == 1:
        return f"{clip(on[0].label, _WIDEST)} goes on"
    return f"{len(on)} of {len(entry.branches)} go on"


def _margin(mark: Mark, marked: bool, ink: Ink) -> str:
    return f"{ink(mark.value, MARK_TONES[mark])} " if marked else ""
