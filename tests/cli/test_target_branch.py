"""A job for a pull request is judged by its target branch, however little its environment says."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import pytest

from cioform.core.errors import PlanError
from cioform.services.revisions.run_origin import base_of_pull_request
from tests.support.command_line import CommandLine
from tests.support.git import commit_all, git, repository

SNIPPET: Final = Path("workspaces/demo/snippets/main_address.yaml")
SETTINGS: Final = Path("workspaces/demo/workspace.yaml")
GITHUB: Final = {"CI": "true", "GITHUB_ACTIONS": "true"}
GITLAB: Final = {"CI": "true", "GITLAB_CI": "true"}
NO_EVENT: Final = {"GITHUB_EVENT_PATH": "/nonexistent"}


@pytest.fixture(scope="module")
def prepared(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone, on a branch that changes the guards and a text. Its origin is in it."""
    return repository(prepared, tmp_path_factory, begin)


def begin() -> None:
    commit_all()
    git("clone", "-q", "--bare", "--template=", ".", ".git/origin")
    git("remote", "add", "origin", ".git/origin")
    git("fetch", "-q", "origin")
    git("checkout", "-qb", "change")
    SETTINGS.write_text(SETTINGS.read_text() + "live_edits: no\n")
    SNIPPET.write_text(SNIPPET.read_text().replace("1 High", "8 High"))
    git("commit", "-qam", "Change")


def environment(folder: Path, variables: dict[str, str], event: object) -> dict[str, str]:
    """Return the variables of a job, the file of whose event is in a folder."""
    if event is None:
        return variables
    file = folder / "event.json"
    file.write_text(json.dumps(event))
    return variables | {"GITHUB_EVENT_PATH": str(file)}


