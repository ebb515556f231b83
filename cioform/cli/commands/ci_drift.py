"""`cioform ci drift`: look for drift in every workspace."""

from __future__ import annotations

import os

from cioform.cli.ci_output import (
    DEFAULT_FOLDER,
    AllPatternsArgument,
    FolderOption,
    print_conclusion,
)
from cioform.cli.parameters import opening, options
from cioform.cli.terminal.progress import print_warnings
from cioform.forge.ci_run import read_ci_run
from cioform.services.ci.conclude import conclude
from cioform.services.ci.folder import JobFolder
from cioform.services.ci.jobs.drift import find_drift_in
from cioform.services.ci.jobs.scope import scope_of_job


def drift(
    workspaces: AllPatternsArgument = None,
    out: FolderOption = DEFAULT_FOLDER,
    project: options.ProjectOption = None,
) -> int:
    """Check every workspace for drift, for a nightly job.

    The command writes a page for each workspace and the text of an issue to a folder. `cioform ci
    publish` opens the issue, keeps it up to date and closes it. The command exits with 2 if there
    is drift and with 8 if something could not be read.

    Examples:
        cioform ci drift
    """
    root = opening.find_project_root(project)
    run = read_ci_run(os.environ)
    scope = scope_of_job(root, workspaces or (), None, os.environ)
    reports = find_drift_in(root, scope.names, print_warnings)
    conclusion = conclude(root, "drift", reports, run, JobFolder(out), os.environ)
    print_conclusion(run, reports, conclusion, out)
    return conclusion.result.exit_code
