"""Local failures: disk, state and journal, two applies at once, plans of another workspace."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cioform.core.errors import PlanError, StateError
from cioform.plan.plan import Plan
from cioform.plan.review.planfile import decode_plan, encode_plan
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import NO_GUARDS, SandboxProject


def prepare(project: SandboxProject) -> None:
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    project.write("snippets/gone.yaml", {"name": "gone", "value": "1"})
    project.apply()
    project.write("snippets/a.yaml", {"name": "a", "value": "2"})
    project.write("layouts/new.yaml", {"name": "New", "body": "{{content}}"})
    project.remove("snippets/gone.yaml")
    project.sent.clear()


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """Return a project with two applied snippets; its files change both and add a layout."""
    return copy_of(prepare)


def assert_converged(project: SandboxProject) -> None:
    assert project.apply_until_empty().is_empty
    assert project.names_in("layouts") == ["New"]
    assert [each["value"] for each in project.content()["snippets"]] == ["2"]


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Limit every file to `size` bytes, as a disk with that much space left does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def summaries(caught: pytest.ExceptionInfo[StateError]) -> list[str]:
    return [problem.summary for problem in caught.value.diagnostics]


def test_a_full_disk_stops_the_run_before_the_next_step(
    project: SandboxProject,
) -> None:
    plan = project.plan()
    seen: set[str] = set()
    for size in range(100, 4000, 100):
        try:
            with full_disk(size):
                outcome = project.apply(plan)
        except StateError as error:
            seen.add(error.diagnostics[0].summary)
            plan = project.plan()
            continue
        assert outcome.complete
        break
    assert seen == {"Journal not writable"}  # the journal is the longest file and is written first
    assert_converged(project)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_state_that_cannot_be_saved_leaves_the_journal_open(project: SandboxProject) -> None:
    plan = project.plan()
    (project.state_folder / f".state.json.{os.getpid()}.new").symlink_to("/dev/full")
    with pytest.raises(StateError) as caught:
        project.apply(plan)
    assert summaries(caught) == ["State not writable"]
    assert "the disk is full" in caught.value.diagnostics[0].detail
    assert len(project.writes) == 1
    assert [change.address.name for change in project.plan().changes] == ["a", "gone"]
    assert_converged(project)


def test_no_request_is_sent_without_its_record(project: SandboxProject) -> None:
    plan = project.plan()
    with full_disk(10), pytest.raises(StateError) as caught:
        project.apply(plan)
    assert summaries(caught) == ["Journal not writable"]
    assert project.writes == []
    assert_converged(project)


def test_a_change_made_before_the_disk_was_full_is_recovered(project: SandboxProject) -> None:
    """The layout is created, and neither the journal nor the state can record it."""
    plan = project.plan()
    size = 0
    while not project.writes:
        size += 25
        with full_disk(size), pytest.raises(StateError):
            project.apply(plan)
        last = project.sent[-1]
        if not project.writes:
            plan = project.plan()
    assert project.writes == [f"POST /v1/environments/{project.workspace.environment_id}/layouts"]
    assert last[0] == "POST"  # the run stops when the journal cannot be written
    assert_converged(project)
    assert sum("POST" in each and "layouts" in each for each in project.writes) == 1


def test_a_state_folder_that_is_a_file_is_reported_before_any_request(
    tmp_path: Path,
) -> None:
    project = SandboxProject(tmp_path)
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    (tmp_path / ".cioform").write_text("in the way")
    with pytest.raises(StateError) as caught:
        project.plan()
    assert summaries(caught) == ["State not readable"]
    assert project.sent == []
    (tmp_path / ".cioform").unlink()
    assert project.apply_until_empty().is_empty


@pytest.mark.parametrize("damage", ["", "{", '{"format": 1}', "[]", "\xff"])
def test_a_corrupt_state_is_refused(project: SandboxProject, damage: str) -> None:
    plan, file = project.plan(), project.state_folder / "state.json"
    good = file.read_bytes()
    project.sent.clear()
    file.write_bytes(damage.encode("latin-1"))
    for attempt in (project.plan, lambda: project.apply(plan)):
        with pytest.raises(StateError) as caught:
            attempt()
        assert summaries(caught) == ["State corrupt"]
        assert f"cp {file}.backup {file}" in caught.value.diagnostics[0].detail
    assert project.sent == []
    file.write_bytes(good)
    assert_converged(project)


def test_a_corrupt_journal_is_refused(project: SandboxProject) -> None:
    [journal, *_] = (project.state_folder / "journal").iterdir()
    good = journal.read_bytes()
    cut = b"".join(good.splitlines(keepends=True)[:-1])  # a finished run is not replayed
    journal.write_bytes(cut.replace(b"snippet", b"snippit", 1))
    with pytest.raises(StateError) as caught:
        project.plan()
    assert summaries(caught) == ["Journal corrupt"]
    assert project.sent == []
    journal.write_bytes(good)
    assert_converged(project)


def test_two_simultaneous_applies(project: SandboxProject) -> None:
    plan = project.plan()
    project.sent.clear()
    with project.open() as first, first._opened.store.lock():
        with pytest.raises(StateError) as caught:
            project.apply(plan)
        assert summaries(caught) == ["State is locked"]
        assert project.sent == []
    assert_converged(project)


def refusal_of(project: SandboxProject, plan: Plan) -> str:
    project.sent.clear()
    with pytest.raises(PlanError) as caught:
        project.apply(plan)
    assert project.sent == []
    [problem] = caught.value.diagnostics
    return problem.summary


def test_a_plan_can_be_applied_only_once(project: SandboxProject) -> None:
    plan = project.plan()
    project.apply(plan)
    assert refusal_of(project, plan) == "Stale plan"
    assert_converged(project)


def test_a_first_plan_is_stale_after_another_was_applied(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path)
    project.write("snippets/a.yaml", {"name": "a", "value": "1"})
    first = project.plan()
    with project.open(lineage="lineage-2") as session:
        session.apply(session.plan(), NO_GUARDS)
    assert refusal_of(project, first) == "Stale plan"


def test_a_plan_of_another_workspace(project: SandboxProject) -> None:
    plan = project.plan()
    elsewhere = replace(plan, header=replace(plan.header, workspace="kidlearn"))
    assert refusal_of(project, elsewhere) == "Plan of another workspace"
    elsewhere = replace(plan, header=replace(plan.header, workspace_id=1))
    assert refusal_of(project, elsewhere) == "Plan of another workspace"
    assert_converged(project)


def test_a_plan_of_another_lineage(project: SandboxProject) -> None:
    plan = project.plan()
    elsewhere = replace(plan, header=replace(plan.header, lineage="another"))
    assert refusal_of(project, elsewhere) == "Plan of another state"
    assert_converged(project)


def test_a_plan_file_of_a_newer_format(project: SandboxProject) -> None:
    content = json.loads(encode_plan(project.plan()))
    with pytest.raises(PlanError) as caught:
        decode_plan(json.dumps({**content, "format": 3}))
    assert caught.value.diagnostics[0].summary == "Unsupported plan file format"


def test_a_state_of_a_newer_format(project: SandboxProject) -> None:
    file = project.state_folder / "state.json"
    good = file.read_text()
    file.write_text(json.dumps({**json.loads(good), "format": 3}))
    with pytest.raises(StateError) as caught:
        project.plan()
    assert summaries(caught) == ["State written by a newer cioform"]
    file.write_text(good)
    assert_converged(project)
