"""Apply what was reviewed, and look for drift."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.core.errors import PlanError
from cioform.forge.result import CiWorkspaceResult, ReviewedChange
from cioform.services.ci.jobs.reviews import joined_review
from tests.support.ci_job import Job, commit
from tests.support.command_line import CommandLine
from tests.support.git import git


def test_what_was_reviewed_is_applied_after_the_merge(job: Job) -> None:
    commit("greeting", "Hi")
    job.plan_and_publish()
    job.merge(1)
    done = job("apply")
    assert done.code == 0, done.out
    assert "Applied to demo: 1 created." in done.out
    assert job("apply").code == 0  # nothing is left to do


def test_what_was_merged_together_is_applied_together(job: Job) -> None:
    commit("greeting", "Hi")
    job.plan_and_publish(1)
    git("checkout", "-q", job.base)
    second = commit("goodbye", "Bye")
    job.plan_and_publish(2)
    git("checkout", "-q", "main")
    git("cherry-pick", second)
    job.merge(1, 2)
    done = job("apply")
    assert "Applied to demo: 2 created." in done.out


def test_a_plan_that_lists_no_change_is_joined_unless_there_are_too_many_to_list() -> None:
    change = ReviewedChange(address="snippet.greeting", action="create", digest="d" * 64)
    changed = CiWorkspaceResult(name="demo", digest="a" * 64, changes=(change,))
    drifted = CiWorkspaceResult(name="demo", digest="b" * 64, summary="1 drifted")
    review = joined_review([changed, drifted], 7)
    assert review is not None
    assert [each.address for each in review.changes or ()] == ["snippet.greeting"]
    large = drifted.model_copy(update={"lists_changes": False})
    with pytest.raises(PlanError, match="Too many changes"):
        joined_review([changed, large], 7)


def test_what_was_not_reviewed_is_left(job: Job) -> None:
    commit("greeting", "Hi")
    job.plan_and_publish()
    commit("sneaked_in", "Nobody saw this")
    job.merge(1)
    done = job("apply")
    assert done.code == 8
    assert "create: it differs from what was reviewed" in done.out
    assert "Applied to demo: 1 created." in done.out


def test_without_a_review_nothing_is_applied(job: Job) -> None:
    commit("greeting", "Hi")
    job.event({"before": job.base})
    done = job("apply")
    assert (done.code, "Not reviewed" in done.out) == (4, True)
    assert job("apply", "--auto-approve").code == 0


def test_a_folder_can_carry_the_review(job: Job, tmp_path: Path) -> None:
    commit("greeting", "Hi")
    job.pull_request()
    job("plan", "--out", str(tmp_path / "reviewed"))
    job.event({"before": job.base})
    commit("greeting", "Hello")
    refused = job("apply", "--reviewed-from", str(tmp_path / "reviewed"))
    assert (refused.code, "it differs from what was reviewed" in refused.out) == (8, True)
    git("reset", "-q", "--hard", "HEAD~1")
    assert job("apply", "--reviewed-from", str(tmp_path / "reviewed")).code == 0


def test_the_commit_of_a_merge_queue_is_applied(job: Job) -> None:
    head = commit("greeting", "Hi")
    job.plan_and_publish(12)
    reference = f"refs/heads/gh-readonly-queue/main/pr-12-{job.base}"
    job.event({"merge_group": {"head_sha": head, "base_sha": job.base, "head_ref": reference}})
    assert "Applied to demo: 1 created." in job("apply").out


def test_drift_has_one_issue(job: Job, cio: CommandLine) -> None:
    edit = ("sandbox", "edit", "demo", "snippet.footer")
    cio(*edit, "value=Elsewhere", "--as", "jane@acme.com")
    job.event({})
    assert job("drift").code == 2
    job("publish")
    job("publish")
    [issue] = job.github.issues
    assert issue["state"] == "open"
    assert "Elsewhere" in issue["body"]
    cio("pull", "demo", "--all")
    cio("apply", "demo", "--auto-approve")
    assert job("drift").code == 0
    assert f"issue #{issue['number']} closed" in job("publish").err
    assert issue["state"] == "closed"


def test_a_workspace_that_cannot_be_looked_at_does_not_hide_the_drift_of_another(
    job: Job, cio: CommandLine
) -> None:
    cio("sandbox", "edit", "demo", "snippet.footer", "value=Elsewhere", "--as", "jane@acme.com")
    Path("workspaces/broken").mkdir()
    Path("workspaces/broken/workspace.yaml").write_text("endpoint: [")
    job.event({})
    done = job("drift")
    assert done.code == 3
    assert "| ❌ | `broken` |" in Path("cioform-ci/comment.md").read_text()
    assert "Elsewhere" in done.out


@pytest.mark.parametrize("is_scheduled", [False, True])
def test_what_an_earlier_job_did_not_apply_is_applied_by_the_next_one(
    job: Job, is_scheduled: bool
) -> None:
    commit("greeting", "Hi")
    job.plan_and_publish(1)
    job.merge(1)  # and its job is never run
    first = git("rev-parse", "HEAD")
    git("checkout", "-q", job.base)
    second = commit("goodbye", "Bye")
    job.plan_and_publish(2)
    git("checkout", "-q", "main")
    git("cherry-pick", second)
    job.base = first
    job.merge(2)
    if is_scheduled:  # such an event names no commit
        job.event({"schedule": "0 9 * * *"})
    assert "Applied to demo: 2 created." in job("apply").out


def test_a_plan_for_another_target_branch_is_no_review(job: Job) -> None:
    head = commit("greeting", "Hi")
    job.github.add_pull(2, head, base={"sha": job.base, "ref": "release"})
    job.plan_and_publish(2)
    job.github.add_pull(1, head)
    job.merge(1)
    done = job("apply")
    assert (done.code, "Not reviewed" in done.out + done.err) == (4, True)
    job.plan_and_publish(1)
    job.plan_and_publish(2)  # the newest check is not the one that counts
    job.merge(1)
    assert "Applied to demo: 1 created." in job("apply").out
