"""An object in use that its list leaves out, such as an archived segment (corrections row 19)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from cioform.model.remote_access.conversation import Api
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


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (200, ""),
        (404, "`trigger.segment` is `{}`, but the workspace has no segment with that ID."),
        (403, "`trigger.segment` is `{}`, a segment that the credentials cannot read."),
    ],
)
def test_an_import_brings_it_or_says_why_it_cannot(
    project: SandboxProject, tmp_path: Path, status: int, sentence: str
) -> None:
    write(project, "vip")
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    assert project.apply().complete
    (row,) = project.content()["segments"]
    copy = project.second_checkout(tmp_path / "copy")

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if status != 200 and "/segments/" in request.url.path:
            return httpx.Response(status, json={"errors": []}, request=request)
        return without_segments(request, response)

    copy.alter = alter
    with copy.open() as opened:
        result = opened.import_()
    found = [] if sentence else ["segment.vip"]
    assert [str(each) for each in result.addresses] == ["campaign.welcome", *found]
    expected = [sentence.format(f"segment#{row['id']}")] if sentence else []
    assert [text.removeprefix("campaign.welcome: ") for text in result.unresolved] == expected
    assert result.is_complete is not bool(sentence)
    assert copy.plan().is_empty


def test_what_cannot_be_listed_is_not_called_absent(project: SandboxProject) -> None:
    email = {"subject": "s", "body": "b", "layout": "layout#7"}
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": email})
    plan = project.plan(frozenset({Api.APP}))
    assert [each.hint for each in plan.blocked if "no layout with the ID" in each.hint] == []
    assert "no layout with the ID 7" in str(project.plan().blocked)


def write(project: SandboxProject, segment: str) -> None:
    project.write("campaigns/welcome.yaml", {**CAMPAIGN, "trigger": {"segment": segment}})


def without_segments(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    is_list = request.url.path.endswith("/segments") and request.method == "GET"
    return httpx.Response(200, json={"segments": []}, request=request) if is_list else response
