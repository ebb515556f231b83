"""The result of a command for many workspaces in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.text.quantities import pluralize
from cioform.plan.drift import DriftReport, NothingBound
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan
from cioform.plan.review.digest import content_digest

PLAN: Final = "plan"
DRIFT: Final = "drift"

_COUNTS: Final = {
    **{name: f"to {name}" for name in ("create", "update", "delete", "replace")},
    **{name: f"to {name}" for name in ("move", "adopt", "forget")},
    "conflict": "in conflict",
    "blocked": "blocked",
    "left": "omitted",
    "drift": "drifted",
}

_NOT_SELECTED: Final = "nothing selected"


@dataclass(frozen=True, slots=True)
class WorkspaceResult:
    """What was found in one workspace, in a few words."""

    workspace: str
    exit_code: int
    text: str
    """Counts, such as `2 to create, 1 drifted`."""
    workspace_id: int | None = None
    digest: str | None = None
    """That of its plan."""
    is_pending: bool = False
    """Whether changes or drift were found."""
    refused_by: tuple[str, ...] = ()
    """The guards that refuse its plan."""
    is_incomplete: bool = False
    """Whether a part of it was not looked at."""
    problems: tuple[Diagnostic, ...] = ()
    """Why it was not looked at."""

    @property
    def note(self) -> str:
        """The counts, and the guards that refuse its plan."""
        refused = f"; refused by {', '.join(self.refused_by)}" if self.refused_by else ""
        return f"{self.text}{refused}"

    @property
    def was_looked_at(self) -> bool:
        """Whether its plan was made or its drift was found out."""
        return not self.problems


def plan_result(
    plan: Plan, violations: Sequence[GuardViolation], exit_code: int
) -> WorkspaceResult:
    """Return the result of a workspace whose plan was made."""
    counts = [f"{number:,} {_COUNTS[n]}" for n, number in plan.summary.items()
              if number and n in _COUNTS]  # fmt: skip
    return WorkspaceResult(
        plan.header.workspace,
        exit_code,
        ", ".join(counts) or (_NOT_SELECTED if plan.is_about_nothing else "no changes"),
        plan.header.workspace_id,
        content_digest(plan),
        not plan.is_empty,
        tuple(dict.fromkeys(violation.guard for violation in violations)),
    )


def drift_result(
    workspace: str, workspace_id: int | None, report: DriftReport, exit_code: int
) -> WorkspaceResult:
    """Return the result of a workspace whose drift was found out."""
    return WorkspaceResult(
        workspace,
        exit_code,
        ", ".join(_drift_counts(report)) or _no_drift_text(report),
        workspace_id,
        is_pending=bool(report.drift),
        is_incomplete=report.is_incomplete,
    )


def _drift_counts(report: DriftReport) -> Iterator[str]:
    if report.drift:
        yield f"{len(report.drift):,} drifted"
    if report.unrecorded or report.has_unreadable_fields:
        yield "not all fields compared"
    if report.not_looked_at:
        yield f"{len(report.not_looked_at):,} not looked at"


def _no_drift_text(report: DriftReport) -> str:
    if report.nothing_bound is NothingBound.NOT_SELECTED:
        return _NOT_SELECTED
    return "no drift" if report.compared else "nothing to compare"


def not_looked_at(
    workspace: str, problems: Sequence[Diagnostic], exit_code: int
) -> WorkspaceResult:
    """Return the result of a workspace of which nothing is known."""
    # The place of a problem may be of another project, when results of other machines are joined.
    shown = tuple(replace(each, location=None) for each in problems)
    return WorkspaceResult(workspace, exit_code, "not looked at", problems=shown)


def headline(results: Sequence[WorkspaceResult], report: str) -> str:
    """Return how many workspaces there are, and how many of each kind."""
    pending = sum(each.is_pending for each in results)
    not_looked_at = sum(not each.was_looked_at for each in results)
    incomplete = sum(each.is_incomplete and not each.is_pending for each in results)
    what = "changes" if report == PLAN else "drift"
    parts = [
        pluralize(len(results), "workspace", "workspaces"),
        f"{pending:,} with {what}",
        f"{len(results) - pending - not_looked_at - incomplete:,} without",
        *([f"{incomplete:,} not fully looked at"] if incomplete else []),
        *([f"{not_looked_at:,} not looked at"] if not_looked_at else []),
    ]
    return f"{parts[0]}: {', '.join(parts[1:])}"
