"""A plan or drift as a pull request comment: what is needed, a table, and collapsed details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from cioform.core.text.quantities import pluralize
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.journey.model import Journey
from cioform.report.plan.comments.comment import Part, fit
from cioform.report.plan.comments.field_diff import field_lines
from cioform.report.plan.comments.markdown_text import (
    LINE_BREAK,
    clipped,
    code,
    fenced,
    plain,
    prose,
    summary,
)
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.report import Report
from cioform.report.plan.view import SectionView
from cioform.report.styling import Tone

MAX_COMMENT_LENGTH: Final = 65_536
"""The maximum length of a comment on GitHub, in UTF-16 units."""
_SIGNS: Final = {Tone.ERROR: "⛔ ", Tone.WARNING: "⚠️ ", Tone.SUCCESS: "✅ "}
_MAX_FACTS: Final = 12
_MAX_LINES: Final = 12
"""Lines of the detail of one item in a list."""
_MAX_DIAGRAM: Final = 40_000
"""Characters of a diagram. GitHub draws none of more than 50,000."""
_MAX_DETAILS: Final = 20_000
"""Characters of the details of one change, so that one change does not take the whole comment."""
_HEAD, _NEEDED, _TABLE, _SECTIONS, _DETAILS, _DIAGRAMS = range(6)
"""The tiers, in which the last one is left out first."""


def render_markdown(report: Report, limit: int = MAX_COMMENT_LENGTH) -> str:
    """Return a report as Markdown of at most `limit` UTF-16 units.

    If it is too long, diagrams are left out first, then details, sections and rows.
    """
    return fit(list(_parts(report)), limit, "`--html FILE` writes everything to a page.")


def _parts(report: Report) -> Iterator[Part]:
    yield Part(_HEAD, lambda: "\n".join(_head(report)) + "\n", "headings")
    for section in report.needed:
        yield from _section_parts(section, _NEEDED)
    yield from _table_parts(report.items)
    for item in report.items:
        yield from _detail_parts(item)
    for section in report.others:
        yield from _section_parts(section, _SECTIONS)
    if report.next_commands:
        yield Part(_NEEDED, partial(_commands, report.next_commands), "commands")


def _head(report: Report) -> Iterator[str]:
    yield f"### {plain(report.title)}\n"
    yield f"{_SIGNS.get(report.verdict.tone, '')}**{prose(report.verdict.text)}**"
    if report.facts:
        yield "\n" + LINE_BREAK.join(map(plain, report.facts[:_MAX_FACTS]))


def _section_parts(section: SectionView, tier: int) -> Iterator[Part]:
    title = f"\n**{section.title}: {plain(section.explanation)}**\n\n"
    name = f"entries of “{section.title}”"
    for at, item in enumerate(section.items):
        yield Part(tier, partial(_entry, title if at == 0 else "", item), name, 0.3, in_row=True)


def _entry(title: str, item: ItemView) -> str:
    return title + _list_item(item) + "\n"


def _commands(commands: Sequence[str]) -> str:
    return f"\n{fenced([clipped(command) for command in commands], 'sh')}\n"


def _list_item(item: ItemView) -> str:
    text = f"- {code(item.address)} {prose(item.note)}".rstrip()
    was_prose = True
    for line in _detail_of(item):
        is_prose = bool(line.strip()) and not line.startswith("    ")
        text += LINE_BREAK if is_prose and was_prose else "\n"
        if line.strip():
            text += f"  {prose(line) if is_prose else clipped(line.rstrip())}"
        was_prose = is_prose
    return text


def _detail_of(item: ItemView) -> list[str]:
    return item.detail.strip("\n").split("\n")[:_MAX_LINES] if item.detail else []


def _table_parts(items: Sequence[ItemView]) -> Iterator[Part]:
    has_reach = any(item.reach for item in items)
    head = "\n| | resource | reason | reach |\n|---|---|---|---|\n"
    if not has_reach:
        head = "\n| | resource | reason |\n|---|---|---|\n"
    for at, item in enumerate(items):
        row = partial(_row, head if at == 0 else "", item, has_reach)
        yield Part(_TABLE, row, "rows of the table", 0.5, in_row=True)


def _row(head: str, item: ItemView, has_reach: bool) -> str:
    reach = f"**{plain(item.reach)}**" if item.is_live and item.reach else plain(item.reach)
    last = f" {reach} |" if has_reach else ""
    return f"{head}| {code(item.sign)} | {code(item.address)} | {plain(item.note)} |{last}\n"


def _detail_parts(item: ItemView) -> Iterator[Part]:
    """Yield what changes in an object, and its journey."""
    if item.detail or item.fields:
        yield Part(_DETAILS, partial(_details, item), "details of changes")
    if item.extras.journey is not None:
        yield Part(_DIAGRAMS, partial(_journey, item, item.extras.journey), "journeys")


def _details(item: ItemView) -> str:
    blocks = [prose(line.strip()) for line in _detail_of(item)]
    if item.fields:
        blocks.append(fenced(_shortened(list(field_lines(item.fields))), "diff"))
    return _folded(item, "", "\n\n".join(blocks))


def _journey(item: ItemView, journey: Journey) -> str:
    """Return the diagram of a journey, nothing if it is too long."""
    diagram = render_mermaid(journey)
    if len(diagram) > _MAX_DIAGRAM:
        return ""
    return _folded(item, ", journey", fenced(diagram.rstrip("\n").split("\n"), "mermaid"))


def _folded(item: ItemView, what: str, content: str) -> str:
    title = summary(f"{item.sign} {item.address}", what)
    return f"\n{title}\n{content}\n\n</details>\n"


def _shortened(lines: Sequence[str]) -> list[str]:
    """Return the first lines of a diff, with a note if there are more."""
    room = _MAX_DETAILS
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            more = pluralize(len(lines) - len(kept), "more line", "more lines")
            return [*kept, f"  … {more}"]
        kept.append(line)
    return kept
