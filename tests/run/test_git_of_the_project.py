"""What is decided by Git is never decided where Git cannot be asked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cioform.core.errors import CioformError, PlanError, StateError
from cioform.services.project import git as project_git
from cioform.services.project.git import checked_out_commit
from cioform.services.project.tracked_state import refuse_tracked_state
from cioform.services.revisions.files import files_at_revision
from cioform.services.revisions.find import find_commit
from cioform.services.revisions.source_commits import check_not_older
from cioform.state.git.command import Git
from cioform.state.runs import RunInfo, RunSummary
from tests.state.shared.git_remote import clone, git, make_remote

SLOW = '#!/bin/sh\ncase $1 in archive) sleep 5;; esac\nexec {git} "$@"\n'
OTHER_GIT = """#!/bin/sh
echo "fatal: detected dubious ownership in repository at '/acme'" >&2
echo "To add an exception for this directory, call:" >&2
echo >&2
echo "	git config --global --add safe.directory /acme" >&2
exit 128
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("git")
    root = clone(make_remote(folder), folder / "clone")
    (root / "workspaces/acme").mkdir(parents=True)
    (root / "workspaces/acme/workspace.yaml").write_text("format: 1\n")
    (root / ".cioform").mkdir()
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Second")
    git(root, "push", "-q", "origin", "main")
    git(root, "remote", "set-url", "origin", "../remote.git")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "git")
    return tmp_path / "git" / "clone"


def use(script: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `git` be a script, or nothing."""
    real = shutil.which("git")
    folder.mkdir()
    if script is not None:
        (folder / "git").write_text(script.format(git=real))
        (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder) if script is None else f"{folder}:/usr/bin:/bin")


def extract(root: Path) -> None:
    with files_at_revision(root, "HEAD"):
        pass


@pytest.mark.parametrize(
    ("script", "summary", "words"),
    [
        (None, "Git not found", "Install Git."),
        (OTHER_GIT.replace("exit", "test $1 = version && echo git version 2.40.0 || exit"),
         "Not a Git repository", "git config --global --add safe.directory /acme"),
        ("#!/bin/sh\ntest $1 = version && echo git version 1.8.3 || exit 1\n",
         "Git too old", "cioform needs"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "decide", [refuse_tracked_state, extract, lambda root: find_commit(root, "HEAD", "it counts")]
)
def test_git_that_cannot_be_asked_says_no_to_nothing(
    project, tmp_path, monkeypatch, decide, script, summary, words
):
    use(script, tmp_path / "bin", monkeypatch)
    with pytest.raises(StateError, match=words) as caught:
        decide(project)
    assert caught.value.diagnostics[0].summary == summary
    assert checked_out_commit(project) is None


def test_a_slow_archive_is_no_unknown_revision(project, tmp_path, monkeypatch):
    use(SLOW, tmp_path / "bin", monkeypatch)
    run = Git.run
    monkeypatch.setattr(Git, "run", lambda git, *words: run(git, *words, seconds=0.3))
    with pytest.raises(StateError, match="`git archive` took longer than") as caught:
        extract(project)
    assert caught.value.diagnostics[0].summary == "Git timed out"


def test_an_index_that_cannot_be_read_hides_no_tracked_state(project):
    (project / ".git/index").write_bytes(b"damaged")
    with pytest.raises(StateError, match=r"index file smaller than expected(?s:.*)git fsck"):
        refuse_tracked_state(project)


def test_why_a_revision_cannot_be_fetched_is_said(project):
    shutil.rmtree(project.parent / "remote.git")
    with pytest.raises(PlanError, match=r"cannot be fetched: .*does not appear to be a git rep"):
        find_commit(project, "refs/remotes/origin/feature", "it counts")


def test_a_shallow_clone_that_cannot_be_deepened_is_not_called_older(project):
    first, second = git(project, "rev-list", "--reverse", "HEAD").split()
    shallow = clone(project.parent / "remote.git", project.parent / "shallow", "--depth=1")
    run = RunInfo(id="r2", command="apply", who="ada", commit=second)
    last = RunSummary(
        run=run.model_copy(update={"id": "r1", "commit": first}),
        began_at="2026-03-01T00:00:00Z", ended_at="2026-03-01T00:00:00Z",
        complete=True, counts={},
    )  # fmt: skip
    opened: Any = SimpleNamespace(
        root=shallow, store=SimpleNamespace(is_shared=True, last_run=lambda: last)
    )
    with local_remote_gone(project), pytest.raises(PlanError, match="`git fetch` failed: ") as no:
        check_not_older(opened, run, allow_older=False)
    assert no.value.diagnostics[0].summary == "History not known"
    check_not_older(opened, run, allow_older=False)


@contextmanager
def local_remote_gone(project: Path) -> Iterator[None]:
    remote = project.parent / "remote.git"
    remote.rename(remote.with_name("gone"))
    yield
    remote.with_name("gone").rename(remote)


def test_outside_of_git_nothing_is_tracked(tmp_path):
    (tmp_path / ".cioform").mkdir()
    refuse_tracked_state(tmp_path)
    with pytest.raises(CioformError, match="Git has no"):
        extract(tmp_path)
    assert project_git.git_output(tmp_path, "version") is None
