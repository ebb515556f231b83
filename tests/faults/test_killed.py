"""The process is killed between any two steps of an apply, and the next apply recovers.

A copy of the project at each step stands for a process that was killed there, and real processes
are killed at some of the steps. `python -m tests.torture` kills them at any step.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from tests.support.copied_projects import CopyOf, copy_project
from tests.support.sandbox_project import SandboxProject, fork

KINDS = find_kinds()
SENDERS = [{"id": 1, "name": "Acme", "email": "team@acme.com"}]
BEFORE: dict[str, dict[str, Any]] = {
    "snippets/gone.yaml": {"name": "gone", "value": "1"},
    "snippets/other.yaml": {"name": "other", "value": "1"},
    "layouts/l.yaml": {"name": "L", "body": "{{ content }}"},
}
AFTER: dict[str, dict[str, Any]] = {
    "snippets/new.yaml": {"name": "new", "value": "1"},
    "snippets/other.yaml": {"name": "other renamed", "value": "1"},
    "layouts/l.yaml": {"name": "L", "body": "<p>{{ content }}</p>"},
    "segments/s.yaml": {"name": "S", "conditions": {"attribute": "plan", "is": "x"}},
    "transactional/m.yaml": {
        "name": "M",
        "email": {
            "from": "team@acme.com", "subject": "s", "body": "b",
            "translations": {"es": {"subject": "t", "body": "c"}},
        },
    },
}  # fmt: skip
"""A creation, an update, a replacement, a deletion and a conversation of several requests."""


def prepare(project: SandboxProject) -> None:
    """Apply BEFORE."""
    project.seed(identities=SENDERS)
    project.replace_documents(BEFORE)
    project.apply()
    project.replace_documents(AFTER)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with BEFORE applied. Its sandbox is a file, shared by child processes."""
    root = tmp_path_factory.mktemp("prepared")
    project = opened(root)
    prepare(project)
    project.store.close()
    return root


def opened(root: Path) -> SandboxProject:
    """Return the prepared project below `root`."""
    return SandboxProject(root, store=Store.open(root / "sandbox.sqlite"), kinds=KINDS)


def kill_at(step: int) -> Callable[[], None]:
    """Return a `tick` that kills this process when it is called for the `step`-th time."""
    left = step

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return tick


def assert_converged(project: SandboxProject) -> None:
    assert project.apply_until_empty().is_empty
    assert project.names_in("snippets") == ["new", "other renamed"]
    assert project.names_in("segments") == ["S"]
    assert project.names_in("layouts") == ["L"]
    assert project.names_in("transactional_messages") == ["M"]
    templates = project.content()["templates"]
    assert sorted((each["language"], each["subject"]) for each in templates) == [
        ("", "s"),
        ("es", "t"),
    ]
    project.store.close()


def apply_and_kill(root: Path, step: int) -> int:
    """Apply in a child process that is killed at a step. Return its exit status."""

    def work() -> None:
        child = opened(root)
        plan = child.plan()
        child.tick = kill_at(step)
        child.apply(plan)

    return fork(work)


def plan_and_kill(root: Path, step: int) -> int:
    """Plan in a child process that is killed at a step. Return its exit status."""

    def work() -> None:
        child = opened(root)
        child.tick = kill_at(step)
        child.plan()

    return fork(work)


def snapshots(project: SandboxProject, folder: Path) -> list[SandboxProject]:
    """Apply once, and copy the project at every step: what a process killed there leaves behind.

    A copy that equals the one before is left out.
    """
    plan = project.plan()
    copies: list[SandboxProject] = []
    before: object = None

    def tick() -> None:
        nonlocal before
        paths = [path for path in project.root.rglob("*") if path.is_file()]
        now = {path: path.read_bytes() for path in paths}, project.store.dump("acme")
        if now != before:
            copies.append(copy_project(project, folder / str(len(copies))))
            before = now

    project.tick = tick
    assert project.apply(plan).complete
    project.tick = lambda: None
    return [*copies, project]


def test_an_apply_killed_between_any_two_steps_converges_without_duplicates(
    copy_of: CopyOf, tmp_path_factory: pytest.TempPathFactory
) -> None:
    projects = snapshots(copy_of(prepare), tmp_path_factory.mktemp("snapshots"))
    assert len(projects) > 60  # every record, write and save of five changes
    for each in projects:
        assert_converged(each)


@pytest.mark.parametrize("step", range(5, 95, 9))
def test_a_recovery_that_is_killed_converges(prepared: Path, tmp_path: Path, step: int) -> None:
    root = shutil.copytree(prepared, tmp_path / "project")
    assert apply_and_kill(root, step) == -signal.SIGKILL
    for at in range(1, 12, 2):
        assert plan_and_kill(root, at) in (0, -signal.SIGKILL)
    assert_converged(opened(root))


@pytest.mark.parametrize(
    ("step", "share"), [(step, 0.5 if step % 20 == 3 else 1.0) for step in range(3, 95, 10)]
)
def test_a_truncated_last_record_is_recovered(
    prepared: Path, tmp_path: Path, step: int, share: float
) -> None:
    """Truncate the last record, as a power failure while it was being written would."""
    root = shutil.copytree(prepared, tmp_path / "project")
    assert apply_and_kill(root, step) == -signal.SIGKILL
    journals = (root / ".cioform/acme/journal").iterdir()
    journal = max(journals, key=lambda path: path.stat().st_mtime_ns)
    content = journal.read_bytes()
    last = content.rstrip(b"\n").rfind(b"\n") + 1
    journal.write_bytes(content[: last + int((len(content) - last - 1) * share)])
    assert_converged(opened(root))
