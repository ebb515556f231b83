"""Plan the workspaces that a pull request touches, and collect what is reported of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from cioform.config.project import workspace_names
from cioform.config.workspace_summary import summarize_workspace
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Severity
from cioform.core.errors import CioformError, ConfigError
from cioform.core.exit_codes import REFUSED
from cioform.forge.result import AskedApproval, CiWorkspaceResult, ReviewedChange
from cioform.model.resource import Resource
from cioform.model.settings.limits import Guards
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import OnDrift, Plan
from cioform.plan.review.digest import change_digests, content_digest
from cioform.plan.review.planfile import encode_plan
from cioform.report.plan.annotate import locator, plan_annotations
from cioform.report.plan.collect_extras import collect_extras
from cioform.report.plan.parts.extras import NO_EXTRAS
from cioform.report.plan.parts.fields import DisplayOptions
from cioform.report.plan.report import Report, plan_report
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import PlanView, SectionView, view_plan
from cioform.services.ci.jobs.own_changes import own_addresses
from cioform.services.ci.jobs.sandbox_plan import NOTE, REVISION, sandbox_copy
from cioform.services.ci.jobs.workspace_report import WorkspaceReport, failure
from cioform.services.project.state_folder import sandbox_file
from cioform.services.revisions.files import NoWorkspacesError, RevisionFiles
from cioform.services.revisions.find import find_commit
from cioform.services.validation import validate
from cioform.services.workspace import Workspace, open_workspace

_WHY: Final = "it decides what this pull request changes"


@dataclass(frozen=True, slots=True)
class PlanJob:
    """How the workspaces are planned."""

    base: str | None = None
    """The revision that the files are compared with, and whose settings judge them: that of the
    target branch, unless the command names another one. None outside of a pull request."""
    allow_new_workspace: bool = False
    on_drift: OnDrift = OnDrift.KEEP
    guards: Callable[[Workspace], Guards] = Workspace.guards
    """Returns the guards, relaxed as far as the command allows."""
    is_fork: bool = False
    """Whether the author of the files does not get the credentials."""
    revisions: RevisionFiles | None = None
    """Set while the job runs: what its workspaces share."""


def plan_workspaces(root: Path, names: Sequence[str], job: PlanJob) -> list[WorkspaceReport]:
    """Validate, check and plan workspaces. What fails in one does not stop the others."""
    with RevisionFiles() as revisions:
        base = _files_of_base(root, job.base, revisions)
        job = replace(job, revisions=revisions)
        return [_attempt(root, name, job, base) for name in names]


def _files_of_base(root: Path, revision: str | None, revisions: RevisionFiles) -> Path | None:
    """Return the project of the target branch, None outside of a pull request and for a new one.

    Raises PlanError if Git does not have the revision.
    """
    if revision is None:
        return None
    commit = find_commit(root, revision, _WHY)
    try:
        return revisions.at(root, commit)
    except NoWorkspacesError:
        return None


def _attempt(root: Path, name: str, job: PlanJob, base: Path | None) -> WorkspaceReport:
    try:
        _, problems = validate(root, [name])
        if errors := [each for each in problems if each.severity is Severity.ERROR]:
            raise ConfigError(errors)
        if job.is_fork or _is_empty_sandbox(root, name, base):
            return _plan_on_sandbox(root, name, job, base)
        return _plan_in(root, name, job, base)
    except CioformError as error:
        return failure(name, error)


def _is_empty_sandbox(root: Path, name: str, base: Path | None) -> bool:
    """Return whether a workspace is a sandbox in which nothing was applied yet.

    The target branch says whether it is one: a pull request could hide what it does otherwise.
    """
    known = base if base is not None and name in workspace_names(base) else root
    is_sandbox = summarize_workspace(known, name, os.environ).endpoint == "sandbox"
    return is_sandbox and not sandbox_file(root).exists()


def _plan_on_sandbox(root: Path, name: str, job: PlanJob, base: Path | None) -> WorkspaceReport:
    """Plan on a sandbox. Its digests mean nothing to anybody else."""
    with sandbox_copy(root, name, base) as copy:
        inner = replace(job, base=REVISION, allow_new_workspace=True)
        planned = _plan_in(copy, name, inner, base)
    result = planned.result.model_copy(update={"digest": None, "changes": ()})
    report = planned.report and replace(planned.report, facts=(), next_commands=())
    return replace(planned, result=result, report=report, plan_file="", notes=(NOTE,))


def _plan_in(root: Path, name: str, job: PlanJob, base: Path | None) -> WorkspaceReport:
    with open_workspace(
        root,
        name,
        settings_from=job.base,
        allow_new_workspace=job.allow_new_workspace,
        revisions=job.revisions,
    ) as opened:
        return _plan(opened, job, base)


def _plan(opened: Workspace, job: PlanJob, base: Path | None) -> WorkspaceReport:
    plan = opened.plan(on_drift=job.on_drift, warns=True)
    violations = find_guard_violations(plan, job.guards(opened))
    every = find_guard_violations(plan, opened.guards())
    view = view_plan(
        plan,
        violations,
        DisplayOptions(),
        allowed=[each for each in every if each not in violations],
        extras=collect_extras(plan, opened.kinds),
    )
    report = plan_report(view)
    own = own_addresses(opened.configuration, base, opened.kinds)
    resources = opened.configuration.desired.resources
    exit_code = REFUSED if violations else 0
    return WorkspaceReport(
        _result(opened, plan, view, exit_code),
        render_plan(view),
        report if own is None else _own_first(report, own),
        encode_plan(plan),
        tuple(plan_annotations(plan, violations, locator(resources, opened.kinds))),
    )


def _result(opened: Workspace, plan: Plan, view: PlanView, exit_code: int) -> CiWorkspaceResult:
    resources = opened.configuration.desired.resources
    digests = change_digests(plan)
    counts = [each for each in (*view.change_counts, *view.other_counts) if each.number]
    return CiWorkspaceResult(
        name=opened.name,
        workspace_id=opened.workspace_id,
        exit_code=exit_code,
        summary=", ".join(f"{each.number:,} {each.text}" for each in counts) or "no changes",
        verdict=view.verdict.text,
        digest=content_digest(plan),
        changes=tuple(
            ReviewedChange(address=each.address, action=each.action, digest=each.digest)
            for each in digests
        ),
        approvals=tuple(
            AskedApproval(owner=each.owner, people=each.people, approvals=each.approvals)
            for each in plan.approvals
        ),
        files={each.address: files_of_resource(resources, each.address) for each in digests},
    )


def files_of_resource(resources: Mapping[Address, Resource], address: str) -> tuple[str, ...]:
    """Return the files that describe an address, from the folder of the project."""
    resource = resources.get(Address.parse(address))
    if resource is None or resource.location is None:
        return ()
    return tuple(dict.fromkeys((resource.location.file, *resource.body_files.values())))


def _own_first(report: Report, own: Set[Address]) -> Report:
    """Return a report whose changes are those of the pull request, and apart from them others."""
    names = set(map(str, own))
    mine = tuple(item for item in report.items if item.address in names)
    others = tuple(
        replace(item, fields=(), detail="", extras=NO_EXTRAS)
        for item in report.items
        if item.address not in names
    )
    if not others:
        return report
    section = SectionView("Not applied yet", "the target branch has these changes too", others)
    return replace(report, items=mine, others=(section, *report.others))
