"""An object in use that its list leaves out, such as an archived segment (corrections row 19)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cioform.plan.change import Action
from tests.support.sandbox_project import SandboxProject

CAMPAIGN: dict[str, Any] = {"name": "Welcome", "workflow": [{"id": "pause", "wait": "1d"}]}


@pytest.mark.parametrize("by_id", [False, True])
def test_it_is_adopted_by_its_name_where_no_state_has_it(
    project: SandboxProject, *, by_id: bool
) -> None:
    write(project, "vip")
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    assert project.apply().complete
    for file in project.state_folder.glob("state.json*"):
        file.unlink()
    project.alter = without_segments
    (row,) = project.content()["segments"]
    write(project, f"segment#{row['id']}" if by_id else "vip")
    plan = project.plan()
    found = {str(each.address): each.action for each in plan.changes}
    assert found == dict.fromkeys(("segment.vip", "campaign.welcome"), Action.ADOPT)
    assert project.apply(plan).complete
    assert project.plan().is_empty


def write(project: SandboxProject, segment: str) -> None:
    project.write("campaigns/welcome.yaml", {**CAMPAIGN, "trigger": {"segment": segment}})


def without_segments(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    is_list = request.url.path.endswith("/segments") and request.method == "GET"
    return httpx.Response(200, json={"segments": []}, request=request) if is_list else response
