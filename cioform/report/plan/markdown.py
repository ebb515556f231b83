"""A plan or drift as a pull request comment: what is needed, a table, and collapsed details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.quantities import pluralize
from cioform.report.journey.mermaid import render_mermaid
from cioform.report.plan.comment import Part, fit
from cioform.report.plan.field_diff import field_lines
from cioform.report.plan.items import ItemView
from cioform.report.plan.markdown_text import clipped, code, fenced, plain, summary
from cioform.report.plan.report import Report
from cioform.report.plan.view import SectionView
from cioform.report.styling import Tone

MAX_COMMENT_LENGTH: Final = 65_536
"""UTF-16 units that a comment on GitHub has at most."""
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
    yield Part(_HEAD, "\n".join(_head(report)) + "\n", "headings")
    for section in report.needed:
        yield from _section_parts(section, _NEEDED)
    yield from _table_parts(report.items)
    for item in report.items:
        yield from _detail_parts(item)
    for section in report.others:
        yield from _section_parts(section, _SECTIONS)
    if report.next_commands:
        commands = [clipped(command) for command in report.next_commands]
        yield Part(_NEEDED, f"\n{fenced(commands, 'sh')}\n", "commands")


def _head(report: Report) -> Iterator[str]:
    yield f"### {plain(report.title)}\n"
    yield f"{_SIGNS.get(report.verdict.tone, '')}**{plain(report.verdict.text)}**"
    if report.facts:
        yield "\n" + "<br>\n".join(map(plain, report.facts[:_MAX_FACTS]))


def _section_parts(section: SectionView, tier: int) -> Iterator[Part]:
    title = f"\n**{section.title}: {plain(section.explanation)}**\n\n"
    for at, item in enumerate(section.items):
        lines = "\n".join(_list_item(item))
        text = f"{title if at == 0 else ''}{lines}\n"
        yield Part(tier, text, f"entries of “{section.title}”", 0.3, in_row=True)


def _list_item(item: ItemView) -> Iterator[str]:
    yield f"- {code(item.address)} {plain(item.note)}".rstrip()
    for line in _detail_of(item):
        yield f"      {clipped(line.strip())}" if line.startswith("    ") else f"  {plain(line)}"


def _detail_of(item: ItemView) -> list[str]:
    return item.detail.strip("\n").split("\n")[:_MAX_LINES] if item.detail else []


def _table_parts(items: Sequence[ItemView]) -> Iterator[Part]:
    head = "\n| | resource | reason | reach |\n|---|---|---|---|\n"
    for at, item in enumerate(items):
        reach = f"**{plain(item.reach)}**" if item.is_live and item.reach else plain(item.reach)
        row = f"| {code(item.sign)} | {code(item.address)} | {plain(item.note)} | {reach} |\n"
        text = f"{head if at == 0 else ''}{row}"
        yield Part(_TABLE, text, "rows of the table", 0.5, in_row=True)


def _detail_parts(item: ItemView) -> Iterator[Part]:
    """Yield what changes in an object, and its journey."""
    name = f"{item.sign} {item.address}"
    sentences = [plain(line.strip()) for line in _detail_of(item)]
    lines = list(field_lines(item.fields))
    blocks = [*sentences, *([fenced(_shortened(lines), "diff")] if lines else [])]
    if blocks:
        content = "\n\n".join(blocks)
        text = f"\n{summary(name)}\n{content}\n\n</details>\n"
        yield Part(_DETAILS, text, "details of changes")
    if item.extras.journey is None:
        return
    diagram = render_mermaid(item.extras.journey)
    if len(diagram) <= _MAX_DIAGRAM:
        block = fenced(diagram.rstrip("\n").split("\n"), "mermaid")
        text = f"\n{summary(name, ', journey')}\n{block}\n\n</details>\n"
        yield Part(_DIAGRAMS, text, "journeys")


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
