"""A plan as a pull request comment: a table, and collapsed details below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from cioform.report.plan.fields import FieldView
from cioform.report.plan.items import ItemView
from cioform.report.plan.text_diff import DiffLine, DiffMark
from cioform.report.plan.view import PlanView

MAX_COMMENT_LENGTH: Final = 60_000
"""Characters of a comment; GitHub refuses more than 65,536."""


def render_markdown(view: PlanView) -> str:
    """Return a plan as Markdown.

    If it is too long for a comment, the details are left out, with a note; the table and
    everything that needs a decision stay.
    """
    text = _document(view)
    if len(text) <= MAX_COMMENT_LENGTH:
        return text
    without_details = tuple(replace(item, fields=()) for item in view.changes)
    short = _document(replace(view, changes=without_details))
    return f"{short}\n_The details are omitted: they are too long for a comment._\n"


def _document(view: PlanView) -> str:
    return "\n".join(_blocks(view)) + "\n"


def _blocks(view: PlanView) -> Iterator[str]:
    if view.no_changes_text:
        yield f"### {_escape(view.no_changes_text)}"
    else:
        counts = "; ".join(
            f"{count.number:,} {count.text}"
            for count in (*view.change_counts, *view.other_counts)
            if count.number
        )
        yield f"### Plan for {_escape(view.workspace)}: {counts}"
    if view.facts:
        yield "\n" + "<br>\n".join(_escape(fact) for fact in view.facts)
    if view.changes:
        yield "\n| | resource | reason | reach |\n|---|---|---|---|"
        for item in view.changes:
            reach = f"**{_escape(item.reach)}**" if item.is_live else _escape(item.reach)
            address = f"`{item.address}`"
            yield f"| `{item.sign}` | {address} | {_escape(item.note)} | {reach} |"
    for item in view.changes:
        if item.fields or item.detail:
            yield from _details_block(item)
    for section in view.sections:
        yield f"\n**{section.title}: {section.explanation}**\n"
        yield from _list_items(section.items)
    if view.next_commands:
        yield "\n```sh\n" + "\n".join(view.next_commands) + "\n```"


def _details_block(item: ItemView) -> Iterator[str]:
    lines = [f"  {item.detail}"] if item.detail else []
    lines += [line for field in item.fields for line in _field_lines(field)]
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


def _list_items(items: Sequence[ItemView]) -> Iterator[str]:
    for item in items:
        yield f"- `{item.address}` {_escape(item.note)}".rstrip()
        for line in item.detail.strip().split("\n") if item.detail else ():
            yield f"  {_escape(line)}" if not line.startswith("    ") else f"      {line}"


def _escape(text: str) -> str:
    """Return text that Markdown shows as it is and in which GitHub notifies nobody."""
    for character in "\\`*_<>|[]#":
        text = text.replace(character, f"\\{character}")
    return text.replace("@", "@\u2060")


def _longest_backtick_run(line: str) -> int:
    longest = run = 0
    for character in line:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
