"""Who runs a command, and from where: a CI job says so in its environment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.services.context import OpenWorkspace
from cioform.services.project.git import checked_out_commit, git_output
from cioform.state.runs import RunInfo, new_run_id
from cioform.storage.lock import user_and_host

_ACTORS: Final = (
    "CIOFORM_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR_EMAIL",
    "CIRCLE_USERNAME", "BITBUCKET_STEP_TRIGGERER_UUID", "BUILD_REQUESTEDFOREMAIL",
)  # fmt: skip
"""The variables that say who started a CI job; ours first, for systems that have none."""
_JOB_URLS: Final = (
    "CIOFORM_RUN_URL", "CI_JOB_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL", "BUILD_URL",
)  # fmt: skip


def describe_run(opened: OpenWorkspace, command: str, digest: str | None = None) -> RunInfo:
    """Return what is remembered of a command that changes the state."""
    environment = os.environ
    return RunInfo(
        id=new_run_id(opened.clock()),
        command=command,
        who=_first(environment, _ACTORS) or _git_user(opened.root) or user_and_host(),
        url=_job_url(environment),
        commit=checked_out_commit(opened.root),
        base=target_branch_commit(environment),
        digest=digest,
    )


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environment[name] for name in names if environment.get(name)), None)


def _git_user(root: Path) -> str | None:
    return (git_output(root, "config", "user.email") or "").strip() or None


def _job_url(environment: Mapping[str, str]) -> str | None:
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name) for name in names)
    if server and repository and run:
        return f"{server}/{repository}/actions/runs/{run}"
    return _first(environment, _JOB_URLS)


def target_branch_commit(environment: Mapping[str, str]) -> str | None:
    """Return the commit that a pull request starts from, None outside of one."""
    if base := environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        return base
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
        return str(event["pull_request"]["base"]["sha"])
    except (KeyError, TypeError, ValueError, OSError):
        return None
