"""Runs of several clones on a state that is on a real Git remote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cioform.core.errors import PlanError, StateError, StateLockedError
from cioform.services.revisions.run_origin import describe_run
from cioform.state.shared.backend import SwapNote
from tests.state.shared.git_remote import REF, GitRemote, backend, clone, git, make_remote
from tests.support.sandbox_project import NO_GUARDS, SandboxProject


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_remote(tmp_path)


@pytest.fixture
def here(remote: Path, tmp_path: Path) -> SandboxProject:
    """Return a project in a clone, with its files pushed."""
    project = SandboxProject(clone(remote, tmp_path / "here"), remote=GitRemote())
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.write("layouts/new.yaml", {"name": "New", "body": "{{content}}"})
    (project.root / ".gitignore").write_text(".cioform/\n")
    commit(project, "Add messages")
    return project


@pytest.fixture
def there(here: SandboxProject, remote: Path, tmp_path: Path) -> SandboxProject:
    """Return the same project in a shallow clone with a detached HEAD, as CI makes it."""
    folder = clone(remote, tmp_path / "there", "--depth=1")
    git(folder, "checkout", "-q", "--detach")
    return here.second_checkout(folder)


def commit(project: SandboxProject, message: str) -> None:
    git(project.root, "add", "--all")
    git(project.root, "commit", "-q", "-m", message)
    git(project.root, "push", "-q", "origin", "HEAD:main")


def pull(project: SandboxProject) -> None:
    git(project.root, "fetch", "-q", "--depth=1", "origin", "main")
    git(project.root, "checkout", "-q", "--detach", "FETCH_HEAD")


def test_no_object_of_the_state_has_a_sensitive_value(here: SandboxProject, remote: Path) -> None:
    secret = "s3cr3t-VALUE-4711"
    here.environment["CIOFORM_SECRET_TOKEN"] = secret
    variable = {"value": "${env.CIOFORM_SECRET_TOKEN}", "sensitive": True}
    here.write("workspace.yaml", {"format": 1, "endpoint": "sandbox", "variables": {"t": variable}})
    here.write("snippets/a.yaml", {"name": "a", "value": "key ${var.t}"})
    commit(here, "Use a key")
    assert here.apply().complete
    state = git(remote, "show", f"{REF}:state.json")
    history = git(remote, "log", "-p", "--text", REF)
    assert "key sensitive.t." in state
    assert secret not in f"{state}{history}"
    stored = [path for path in here.root.rglob("*") if path.is_file()]
    assert not any(secret.encode() in path.read_bytes() for path in stored)


def once_written(project: SandboxProject, action: Callable[[], object]) -> None:
    """Call `action` as soon as the project has sent a write."""
    called: list[bool] = []

    def tick() -> None:
        if project.writes and not called:
            called.append(True)
            action()

    project.tick = tick


def refuse_pushes(remote: Path) -> None:
    hook = remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho the branch is protected >&2\nexit 1\n")
    hook.chmod(0o755)


def allow_pushes(remote: Path) -> None:
    (remote / "hooks" / "update").unlink()


def assert_converged(project: SandboxProject) -> None:
    project.tick = lambda: None
    assert project.apply_until_empty().is_empty
    project.apply()
    assert project.names_in("layouts") == ["New"]
    assert project.names_in("snippets") == ["a"]


def release(project: SandboxProject, remote: Path) -> None:
    """Release the lock that a run left on the remote."""
    run_id = git(remote, "log", "-1", "--format=%(trailers:key=Run,valueonly,separator=)", REF)
    with project.open() as opened:
        opened.state.unlock(run_id)


def test_what_one_clone_applies_the_other_knows(here, there, remote):
    assert here.apply().complete
    assert there.plan().is_empty
    there.write("snippets/a.yaml", {"name": "a", "value": "2"})
    commit(there, "Change the snippet")
    assert there.apply().complete
    git(here.root, "pull", "-q", "origin", "main")
    assert here.plan().is_empty
    log = git(remote, "log", "--format=%s", "--grep=created", "--grep=updated", REF)
    assert log.splitlines() == ["apply acme: 1 updated", "apply acme: 2 created"]
    commits = git(
        remote, "log", "--format=%(trailers:key=Commit,valueonly,separator=)", "--grep=updated", REF
    )
    assert commits == git(remote, "rev-parse", "main")
    assert git(here.root, "status", "--porcelain") == ""


def test_without_the_right_to_push_nothing_is_sent(here, remote):
    plan = here.plan()
    refuse_pushes(remote)
    with pytest.raises(StateError, match="the branch is protected") as caught:
        here.apply(plan)
    assert here.writes == []
    assert "recorded" not in str(caught.value)
    assert here.plan().changes  # to read is enough for a plan
    allow_pushes(remote)
    assert_converged(here)


def test_a_push_that_is_refused_in_the_middle(here, there, remote):
    plan = here.plan()
    once_written(here, lambda: refuse_pushes(remote))
    with pytest.raises(StateError, match="the branch is protected") as caught:
        here.apply(plan)
    assert "and the next apply on this machine looks it up." in str(caught.value)
    allow_pushes(remote)
    with pytest.raises(StateLockedError):
        there.apply()
    assert_converged(here)
    assert there.plan().is_empty
    with there.open() as opened:
        run = opened.state.history()[0].run.id
        changes = opened.state.changes(run)
    # All of it was done, and the record of it was on the machine only.
    assert [(c.result, c.after is not None) for c in changes or ()] == [("done", True)] * 2


@pytest.mark.parametrize("finished_by", ["here", "there"])
def test_a_network_that_is_lost_in_the_middle(here, there, remote, finished_by):
    plan = here.plan()
    gone = remote.with_name("gone.git")
    once_written(here, lambda: remote.rename(gone))
    with pytest.raises(StateError, match="State not reachable"):
        here.apply(plan)
    with pytest.raises(StateError, match="State not reachable"):
        here.plan()
    gone.rename(remote)
    if finished_by == "there":
        release(there, remote)
        assert_converged(there)
    assert_converged(here)
    assert there.plan().is_empty


def test_a_ref_that_is_deleted_in_the_middle(here, remote):
    here.apply()
    here.write("snippets/a.yaml", {"name": "a", "value": "2"})
    plan = here.plan()
    here.sent.clear()
    once_written(here, lambda: git(remote, "update-ref", "-d", REF))
    with pytest.raises(StateError, match="released this run's lock"):
        here.apply(plan)
    with pytest.raises(StateError, match="State not found"):
        here.plan()
    seen = backend(here.root).last_seen()
    assert seen is not None
    backend(here.root).restore(seen, SwapNote("Restore acme"))
    assert_converged(here)


def test_an_old_job_that_is_run_again_is_refused(here, there):
    here.apply()
    here.write("snippets/a.yaml", {"name": "a", "value": "2"})
    commit(here, "Newer")
    assert here.apply().complete
    with pytest.raises(PlanError, match="is not based on it") as caught:
        there.apply()
    assert caught.value.exit_code == 4
    with there.open() as opened:
        assert opened.apply(opened.plan(), NO_GUARDS, allow_older=True).complete


def test_a_shallow_clone_is_deepened_to_find_what_was_applied(here, there):
    here.apply()
    for value in range(2, 6):
        here.write("snippets/a.yaml", {"name": "a", "value": str(value)})
        commit(here, f"Version {value}")
    pull(there)
    assert git(there.root, "rev-list", "--count", "HEAD") == "1"
    assert there.apply().complete
    assert here.plan().is_empty


def test_an_apply_before_a_squash_merge_does_not_lock_the_workspace_out(
    here, there, remote, monkeypatch
):
    base = git(remote, "rev-parse", "main")
    git(here.root, "checkout", "-q", "-b", "topic")
    here.write("snippets/a.yaml", {"name": "a", "value": "2"})
    git(here.root, "commit", "-qam", "In a pull request")
    with monkeypatch.context() as patch:
        patch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
        assert here.apply().complete
    there.write("snippets/a.yaml", {"name": "a", "value": "2"})
    there.write("snippets/b.yaml", {"name": "b", "value": "1"})
    commit(there, "Squashed")
    assert there.apply().complete


def test_files_outside_of_a_repository_are_not_newer(here, there):
    here.apply()
    with there.open() as opened:
        opened._opened.store.load()
        run = describe_run(opened._opened, "apply").model_copy(update={"commit": None})
        from cioform.services.revisions.source_commits import check_not_older

        with pytest.raises(PlanError, match="not committed to a Git repository"):
            check_not_older(opened._opened, run, allow_older=False)
        check_not_older(opened._opened, run, allow_older=True)
