"""The variables by which CI systems describe a job."""

from __future__ import annotations

from typing import Final

from cioform.core.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """The variables of a CI system, by their meaning; of several, the first that is set counts."""

    name: str
    sign: str
    """The variable that is always set there."""
    head: str = ""
    base: str = ""
    target_branch: str = ""
    pull_request: str = ""
    url: str = ""
    run_id: str = ""
    actor: str = ""
    repository: str = ""
    before: str = ""
    schedule: tuple[str, str] = ("", "")
    """A variable, and its value in a job that a schedule started."""
    merge_queue: tuple[str, str] = ("", "")
    pull_request_job: tuple[str, ...] = ("",)
    """A variable, and its values in a job for a pull request; any value if none is named."""
    repositories: tuple[str, str] = ("", "")
    """The variables with the repository of the changes, and with the one that they are for."""
    fork: str = ""
    """The variable that only a pull request from another repository has."""


GITHUB_ACTIONS: Final = "GitHub Actions"
SYSTEMS: Final = (
    System(
        GITHUB_ACTIONS, "GITHUB_ACTIONS", head="GITHUB_SHA", run_id="GITHUB_RUN_ID",
        actor="GITHUB_ACTOR", repository="GITHUB_REPOSITORY", target_branch="GITHUB_BASE_REF",
        merge_queue=("GITHUB_EVENT_NAME", "merge_group"),
        pull_request_job=(
            "GITHUB_EVENT_NAME", "pull_request", "pull_request_target", "pull_request_review",
            "pull_request_review_comment",
        ),
        schedule=("GITHUB_EVENT_NAME", "schedule"),
    ),
    System(
        "GitLab CI", "GITLAB_CI", head="CI_COMMIT_SHA", base="CI_MERGE_REQUEST_DIFF_BASE_SHA",
        target_branch="CI_MERGE_REQUEST_TARGET_BRANCH_NAME "
        "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
        pull_request="CI_MERGE_REQUEST_IID CI_EXTERNAL_PULL_REQUEST_IID",
        pull_request_job=(
            "CI_PIPELINE_SOURCE", "merge_request_event", "external_pull_request_event"
        ),
        url="CI_JOB_URL", run_id="CI_PIPELINE_ID",
        actor="GITLAB_USER_LOGIN", repository="CI_PROJECT_PATH", before="CI_COMMIT_BEFORE_SHA",
        schedule=("CI_PIPELINE_SOURCE", "schedule"),
        merge_queue=("CI_MERGE_REQUEST_EVENT_TYPE", "merge_train"),
        repositories=("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID"),
    ),
    System(
        "Buildkite", "BUILDKITE", head="BUILDKITE_COMMIT",
        target_branch="BUILDKITE_PULL_REQUEST_BASE_BRANCH", pull_request="BUILDKITE_PULL_REQUEST",
        url="BUILDKITE_BUILD_URL", run_id="BUILDKITE_BUILD_ID",
        actor="BUILDKITE_BUILD_CREATOR_EMAIL", schedule=("BUILDKITE_SOURCE", "schedule"),
        repositories=("BUILDKITE_PULL_REQUEST_REPO", "BUILDKITE_REPO"),
    ),
    System(
        "Jenkins", "JENKINS_URL", head="GIT_COMMIT", target_branch="CHANGE_TARGET",
        pull_request="CHANGE_ID", url="BUILD_URL", run_id="BUILD_TAG", actor="CHANGE_AUTHOR",
        before="GIT_PREVIOUS_SUCCESSFUL_COMMIT", fork="CHANGE_FORK",
    ),
    System(
        "CircleCI", "CIRCLECI", url="CIRCLE_BUILD_URL", run_id="CIRCLE_WORKFLOW_ID",
        actor="CIRCLE_USERNAME", pull_request="CIRCLE_PR_NUMBER",
        pull_request_job=("CIRCLE_PULL_REQUEST",),
    ),
    System(
        "Bitbucket", "BITBUCKET_BUILD_NUMBER", run_id="BITBUCKET_PIPELINE_UUID",
        actor="BITBUCKET_STEP_TRIGGERER_UUID", pull_request="BITBUCKET_PR_ID",
        target_branch="BITBUCKET_PR_DESTINATION_BRANCH",
    ),
    System(
        "Azure Pipelines", "TF_BUILD", actor="BUILD_REQUESTEDFOREMAIL",
        pull_request="SYSTEM_PULLREQUEST_PULLREQUESTNUMBER SYSTEM_PULLREQUEST_PULLREQUESTID",
        target_branch="SYSTEM_PULLREQUEST_TARGETBRANCH",
        pull_request_job=("BUILD_REASON", "PullRequest"),
    ),
)  # fmt: skip
"""What is known of CI systems. The first one whose sign is set is the current one."""
