"""An exit has the ID of the file, whatever the state called it and wherever its members are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from cioform.plan.plan import is_conflict
from tests.run.test_unmanaged_edits import drift_of
from tests.support.sandbox_project import SandboxProject

WAIT: dict[str, Any] = {"id": "pause", "wait": "1d"}
LAST: dict[str, Any] = {"id": "last", "wait": "2d"}
BYE: dict[str, Any] = {"id": "bye", "exit": True}
END: dict[str, Any] = {"id": "end", "exit": True}
KEPT: dict[str, Any] = {**BYE, "raw": {"can_convert": False}}


def choice(*then: Any, otherwise: Sequence[Any] = ()) -> dict[str, Any]:
    more = {"else": list(otherwise)} if otherwise else {}
    return {"id": "i", "if": {"attribute": "a", "is": "x"}, "then": list(then), **more}


BOTH_END = [WAIT, choice(LAST, BYE, otherwise=[END])]


def write(project: SandboxProject, workflow: list[Any] | dict[str, Any]) -> None:
    steps = {"workflow": workflow} if isinstance(workflow, list) else {"graph": workflow}
    document = {"name": "C", "trigger": {"event": "e"}, **steps}
    project.write("campaigns/c.yaml", document)


def edit_exit(project: SandboxProject, number: int, **members: Any) -> None:
    """Edit the exit with a number, in the order in which the exits were made."""
    content = project.content()
    exits = sorted(row["id"] for row in content["actions"] if row["type"] == "exit_action")
    actions = [
        {**row, **(members if row["id"] == exits[number] else {})} for row in content["actions"]
    ]
    project.seed(campaigns=content["campaigns"], actions=actions)


def pulled_exit(project: SandboxProject) -> dict[str, Any]:
    """Return the step of the file that has `sub_type` after a pull, which must be all of it."""
    with project.open() as opened:
        assert opened.pullable().left == ()
        opened.pull(opened.pullable())
    assert project.plan().is_empty
    assert project.apply().complete
    assert (drift_of(project), project.plan().changes) == ((), ())
    document = yaml.safe_load((project.folder / "campaigns/c.yaml").read_text())
    return next(step for step in all_steps(document) if "sub_type" in step.get("raw", {}))


def all_steps(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [step for each in value for step in all_steps(each)]
    if not isinstance(value, dict):
        return []
    return [value, *(step for each in value.values() for step in all_steps(each))]


def check_edit(project: SandboxProject, number: int, name: str) -> None:
    """Check that the edit of an exit is named and pulled by an ID, in no other exit."""
    edit_exit(project, number, sub_type="zz")
    (item,) = drift_of(project)
    assert (item.unmanaged, item.lost) == (((name, "raw", "sub_type"),), ())
    plan = project.plan()
    assert (plan.is_empty, len(plan.unmanaged_edits)) == (True, 1)
    assert pulled_exit(project)["id"] == name


@pytest.mark.parametrize(
    ("workflow", "number", "name"),
    [
        ([WAIT, BYE], 0, "bye"),
        ([WAIT, KEPT], 0, "bye"),
        (BOTH_END, 0, "end"),
        (BOTH_END, 1, "bye"),
        ([WAIT, choice(LAST, "exit", otherwise=["exit"])], 0, "exit_2"),
        ([WAIT, choice(LAST, otherwise=["exit"])], 0, "exit_2"),
        ([WAIT, choice(BYE), LAST, END], 0, "end"),
        ([WAIT, choice(BYE), LAST, END], 1, "bye"),
        ({"nodes": [WAIT, BYE], "edges": [{"from": "pause", "to": "bye"}]}, 0, "bye"),
        ([], 0, "exit_1"),
        ([BYE], 0, "bye"),
    ],
)
def test_an_edit_of_an_exit_has_the_id_of_the_file(
    workflow: list[Any] | dict[str, Any], number: int, name: str, project: SandboxProject
) -> None:
    write(project, workflow)
    assert project.apply().complete
    assert project.apply().complete
    check_edit(project, number, name)


@pytest.mark.parametrize("is_applied", [True, False])
@pytest.mark.parametrize(
    ("before", "after", "number", "name"),
    [
        ([WAIT], [WAIT, BYE], 0, "bye"),
        ([WAIT, BYE], [WAIT], 0, "exit_1"),
        ([WAIT, BYE], [WAIT, END], 0, "end"),
        (BOTH_END, [WAIT, choice(LAST, "exit", otherwise=[END])], 1, "exit_1"),
        ([WAIT, choice("exit"), LAST], [WAIT, choice(BYE), LAST, END], 1, "bye"),
        ([WAIT, choice("exit"), LAST], [WAIT, choice(BYE), LAST, END], 0, "end"),
    ],
)
def test_an_exit_keeps_its_members_with_another_id(
    before: list[Any],
    after: list[Any],
    number: int,
    name: str,
    project: SandboxProject,
    *,
    is_applied: bool,
) -> None:
    write(project, before)
    assert project.apply().complete
    write(project, after)
    assert project.plan().is_empty
    if is_applied:
        assert project.apply().complete
    check_edit(project, number, name)


def test_members_stay_in_the_workspace_when_the_file_drops_the_exit(
    project: SandboxProject,
) -> None:
    write(project, [WAIT, KEPT])
    assert project.apply().complete
    write(project, [WAIT])
    assert project.plan().is_empty
    assert project.apply().complete
    assert (drift_of(project), project.plan().changes) == ((), ())
    check_edit(project, 0, "exit_1")


def test_a_state_that_calls_the_last_exit_otherwise(project: SandboxProject) -> None:
    """Older versions did so as soon as they had read the campaign again."""
    write(project, [WAIT, BYE])
    assert project.apply().complete
    path = project.state_folder / "state.json"
    state = json.loads(path.read_text())
    (resource,) = state["resources"].values()
    resource["parts"]["exit"] = resource["parts"].pop("bye")
    path.write_text(json.dumps(state))
    check_edit(project, 0, "bye")


def test_another_member_in_the_file_is_no_conflict(project: SandboxProject) -> None:
    write(project, [WAIT])
    assert project.apply().complete
    edit_exit(project, 0, sub_type="zz")
    write(project, [WAIT, KEPT])
    (change,) = project.plan().changes
    assert not is_conflict(change)
    assert project.apply().complete
    (row,) = (row for row in project.content()["actions"] if row["type"] == "exit_action")
    assert (row["sub_type"], row["can_convert"]) == ("zz", False)


def test_exits_without_ids_stay_with_their_branches(project: SandboxProject) -> None:
    """A branch before them changes the IDs that they are given, and sends no exit elsewhere."""
    first, second = {**choice("exit"), "id": "first"}, choice("exit")
    write(project, [WAIT, second, LAST])
    assert project.apply().complete
    edit_exit(project, 1, sub_type="zz")
    before = first_branch_of(project, "i")
    for steps in ([WAIT, first, second, LAST], [WAIT, second, LAST]):
        write(project, steps)
        assert project.apply().complete
        assert first_branch_of(project, "i") == before
        (item,) = drift_of(project)
        assert [path[1:] for path in item.unmanaged] == [("raw", "sub_type")]
    assert pulled_exit(project)["id"] == "exit_1"


def first_branch_of(project: SandboxProject, step: str) -> str:
    """Return the action that follows in the first branch of a step."""
    (campaign,) = project.content()["campaigns"]
    (own,) = (row["id"] for row in project.content()["actions"] if row["name"] == step)
    edges = campaign["edges"]
    (found,) = (e["to"] for e in edges if e["from"] == str(own) and not e.get("index"))
    return str(found)
