"""What the variables of CI systems say, as one type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cioform.forge.ci_run import CiRun, Trigger, read_ci_run

HEAD, BASE, OTHER = "a" * 40, "b" * 40, "c" * 40
GITHUB = {
    "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/messages", "GITHUB_RUN_ID": "7",
    "GITHUB_SERVER_URL": "https://github.com", "GITHUB_ACTOR": "octocat", "GITHUB_SHA": OTHER,
}  # fmt: skip
GITLAB = {
    "GITLAB_CI": "true", "CI_COMMIT_SHA": HEAD, "CI_JOB_URL": "https://gitlab.com/job/1",
    "CI_PIPELINE_ID": "7", "GITLAB_USER_LOGIN": "jane", "CI_PROJECT_PATH": "acme/messages",
}  # fmt: skip
MERGE_REQUEST = {
    "CI_MERGE_REQUEST_IID": "12", "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
    "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1",
}  # fmt: skip
BUILDKITE = {
    "BUILDKITE": "true", "BUILDKITE_COMMIT": HEAD, "BUILDKITE_BUILD_URL": "https://b.example/1",
    "BUILDKITE_BUILD_ID": "7", "BUILDKITE_BUILD_CREATOR_EMAIL": "jane@acme.com",
    "BUILDKITE_REPO": "git@github.com:acme/messages.git",
}  # fmt: skip
JENKINS = {
    "JENKINS_URL": "https://j.example/",
    "GIT_COMMIT": HEAD,
    "BUILD_URL": "https://j.example/1",
}


def pull_request(source: str | None = "acme/messages") -> dict[str, Any]:
    target = {"full_name": "acme/messages"}
    return {
        "pull_request": {
            "number": 12,
            "head": {"sha": HEAD, "repo": {"full_name": source} if source else None},
            "base": {"sha": BASE, "repo": target},
        }
    }


@pytest.mark.parametrize(
    ("environment", "event", "expected"),
    [
        ({}, None, {"trigger": Trigger.OTHER}),
        (GITHUB, {"before": BASE}, {"trigger": Trigger.PUSH, "head": OTHER, "before": BASE}),
        (GITHUB, {"before": "0" * 40}, {"before": None}),
        (GITHUB | {"GITHUB_EVENT_NAME": "schedule"}, {}, {"trigger": Trigger.SCHEDULE}),
        (GITHUB, pull_request(), {"pull_request": 12, "head": HEAD, "base": BASE}),
        (GITHUB, pull_request(), {"trigger": Trigger.PULL_REQUEST, "is_fork": False}),
        (GITHUB, pull_request("eve/messages"), {"is_fork": True}),
        (GITHUB, pull_request(None), {"is_fork": True}),
        (
            GITHUB,
            {"merge_group": {"head_sha": HEAD, "base_sha": BASE,
                             "head_ref": f"refs/heads/gh-readonly-queue/main/pr-12-{BASE}"}},
            {"trigger": Trigger.MERGE_QUEUE, "head": HEAD, "base": BASE, "pull_request": 12},
        ),
        (
            GITHUB,
            {"comment": {"body": "x"}, "issue": {"number": 12, "pull_request": {}}},
            {"trigger": Trigger.COMMENT, "pull_request": None},
        ),
        (
            GITHUB,
            {"comment": {"body": "x"}, "issue": {"number": 12, "pull_request": {"url": "u"}}},
            {"trigger": Trigger.COMMENT, "pull_request": 12},
        ),
        (GITHUB, ["no", "event"], {"url": "https://github.com/acme/messages/actions/runs/7"}),
        (GITLAB, None, {"system": "GitLab CI", "trigger": Trigger.PUSH, "actor": "jane"}),
        (GITLAB | MERGE_REQUEST, None, {"pull_request": 12, "base": BASE, "is_fork": False}),
        (
            GITLAB | MERGE_REQUEST | {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "2"},
            None,
            {"is_fork": True},
        ),
        (
            GITLAB | MERGE_REQUEST | {"CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"},
            None,
            {"trigger": Trigger.MERGE_QUEUE},
        ),
        (BUILDKITE | {"BUILDKITE_PULL_REQUEST": "false"}, None, {"pull_request": None}),
        (
            BUILDKITE | {
                "BUILDKITE_PULL_REQUEST": "12", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
                "BUILDKITE_PULL_REQUEST_REPO": "git://github.com/acme/messages.git",
            },
            None,
            {"pull_request": 12, "target_branch": "main", "is_fork": False, "head": HEAD},
        ),
        (
            JENKINS | {"CHANGE_ID": "12", "CHANGE_TARGET": "main", "CHANGE_FORK": "eve"},
            None,
            {"pull_request": 12, "target_branch": "main", "is_fork": True},
        ),
        (
            GITHUB | {"CIOFORM_HEAD": HEAD, "CIOFORM_BASE": BASE, "CIOFORM_PULL_REQUEST": "3",
                      "CIOFORM_ACTOR": "jane"},
            {},
            {"head": HEAD, "base": BASE, "pull_request": 3, "actor": "jane"},
        ),
        (GITHUB | {"CIOFORM_HEAD": "--upload-pack=x"}, {}, {"head": OTHER}),
        (GITHUB | {"GITHUB_BASE_REF": ""}, {}, {"trigger": Trigger.PUSH, "target_branch": None}),
        (
            GITHUB | {"GITHUB_BASE_REF": "main"},
            {"pull_request": {"number": 12}},
            {"trigger": Trigger.PULL_REQUEST, "base": None, "target_branch": "main"},
        ),
        (
            GITHUB | {"GITHUB_REF": f"refs/heads/gh-readonly-queue/r/v1/pr-12-{BASE}",
                      "GITHUB_EVENT_NAME": "merge_group"},
            None,
            {"trigger": Trigger.MERGE_QUEUE, "target_branch": "r/v1"},
        ),
        (
            GITLAB | {"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
            None,
            {"trigger": Trigger.PULL_REQUEST, "pull_request": 3, "target_branch": "main"},
        ),
        (
            {"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_ID": "3",
             "BITBUCKET_PR_DESTINATION_BRANCH": "main"},
            None,
            {"trigger": Trigger.PULL_REQUEST, "pull_request": 3, "target_branch": "main"},
        ),
        (
            {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_PULLREQUESTID": "3",
             "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
            None,
            {"trigger": Trigger.PULL_REQUEST, "pull_request": 3, "target_branch": "main"},
        ),
    ],
)  # fmt: skip
def test_a_job_is_read(
    tmp_path: Path, environment: dict[str, str], event: object, expected: dict[str, Any]
) -> None:
    if event is not None:
        (tmp_path / "event.json").write_text(json.dumps(event))
        environment = environment | {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    run = read_ci_run(environment)
    assert {name: getattr(run, name) for name in expected} == expected


def test_an_event_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "event.json").open("wb") as file:
        file.truncate(33 * 2**20)
    assert read_ci_run({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}) == CiRun()
