"""`cioform ci plan`: validate, check and plan what a pull request changes."""

from __future__ import annotations

import os

from cioform.cli.ci_output import (
    DEFAULT_FOLDER,
    FolderOption,
    OnDriftOption,
    PatternsArgument,
    print_conclusion,
)
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import GuardOptions
from cioform.forge.ci_run import read_ci_run
from cioform.plan.plan import OnDrift
from cioform.services.ci.conclude import conclude
from cioform.services.ci.folder import JobFolder
from cioform.services.ci.jobs.plan import PlanJob, plan_workspaces
from cioform.services.ci.jobs.scope import left_out_of_job, scope_of_job
from cioform.services.revisions.run_origin import base_of_pull_request


def plan(
    workspaces: PatternsArgument = None,
    out: FolderOption = DEFAULT_FOLDER,
    on_drift: OnDriftOption = "keep",
    settings_from: options.SettingsFromOption = None,
    allow_new_workspace: options.AllowNewWorkspaceOption = False,
    *,
    guards: GuardOptions,
    project: options.ProjectOption = None,
) -> int:
    """Validate, check and plan what a pull request affects.

    The command writes the plans, with a page and a comment for each, and their digests to a folder.
    It adds a step summary and prints annotations. It sends nothing to GitHub: `cioform ci publish`
    does that, with its own token. Settings and policies are those of the target branch.

    The command exits with 0 if every plan could be applied, with 3 if files are invalid, and with 4
    if a guard or a policy refuses a plan. All other exit codes are those of `cioform plan`.

    Examples:
        cioform ci plan
        cioform ci plan 'eu_*' --out cioform-ci --allow-live
    """
    root = opening.find_project_root(project)
    run = read_ci_run(os.environ)
    base = settings_from or base_of_pull_request(root, os.environ)
    scope = scope_of_job(root, workspaces or (), base, os.environ)
    job = PlanJob(
        base,
        allow_new_workspace,
        OnDrift(on_drift),
        guards.guards,
        is_fork=run.is_fork,
    )
    reports = plan_workspaces(root, scope.names, job)
    left_out = left_out_of_job(root, scope.names, base, os.environ) if workspaces else ()
    notes = [
        *(f"{name} was removed, so it is no longer managed." for name in scope.removed),
        *(f"{name} is affected too, but it was not planned." for name in left_out),
    ]
    conclusion = conclude(root, "plan", reports, run, JobFolder(out), os.environ, notes, left_out)
    print_conclusion(run, reports, conclusion, out)
    return conclusion.result.exit_code
