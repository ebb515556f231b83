"""Two exits of a workflow stay what they are: an edit of a step sends no edges."""

from __future__ import annotations

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
    with project.open() as opened:
        (binding,) = opened.applied().bindings.values()
    first = min(row["id"] for row in project.content()["actions"] if row["type"] == "exit_action")
    assert binding.parts["exit"] == str(first)  # the one that Customer.io made itself
