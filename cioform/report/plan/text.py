"""Plans, drift and outcomes as text for a terminal, a pipe or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cioform.plan.change import Drift
from cioform.plan.guard import GuardViolation
from cioform.plan.plan import Plan
from cioform.report.diagnostics import render_diagnostics, wrap_paragraphs
from cioform.report.plan.fields import DisplayOptions, FieldView
from cioform.report.plan.outcome import OutcomeView
from cioform.report.plan.text_diff import DiffLine, DiffMark
from cioform.report.plan.view import (
    ItemView,
    PlanView,
    SummaryCount,
    pluralize,
    view_drift,
    view_plan,
)
from cioform.report.styling import PLAIN, Styler, Tone
from cioform.report.values import ABSENT

__all__ = ["render_diagnostics", "render_drift", "render_outcome", "render_plan", "render_view"]

_LINE_TONES = {
    DiffMark.SAME: (Tone.DIM, Tone.DIM),
    DiffMark.ADDED: (Tone.ADDED, Tone.ADDED_SPAN),
    DiffMark.REMOVED: (Tone.REMOVED, Tone.REMOVED_SPAN),
    DiffMark.SHOWN: (Tone.PLAIN, Tone.PLAIN),
    DiffMark.HUNK: (Tone.MOVED, Tone.MOVED),
}


def render_plan(
    plan: Plan,
    refusals: Sequence[GuardViolation] = (),
    detail: DisplayOptions | None = None,
    style: Styler = PLAIN,
    planfile: str | None = None,
) -> str:
    """Give a plan as text: summary first, then the changes, then what is none."""
    return render_view(view_plan(plan, refusals, detail, planfile), style)


def render_view(view: PlanView, style: Styler = PLAIN) -> str:
    """Give a plan that was viewed already as text."""
    return "\n".join(_plan_lines(view, style)) + "\n"


def render_drift(
    workspace: str,
    drift: Sequence[Drift],
    detail: DisplayOptions | None = None,
    style: Styler = PLAIN,
) -> str:
    """Give who changed what in the workspace, from what we last wrote to what is there."""
    if not drift:
        return style("No drift.", Tone.SUCCESS) + f" {workspace} is as it was last applied.\n"
    number = pluralize(len(drift), "object", "objects")
    head = f"Drift in {workspace}: {number} changed since the last apply"
    lines = [style(head, Tone.BOLD)]
    for item in drift:
        lines += ["", *_item_lines(view_drift(item, detail or DisplayOptions()), style)]
    there = [item.address for item in drift if not item.gone]
    taking = (f"cioform import {workspace} --target {there[0]} --force",) if there else ()
    lines += _next_lines((f"cioform plan {workspace}", *taking), style)
    return "\n".join(lines) + "\n"


def render_outcome(view: OutcomeView, style: Styler = PLAIN) -> str:
    """Give how a run ended: what went wrong first, the summary last, where the eye is."""
    lines: list[str] = []
    for item in view.problems:
        lines += [*_item_lines(item, style), ""]
    lines.append(style(view.summary, view.tone) + f" {view.facts}")
    return "\n".join([*lines, *_next_lines(view.next_commands, style)]) + "\n"


def _plan_lines(view: PlanView, style: Styler) -> Iterator[str]:
    if view.no_changes_text:
        first, _, rest = view.no_changes_text.partition(" ")
        second, _, rest = rest.partition(" ")
        yield f"{style(f'{first} {second}', Tone.SUCCESS)} {rest}"
    else:
        yield _headline(view, style)
    for fact in view.facts:
        yield style(f"  {fact}", Tone.DIM)
    for item in view.changes:
        yield ""
        yield from _item_lines(item, style)
    yield from _section("Drift", "changed in the workspace since the last apply", view.drift, style)
    yield from _section(
        "Blocked", "left out of this plan, each for its reason", view.blocked, style
    )
    yield from _section(
        "Not readable", "with these credentials, so not compared", view.unreadable, style
    )
    yield from _section("Guards", "apply refuses this plan as it stands", view.refusals, style)
    yield from _next_lines(view.next_commands, style)


def _headline(view: PlanView, style: Styler) -> str:
    def told(one: SummaryCount) -> str:
        return style(f"{one.number:,} {one.text}", one.tone if one.number else Tone.DIM)

    groups = [", ".join(told(item) for item in view.counts[: view.first_other_count])]
    groups += [told(item) for item in view.counts[view.first_other_count :]]
    return f"{style(f'Plan for {view.workspace}:', Tone.BOLD)} " + "; ".join(groups)


def _section(title: str, meaning: str, items: Sequence[ItemView], style: Styler) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{style(title, Tone.BOLD)}{style(f': {meaning}', Tone.DIM)}"
    for item in items:
        yield from _item_lines(item, style)


def _item_lines(item: ItemView, style: Styler) -> Iterator[str]:
    reach = style(item.reach, Tone.WARNING if item.is_live else Tone.DIM)
    about = style(" · ", Tone.DIM).join(filter(None, (style(item.note, Tone.DIM), reach)))
    head = f"{style(f'{item.sign:>3}', item.tone)} {style(item.address, Tone.BOLD)}"
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
        yield style(f"        … {more} (--full shows them)", Tone.DIM)


def _inline_change(field: FieldView, style: Styler) -> str:
    if field.before is None:
        return field.after or ""
    return (
        f"{style(field.before, Tone.DIM if field.before == ABSENT else Tone.REMOVED)} "
        f"{style('->', Tone.DIM)} "
        f"{style(field.after or '', Tone.DIM if field.after == ABSENT else Tone.ADDED)}"
    )


def _diff_line(line: DiffLine, style: Styler) -> str:
    tone, here = _LINE_TONES[line.mark]
    if line.mark in (DiffMark.HUNK, DiffMark.SHOWN):
        return style(line.text, tone)
    if line.span is None:
        return style(f"{line.mark.value} {line.text}", tone)
    start, stop = line.span
    return (
        style(f"{line.mark.value} {line.text[:start]}", tone)
        + style(line.text[start:stop], here)
        + style(line.text[stop:], tone)
    )


def _next_lines(commands: Sequence[str], style: Styler) -> Iterator[str]:
    if not commands:
        return
    yield ""
    yield style("Next:", Tone.DIM)
    for command in commands:
        yield f"    {command}"
