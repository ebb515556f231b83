"""Two exits of a workflow stay what they are: an edit of a step sends no edges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.sandbox_project import SandboxProject

LEAVES = {"id": "i", "if": {"attribute": "a", "is": "x"}, "then": [{"id": "t", "wait": "5d"}]}
SHAPES: dict[str, dict[str, Any]] = {
    "then": {**LEAVES, "then": ["exit"], "else": LEAVES["then"]},
    "else": {**LEAVES, "else": ["exit"]},
    "holdout": {
        "id": "i",
        "random_branches": [
            {"percent": 90, "then": LEAVES["then"]},
            {"percent": 10, "then": ["exit"]},
        ],
    },
}


def campaign(step: dict[str, Any], pause: str) -> dict[str, Any]:
    workflow = [{"id": "pause", "wait": pause}, step, {"id": "z", "wait": "7d"}]
    return {"name": "C", "trigger": {"event": "e"}, "workflow": workflow}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("has_ids", [True, False])
def test_exchanged_exits_of_an_older_state_stay_where_they_are(
    shape: str, project: SandboxProject, *, has_ids: bool
) -> None:
    step = SHAPES[shape]
    if has_ids:
        step = json.loads(json.dumps(step).replace('"exit"', '{"id": "bye", "exit": true}'))
    project.write("campaigns/c.yaml", campaign(step, "1d"))
    assert project.apply().complete
    (before,) = project.content()["campaigns"]
    path = project.state_folder / "state.json"
    state = json.loads(path.read_text())
    (parts,) = (each["parts"] for each in state["resources"].values())
    own = "bye" if has_ids else "exit_1"
    parts[own], parts["exit"] = parts["exit"], parts[own]
    path.write_text(json.dumps(state))
    project.write("campaigns/c.yaml", campaign(step, "2d"))
    (change,) = project.plan().changes
    assert [each.path.split("/")[1] for each in change.requests if each.writes] == ["actions"]
    assert project.apply().complete
    (after,) = project.content()["campaigns"]
    assert after["edges"] == before["edges"]
    assert parts_of(project)["exit"] == first_exit(project)
    assert project.plan().changes == ()


def parts_of(project: SandboxProject) -> Mapping[str, str]:
    with project.open() as opened:
        (binding,) = opened.applied().bindings.values()
    return binding.parts


def first_exit(project: SandboxProject) -> str:
    """Return the exit that Customer.io made itself."""
    rows = project.content()["actions"]
    return str(min(row["id"] for row in rows if row["type"] == "exit_action"))


@pytest.mark.parametrize("shape", SHAPES)
def test_an_edit_of_a_step_is_one_request(shape: str, project: SandboxProject) -> None:
    project.write("campaigns/c.yaml", campaign(SHAPES[shape], "1d"))
    assert project.apply().complete
    (before,) = project.content()["campaigns"]
    for pause in ("2d", "3d"):
        project.write("campaigns/c.yaml", campaign(SHAPES[shape], pause))
        (change,) = project.plan().changes
        writes = [each.path for each in change.requests if each.writes]
        assert [path.split("/")[1] for path in writes] == ["actions"]
        assert project.apply().complete
    (after,) = project.content()["campaigns"]
    assert after["edges"] == before["edges"]
    assert parts_of(project)["exit"] == first_exit(project)
