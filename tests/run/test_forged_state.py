"""States, journals and plans with valid checksums and values that no run has written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.errors import CioformError, PlanError, StateError
from cioform.plan.change import Action, Change
from cioform.state.replay import replay_journal
from cioform.storage.journal import encode_line
from tests.support.sandbox_project import SandboxProject

NOTE, COPY = "snippet.note", "snippet.copy"


@pytest.fixture
def applied(project: SandboxProject) -> SandboxProject:
    """Return a project with a snippet and a segment that were applied."""
    project.write("snippets/note.yaml", {"name": "note", "value": "a"})
    conditions = {"all": [{"attribute": "plan", "is": "pro"}]}
    project.write("segments/vip.yaml", {"name": "VIP", "conditions": conditions})
    assert project.apply().complete
    return project


def edit_state(project: SandboxProject, edit: Callable[[dict[str, Any]], None]) -> None:
    path = project.state_folder / "state.json"
    document = json.loads(path.read_text())
    edit(document["resources"])
    path.write_text(json.dumps(document))


def problem_of(work: Callable[[], object], error: type[CioformError] = StateError) -> str:
    with pytest.raises(error) as caught:
        work()
    (problem,) = caught.value.diagnostics
    return f"{problem.summary}: {problem.detail}"


def test_an_object_with_two_addresses_is_refused_until_one_is_forgotten(
    applied: SandboxProject,
) -> None:
    edit_state(applied, lambda bound: bound.update({COPY: bound[NOTE]}))
    before = applied.content()
    problem = problem_of(applied.plan)
    assert problem.startswith("Object with two addresses: ")
    assert f"cioform state forget acme {NOTE}" in problem
    with applied.open() as opened:
        opened.forget(Address.parse(COPY))
    assert applied.plan().is_empty
    assert applied.content() == before


def test_a_kind_that_is_not_known_is_refused(applied: SandboxProject) -> None:
    edit_state(applied, lambda bound: bound.update({"gadget.x": bound[NOTE]}))
    problem = problem_of(applied.plan)
    assert problem.startswith("Unknown kind in the state: ")
    assert "cioform state forget acme gadget.x" in problem


def test_a_state_that_is_a_link_is_refused(applied: SandboxProject) -> None:
    state = applied.state_folder / "state.json"
    elsewhere = applied.root / "elsewhere.json"
    state.replace(elsewhere)
    state.symlink_to(elsewhere)
    assert problem_of(applied.plan).startswith("State is a link: ")


def test_applied_values_that_nothing_applies_are_refused(applied: SandboxProject) -> None:
    workflow = [{"id": "pause", "wait": "1d"}]
    trigger = {"event": "signed_up"}
    applied.write(
        "campaigns/hello.yaml", {"name": "Hello", "trigger": trigger, "workflow": workflow}
    )
    applied.apply()
    edit_state(applied, lambda bound: bound["campaign.hello"]["applied"].update(workflow=["x"]))
    assert "cioform state forget acme campaign.hello" in problem_of(applied.plan)


@pytest.mark.parametrize("value", [5, True, [], ["x"], {"a": 5}, "x", None], ids=repr)
@pytest.mark.parametrize(
    ("address", "name"),
    [(NOTE, "value"), ("segment.vip", "name"), ("segment.vip", "conditions")],
)
def test_applied_values_of_another_type_are_no_difference(
    applied: SandboxProject, address: str, name: str, value: Any
) -> None:
    if isinstance(value, {"conditions": dict | None}.get(name, str)):
        return  # of the right type
    edit_state(applied, lambda bound: bound[address]["applied"].update({name: value}))
    assert f"cioform state forget acme {address}" in problem_of(applied.plan)
    with applied.open() as opened:
        problem_of(opened.drift)


@pytest.mark.parametrize(
    "wrong",
    [{"remote_id": {"a": 1}}, {"wanted": "x"}, {"action": 5}, {"address": "nonsense"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_journal_with_other_fields_is_corrupt(wrong: dict[str, Any]) -> None:
    begin = {"address": NOTE, "action": "update", "remote_id": "note", "wanted": None, **wrong}
    records = [
        {"kind": "run-begin", "format": 2, "seq": 1, "at": "2026-01-01T00:00:00Z"},
        {"kind": "change-begin", "seq": 2, "at": "2026-01-01T00:00:00Z", **begin},
        {"kind": "run-end", "open": 0, "seq": 3, "at": "2026-01-01T00:00:00Z"},
    ]
    content = b"".join(map(encode_line, records))
    problem = problem_of(lambda: replay_journal("r", "r.ndjson", content, lambda *_: None))
    assert "Line 2 of r.ndjson" in problem


@pytest.mark.parametrize(
    "forged",
    [
        Change(Address("gadget", "x"), Action.CREATE, wanted={"name": "x"}),
        Change(Address("snippet", "note"), Action.UPDATE, "note", wanted={"name": {"a": 1}}),
        Change(Address("snippet", "x"), Action.MOVE, "note", moved_from=Address("segment", "vip")),
    ],
    ids=["kind", "values", "moved"],
)
def test_a_forged_plan_is_refused_even_without_a_look_at_the_files(
    applied: SandboxProject, forged: Change
) -> None:
    plan = replace(applied.plan(), changes=(forged,))
    before = applied.content()

    def apply() -> None:
        with applied.open() as opened:
            opened.apply(plan, check_files=False)

    assert problem_of(apply, PlanError).startswith("Plan cannot be applied: ")
    assert applied.content() == before


def test_a_plan_needs_no_disk_that_can_be_written(
    applied: SandboxProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: path.stat().st_mtime_ns for path in applied.state_folder.rglob("*")}
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    monkeypatch.setattr(Path, "mkdir", _refuse)
    assert applied.plan().is_empty
    assert {path: path.stat().st_mtime_ns for path in applied.state_folder.rglob("*")} == files


def _refuse(*_: object, **__: object) -> None:
    raise PermissionError("a read-only disk")
