"""Plans, drift and outcomes as text for a terminal, a pipe or a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cioform.plan.change import Drift
from cioform.plan.guard import Refusal
from cioform.plan.plan import Plan
from cioform.report.diagnostics import paragraphs, render_diagnostics
from cioform.report.plan.fields import Detail, FieldView
from cioform.report.plan.outcome import OutcomeView
from cioform.report.plan.text_diff import Line, Mark
from cioform.report.plan.view import Count, Item, PlanView, count, view_drift, view_plan
from cioform.report.styling import PLAIN, Ink, Tone
from cioform.report.values import ABSENT

__all__ = ["render_diagnostics", "render_drift", "render_outcome", "render_plan", "render_view"]

_TONES = {
    Mark.SAME: (Tone.QUIET, Tone.QUIET),
    Mark.ADDED: (Tone.ADDED, Tone.ADDED_HERE),
    Mark.REMOVED: (Tone.REMOVED, Tone.REMOVED_HERE),
    Mark.SHOWN: (Tone.PLAIN, Tone.PLAIN),
    Mark.HUNK: (Tone.MOVED, Tone.MOVED),
}


def render_plan(
    plan: Plan,
    refusals: Sequence[Refusal] = (),
    detail: Detail | None = None,
    ink: Ink = PLAIN,
    planfile: str | None = None,
) -> str:
    """Give a plan as text: summary first, then the changes, then what is none."""
    return render_view(view_plan(plan, refusals, detail, planfile), ink)


def render_view(view: PlanView, ink: Ink = PLAIN) -> str:
    """Give a plan that was viewed already as text."""
    return "\n".join(_plan_lines(view, ink)) + "\n"


def render_drift(
    workspace: str, drift: Sequence[Drift], detail: Detail | None = None, ink: Ink = PLAIN
) -> str:
    """Give who changed what in the workspace, from what we last wrote to what is there."""
    if not drift:
        return ink("No drift.", Tone.GOOD) + f" {workspace} is as it was last applied.\n"
    number = count(len(drift), "object", "objects")
    head = f"Drift in {workspace}: {number} changed since the last apply"
    lines = [ink(head, Tone.STRONG)]
    for item in drift:
        lines += ["", *_item_lines(view_drift(item, detail or Detail()), ink)]
    there = [item.address for item in drift if not item.gone]
    taking = (f"cioform import {workspace} --target {there[0]} --force",) if there else ()
    lines += _next_lines((f"cioform plan {workspace}", *taking), ink)
    return "\n".join(lines) + "\n"


def render_outcome(view: OutcomeView, ink: Ink = PLAIN) -> str:
    """Give how a run ended: what went wrong first, the summary last, where the eye is."""
    lines: list[str] = []
    for item in view.troubles:
        lines += [*_item_lines(item, ink), ""]
    lines.append(ink(view.summary, view.tone) + f" {view.facts}")
    return "\n".join([*lines, *_next_lines(view.next, ink)]) + "\n"


def _plan_lines(view: PlanView, ink: Ink) -> Iterator[str]:
    if view.quiet:
        first, _, rest = view.quiet.partition(" ")
        second, _, rest = rest.partition(" ")
        yield f"{ink(f'{first} {second}', Tone.GOOD)} {rest}"
    else:
        yield _headline(view, ink)
    for fact in view.facts:
        yield ink(f"  {fact}", Tone.QUIET)
    for item in view.changes:
        yield ""
        yield from _item_lines(item, ink)
    yield from _section("Drift", "changed in the workspace since the last apply", view.drift, ink)
    yield from _section("Blocked", "left out of this plan, each for its reason", view.blocked, ink)
    yield from _section(
        "Not readable", "with these credentials, so not compared", view.unreadable, ink
    )
    yield from _section("Guards", "apply refuses this plan as it stands", view.refusals, ink)
    yield from _next_lines(view.next, ink)


def _headline(view: PlanView, ink: Ink) -> str:
    def told(one: Count) -> str:
        return ink(f"{one.number:,} {one.text}", one.tone if one.number else Tone.QUIET)

    groups = [", ".join(told(item) for item in view.counts[: view.aside])]
    groups += [told(item) for item in view.counts[view.aside :]]
    return f"{ink(f'Plan for {view.workspace}:', Tone.STRONG)} " + "; ".join(groups)


def _section(title: str, meaning: str, items: Sequence[Item], ink: Ink) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"{ink(title, Tone.STRONG)}{ink(f': {meaning}', Tone.QUIET)}"
    for item in items:
        yield from _item_lines(item, ink)


def _item_lines(item: Item, ink: Ink) -> Iterator[str]:
    reach = ink(item.reach, Tone.CAUTION if item.is_live else Tone.QUIET)
    about = ink(" · ", Tone.QUIET).join(filter(None, (ink(item.note, Tone.QUIET), reach)))
    head = f"{ink(f'{item.sign:>3}', item.tone)} {ink(item.address, Tone.STRONG)}"
    yield f"{head}  {about}" if about else head
    for field in item.fields:
        yield from _field_lines(field, ink)
    if item.detail:
        yield from paragraphs(item.detail, 6)


def _field_lines(field: FieldView, ink: Ink) -> Iterator[str]:
    margin = f"    {ink('!', Tone.ALARM)} " if field.is_conflict else "      "
    head = f"{margin}{field.path}:"
    note = ink(f"  ({field.note})", Tone.ALARM if field.is_conflict else Tone.QUIET)
    note = note if field.note else ""
    if not field.lines:
        yield f"{head} {_short(field, ink)}{note}"
        return
    yield head + note
    for line in field.lines:
        yield f"        {_line(line, ink)}".rstrip()
    if field.hidden:
        more = count(field.hidden, "more line", "more lines")
        yield ink(f"        … {more} (--full shows them)", Tone.QUIET)


def _short(field: FieldView, ink: Ink) -> str:
    if field.before is None:
        return field.after or ""
    return (
        f"{ink(field.before, Tone.QUIET if field.before == ABSENT else Tone.REMOVED)} "
        f"{ink('->', Tone.QUIET)} "
        f"{ink(field.after or '', Tone.QUIET if field.after == ABSENT else Tone.ADDED)}"
    )


def _line(line: Line, ink: Ink) -> str:
    tone, here = _TONES[line.mark]
    if line.mark in (Mark.HUNK, Mark.SHOWN):
        return ink(line.text, tone)
    if line.span is None:
        return ink(f"{line.mark.value} {line.text}", tone)
    start, stop = line.span
    return (
        ink(f"{line.mark.value} {line.text[:start]}", tone)
        + ink(line.text[start:stop], here)
        + ink(line.text[stop:], tone)
    )


def _next_lines(commands: Sequence[str], ink: Ink) -> Iterator[str]:
    if not commands:
        return
    yield ""
    yield ink("Next:", Tone.QUIET)
    for command in commands:
        yield f"    {command}"
