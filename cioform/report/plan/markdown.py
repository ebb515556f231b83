"""A plan as a comment on a pull request: a table, and what changes folded away below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from cioform.plan.guard import Refusal
from cioform.plan.plan import Plan
from cioform.report.plan.fields import Detail, FieldView
from cioform.report.plan.text_diff import Line, Mark
from cioform.report.plan.view import Item, PlanView, view_plan

LONGEST: Final = 60_000
"""Characters of a comment; GitHub refuses more than 65,536."""


def render_markdown(
    plan: Plan,
    refusals: Sequence[Refusal] = (),
    detail: Detail | None = None,
    planfile: str | None = None,
) -> str:
    """Give a plan as Markdown. Details are left out, and that is said, when it grows too long for
    a comment; the table and everything that needs a decision stay."""
    view = view_plan(plan, refusals, detail, planfile)
    text = _document(view)
    if len(text) <= LONGEST:
        return text
    bare = tuple(replace(item, fields=()) for item in view.changes)
    short = _document(replace(view, changes=bare))
    return f"{short}\n_The details are too long for a comment: see the plan itself._\n"


def _document(view: PlanView) -> str:
    return "\n".join(_blocks(view)) + "\n"


def _blocks(view: PlanView) -> Iterator[str]:
    if view.quiet:
        yield f"### {_escaped(view.quiet)}"
    else:
        counts = "; ".join(f"{item.number:,} {item.text}" for item in view.counts if item.number)
        yield f"### Plan for {_escaped(view.workspace)}: {counts}"
    if view.facts:
        yield "\n" + "<br>\n".join(_escaped(fact) for fact in view.facts)
    if view.changes:
        yield "\n| | resource | why | reach |\n|---|---|---|---|"
        for item in view.changes:
            reach = f"**{_escaped(item.reach)}**" if item.is_live else _escaped(item.reach)
            address = f"`{item.address}`"
            yield f"| `{item.sign}` | {address} | {_escaped(item.note)} | {reach} |"
    for item in view.changes:
        if item.fields:
            yield from _folded(item)
    yield from _list("Drift", view.drift)
    yield from _list("Blocked", view.blocked)
    yield from _list("Not readable with these credentials", view.unreadable)
    yield from _list("Guards: apply refuses this plan as it stands", view.refusals)
    if view.next:
        yield "\n```sh\n" + "\n".join(view.next) + "\n```"


def _folded(item: Item) -> Iterator[str]:
    lines = [line for field in item.fields for line in _field(field)]
    fence = "`" * max(3, *(_ticks(line) + 1 for line in lines))
    yield f"\n<details><summary><code>{item.sign} {item.address}</code></summary>\n"
    yield f"{fence}diff"
    yield from lines
    yield f"{fence}\n</details>"


def _field(field: FieldView) -> Iterator[str]:
    note = f"  ({field.note})" if field.note else ""
    if not field.lines:
        values = " -> ".join(filter(None, (field.before, field.after)))
        yield f"{'!' if field.is_conflict else ' '} {field.path}: {values}{note}"
        return
    yield f"{'!' if field.is_conflict else ' '} {field.path}:{note}"
    for line in field.lines:
        yield _line(line)
    if field.hidden:
        yield f"    … {field.hidden} more"


def _line(line: Line) -> str:
    return line.text if line.mark is Mark.HUNK else f"{line.mark.value or ' '} {line.text}"


def _list(title: str, items: Sequence[Item]) -> Iterator[str]:
    if not items:
        return
    yield f"\n**{title}**\n"
    for item in items:
        yield f"- `{item.address}` {_escaped(item.note)}".rstrip()
        for line in item.detail.strip().split("\n") if item.detail else ():
            yield f"  {_escaped(line)}" if not line.startswith("    ") else f"      {line}"


def _escaped(text: str) -> str:
    """Give text that Markdown and GitHub leave as it is; nobody is notified by a plan."""
    for character in "\\`*_<>|[]#":
        text = text.replace(character, f"\\{character}")
    return text.replace("@", "@\u2060")


def _ticks(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
