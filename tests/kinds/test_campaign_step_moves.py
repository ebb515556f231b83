"""Steps that get another id with `was` keep their actions, and the people there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cioform.kinds.campaign.compare.step_moves import former_ids, rename_steps_of
from cioform.plan.change import Action, Origin
from cioform.plan.review.on_drift import reverting_changes
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

EMAIL = {"subject": "Hi", "body": "B"}
STEPS: list[Any] = [
    {"id": "hi", "name": "Say hi", "email": EMAIL},
    {"id": "read", "name": "Did they read?", "wait_until": {"opened": "hi"}, "timeout": "2d"},
    {"id": "pause", "wait": "2d"},
]
RENAMED: list[Any] = [
    {"id": "hello", "was": "hi", "name": "Say hi", "email": EMAIL},
    {**STEPS[1], "id": "is_read", "was": ["seen", "read"], "wait_until": {"opened": "hello"}},
    STEPS[2],
]


def write(project: SandboxProject, steps: list[Any]) -> None:
    fields = {"name": "Ladder", "trigger": {"event": "signed_up"}, "workflow": steps}
    project.write("campaigns/ladder.yaml", fields)


def parts_of(project: SandboxProject) -> dict[str, str]:
    with project.open() as opened:
        [binding] = opened.applied().bindings.values()
    return dict(binding.parts)


def test_a_renamed_step_keeps_its_action_without_a_write(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path / "ours")
    write(project, STEPS)
    project.apply(guards=NO_GUARDS)
    before = parts_of(project)
    write(project, RENAMED)
    plan = project.plan()
    assert [change.action for change in plan.changes] == [Action.NOOP]
    assert plan.changes[0].requests == ()
    project.apply(guards=NO_GUARDS)
    after = parts_of(project)
    assert (after["hello"], after["is_read"]) == (before["hi"], before["read"])
    assert {"hi", "read"}.isdisjoint(after)
    assert project.plan().changes == ()
    # `was` may be removed once the state has the new ids.
    write(project, [{k: v for k, v in step.items() if k != "was"} for step in RENAMED])
    assert project.plan().changes == ()
    project.store.close()


def test_a_renamed_variant_keeps_its_action(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path / "ours")
    variants = [
        {"id": name, "name": name.title(), "percent": 50, "email": EMAIL}
        for name in ("short", "long")
    ]
    write(project, [{"id": "test", "ab_test": variants}])
    project.apply(guards=NO_GUARDS)
    before = parts_of(project)
    variants[0] = {**variants[0], "id": "brief", "was": "short"}
    write(project, [{"id": "test", "ab_test": variants}])
    assert [change.action for change in project.plan().changes] == [Action.NOOP]
    project.apply(guards=NO_GUARDS)
    assert parts_of(project)["brief"] == before["short"]
    assert project.plan().changes == ()
    project.store.close()


def test_a_step_without_a_name_is_renamed_in_customer_io_too(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path / "ours")
    write(project, STEPS)
    project.apply(guards=NO_GUARDS)
    before = parts_of(project)
    write(project, [*STEPS[:2], {"id": "two_days", "was": "pause", "wait": "2d"}])
    plan = project.plan()
    # Nobody changed the name in Customer.io: the id in the file did.
    assert plan.drift == ()
    with project.open() as opened:
        assert opened.drift() == ()
    [change] = plan.changes
    assert [(each.path, each.origin) for each in change.fields] == [
        (("two_days", "name"), Origin.CONFIG)
    ]
    assert [request.path for request in change.requests if request.method == "PUT"] == [
        f"~/actions/{before['pause']}"
    ]
    project.apply(guards=NO_GUARDS)
    assert parts_of(project)["two_days"] == before["pause"]
    assert project.plan().changes == ()
    project.store.close()


@pytest.mark.parametrize("name", ["two_days", "two days", "Jane's pause"])
def test_a_step_that_somebody_renamed_is_drift_while_it_gets_another_id(
    name: str, tmp_path: Path
) -> None:
    """A step without a name is called like its id, or its id with blanks. Any other name is new."""
    project = SandboxProject(tmp_path / "ours")
    write(project, [STEPS[0], {"id": "two_days", "wait": "2d"}])
    project.apply(guards=NO_GUARDS)
    actions = project.content()["actions"]
    named = [{**a, "name": name} if a["name"] == "two_days" else a for a in actions]
    project.seed(actions=named)
    write(project, [STEPS[0], {"id": "pause", "was": "two_days", "wait": "2d"}])
    plan = project.plan()
    with project.open() as opened:
        found = opened.drift()
    assert found == plan.drift
    is_edit = name == "Jane's pause"
    assert [(f.path, f.before, f.after) for item in found for f in item.fields] == (
        [(("pause", "name"), None, name)] if is_edit else []
    )
    assert bool(reverting_changes(plan)) is is_edit
    origins = [each.origin for change in plan.changes for each in change.fields]
    assert origins == [Origin.DRIFT if is_edit else Origin.CONFIG]
    if is_edit:
        write(project, [STEPS[0], {"id": "pause", "was": "two_days", "wait": "2d", "name": "Own"}])
        origins = [each.origin for change in project.plan().changes for each in change.fields]
        assert origins == [Origin.CONFLICT]
    project.store.close()


def test_a_name_that_becomes_the_id_is_no_drift(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path / "ours")
    write(project, [STEPS[0], {"id": "pause", "name": "two days", "wait": "2d"}])
    project.apply(guards=NO_GUARDS)
    write(project, [STEPS[0], {"id": "two_days", "was": "pause", "wait": "2d"}])
    plan = project.plan()
    assert plan.drift == ()
    assert [change.action for change in plan.changes] == [Action.NOOP]
    project.store.close()


def test_former_ids_are_those_of_steps_and_variants() -> None:
    assert former_ids([{"id": "a", "was": "b"}, {"id": "c", "was": ["d", "e"]}, "exit"]) == {
        "b": "a",
        "d": "c",
        "e": "c",
    }


def test_what_was_applied_gets_the_new_ids() -> None:
    variants = [{"id": "short", "percent": 50, "push": {}}, {"id": "b", "percent": 50, "push": {}}]
    nodes = [
        {"id": "test", "ab_test": variants},
        {"id": "wait", "wait_until": {"opened": "hi"}, "timeout": "1d"},
        {"id": "exit", "exit": True},
    ]
    edges = [{"from": "test", "to": "wait"}, {"from": "wait", "to": "exit", "branch": 0}]
    names = {"test": "subject", "short": "brief", "hi": "hello"}
    messages = {"short": {"title": "T"}}
    graph = {"workflow": {"graph": {"nodes": nodes, "edges": edges}}, "messages": messages}
    renamed = rename_steps_of(graph, names)
    form = renamed["workflow"]["graph"]
    assert form["nodes"][0]["id"] == "subject"
    assert form["nodes"][0]["ab_test"][0]["id"] == "brief"
    assert form["nodes"][1]["wait_until"] == {"opened": "hello"}
    assert form["edges"][0] == {"from": "subject", "to": "wait"}
    assert renamed["messages"] == {"brief": {"title": "T"}}
