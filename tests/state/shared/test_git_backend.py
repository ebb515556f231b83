"""State on a ref of a real Git remote."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import StateError, StateUnreachableError
from cioform.state.git.backend import GitBackend
from cioform.state.git.command import Git
from cioform.state.shared.backend import (
    Files,
    MovedError,
    Snapshot,
    SwapNote,
)
from cioform.state.store import StateNotWritableError
from tests.state.shared.git_remote import REF, backend, clone, git, make_remote

AUTHOR = {
    **os.environ,
    **{
        f"GIT_{role}_{part}": "ada@acme.com"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    },
}
NOTE = SwapNote("Apply acme: 1 created", {"Run": "r1"}, "Ada")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_remote(tmp_path)


@pytest.fixture
def first(remote: Path, tmp_path: Path) -> Path:
    return clone(remote, tmp_path / "first")


@pytest.fixture
def second(remote: Path, tmp_path: Path) -> Path:
    return clone(remote, tmp_path / "second", "--depth=1")


def files_of(snapshot: Snapshot | None) -> Files:
    assert snapshot is not None
    return snapshot.files


def user_repository(folder: Path) -> tuple[str, ...]:
    files = sorted(str(path) for path in (folder / ".git").rglob("*"))
    return (
        git(folder, "status", "--porcelain", "--ignored=no", "--", ".", ":!.cioform"),
        git(folder, "for-each-ref"),
        *(name for name in files if not name.endswith("/index")),
    )


def test_a_state_is_written_and_read_elsewhere(first, second):
    before = user_repository(first), user_repository(second)
    assert backend(first).read() is None
    token = backend(first).swap({"state.json": b"1", "open/r1/1": b"a"}, None, NOTE)
    here, there = backend(first), backend(second)
    for each in (here, there):
        snapshot = each.read()
        assert snapshot is not None
        assert snapshot.token == token
        assert snapshot.files == {"state.json": b"1", "open/r1/1": b"a"}
    there.swap({"state.json": b"2", "open/r1/1": None, "runs/r1.json": b"{}"}, token, NOTE)
    snapshot = here.read()
    assert snapshot is not None
    assert snapshot.files == {"state.json": b"2"}
    assert here.read_archived(["runs/r1.json", "runs/none.json"]) == {"runs/r1.json": b"{}"}
    assert (user_repository(first), user_repository(second)) == before


def test_the_history_of_the_ref_says_who_did_what(remote, first):
    one = backend(first).swap({"state.json": b"1"}, None, NOTE)
    here = backend(first)
    here.read()
    here.swap({"state.json": b"2"}, one, SwapNote("Second", {"Run": "r2", "Who": "a\nb"}, "A <b>"))
    log = git(remote, "log", "--format=%an|%s|%(trailers:key=Run,valueonly,separator=)", REF)
    assert log.splitlines() == ["A b|Second|r2", "Ada|Apply acme: 1 created|r1"]


def test_of_two_swaps_one_is_refused(first, second):
    token = backend(first).swap({"state.json": b"0"}, None, NOTE)
    here, there = backend(first), backend(second)
    here.read()
    there.read()
    here.swap({"state.json": b"here"}, token, NOTE)
    with pytest.raises(MovedError):
        there.swap({"state.json": b"there"}, token, SwapNote("Other", {"Run": "r2"}))
    snapshot = there.read()
    assert snapshot is not None
    assert snapshot.files == {"state.json": b"here"}


def test_of_two_creations_one_is_refused(first, second):
    backend(first).swap({"state.json": b"here"}, None, NOTE)
    with pytest.raises(MovedError):
        backend(second).swap({"state.json": b"there"}, None, NOTE)


def test_a_deleted_ref_is_not_made_again_by_a_swap(remote, first):
    here = backend(first)
    here.swap({"state.json": b"1"}, None, NOTE)
    snapshot = here.read()
    assert snapshot is not None
    git(remote, "update-ref", "-d", REF)
    with pytest.raises(MovedError):
        here.swap({"state.json": b"2"}, snapshot.token, NOTE)
    assert here.read() is None
    seen = here.last_seen()
    assert seen is not None
    here.restore(seen, NOTE)
    assert here.read() == snapshot


def test_a_ref_that_was_reset_is_noticed(remote, first):
    here = backend(first)
    one = here.swap({"state.json": b"1"}, None, NOTE)
    here.swap({"state.json": b"2"}, one, NOTE)
    git(remote, "update-ref", REF, one)
    with pytest.raises(StateError, match="is older than this machine's copy") as caught:
        backend(first).read()
    assert caught.value.diagnostics[0].summary == "State was reset"
    command = re.search(r"^ +(git --git-dir=.* push .*)$", caught.value.diagnostics[0].detail, re.M)
    assert command is not None
    subprocess.run(command[1], shell=True, cwd=first, check=True, capture_output=True)
    assert files_of(backend(first).read()) == {"state.json": b"2"}


def test_an_older_state_that_a_commit_restored_is_noticed(remote, first):
    here = backend(first)
    one = here.swap({"state.json": b'{"serial": 1}'}, None, NOTE)
    two = here.swap({"state.json": b'{"serial": 2}'}, one, NOTE)
    restored = git(remote, "commit-tree", f"{one}^{{tree}}", "-p", two, "-m", "Revert")
    git(remote, "update-ref", REF, restored)
    for _ in range(2):
        with pytest.raises(StateError, match="restored an older state") as caught:
            backend(first).read()
    command = re.search(r"^ +(git --git-dir=.* push .*)$", caught.value.diagnostics[0].detail, re.M)
    assert command is not None
    subprocess.run(command[1], shell=True, cwd=first, check=True, capture_output=True, env=AUTHOR)
    assert files_of(backend(first).read()) == {"state.json": b'{"serial": 2}'}
    git(remote, "update-ref", REF, restored)
    assert two in (here.accept_reset(two) or "")
    assert files_of(backend(first).read()) == {"state.json": b'{"serial": 1}'}


def test_a_ref_that_was_reset_and_used_is_accepted_without_losing_the_copy(remote, first):
    here = backend(first)
    one = here.swap({"state.json": b"1"}, None, NOTE)
    two = here.swap({"state.json": b"2"}, one, NOTE)
    git(remote, "update-ref", REF, one)
    elsewhere = backend(clone(remote, first.parent / "third", "--depth=1"))
    assert files_of(elsewhere.read()) == {"state.json": b"1"}
    elsewhere.swap({"state.json": b"3"}, one, NOTE)
    with pytest.raises(StateError, match="no longer contains the commit"):
        backend(first).read()
    command = here.accept_reset(two)
    assert command is not None
    assert subprocess.check_output(command, shell=True) == b"2"
    assert files_of(here.read()) == {"state.json": b"3"}
    assert here.accept_reset(here.last_seen() or "") is None


def test_a_shallow_copy_is_restored_where_all_else_is_lost(remote, first, second):
    there = backend(first)
    there.swap({"state.json": b"2"}, there.swap({"state.json": b"1"}, None, NOTE), NOTE)
    here = backend(second)
    assert files_of(here.read()) == {"state.json": b"2"}
    shutil.rmtree(remote)
    git(remote.parent, "init", "-q", "--bare", "-b", "main", str(remote))
    here.restore(here.last_seen() or "", NOTE)
    assert files_of(backend(second).read()) == {"state.json": b"2"}


def test_a_remote_that_refuses_says_why(remote, first):
    hook = remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho ref is frozen >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(StateError, match="ref is frozen") as caught:
        backend(first).swap({"state.json": b"1"}, None, NOTE)
    assert caught.value.diagnostics[0].summary == "State not writable"


def test_hooks_of_the_clone_do_not_run(first):
    git(first, "config", "core.hooksPath", str(first / "hooks"))
    (first / "hooks").mkdir()
    for name in ("pre-push", "reference-transaction"):
        (first / "hooks" / name).write_text("#!/bin/sh\nexit 1\n")
        (first / "hooks" / name).chmod(0o755)
    backend(first).swap({"state.json": b"1"}, None, NOTE)
    assert backend(first).read() is not None


def test_a_remote_that_is_gone_is_unreachable(remote, first):
    here = backend(first)
    token = here.swap({"state.json": b"1"}, None, NOTE)
    remote.rename(remote.with_name("moved.git"))
    with pytest.raises(StateUnreachableError, match="cannot be read"):
        here.read()
    with pytest.raises(StateUnreachableError):
        here.swap({"state.json": b"2"}, token, NOTE)
    remote.with_name("moved.git").rename(remote)
    snapshot = here.read()
    assert snapshot is not None
    assert snapshot.files == {"state.json": b"1"}


def test_a_push_that_arrived_although_it_failed_counts(remote, first):
    hook = remote / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    hook.chmod(0o755)
    here = backend(first)
    token = here.swap({"state.json": b"1"}, None, NOTE)
    assert git(remote, "rev-parse", REF) == token


@pytest.mark.parametrize("own", ["sha256", "sha1"])
def test_a_remote_of_sha256(tmp_path, own):
    """A repository with commits, and a clone of it or a project whose own ids are shorter."""
    remote = make_remote(tmp_path, "--object-format=sha256")
    project = clone(remote, tmp_path / "first")
    if own == "sha1":
        project = tmp_path / "project"
        git(tmp_path, "init", "-q", str(project))
    here = backend(project, f"file://{remote}")
    assert here.read() is None
    token = here.swap({"state.json": b"1"}, None, NOTE)
    assert len(token) == 64
    there = backend(clone(remote, tmp_path / "second"))
    found = there.read()
    assert found is not None
    newer = there.swap({"state.json": b"2"}, found.token, NOTE)
    with pytest.raises(MovedError):
        here.swap({"state.json": b"3"}, token, NOTE)
    found = here.read()
    assert found is not None
    assert (found.token, found.files) == (newer, {"state.json": b"2"})


def test_a_state_on_an_empty_remote_of_sha256(first, tmp_path):
    other = tmp_path / "other.git"
    git(tmp_path, "init", "-q", "--bare", "--object-format=sha256", str(other))
    here = backend(first, str(other))
    assert here.read() is None
    token = here.swap({"state.json": b"1"}, None, NOTE)
    assert here.swap({"state.json": b"2"}, token, NOTE)
    found = backend(first, str(other)).read()
    assert found is not None
    assert found.files == {"state.json": b"2"}


def test_the_processes_of_a_swap_do_not_grow_with_the_runs(first, monkeypatch):
    here = backend(first)
    files = {f"{folder}/r{n}/1": b"a" for folder in ("journals", "open") for n in range(20)}
    files |= {"state.json": b"1", "runs/r1.json": b"{}", "a/b/c/d": b"deep"}
    token = here.swap(files, None, NOTE)
    run, started = Git.run, []

    def counted(self: Git, *words: str, **more: Any) -> bytes:
        started.append(words[0])
        return run(self, *words, **more)

    monkeypatch.setattr(Git, "run", counted)
    here.swap({"state.json": b"2", "open/r3/1": None}, token, NOTE)
    assert len(started) < 10
    snapshot = backend(first).read()
    assert snapshot is not None
    del files["open/r3/1"]
    expected = {p: c for p, c in files.items() if not p.startswith(("runs/", "journals/"))}
    assert snapshot.files == expected | {"state.json": b"2"}
    git(first, "-C", ".cioform/acme/state.git", "fsck", "--strict")


def test_a_detached_clone_and_a_remote_by_url(remote, first):
    git(first, "checkout", "-q", "--detach")
    git(first, "remote", "remove", "origin")
    backend(first, str(remote)).swap({"state.json": b"1"}, None, NOTE)
    assert backend(first, f"file://{remote}").read() is not None


def test_a_remote_that_does_not_exist_is_named(first):
    with pytest.raises(StateError, match="It has `origin`"):
        backend(first, "upstream").read()


def test_what_ssh_said_is_the_reason(first, monkeypatch):
    monkeypatch.setenv("GIT_SSH_COMMAND", "echo 'ada: Permission denied (publickey).' >&2; false")
    with pytest.raises(
        StateUnreachableError, match=r"cannot be read: ada: Permission denied \(publick"
    ):
        backend(first, "ssh://git@git.acme.invalid/acme").read()


def test_a_clone_of_another_user_names_the_command_that_trusts_it(first, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(StateError, match=f"git config --global --add safe.directory {first}"):
        backend(first).read()


def test_outside_of_a_repository(tmp_path):
    with pytest.raises(StateError, match="cannot be used as a repository") as caught:
        backend(tmp_path).read()
    assert caught.value.diagnostics[0].summary == "Not a Git repository"


def fake_git(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    folder.mkdir()
    if text is not None:
        (folder / "git").write_text(text)
        (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(
    ("text", "summary"),
    [(None, "Git not found"), ("#!/bin/sh\necho git version 2.17.1\n", "Git too old")],
)
def test_git_that_cannot_be_used(first, tmp_path, monkeypatch, text, summary):
    fake_git(tmp_path / "bin", monkeypatch, text)
    with pytest.raises(StateError) as caught:
        backend(first).read()
    assert caught.value.diagnostics[0].summary == summary


def test_a_copy_that_cannot_be_written_is_an_error_of_the_state(first):
    here = backend(first)
    here.read()
    objects = first / ".cioform" / "acme" / "state.git" / "objects"
    for folder in objects.iterdir():
        folder.rmdir()
    objects.rmdir()
    objects.write_text("in the way")
    with pytest.raises(StateError) as caught:
        backend(first).swap({"state.json": b"1"}, None, NOTE)
    assert caught.value.exit_code == 7


def test_variables_of_a_hook_do_not_lead_elsewhere(first, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    subprocess.run(["git", "init", "-q", "--bare", elsewhere], check=True)
    monkeypatch.setenv("GIT_DIR", str(elsewhere))
    backend(first).swap({"state.json": b"1"}, None, NOTE)
    assert not list((elsewhere / "objects").glob("??"))


def test_credentials_of_the_clone_are_used_and_not_in_arguments(first):
    git(first, "config", "http.https://git.acme.com/.extraheader", "Authorization: secret")
    here: GitBackend = backend(first)
    own, _ = here._open()
    listed = own.text("config", "--get-all", "http.https://git.acme.com/.extraheader")
    assert listed == "Authorization: secret"
    config = (first / ".cioform" / "acme" / "state.git" / "config").read_text()
    assert "secret" not in config


def test_the_right_to_push_is_tried_without_a_push(first, remote):
    here = backend(first)
    token = here.swap({"state.json": b"1"}, None, NOTE)
    assert "only a push asks the rules and hooks of the server" in here.prove_writable()
    assert git(remote, "rev-parse", REF) == token
    remote.rename(remote.with_name("gone"))
    with pytest.raises(StateNotWritableError, match="Everyone who applies needs the right to push"):
        here.prove_writable()
