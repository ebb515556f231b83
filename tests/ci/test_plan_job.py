"""Plan a pull request and publish the plan."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cioform.services.project.project_files import init
from tests.support.ci_job import RESULT, SNIPPETS, Job, commit
from tests.support.fake_github import EVERYTHING, Limit
from tests.support.git import git


def test_a_plan_is_stored_and_then_published(job: Job) -> None:
    head = commit("greeting", "<b>Hi</b>")
    job.pull_request()
    done = job("plan")
    assert done.code == 0
    assert "\n::notice file=workspaces/demo/snippets/greeting.yaml,line=1" in done.out
    assert job.github.requests == []
    names = {str(path.relative_to("cioform-ci")) for path in Path("cioform-ci").rglob("*.*")}
    assert names == {
        "codequality.json", "comment.md", "demo/plan.html", "demo/plan.json", "junit.xml",
        "report.sarif", "result.json",
    }  # fmt: skip
    assert "+ value: <b>Hi</b>" in Path("summary.md").read_text()

    published = job("publish", "--artifact-url", "https://github.com/acme/messages/artifacts/1")
    assert published.err == "Published: check of demo, check of the approvals, comment in #1\n"
    writes = [path.split("/")[-1] for method, path in job.github.requests if method != "GET"]
    assert writes == ["check-runs", "check-runs", "comments"]
    check = job.github.checks[0]
    assert (check["name"], check["head_sha"], check["conclusion"]) == (
        "cioform/demo",
        head,
        "success",
    )
    digest = json.loads(RESULT.read_text())["workspaces"][0]["digest"]
    assert digest in check["output"]["text"]
    assert digest[:12] in job.comment()
    assert "[everything](https://github.com/acme/messages/artifacts/1)" in job.comment()


def test_the_comment_follows_the_pull_request(job: Job) -> None:
    commit("greeting", "Hi")
    job.plan_and_publish()
    commit("greeting", "Hello")
    job.plan_and_publish()
    assert "Hello" in job.comment()
    git("reset", "-q", "--hard", job.base)
    job.pull_request()
    assert job("plan").err.startswith("No workspace is affected.")
    job("publish")
    assert "No workspace is affected" in job.comment()


def test_a_pull_request_without_workspaces_gets_no_comment(job: Job) -> None:
    job.plan_and_publish(2)
    assert job.github.comments == {}


@pytest.mark.parametrize(
    ("permissions", "limit", "says"),
    [
        (EVERYTHING - {"pulls"}, None, "needs more rights (403)"),
        (EVERYTHING, Limit(1, after=2, status=404, message="Not Found"), "cannot see it (404)"),
        (EVERYTHING, Limit(1, after=3, headers={"retry-after": "900"}), "Rate limit of GitHub"),
    ],
)
def test_a_comment_that_fails_is_not_a_plan_that_fails(
    job: Job, permissions: frozenset[str], limit: Limit | None, says: str
) -> None:
    commit("greeting", "Hi")
    job.pull_request()
    job("plan")
    job.github.permissions = permissions
    job.github.limits = [limit] if limit else []
    done = job("publish")
    text = " ".join(done.err.split())
    assert done.code == 0
    assert says in text
    assert "The comment was not written; the plan is the same." in text
    assert len(job.github.checks) == 2
    assert job.github.token not in done.err


def test_a_check_that_fails_is_an_error(job: Job) -> None:
    commit("greeting", "Hi")
    job.pull_request()
    job("plan")
    job.github.permissions = EVERYTHING - {"checks"}
    assert job("publish").code == 6
    assert job.github.comments == {}


def test_invalid_files_are_reported(job: Job) -> None:
    (SNIPPETS / "wrong.yaml").write_text("nme: wrong\n")
    git("add", "workspaces")
    git("commit", "-qm", "Wrong")
    job.pull_request()
    assert job("plan").code == 3
    job("publish")
    assert "| `demo` | Failed: " in job.comment()
    assert "workspaces/demo/snippets/wrong.yaml:1" in job.comment()
    assert job.github.checks[0]["conclusion"] == "failure"


def test_a_guard_that_refuses_fails_the_job(job: Job) -> None:
    Path("workspaces/demo/segments/everyone.yaml").unlink()
    git("commit", "-qam", "Delete")
    job.pull_request()
    assert job("plan").code == 4
    job("publish")
    assert job.github.checks[0]["conclusion"] == "action_required"
    assert job("plan", "--allow-delete").code == 0


def another_run() -> None:
    os.environ["GITHUB_RUN_ID"] = "8"


def another_repository() -> None:
    text = RESULT.read_text().replace("acme/messages", "eve/messages")
    RESULT.write_text(text)


def another_commit() -> None:
    commit("greeting", "Later")
    event = json.loads(Path("event.json").read_text())
    event["pull_request"]["head"]["sha"] = git("rev-parse", "HEAD")
    Path("event.json").write_text(json.dumps(event))


@pytest.mark.parametrize("change", [another_run, another_repository, another_commit])
def test_a_result_of_something_else_is_not_published(job: Job, change: Callable[[], None]) -> None:
    commit("greeting", "Hi")
    job.pull_request()
    job("plan")
    change()
    done = job("publish")
    assert (done.code, "Result of another run" in done.err) == (4, True)
    assert job.github.requests == []


def test_a_fork_is_planned_on_the_sandbox_and_published_nowhere(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit("greeting", "Hi")
    job.pull_request(source="eve/messages")
    for name, value in {
        "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "commit.gpgSign", "GIT_CONFIG_VALUE_0": "true",
        "GIT_CONFIG_KEY_1": "gpg.program", "GIT_CONFIG_VALUE_1": "false",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)  # somebody signs, but the copy needs no signature
    os.environ["GITHUB_TOKEN"] = ""
    assert job("plan").code == 0
    summary = Path("summary.md").read_text()
    assert "Planned on the sandbox" in summary
    assert "| `+` | `snippet.greeting` |" in summary
    assert "snippet.footer" not in summary  # the sandbox of the project was not looked at
    assert not Path("cioform-ci/demo/plan.json").exists()
    assert "from a fork" in job("publish").err
    assert job.github.requests == []


@pytest.mark.parametrize("path", ["workspaces/demo/workspace.yaml", "workspaces/demo"])
def test_the_plan_of_a_fork_writes_through_no_link(job: Job, path: str) -> None:
    settings = Path("workspaces/demo/workspace.yaml")
    text = settings.read_text()
    target = Path("real.txt").absolute()
    Path(path).rename(target)
    Path(path).symlink_to(target)
    git("add", "-A", "workspaces", "real.txt")
    git("commit", "-qm", "Link")
    job.pull_request(source="eve/messages")
    assert job("plan").code == 0
    assert settings.read_text() == text


def test_the_plan_of_a_fork_has_the_files_that_documents_name(job: Job) -> None:
    Path("texts").mkdir()
    Path("texts/greeting.txt").write_text("Hi")
    text = "name: greeting\nvalue: {file: ../../../texts/greeting.txt}\n"
    (SNIPPETS / "greeting.yaml").write_text(text)
    git("add", "texts", "workspaces")
    git("commit", "-qm", "Greet")
    job.pull_request(source="eve/messages")
    done = job("plan")
    assert done.code == 0, done.out
    assert "+ value: Hi" in Path("summary.md").read_text()


def test_a_pull_request_cannot_have_itself_planned_on_the_sandbox(job: Job) -> None:
    settings = Path("workspaces/demo/workspace.yaml")
    sandbox = settings.read_text()
    settings.write_text(sandbox.replace("endpoint: sandbox", "endpoint: us"))
    git("commit", "-qam", "The real workspace")
    job.base = git("rev-parse", "HEAD")
    settings.write_text(sandbox)
    git("commit", "-qam", "A sandbox")
    shutil.rmtree(".cioform")
    job.pull_request()
    done = job("plan")
    assert (done.code, "Missing credential" in done.out) == (6, True)


def test_another_open_pull_request_on_the_same_address_is_named(job: Job) -> None:
    job.github.add_pull(2, "f" * 40)
    job.github.files = {2: ["README.md", "workspaces/demo/snippets/greeting.yaml"]}
    commit("greeting", "Hi")
    job.plan_and_publish()
    assert "#2 changes files of the same objects: `snippet.greeting`." in job.comment()


def test_what_the_target_branch_has_not_applied_is_apart(job: Job) -> None:
    job.base = commit("earlier", "Not applied yet")
    commit("greeting", "Hi")
    job.plan_and_publish()
    table, _, rest = job.comment().partition("Not applied yet")
    assert "| `+` | `snippet.greeting` |" in table
    assert "snippet.earlier" not in table
    assert "`snippet.earlier`" in rest


def test_texts_of_the_workspace_are_only_text(job: Job) -> None:
    commit("greeting", "Hi\n::error::gotcha\n  ::add-mask::a\n\x1b[2J @jane <!-- cioform:plan -->")
    job.pull_request()
    out = job("plan").out
    begin, _, rest = out.partition("\n")
    token = begin.removeprefix("::stop-commands::")
    assert (begin.startswith("::stop-commands::"), len(token)) == (True, 32)
    assert "::error::gotcha" in rest.partition(f"::{token}::")[0]
    assert "\x1b" not in out
    job("publish")
    assert "\x1b" not in job.comment()


@pytest.mark.parametrize("out", ["notes", "link", "notes/a.txt"])
def test_a_folder_with_something_else_is_not_emptied(job: Job, out: str) -> None:
    Path("notes").mkdir()
    Path("notes/a.txt").write_text("mine")
    Path("elsewhere").mkdir()
    Path("elsewhere/result.json").write_text("{}")
    Path("link").symlink_to("elsewhere")
    job.pull_request()
    done = job("plan", "--out", out)
    assert (done.code, "Folder in use" in done.err) == (64, True)
    assert Path("notes/a.txt").exists()
    assert Path("elsewhere/result.json").read_text() == "{}"


def add_owners(job: Job) -> None:
    settings = Path("workspaces/demo/workspace.yaml")
    owners = "owners:\n  leads: {people: [Jane, omar], approvals: 2, addresses: [snippet.*]}\n"
    settings.write_text(settings.read_text() + owners)
    git("add", "workspaces")
    git("commit", "-qm", "Owners")
    job.github.writers |= {"jane", "omar"}
    job.base = git("rev-parse", "HEAD")


def test_a_plan_of_another_workspace_does_not_replace_the_check_of_the_approvals(job: Job) -> None:
    init(Path(), "other", sandbox=True)
    add_owners(job)
    commit("greeting", "Hi")
    job.pull_request()
    job("plan", "other")
    done = job("publish")
    assert done.err == "Published: check of other, comment in #1\n"
    assert "demo is affected too, but it was not planned" in job.comment()


def test_without_a_plan_it_is_not_known_who_has_to_approve(job: Job) -> None:
    add_owners(job)
    commit("greeting", "Hi")
    (SNIPPETS / "greeting.yaml").write_text("nme: wrong\n")
    git("commit", "-qam", "Wrong")
    job.pull_request()
    assert job("plan").code == 3
    job("publish")
    check = job.github.checks[-1]
    assert (check["output"]["title"], check["conclusion"]) == (
        "Unknown: there is no plan of demo", "action_required",
    )  # fmt: skip


def test_owners_approve_the_last_commit(job: Job) -> None:
    add_owners(job)
    head = commit("greeting", "Hi")
    review = job.github.review
    review(1, "omar", "APPROVED", job.base)
    review(1, "jane", "CHANGES_REQUESTED", head)
    review(1, "eve", "APPROVED", head)
    job.plan_and_publish()
    check = job.github.checks[-1]
    assert (check["name"], check["conclusion"]) == (
        "cioform approvals (main)", "action_required",
    )  # fmt: skip
    assert "**Approvals:** leads 0 of 2\n" in job.comment()
    review(1, "jane", "APPROVED", head)
    review(1, "omar", "APPROVED", head)
    review(1, "omar", "COMMENTED", head)
    job("publish")
    check = job.github.checks[-1]
    assert (check["output"]["title"], check["conclusion"]) == (
        "leads 2 of 2 (Jane, omar)", "success",
    )  # fmt: skip
    assert "leads 2 of 2" in job.comment()
    job.github.writers.remove("jane")  # has left, and the review is still there
    job("publish")
    assert "leads 1 of 2 (omar)" in job.comment()
    job.github.writers.add("jane")
    review(1, "omar", "DISMISSED", head)
    job("publish")
    assert "leads 1 of 2" in job.comment()


def test_a_token_that_may_not_read_who_may_push_fails_the_check_of_the_approvals(job: Job) -> None:
    add_owners(job)
    head = commit("greeting", "Hi")
    for owner in ("jane", "omar"):
        job.github.review(1, owner, "APPROVED", head)
    job.pull_request()
    assert job("plan").code == 0
    job.github.readable = frozenset()
    published = job("publish")
    assert published.code == 6
    assert "`metadata: read`" in " ".join(published.err.split())
    check = job.github.checks[-1]
    assert (check["name"], check["output"]["title"], check["conclusion"]) == (
        "cioform approvals (main)",
        "Unknown: the token may not read who approved and who may push",
        "action_required",
    )


def test_the_approvals_of_another_target_branch_are_no_leave(job: Job) -> None:
    add_owners(job)
    git("branch", "release", "HEAD~1")  # has no owners yet
    commit("greeting", "Hi")
    job.plan_and_publish(1)
    job.base = git("rev-parse", "release")
    job.github.add_pull(2, git("rev-parse", "HEAD"), base={"sha": job.base, "ref": "release"})
    job.pull_request(2)
    job("plan")
    job("publish")
    found = {
        each["name"]: each["conclusion"]
        for each in job.github.checks
        if each["name"].startswith("cioform approvals")
    }
    assert found == {
        "cioform approvals (main)": "action_required", "cioform approvals (release)": "success",
    }  # fmt: skip
