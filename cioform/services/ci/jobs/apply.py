"""Apply in several workspaces what was reviewed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from cioform.core.dataclasses import dataclass
from cioform.core.errors import CioformError, PlanError
from cioform.forge.result import CiWorkspaceResult
from cioform.model.settings.limits import Guards
from cioform.plan.plan import OnDrift, Plan
from cioform.plan.review.digest import content_digest
from cioform.plan.review.reviewed import Review, reviewed_part
from cioform.report.plan.exit_code import apply_exit_code
from cioform.report.plan.outcome import view_outcome
from cioform.report.plan.text import render_outcome, render_plan
from cioform.report.plan.view import view_plan
from cioform.run.events import Listener, Outcome, ignore_events
from cioform.services.ci.jobs.workspace_report import WorkspaceReport, failure
from cioform.services.workspace import Workspace, open_workspace

FindReview: TypeAlias = Callable[[str, int | None, str | None], Review | None]
"""Returns what was reviewed for a workspace, by its name, its number in Customer.io, and the commit
that was applied last."""


@dataclass(frozen=True, slots=True)
class ApplyJob:
    """How the workspaces are applied."""

    find_review: FindReview | None
    """None if a new plan is applied without a review."""
    on_drift: OnDrift = OnDrift.KEEP
    lock_seconds: float = 0
    allow_older: bool = False
    guards: Callable[[Workspace], Guards] = Workspace.guards
    """Returns the guards, relaxed as far as the command allows."""
    listener: Listener = ignore_events


def apply_workspaces(root: Path, names: Sequence[str], job: ApplyJob) -> list[WorkspaceReport]:
    """Apply workspaces one after the other. What fails in one does not stop the others."""
    return [_attempt(root, name, job) for name in names]


def _attempt(root: Path, name: str, job: ApplyJob) -> WorkspaceReport:
    try:
        with (
            open_workspace(
                root, name, lock_seconds=job.lock_seconds, listener=job.listener
            ) as opened,
            opened.notify_refusals(),
        ):
            return _apply(opened, job)
    except CioformError as error:
        return failure(name, error)


def _apply(opened: Workspace, job: ApplyJob) -> WorkspaceReport:
    plan = opened.plan(on_drift=job.on_drift)
    if job.find_review is not None and plan.visible_changes:
        review = job.find_review(opened.name, opened.workspace_id, _last_commit(opened))
        if review is None:
            raise _not_reviewed_error(opened.name)
        plan = reviewed_part(plan, review)
    outcome = None
    if plan.changes or opened.has_unfinished_work:
        outcome = opened.apply(plan, job.guards(opened), allow_older=job.allow_older)
    return _report(opened, plan, outcome)


def _last_commit(opened: Workspace) -> str | None:
    """Return the commit of which everything was applied, None if that is not known."""
    last = opened.state.last_run()
    return last.run.commit if last is not None and last.complete else None


def _report(opened: Workspace, plan: Plan, outcome: Outcome | None) -> WorkspaceReport:
    shown = render_plan(view_plan(plan))
    verdict = "Nothing to apply."
    if outcome is not None and plan.visible_changes:
        view = view_outcome(opened.name, outcome)
        verdict, shown = view.summary, f"{shown}\n{render_outcome(view)}"
    result = CiWorkspaceResult(
        name=opened.name,
        workspace_id=opened.workspace_id,
        exit_code=apply_exit_code(plan, outcome),
        summary=f"run {outcome.run}" if outcome is not None and outcome.results else "",
        verdict=verdict,
        digest=content_digest(plan),
    )
    return WorkspaceReport(result, shown)


def _not_reviewed_error(name: str) -> PlanError:
    return PlanError.of(
        "Not reviewed",
        f"No check of a pull request has a plan of {name} for this commit, so there is no review "
        "to apply, and nothing was changed. Look at the plan, then apply it by its digest:"
        f'\n\n    cioform plan {name}\n    cioform apply {name} --reviewed "$DIGEST"',
    )
