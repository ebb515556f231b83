"""`cioform ci apply`: apply what was reviewed in a pull request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from cioform.cli.applying import AllowOlderOption, AutoApproveOption
from cioform.cli.ci_output import (
    DEFAULT_FOLDER,
    FolderOption,
    OnDriftOption,
    PatternsArgument,
    print_conclusion,
)
from cioform.cli.parameters import opening, options
from cioform.cli.parameters.planning_options import GuardOptions
from cioform.cli.streams import output_may_be_lost
from cioform.cli.terminal.progress import print_warnings
from cioform.forge.ci_run import read_ci_run
from cioform.plan.plan import OnDrift
from cioform.services.ci.conclude import conclude
from cioform.services.ci.folder import JobFolder
from cioform.services.ci.jobs.apply import ApplyJob, apply_workspaces
from cioform.services.ci.jobs.reviews import find_reviews
from cioform.services.ci.jobs.scope import scope_of_job


@output_may_be_lost()
def apply(
    workspaces: PatternsArgument = None,
    reviewed_from: Annotated[
        Path | None,
        typer.Option(
            "--reviewed-from",
            metavar="DIR",
            help="Folder of the `cioform ci plan` that was reviewed (default: the checks of the "
            "pull request on GitHub).",
            show_default=False,
        ),
    ] = None,
    auto_approve: AutoApproveOption = False,
    out: FolderOption = DEFAULT_FOLDER,
    on_drift: OnDriftOption = "keep",
    lock_timeout: Annotated[
        str,
        typer.Option(metavar="DURATION", help="How long to wait for the lock of a shared state."),
    ] = "30m",
    allow_older: AllowOlderOption = False,
    *,
    guards: GuardOptions,
    project: options.ProjectOption = None,
) -> int:
    """Apply what was reviewed in a pull request, and nothing else.

    Run it after the merge, or on the commit of the merge queue. It makes a new plan and applies the
    changes whose digests are in the checks of the pull request. It skips and lists changes that are
    not the same any more (exit code 8). Without a review, it applies nothing (exit code 4).

    Examples:
        cioform ci apply
        cioform ci apply acme --reviewed-from cioform-ci --allow-live
    """
    root = opening.find_project_root(project)
    run = read_ci_run(os.environ)
    scope = scope_of_job(root, workspaces or (), run.before or run.base, os.environ)
    with find_reviews(root, run, reviewed_from, os.environ, is_needed=not auto_approve) as find:
        job = ApplyJob(
            find,
            OnDrift(on_drift),
            options.parse_duration(lock_timeout, "--lock-timeout"),
            allow_older,
            guards.guards,
            print_warnings,
        )
        reports = apply_workspaces(root, scope.names, job)
    conclusion = conclude(root, "apply", reports, run, JobFolder(out), os.environ)
    print_conclusion(run, reports, conclusion, out)
    return conclusion.result.exit_code
