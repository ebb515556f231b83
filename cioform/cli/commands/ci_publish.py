"""`cioform ci publish`: publish on GitHub what a job found out."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Annotated

import typer

from cioform.cli.ci_output import DEFAULT_FOLDER, FolderArgument
from cioform.cli.output import stderr_styler
from cioform.cli.parameters import options
from cioform.cli.streams import write_stderr
from cioform.forge.ci_run import read_ci_run
from cioform.forge.client import connect_github
from cioform.report.diagnostics import render_diagnostics
from cioform.services.ci.folder import JobFolder
from cioform.services.ci.publish import publish as tell_forge
from cioform.services.ci.publish import read_own_result


def publish(
    folder: FolderArgument = DEFAULT_FOLDER,
    artifact_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="URL from which the folder can be downloaded.",
            show_default=False,
        ),
    ] = None,
    no_color: options.NoColorOption = False,
) -> int:
    """Publish the results of a job on GitHub.

    After `ci plan`, the command writes a check for each workspace, with the digest for `ci apply`,
    and one comment in the pull request, which it keeps up to date. After `ci apply`, it writes a
    comment. After `ci drift`, it opens, updates or closes one issue. If a comment cannot be
    written, there is only a warning. On systems other than GitHub, post `comment.md` from the
    folder yourself.

    The token is read from `CIOFORM_GITHUB_TOKEN`, `GITHUB_TOKEN` or `GH_TOKEN`. A pull request from
    a fork has no token that can write, so nothing is published for it.

    Examples:
        cioform ci publish cioform-ci
    """
    run = read_ci_run(os.environ)
    found = JobFolder(folder)
    result = read_own_result(found, run)
    if run.is_fork:
        write_stderr("Nothing is published for a pull request from a fork.\n")
        return 0
    with closing(connect_github(os.environ, run.repository)) as github:
        published = tell_forge(github, result, found.read_comment(), artifact_url)
    write_stderr(render_diagnostics(published.warnings, stderr_styler(not no_color)))
    if published.done:
        write_stderr(f"Published: {', '.join(published.done)}\n")
    return 0
