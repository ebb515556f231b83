"""Plans, drift and outcomes as text for a terminal, a pipe or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cioform.core.text.quantities import pluralize
from cioform.report.diagnostics import wrap_paragraphs
from cioform.report.plan.parts.fields import FieldView
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.parts.text_diff import DiffLine, DiffMark
from cioform.report.plan.view import PlanView, SectionView, SummaryCount
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import ABSENT, escape_unprintable

if TYPE_CHECKING:
    from cioform.report.plan.drift import DifferencesView
    from cioform.report.plan.outcome import OutcomeView

_LINE_TONES = {
    DiffMark.SAME: (Tone.DIM, Tone.DIM),
    DiffMark.ADDED: (Tone.ADDED, Tone.ADDED_SPAN),
    DiffMark.REMOVED: (Tone.REMOVED, Tone.REMOVED_SPAN),
    DiffMark.SHOWN: (Tone.PLAIN, Tone.PLAIN),
    DiffMark.HUNK: (Tone.MOVED, Tone.MOVED),
}


def render_plan(view: PlanView, style: Styler = PLAIN) -> str:
    """Return a plan as text: the summary, the changes, then drift, blocked changes and guards."""
    return "\n".join(_plan_lines(view, style)) + "\n"


def render_differences(view: DifferencesView, style: Styler = PLAIN) -> str:
    """Return drift or a promotion as text."""
    lines = [_differences_headline(view, style)]
    for item in view.items:
        lines += ["", *_item_lines(item, style)]
    for section in view.sections:
        lines += ["", *_section_lines(section, style)]
    lines += _next_lines(view.next_commands, style)
    return "\n".join(lines) + "\n"


def render_outcome(view: OutcomeView, style: Styler = PLAIN) -> str:
    """Return how a run ended: the problems first, the summary last, where people look."""
    lines: list[str] = []
    for item in view.problems:
        lines += [*_item_lines(item, style), ""]
    lines.append(style(view.summary, view.tone) + f" {view.facts}")
    for name, addresses in view.parts:
        lines += wrap_paragraphs(f"{name}: {addresses}", 2)
    return "\n".join([*lines, *_next_lines(view.next_commands, style)]) + "\n"


def render_diff(lines: Sequence[DiffLine], style: Styler = PLAIN) -> str:
    """Return the lines of a diff as text."""
    return "".join(f"{_diff_line(line, style)}".rstrip() + "\n" for line in lines)


def _plan_lines(view: PlanView, style: Styler) -> Iterator[str]:
    if view.no_changes_text:
        first, _, rest = view.no_changes_text.partition(" ")
        second, _, rest = rest.partition(" ")
        yield f"{style(f'{first} {second}', Tone.SUCCESS)} {rest}"
    else:
        yield _headline(view, style)
    for fact in view.facts:
        yield style(f"  {escape_unprintable(fact)}", Tone.DIM)
    for item in view.changes:
        yield ""
        yield from _item_lines(item, style)
    for section in view.sections:
        yield ""
        yield from _section_lines(section, style)
    yield from _next_lines(view.next_commands, style)


def _section_lines(section: SectionView, style: Styler) -> Iterator[str]:
    yield f"{style(section.title, Tone.BOLD)}{style(f': {section.explanation}', Tone.DIM)}"
    for item in section.items:
        yield from _item_lines(item, style)


def _differences_headline(view: DifferencesView, style: Styler) -> str:
    if view.items:
        return style(view.headline, Tone.BOLD)
    first, _, rest = view.headline.partition(". ")
    tone = Tone.SUCCESS if view.is_all_clear else Tone.WARNING
    return f"{style(f'{first}.', tone)} {rest}" if rest else style(first, tone)


def _headline(view: PlanView, style: Styler) -> str:
    def count_text(count: SummaryCount) -> str:
        return style(f"{count.number:,} {count.text}", count.tone if count.number else Tone.DIM)

    groups = [", ".join(map(count_text, view.change_counts)), *map(count_text, view.other_counts)]
    return f"{style(f'Plan for {view.workspace}:', Tone.BOLD)} " + "; ".join(groups)


def _item_lines(item: ItemView, style: Styler) -> Iterator[str]:
    reach = style(escape_unprintable(item.reach), Tone.WARNING if item.is_live else Tone.DIM)
    reason = style(escape_unprintable(item.note), Tone.DIM)
    about = style(" · ", Tone.DIM).join(filter(None, (reason, reach)))
    address = style(escape_unprintable(item.address), Tone.BOLD)
    head = f"{style(f'{item.sign:>3}', item.tone)} {address}"
    yield f"{head}  {about}" if about else head
    for field in item.fields:
        yield from _field_lines(field, style)
    if item.detail:
        yield from wrap_paragraphs(item.detail, 6)


def _field_lines(field: FieldView, style: Styler) -> Iterator[str]:
    margin = f"    {style('!', Tone.ERROR)} " if field.is_conflict else "      "
    head = f"{margin}{field.path}:"
    note = style(f"  ({field.note})", Tone.ERROR if field.is_conflict else Tone.DIM)
    note = note if field.note else ""
    if not field.lines:
        yield f"{head} {_inline_change(field, style)}{note}"
        return
    yield head + note
    for line in field.lines:
        yield f"        {_diff_line(line, style)}".rstrip()
    if field.hidden:
        more = pluralize(field.hidden, "more line", "more lines")
        yield style(f"        … {more} (use --full to show them)", Tone.DIM)


def _inline_change(field: FieldView, style: Styler) -> str:
    if field.before is None:
        return field.after or ""
    return (
        f"{style(field.before, Tone.DIM if field.before == ABSENT else Tone.REMOVED)} "
        f"{style('->', Tone.DIM)} "
        f"{style(field.after or '', Tone.DIM if field.after == ABSENT else Tone.ADDED)}"
    )


def _diff_line(line: DiffLine, style: Styler) -> str:
    tone, span_tone = _LINE_TONES[line.mark]
    if line.mark in (DiffMark.HUNK, DiffMark.SHOWN):
        return style(line.text, tone)
    if line.span is None:
        return style(f"{line.mark.value} {line.text}", tone)
    start, stop = line.span
    return (
        style(f"{line.mark.value} {line.text[:start]}", tone)
        + style(line.text[start:stop], span_tone)
        + style(line.text[stop:], tone)
    )


def _next_lines(commands: Sequence[str], style: Styler) -> Iterator[str]:
    if not commands:
        return
    yield ""
    yield style("Next:", Tone.DIM)
    for command in commands:
        yield f"    {escape_unprintable(command)}"
