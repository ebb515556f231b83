"""A plan as a comment on a pull request: a table, and what changes folded away below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from cioform.plan.guard import GuardViolation
from cioform.plan.plan import Plan
from cioform.report.plan.fields import DisplayOptions, FieldView
from cioform.report.plan.text_diff import DiffLine, DiffMark
from cioform.report.plan.view import ItemView, PlanView, view_plan

MAX_COMMENT_LENGTH: Final = 60_000
"""Characters of a comment; GitHub refuses more than 65,536."""


def render_markdown(
    plan: Plan,
    refusals: Sequence[GuardViolation] = (),
    detail: DisplayOptions | None = None,
    planfile: str | None = None,
) -> str:
    """Give a plan as Markdown. Details are left out, and that is said, when it grows too long for
    a comment; the table and everything that needs a decision stay."""
    view = view_plan(plan, refusals, detail, planfile)
    text = _document(view)
    if len(text) <= MAX_COMMENT_LENGTH:
        return text
    bare = tuple(replace(item, fields=()) for item in view.changes)
    short = _document(replace(view, changes=bare))
    return f"{short}\n_The details are too long for a comment: see the plan itself._\n"


def _document(view: PlanView) -> str:
    return "\n".join(_blocks(view)) + "\n"


def _blocks(view: PlanView) -> Iterator[str]:
    if view.no_changes_text:
        yield f"### {_escape(view.no_changes_text)}"
    else:
        counts = "; ".join(f"{item.number:,} {item.text}" for item in view.counts if item.number)
        yield f"### Plan for {_escape(view.workspace)}: {counts}"
    if view.facts:
        yield "\n" + "<br>\n".join(_escape(fact) for fact in view.facts)
    if view.changes:
        yield "\n| | resource | why | reach |\n|---|---|---|---|"
        for item in view.changes:
            reach = f"**{_escape(item.reach)}**" if item.is_live else _escape(item.reach)
            address = f"`{item.address}`"
            yield f"| `{item.sign}` | {address} | {_escape(item.note)} | {reach} |"
    for item in view.changes:
        if item.fields:
            yield from _details_block(item)
    yield from _section("Drift", view.drift)
    yield from _section("Blocked", view.blocked)
    yield from _section("Not readable with these credentials", view.unreadable)
    yield from _section("Guards: apply refuses this plan as it stands", view.refusals)
    if view.next_commands:
        yield "\n```sh\n" + "\n".join(view.next_commands) + "\n```"


def _details_block(item: ItemView) -> Iterator[str]:
    lines = [line for field in item.fields for line in _field_lines(field)]
    fence = "`" * max(3, *(_longest_backtick_run(line) + 1 for line in lines))
    yield f"\n<details><summary><code>{item.sign} {item.address}</code></summary>\n"
    yield f"{fence}diff"
    yield from lines
    yield f"{fence}\n</details>"


def _field_lines(field: FieldView) -> Iterator[str]:
    note = f"  ({field.note})" if field.note else ""
    if not field.lines:
        values = " -> ".join(filter(None, (field.before, field.after)))
        yield f"{'!' if field.is_conflict else ' '} {field.path}: {values}{note}"
        return
    yield f"{'!' if field.is_conflict else ' '} {field.path}:{note}"
    for line in field.lines:
        yield _diff_line(line)
    if field.hidden:
        yield f"    … {field.hidden} more"


def _diff_line(line: DiffLine) -> str:
    return line.text if line.mark is DiffMark.HUNK else f"{line.mark.value or ' '} {line.text}"


def _section(title: str, items: Sequence[ItemView]) -> Iterator[str]:
    if not items:
        return
    yield f"\n**{title}**\n"
    for item in items:
        yield f"- `{item.address}` {_escape(item.note)}".rstrip()
        for line in item.detail.strip().split("\n") if item.detail else ():
            yield f"  {_escape(line)}" if not line.startswith("    ") else f"      {line}"


def _escape(text: str) -> str:
    """Give text that Markdown and GitHub leave as it is; nobody is notified by a plan."""
    for character in "\\`*_<>|[]#":
        text = text.replace(character, f"\\{character}")
    return text.replace("@", "@\u2060")


def _longest_backtick_run(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
