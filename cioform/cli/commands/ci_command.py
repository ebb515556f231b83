"""`cioform ci command`: what a comment in a pull request asks for."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from cioform.cli.streams import write_stderr, write_stdout
from cioform.core.errors import CioformError
from cioform.forge.checks import app_of_checks
from cioform.forge.ci_run import read_ci_run
from cioform.forge.client import connect_github
from cioform.forge.event import read_event
from cioform.services.ci.comment_command import answer_comment, read_comment_command
from cioform.storage.user_files import append_text


def command() -> int:
    """Read what a comment in a pull request asks for.

    It prints the command, the workspace, the commit and the branch, and adds them to the outputs
    of the step. A comment counts only if somebody with write access wrote it, and only for the
    commit that the pull request had then; otherwise `command` is empty.

    Examples:
        cioform ci command
    """
    event = read_event(os.environ)
    run = read_ci_run(os.environ)
    with closing(connect_github(os.environ, run.repository)) as github:
        found = read_comment_command(github, event, app_of_checks(os.environ))
        try:
            answer_comment(github, event, found)
        except CioformError as error:
            write_stderr(f"No reply was posted to the comment: {error}\n")
    text = "".join(f"{name}={value}\n" for name, value in found.outputs.items())
    if file := os.environ.get("GITHUB_OUTPUT"):
        append_text(Path(file), text)
    write_stdout(text)
    if not found.command:
        refusal = found.refusal or "The comment is not a command of somebody with write access."
        write_stderr(f"{refusal}\n")
    return 0
