"""What may go wrong on our side: the disk, state and journal, two at once, plans of elsewhere."""

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
from cioform.plan.planfile import decode_plan, encode_plan
from tests.support.project_world import FREE, World


@pytest.fixture
def world(world: World) -> World:
    """Give a workspace with two snippets and a layout of ours, and files that change all three."""
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    world.put("snippets/gone.yaml", {"name": "gone", "value": "1"})
    world.apply()
    world.put("snippets/a.yaml", {"name": "a", "value": "2"})
    world.put("layouts/new.yaml", {"name": "New", "body": "{{content}}"})
    world.remove("snippets/gone.yaml")
    world.sent.clear()
    return world


def assert_right(world: World) -> None:
    assert world.settle().is_empty
    assert world.named("layouts") == ["New"]
    assert [each["value"] for each in world.content()["snippets"]] == ["2"]


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes, as on a disk with so much room left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def summaries(caught: pytest.ExceptionInfo[StateError]) -> list[str]:
    return [problem.summary for problem in caught.value.diagnostics]


def test_a_full_disk_stops_the_run_before_the_next_step_and_nothing_is_lost(world: World) -> None:
    plan = world.plan()
    seen: set[str] = set()
    for size in range(100, 4000, 100):
        try:
            with full_disk(size):
                outcome = world.apply(plan)
        except StateError as error:
            seen.add(error.diagnostics[0].summary)
            plan = world.plan()
            continue
        assert outcome.complete
        break
    assert seen == {"Journal not writable"}  # it is the longest file, and the first to be written
    assert_right(world)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_state_that_finds_no_room_leaves_the_journal_open(world: World) -> None:
    plan = world.plan()
    (world.state_folder / f".state.json.{os.getpid()}.new").symlink_to("/dev/full")
    with pytest.raises(StateError) as caught:
        world.apply(plan)
    assert summaries(caught) == ["State not writable"]
    assert "No space left on device" in caught.value.diagnostics[0].detail
    assert len(world.writes) == 1
    assert [change.address.name for change in world.plan().changes] == ["a", "gone"]
    assert_right(world)


def test_without_room_for_its_record_no_request_is_sent(world: World) -> None:
    plan = world.plan()
    with full_disk(10), pytest.raises(StateError) as caught:
        world.apply(plan)
    assert summaries(caught) == ["Journal not writable"]
    assert world.writes == []
    assert_right(world)


def test_what_was_done_before_the_disk_was_full_is_found_again(world: World) -> None:
    """The layout is made, and neither its journal nor the state can say so any more."""
    plan = world.plan()
    size = 0
    while not world.writes:
        size += 25
        with full_disk(size), pytest.raises(StateError):
            world.apply(plan)
        last = world.sent[-1]
        if not world.writes:
            plan = world.plan()
    assert world.writes == [f"POST /v1/environments/{world.place.environment_id}/layouts"]
    assert last[0] == "POST"  # the run stops where its journal does
    assert_right(world)
    assert sum("POST" in each and "layouts" in each for each in world.writes) == 1


def test_a_state_folder_that_cannot_be_made_is_said_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    (tmp_path / ".cioform").write_text("in the way")
    with pytest.raises(StateError) as caught:
        world.plan()
    assert summaries(caught) == ["State not writable"]
    assert world.sent == []
    (tmp_path / ".cioform").unlink()
    assert world.settle().is_empty


@pytest.mark.parametrize("damage", ["", "{", '{"format": 1}', "[]", "\xff"])
def test_a_corrupt_state_is_not_built_on(world: World, damage: str) -> None:
    plan, file = world.plan(), world.state_folder / "state.json"
    good = file.read_bytes()
    world.sent.clear()
    file.write_bytes(damage.encode("latin-1"))
    for attempt in (world.plan, lambda: world.apply(plan)):
        with pytest.raises(StateError) as caught:
            attempt()
        assert summaries(caught) == ["State corrupt"]
        assert f"cp {file}.backup {file}" in caught.value.diagnostics[0].detail
    assert world.sent == []
    file.write_bytes(good)
    assert_right(world)


def test_a_corrupt_journal_is_not_built_on(world: World) -> None:
    [journal, *_] = (world.state_folder / "journal").iterdir()
    good = journal.read_bytes()
    cut = b"".join(good.splitlines(keepends=True)[:-1])  # of a run that ended nothing is left
    journal.write_bytes(cut.replace(b"snippet", b"snippit", 1))
    with pytest.raises(StateError) as caught:
        world.plan()
    assert summaries(caught) == ["Journal corrupt"]
    assert world.sent == []
    journal.write_bytes(good)
    assert_right(world)


def test_two_applies_at_once(world: World) -> None:
    plan = world.plan()
    world.sent.clear()
    with world.open() as first, first._opened.store.lock():
        with pytest.raises(StateError) as caught:
            world.apply(plan)
        assert summaries(caught) == ["State is locked"]
        assert world.sent == []
    assert_right(world)


def refused(world: World, plan: Plan) -> str:
    world.sent.clear()
    with pytest.raises(PlanError) as caught:
        world.apply(plan)
    assert world.sent == []
    [problem] = caught.value.diagnostics
    return problem.summary


def test_a_plan_is_carried_out_once(world: World) -> None:
    plan = world.plan()
    world.apply(plan)
    assert refused(world, plan) == "Stale plan"
    assert_right(world)


def test_a_first_plan_is_stale_once_another_was_applied(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.put("snippets/a.yaml", {"name": "a", "value": "1"})
    first = world.plan()
    with world.open(lineage="lineage-2") as session:
        session.apply(session.plan(), FREE)
    assert refused(world, first) == "Stale plan"


def test_a_plan_of_another_workspace(world: World) -> None:
    plan = world.plan()
    elsewhere = replace(plan, header=replace(plan.header, workspace="kidlearn"))
    assert refused(world, elsewhere) == "Plan of another workspace"
    elsewhere = replace(plan, header=replace(plan.header, environment_id=1))
    assert refused(world, elsewhere) == "Plan of another workspace"
    assert_right(world)


def test_a_plan_of_another_lineage(world: World) -> None:
    plan = world.plan()
    elsewhere = replace(plan, header=replace(plan.header, lineage="another"))
    assert refused(world, elsewhere) == "Plan of another history"
    assert_right(world)


def test_a_plan_file_of_a_newer_format(world: World) -> None:
    content = json.loads(encode_plan(world.plan()))
    with pytest.raises(PlanError) as caught:
        decode_plan(json.dumps({**content, "format": 2}))
    assert caught.value.diagnostics[0].summary == "Plan file of another format"


def test_a_state_of_a_newer_format(world: World) -> None:
    file = world.state_folder / "state.json"
    good = file.read_text()
    file.write_text(json.dumps({**json.loads(good), "format": 2}))
    with pytest.raises(StateError) as caught:
        world.plan()
    assert summaries(caught) == ["State of a newer cioform"]
    file.write_text(good)
    assert_right(world)
