"""One comment about several workspaces: a row for each, then the report of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.exit_codes import PENDING, REFUSED
from cioform.core.text.utf16 import utf16_length
from cioform.report.diagnostics import render_diagnostics
from cioform.report.plan.comments.comment import Part, fit
from cioform.report.plan.comments.markdown import render_markdown
from cioform.report.plan.comments.markdown_text import code, fenced, plain, prose
from cioform.report.plan.report import Report
from cioform.report.values import escape_unprintable

_SIGNS: Final = {0: "✅", PENDING: "⚠️", REFUSED: "⛔"}
_FAILED: Final = "❌"
_MAX_PROBLEMS: Final = 20
_MAX_LINES: Final = 200
_SHORT_DIGEST: Final = 12
_TABLE: Final = "| | workspace | result |\n|---|---|---|\n"
_TABLE_OF_PLANS: Final = "| | workspace | result | digest |\n|---|---|---|---|\n"
_ROWS, _REPORTS = range(2)
_SMALLEST: Final = 2_000
"""UTF-16 units below which a report says too little to be shown."""


@dataclass(frozen=True, slots=True)
class CiWorkspaceSummary:
    """What a comment says about a workspace."""

    name: str
    exit_code: int
    text: str
    """Counts and verdict."""
    digest: str | None = None
    report: Report | None = None
    problems: Sequence[Diagnostic] = ()
    notes: Sequence[str] = ()
    """Sentences above its report."""
    log: str = ""
    """What a terminal shows, for what has no report."""

    @property
    def has_details(self) -> bool:
        """Whether there is more to say than its row."""
        report = self.report
        is_more = report is not None and bool(report.items or report.needed or report.others)
        return bool(is_more or self.notes or self.problems or self.log)


def render_comment(
    title: str,
    summaries: Sequence[CiWorkspaceSummary],
    notes: Sequence[str] = (),
    *,
    limit: int,
    hint: str,
) -> str:
    """Return Markdown of at most `limit` UTF-16 units.

    If it is too long, each report gets an equal share. `hint` says where everything is.
    """
    has_digests = any(each.digest for each in summaries)
    table = _TABLE_OF_PLANS if has_digests else _TABLE
    rows = [
        Part(
            _ROWS, partial(_row, table if at == 0 else "", each, has_digests), "workspaces",
            in_row=True,
        )
        for at, each in enumerate(summaries)
    ]  # fmt: skip
    lines = [*notes, *([] if summaries else ["No workspace is affected."])]
    head = f"### {plain(title)}\n\n" + "".join(f"{plain(line)}\n\n" for line in lines)
    used = utf16_length(head) + sum(utf16_length(row.render()) for row in rows)
    detailed = [each for each in summaries if each.has_details]
    share = (limit - used) // max(1, len(detailed))
    reports = [
        Part(_REPORTS, partial(_details, each, share), f"report of {each.name}")
        for each in detailed
        if share >= _SMALLEST
    ]
    if detailed and not reports:
        reports = [Part(_REPORTS, lambda: f"\n_The reports have no room here. {hint}_\n", "notes")]
    return fit([Part(_ROWS, lambda: head, "headings"), *rows, *reports], limit, hint)


def _row(head: str, each: CiWorkspaceSummary, has_digests: bool) -> str:
    digest = code(each.digest[:_SHORT_DIGEST]) if each.digest else ""
    sign = _SIGNS.get(each.exit_code, _FAILED)
    # Our own sentences have code in backticks; an error may repeat what somebody wrote.
    text = prose(each.text) if each.report is not None else plain(each.text)
    last = f" {digest} |" if has_digests else ""
    return f"{head}| {sign} | {code(each.name)} | {text} |{last}\n"


def _details(each: CiWorkspaceSummary, limit: int) -> str:
    notes = "".join(f"\n{plain(note)}\n" for note in each.notes)
    if (report := each.report) is not None:
        if each.name not in report.title:
            report = replace(report, title=f"{each.name}: {report.title}")
        return f"\n---\n{notes}\n{render_markdown(report, limit - len(notes) - 10)}"
    text = render_diagnostics(each.problems[:_MAX_PROBLEMS]) if each.problems else each.log
    shown = [escape_unprintable(line) for line in text.rstrip("\n").split("\n")]
    more = len(each.problems) - _MAX_PROBLEMS
    rest = [f"… {more:,} more"] if more > 0 else []
    lines = [*shown[:_MAX_LINES], *rest]
    details = f"\n---\n\n### {code(each.name)}\n{notes}\n{fenced(lines, 'text')}\n"
    return details if len(details) <= limit else f"\n---\n\n### {code(each.name)}\n\n{notes}\n"
