"""Runs on a state that several machines share."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cioform.core.errors import StateError, StateLockedError, UsageError
from cioform.services.revisions.run_origin import describe_run
from cioform.state.journal.journal_folder import JournalFolder
from cioform.state.shared.store import SharedStateStore
from cioform.storage.atomic import replace_file
from tests.support.memory_backend import MemoryRemote
from tests.support.sandbox_project import SandboxProject


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def here(tmp_path: Path) -> SandboxProject:
    project = SandboxProject(tmp_path / "here", remote=MemoryRemote())
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.write("layouts/new.yaml", {"name": "New", "body": "{{content}}"})
    return project


@pytest.fixture
def there(here: SandboxProject, tmp_path: Path) -> SandboxProject:
    project = here.second_checkout(tmp_path / "there")
    copy_files(here, project)
    return project


def copy_files(source: SandboxProject, target: SandboxProject) -> None:
    for path in source.folder.rglob("*.yaml"):
        target.write(str(path.relative_to(source.folder)), path.read_text())


def store_of(project: SandboxProject) -> SharedStateStore:
    with project.open() as opened:
        store = opened._opened.store
    assert isinstance(store, SharedStateStore)
    return store


def subjects(project: SandboxProject) -> list[str]:
    assert isinstance(project.remote, MemoryRemote)
    return [note.subject for note in project.remote.notes]


def test_what_one_applies_the_other_knows(here, there):
    assert here.apply().complete
    assert there.plan().is_empty
    assert there.bindings() == here.bindings()
    assert not (here.state_folder / "state.json").exists()
    assert list((here.state_folder / "journal").iterdir()) == []


def test_the_history_says_what_was_done(here, there):
    here.apply()
    assert subjects(here)[1:] == [
        "Lock for apply acme",
        subjects(here)[2],
        subjects(here)[3],
        subjects(here)[4],
        "apply acme: 2 created",
    ]
    assert subjects(here)[2].endswith(": what it will change")
    [summary] = store_of(there).history()
    assert summary.complete
    assert summary.counts == {"created": 2}
    assert here.remote.notes[-1].details["Run"] == summary.run.id
    assert f"journals/{summary.run.id}/0001.ndjson" in here.remote.files
    assert "lock.json" not in here.remote.files
    assert not [path for path in here.remote.files if path.startswith("open/")]


def test_plan_and_drift_push_nothing(here):
    here.apply()
    count = len(here.remote.notes)
    here.plan()
    with here.open() as opened:
        opened.drift()
    assert len(here.remote.notes) == count


def test_intents_are_pushed_before_the_first_write(here):
    seen: list[bool] = []

    def tick() -> None:
        if here.writes and not seen:
            parts = [c for p, c in here.remote.files.items() if p.startswith("open/")]
            seen.append(b"snippet.a" in b"".join(parts) and b"layout.new" in b"".join(parts))

    plan = here.plan()
    here.tick = tick
    here.apply(plan)
    assert seen == [True]


def test_a_locked_state_is_refused_with_the_owner(here, there):
    with here.open() as opened, opened._opened.store.lock(describe_run(opened._opened, "apply")):
        run_id = next(iter(store_of(here)._own_runs.read()))
        with pytest.raises(StateLockedError, match="is locked by `apply`") as caught:
            there.apply()
        assert f"cioform state unlock acme --id {run_id}" in str(caught.value)
        assert there.plan().changes  # a plan needs no lock
    assert there.apply().complete


def test_the_lock_of_a_job_that_has_ended_is_taken_over(here, there, monkeypatch):
    assert kill(here, monkeypatch, 25)
    with pytest.raises(StateLockedError):
        there.apply()
    with monkeypatch.context() as patch:
        patch.setattr(SharedStateStore, "_is_killed", lambda _self, run: run.command == "apply")
        assert there.apply_until_empty().is_empty
    with there.open() as opened:
        assert not all(run.complete for run in opened.state.history())


def cut_after(project: SandboxProject, steps: int) -> None:
    left = [steps]

    def tick() -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    project.tick = tick


def kill(project: SandboxProject, monkeypatch: pytest.MonkeyPatch, when: int) -> bool:
    """Apply, and end the process after `when` steps. Return whether it was cut."""
    plan = project.plan()
    cut_after(project, when)
    with monkeypatch.context() as patch:
        # A process that is killed releases nothing.
        patch.setattr(SharedStateStore, "_release_after_error", lambda _self: None)
        try:
            project.apply(plan)
        except Killed:
            return True
        finally:
            project.tick = lambda: None
    return False


EVERY_STEP = "CIOFORM_EXAMPLES" in os.environ


@pytest.mark.parametrize("same_machine", [True, False])
@pytest.mark.parametrize("when", range(1, 50))
def test_a_run_that_was_killed_at_any_step_is_finished_by_another(
    here, there, monkeypatch, when, same_machine
):
    if (when + same_machine) % 2 and not EVERY_STEP:
        pytest.skip("every other step, on the machine or elsewhere")
    if not kill(here, monkeypatch, when):
        return  # The run has fewer steps.
    next_one = here if same_machine else there
    lock = here.remote.files.get("lock.json")
    if lock is not None and not same_machine:
        run_id = store_of(here)._own_runs.read()[-1]
        with pytest.raises(StateLockedError):
            there.apply()
        with there.open() as opened:
            opened.state.unlock(run_id)
    assert next_one.apply_until_empty().is_empty
    assert here.names_in("layouts") == ["New"]
    assert here.names_in("snippets") == ["a"]
    next_one.apply()  # resolves the run, even if nothing is left to do
    assert not [p for p in here.remote.files if p.startswith(("open/", "lock"))]
    assert next_one.plan().is_empty
    journals = {path.split("/")[1] for path in here.remote.files if path.startswith("journals/")}
    with there.open() as opened:
        runs = [summary.run.id for summary in opened.state.history()]
        assert journals <= set(runs)
        changes = [change for run in runs for change in opened.state.changes(run) or ()]
        assert {change.result for change in changes} <= {"done", "not done", "done in part"}


def test_a_run_that_ended_stays_resolved_if_its_local_journal_stays(here, monkeypatch):
    with monkeypatch.context() as patch:
        # The process is killed after the push, or the disk refuses the deletion.
        patch.setattr(JournalFolder, "remove", lambda _self, _run_id: None)
        assert here.apply().complete
    assert len(list((here.state_folder / "journal").iterdir())) == 1
    store = store_of(here)
    store.load()
    assert store.unfinished_runs() == []


def test_a_journal_that_cannot_be_deleted_is_not_said_to_stop_the_run(here, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    plan = here.plan()
    with monkeypatch.context() as patch:
        patch.setattr("cioform.state.journal.journal_folder.Path.unlink", refuse)
        with pytest.raises(StateError, match="Journal not deleted") as caught:
            here.apply(plan)
    assert "No later command needs it" in caught.value.diagnostics[0].detail
    assert "lock.json" not in here.remote.files
    assert here.plan().is_empty


def test_what_was_pushed_is_not_said_to_be_unchanged(here, monkeypatch):
    plan = here.plan()

    def replace(path: Path, content: bytes, *, private: bool) -> None:
        if content == b"[]":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace_file(path, content, private=private)

    monkeypatch.setattr("cioform.state.shared.own_runs.replace_file", replace)
    with pytest.raises(StateError, match="State not writable") as caught:
        here.apply(plan)
    detail = caught.value.diagnostics[0].detail
    assert "the disk is full. The run has ended and its state is pushed; only " in detail
    assert "Nothing was changed" not in detail
    assert "lock.json" not in here.remote.files
    assert here.plan().is_empty


def test_a_run_whose_lock_was_broken_stops_writing(here, there):
    plan = here.plan()
    broken: list[str] = []

    def tick() -> None:
        if here.writes and not broken:
            broken.append(store_of(here)._own_runs.read()[-1])
            with there.open() as opened:
                opened.state.unlock(broken[0])

    here.tick = tick
    with pytest.raises(StateError, match="released this run's lock") as caught:
        here.apply(plan)
    assert caught.value.exit_code == 7
    assert len(here.writes) == 1
    here.tick = lambda: None
    assert there.apply_until_empty().is_empty
    assert here.plan().is_empty
    assert here.names_in("layouts") == ["New"]
    assert here.names_in("snippets") == ["a"]


def test_the_lock_of_a_run_with_a_corrupt_journal_is_released(here, there, monkeypatch):
    assert kill(here, monkeypatch, 25)
    run_id = store_of(here)._own_runs.read()[-1]
    for path in [path for path in here.remote.files if path.startswith(f"open/{run_id}/")]:
        here.remote.files[path] = b"{}\n{}\n"
    with there.open() as opened:
        opened.state.unlock(run_id)
    assert "lock.json" not in here.remote.files
    with pytest.raises(StateError, match="Journal corrupt"):
        there.plan()


def test_only_the_lock_of_the_named_run_is_released(here, there):
    with there.open() as opened, pytest.raises(UsageError, match="Nobody holds the lock"):
        opened.state.unlock("other")
    with (
        here.open() as locked,
        locked._opened.store.lock(),
        there.open() as opened,
        pytest.raises(UsageError, match="is not locked by run other"),
    ):
        opened.state.unlock("other")


def test_a_state_that_was_changed_during_a_run_is_not_overwritten(here):
    plan = here.plan()
    done: list[bool] = []

    def tick() -> None:
        if here.writes and not done:
            done.append(True)
            here.remote.files["state.json"] += b"\n"
            here.remote.notes.append(here.remote.notes[-1])

    here.tick = tick
    with pytest.raises(StateError, match="Somebody changed memory"):
        here.apply(plan)


def test_another_commit_while_the_lock_is_held_does_no_harm(here):
    plan = here.plan()

    def tick() -> None:
        if here.writes and len(here.remote.notes) < 6:
            here.remote.notes.append(here.remote.notes[-1])

    here.tick = tick
    assert here.apply(plan).complete
    assert here.plan().is_empty


def test_an_interrupted_run_releases_its_lock(here, there):
    plan = here.plan()

    interrupted: list[bool] = []

    def tick() -> None:
        if here.writes and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt

    here.tick = tick
    with pytest.raises(KeyboardInterrupt):
        here.apply(plan)
    assert "lock.json" not in here.remote.files
    assert subjects(here)[-1] == "apply acme: stopped"
    assert there.apply_until_empty().is_empty
    assert here.names_in("layouts") == ["New"]
    assert here.names_in("snippets") == ["a"]


def test_waiting_for_a_lock(here, there):
    clock = here.time
    with here.open() as locked:
        context = locked._opened.store.lock(describe_run(locked._opened, "apply"))
        context.__enter__()
        released: list[float] = []

        def sleep(seconds: float) -> None:
            clock.now += seconds
            if not released and clock.now > 1_760_000_010:
                released.append(clock.now)
                context.__exit__(None, None, None)

        with there.open() as opened:
            store = opened._opened.store
            assert isinstance(store, SharedStateStore)
            store._lock_seconds, store._sleep = 60, sleep
            with store.lock():
                assert released
