"""The origin of a run: the person or the CI job, as the environment describes it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cioform.core.errors import PlanError
from cioform.core.text.visible_bytes import with_visible_bytes
from cioform.forge.ci_run import CiRun, read_ci_run
from cioform.services.context import OpenWorkspace
from cioform.services.project.git import checked_out_commit, git_line, git_output, line_if_known
from cioform.state.runs import RunInfo, new_run_id
from cioform.storage.lock import user_and_host


def describe_run(opened: OpenWorkspace, command: str, digest: str | None = None) -> RunInfo:
    """Return what is remembered of a command that changes the state."""
    run = read_ci_run(os.environ)
    return RunInfo(
        id=new_run_id(opened.clock()),
        command=command,
        who=find_actor(opened.root),
        url=with_visible_bytes(run.url) if run.url is not None else None,
        commit=checked_out_commit(opened.root),
        base=target_branch_commit(opened.root, os.environ),
        digest=digest,
    )


def find_actor(root: Path) -> str:
    """Return who runs this: the actor of the CI job, the user of Git, or the user and the host."""
    actor = read_ci_run(os.environ).actor
    who = actor or line_if_known(root, "config", "user.email") or user_and_host()
    return with_visible_bytes(who)


def base_of_pull_request(root: Path, environment: Mapping[str, str]) -> str | None:
    """Return the commit whose settings judge the files, None outside of a pull request.

    Raises PlanError if they are and the environment does not name the target branch, because the
    author of the files also wrote their settings.
    """
    commit = target_branch_commit(root, environment)
    if commit is not None or not _may_be_unmerged(root, read_ci_run(environment)):
        return commit
    raise PlanError.of(
        "Target branch not known",
        "This job runs for a pull request, and its environment does not name the target branch, "
        "whose settings judge the files. Set `CIOFORM_TARGET_BRANCH` to the name of that branch "
        "in the job, or pass it as in `--settings-from origin/main`.",
    )


def _may_be_unmerged(root: Path, run: CiRun) -> bool:
    if not run.merged_refs:
        return run.is_for_pull_request
    return all(
        not ref or git_output(root, "merge-base", "--is-ancestor", "HEAD", ref) is None
        for ref in run.merged_refs
    )


def target_branch_commit(root: Path, environment: Mapping[str, str]) -> str | None:
    """Return the commit that a pull request starts from, None outside of one.

    If it is not known where the branches parted, the target branch itself is named.
    """
    run = read_ci_run(environment)
    if run.base or run.target_branch is None:
        return run.base
    branch = f"refs/remotes/origin/{run.target_branch}"
    return git_line(root, "merge-base", branch, "HEAD") or branch
