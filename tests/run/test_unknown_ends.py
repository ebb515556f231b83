"""A campaign whose workflow ends in an action that no version of cioform knows."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.errors import RemoteError
from tests.support.sandbox_project import SandboxProject

CAMPAIGN: dict[str, Any] = {
    "name": "C",
    "trigger": {"event": "e"},
    "exit": {"when": {"segment": "vip"}},
    "workflow": [{"id": "p", "wait": "1d"}],
}


def applied(project: SandboxProject) -> None:
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    project.write("campaigns/c.yaml", CAMPAIGN)
    assert project.apply().complete


@pytest.mark.parametrize("workflow", [CAMPAIGN["workflow"], [{"id": "q", "wait": "2d"}]])
def test_a_plan_of_an_exit_of_an_unknown_type_ends_without_a_traceback(
    workflow: Any, project: SandboxProject
) -> None:
    applied(project)
    actions = project.content()["actions"]
    project.seed(
        actions=[
            {**each, "type": "journey_end_action"} if each["type"] == "exit_action" else each
            for each in actions
        ]
    )
    project.write("campaigns/c.yaml", {**CAMPAIGN, "workflow": workflow})
    plan = project.plan()
    found = [*(c.address for c in plan.changes), *(b.address for b in plan.blocked)]
    assert list(map(str, found)) == ["campaign.c"]


@pytest.mark.parametrize("odd", ["x", "", 3, 0, False])
def test_exit_conditions_of_another_type_are_an_error(odd: Any, project: SandboxProject) -> None:
    applied(project)
    (row,) = project.content()["campaigns"]
    project.seed(campaigns=[{**row, "global_exit_conditions": odd}])
    with pytest.raises(RemoteError, match=r"`campaigns\[0\]\.global_exit_conditions` is "):
        project.plan()


@pytest.mark.parametrize("odd", [{"a": 1}, ["x"]])
def test_exit_conditions_of_another_form_are_replaced(odd: Any, project: SandboxProject) -> None:
    applied(project)
    (row,) = project.content()["campaigns"]
    project.seed(campaigns=[{**row, "global_exit_conditions": odd}])
    (change,) = project.plan().changes
    assert {each.path[:2] for each in change.differences} == {("exit", "when")}
    assert project.apply().complete
    assert project.plan().is_empty
