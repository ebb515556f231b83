"""Files that move together with what refers to them are applied as planned."""

from __future__ import annotations

from typing import Any, Final

import pytest

from cioform.plan.change import Action
from tests.support.sandbox_project import SandboxProject

Document = dict[str, Any]
SEGMENT: Final[Document] = {"name": "S", "conditions": {"attribute": "a", "is": "b"}}
LAYOUT: Final[Document] = {"name": "L", "body": "{{ content }}"}
STEP: Final[Document] = {"id": "hello", "push": {"title": "T", "body": "B"}}


def campaign_of(name: str) -> Document:
    return {"name": "C", "trigger": {"segment": name}, "workflow": [STEP]}


def segment_of(name: str) -> Document:
    test = {"attribute": "x", "is": "y"}
    return {"name": "B", "conditions": {"all": [{"segment": name}, test]}}


def message_of(name: str) -> Document:
    return {"name": "M", "email": {"subject": "S", "body": "B", "layout": name}}


PAIRS = {
    "a campaign of a segment": ("segments", SEGMENT, "campaigns", campaign_of),
    "a segment of a segment": ("segments", SEGMENT, "segments", segment_of),
    "a message of a layout": ("layouts", LAYOUT, "transactional", message_of),
}


@pytest.mark.parametrize("edits", [{}, {"description": "New"}], ids=["moved", "edited"])
@pytest.mark.parametrize("user", ["user", "moved_user"])
@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_what_is_used_and_its_user(
    pair: Any, user: str, edits: Document, project: SandboxProject
) -> None:
    folder, used, user_folder, user_of = pair
    project.write(f"{folder}/used.yaml", used)
    project.write(f"{user_folder}/user.yaml", user_of("used"))
    assert project.apply().complete
    before = project.content()
    project.replace_documents(
        {f"{folder}/moved.yaml": used, f"{user_folder}/{user}.yaml": {**user_of("moved"), **edits}}
    )
    plan = project.plan()
    actions = {change.address.name: change.action for change in plan.visible_changes}
    assert actions["moved"] is Action.MOVE
    assert project.apply(plan).complete
    assert project.plan().is_empty
    if not edits:
        assert project.content() == before


def test_an_edit_of_the_user_is_undone_while_what_it_uses_moves(project: SandboxProject) -> None:
    project.write("segments/used.yaml", SEGMENT)
    project.write("campaigns/user.yaml", campaign_of("used"))
    assert project.apply().complete
    [campaign] = project.content()["campaigns"]
    project.seed(campaigns=[{**campaign, "description": "Edited"}])
    project.replace_documents(
        {"segments/moved.yaml": SEGMENT, "campaigns/user.yaml": campaign_of("moved")}
    )
    assert project.apply().complete
    assert project.plan().is_empty