def set_environment(patch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        patch.setenv(name, value)


PULL_REQUEST: Final = GITHUB | {"GITHUB_EVENT_NAME": "pull_request"}
MERGE_REQUEST: Final = GITLAB | {"CI_MERGE_REQUEST_IID": "1"}


@pytest.mark.parametrize(
    ("variables", "event"),
    [
        (GITHUB | {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}, None),
        (
            GITHUB | {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"} | NO_EVENT,
            None,
        ),
        (GITHUB | {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}, {}),
        (GITHUB | {"GITHUB_EVENT_NAME": "pull_request_target", "GITHUB_BASE_REF": "main"}, {}),
        (GITHUB | {"GITHUB_BASE_REF": "main"}, {"pull_request": {"number": 1}}),
        ({"GITHUB_BASE_REF": "main"}, None),
        (
            GITLAB | {"CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
            None,
        ),
        (GITLAB | {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME": "main"}, None),
        ({"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_DESTINATION_BRANCH": "main"}, None),
        ({"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, None),
        ({"CIRCLE_PULL_REQUEST": "https://x.example/1", "CIOFORM_TARGET_BRANCH": "main"}, None),
    ],
)
def test_the_name_of_the_target_branch_is_enough(
    prepared: Path, tmp_path: Path, variables: dict[str, str], event: object
) -> None:
    found = base_of_pull_request(prepared, environment(tmp_path, variables, event))
    assert found == git("-C", str(prepared), "rev-parse", "main")


@pytest.mark.parametrize(
    "variables",
    [
        PULL_REQUEST | {"GITHUB_BASE_REF": "main"},
        MERGE_REQUEST | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    ],
)
def test_a_plan_names_the_commit_that_judges_it(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    set_environment(monkeypatch, variables)
    done = cio("plan", "demo")
    assert (done.code, done.err) == (0, "")
    assert "judged by the settings of commit" in done.out
    assert "not used: live_edits" in done.out


@pytest.mark.parametrize(
    ("variables", "event"),
    [
        (GITHUB | {"GITHUB_EVENT_NAME": "pull_request"}, {}),
        (GITHUB | {"GITHUB_EVENT_NAME": "pull_request_review"}, None),
        (GITHUB | {"GITHUB_EVENT_NAME": "merge_group"}, ["no", "event"]),
        (GITHUB, {"pull_request": {"number": 1}}),
        (GITLAB | {"CI_PIPELINE_SOURCE": "merge_request_event"}, None),
        (GITLAB | {"CI_MERGE_REQUEST_IID": "1"}, None),
        ({"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST": "1"}, None),
        ({"JENKINS_URL": "https://j.example/", "CHANGE_ID": "1"}, None),
        ({"CIRCLECI": "true", "CIRCLE_PULL_REQUEST": "https://x.example/1"}, None),
        ({"TF_BUILD": "True", "BUILD_REASON": "PullRequest"}, None),
    ],
)
def test_without_the_target_branch_a_job_is_refused(
    prepared: Path, tmp_path: Path, variables: dict[str, str], event: object
) -> None:
    with pytest.raises(PlanError, match="Target branch not known"):
        base_of_pull_request(prepared, environment(tmp_path, variables, event))


@pytest.mark.parametrize("command", [("plan", "demo"), ("ci", "plan"), ("approvals", "demo")])
@pytest.mark.parametrize("variables", [PULL_REQUEST, MERGE_REQUEST])
def test_a_command_without_the_target_branch_takes_a_revision(
    cio: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    variables: dict[str, str],
) -> None:
    set_environment(monkeypatch, variables)
    done = cio(*command)
    assert (done.code, done.err.splitlines()[0]) == (4, "error: Target branch not known")
    assert "Target branch not known" not in cio(*command, "--settings-from", "main").err


@pytest.mark.parametrize(
    ("name", "event", "is_merged"),
    [
        ("workflow_run", {"workflow_run": {"event": "pull_request"}}, False),
        ("workflow_run", {}, False),
        ("workflow_run", {"workflow_run": {"event": "push"}}, True),
        ("issue_comment", {"comment": {}, "issue": {"pull_request": {"url": "u"}}}, False),
        ("issue_comment", {"comment": {}, "issue": {"number": 1}}, True),
    ],
)
def test_a_job_of_the_default_branch_with_files_of_a_pull_request_is_refused(
    prepared: Path, tmp_path: Path, name: str, event: dict[str, Any], *, is_merged: bool
) -> None:
    variables = of_default_branch(prepared, tmp_path, name, event)
    with nullcontext() if is_merged else pytest.raises(PlanError):
        assert base_of_pull_request(prepared, variables) is None
    main = variables["GITHUB_SHA"]
    assert base_of_pull_request(prepared, variables | {"CIOFORM_BASE": main}) == main


def of_default_branch(root: Path, folder: Path, name: str, event: dict[str, Any]) -> dict[str, str]:
    """Return the variables of a job that runs on the default branch."""
    main = git("-C", str(root), "rev-parse", "main")
    variables = GITHUB | {"GITHUB_EVENT_NAME": name, "GITHUB_SHA": main}
    return environment(folder, variables, event | {"repository": {"default_branch": "main"}})


def test_what_was_merged_is_trusted_also_if_it_is_newer_than_the_commit_of_the_job(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = of_default_branch(Path(), tmp_path, "workflow_run", {})
    set_environment(monkeypatch, variables)
    assert cio("plan", "demo").code == 4
    monkeypatch.setenv("CIOFORM_BASE", variables["GITHUB_SHA"])
    assert "judged by the settings" in cio("plan", "demo").out
    monkeypatch.delenv("CIOFORM_BASE")
    git("push", "-q", "origin", "change:main")
    git("fetch", "-q", "origin")
    assert cio("plan", "demo").code == 0
    of_comment = {"comment": {}, "issue": {"pull_request": {"url": "u"}}}
    variables = of_default_branch(Path(), tmp_path, "issue_comment", of_comment)
    assert base_of_pull_request(Path(), variables) is None


POLICY: Final = "id: no-canals\ntext: None.\ncheck: {forbidden_words: [canal]}\n"


def write_base(name: str = "rules.yaml") -> None:
    """Make the current branch the target, with a policy that the pull request then removes."""
    policy = Path("workspaces/_policies", name)
    policy.parent.mkdir(parents=True)
    policy.write_text(POLICY)
    git("add", "workspaces")
    git("commit", "-qm", "Policy")
    git("push", "-q", "origin", "HEAD:main")
    git("fetch", "-q", "origin")
    policy.unlink()
    SNIPPET.write_text("name: main address\nvalue: 8 Canal Road\n")


@pytest.mark.parametrize(
    ("name", "holds"),
    [("rules.yaml", True), ("rules.YAML", True), ("more/rules.yml", True), ("_draft.yaml", False)],
)
def test_the_policies_of_the_target_branch_judge_the_files(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, name: str, *, holds: bool
) -> None:
    write_base(name)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert cio("policies", "check", "demo").code == (3 if holds else 0)
    planned = cio("plan", "demo", "--allow-live", "--detailed-exitcode")
    assert planned.code == (4 if holds else 2)


@pytest.mark.parametrize(
    "path",
    [
        "workspaces", "workspaces/demo", "workspaces/demo/workspace.yaml", "workspaces/_policies",
        "workspaces/_policies/rules.yaml",
    ],
)  # fmt: skip
def test_a_link_on_the_target_branch_is_named(
    cio: CommandLine, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    write_base()
    git("checkout", "-qfB", "target")
    Path(path).rename("elsewhere")
    Path(path).symlink_to(Path("../" * path.count("/"), "elsewhere"))
    git("add", "--all", "workspaces", "elsewhere")
    git("commit", "-qm", "Link")
    git("push", "-q", "origin", "HEAD:main")
    git("fetch", "-q", "origin")
    Path(path).unlink()
    Path("elsewhere").rename(path)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    done = cio("plan", "demo")
    assert (done.code, done.err.splitlines()[0]) == (3, "error: Link in another revision")
    assert f"`{path}` is a symbolic link" in " ".join(done.err.split())
