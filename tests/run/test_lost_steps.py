"""A campaign keeps its steps when the state that knew them is lost."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action
from cioform.plan.guards.guard import find_guard_violations
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

STEPS = """
  - id: welcome
    name: The first message
    email: {subject: Welcome, body: "<p>Hi</p>", from: team@acme.com}
  - {id: pause, name: Wait a little, wait: 2d}
  - id: activated_yet
    name: Are they active
    if: {attribute: activated, is: true}
    then: [exit]
  - id: nudge
    name: A nudge
    email: {subject: Still there?, body: "<p>Hi</p>", from: team@acme.com}
  - {id: again, name: Wait a little, wait: 1d}
"""


def campaign(steps: str) -> str:
    return f"name: Onboarding\ntrigger: {{event: signed_up}}\nworkflow:{steps}"


def lose_the_state(project: SandboxProject) -> None:
    project.seed(identities=[{"name": "Team", "email": "team@acme.com"}])
    project.write("campaigns/onboarding.yaml", campaign(STEPS))
    assert project.apply().complete
    shutil.rmtree(project.state_folder)


@pytest.fixture
def lost(copy_of: CopyOf) -> SandboxProject:
    """Return a project whose campaign exists and whose state is gone."""
    return copy_of(lose_the_state)


def action_ids(project: SandboxProject) -> list[Any]:
    return [action["id"] for action in project.content()["actions"]]


def start(project: SandboxProject) -> None:
    """Start the campaign, as a person does in the browser."""
    dump = project.store.dump("acme")
    campaigns = [{**row, "state": "running"} for row in dump["campaigns"]]
    project.seed(campaigns=campaigns)


def test_the_steps_are_recognized_by_their_places(lost):
    before = action_ids(lost)
    [change] = lost.plan().changes
    assert change.action is Action.ADOPT
    assert "recognized by place or content: " in change.reason
    assert "nudge" in change.reason
    assert lost.apply().complete
    assert lost.plan().is_empty
    assert action_ids(lost) == before


def test_changed_steps_are_recognized_too(lost):
    before = action_ids(lost)
    changed = STEPS.replace("Still there?", "Hello again").replace("wait: 2d", "wait: 3d")
    lost.write("campaigns/onboarding.yaml", campaign(changed))
    [change] = lost.plan().changes
    assert change.action is Action.UPDATE
    assert {(part.part, part.action.value) for part in change.changed_parts} == {
        ("pause", "edit"), ("nudge", "edit")
    }  # fmt: skip
    assert lost.apply().complete
    assert lost.plan().is_empty
    assert action_ids(lost) == before


def test_a_new_step_does_not_hide_the_others(lost):
    before = action_ids(lost)
    new = STEPS + "  - {id: last, wait: 4d}\n"
    lost.write("campaigns/onboarding.yaml", campaign(new))
    [change] = lost.plan().changes
    assert [(part.part, part.action.value) for part in change.changed_parts] == [("last", "add")]
    assert lost.apply().complete
    assert set(before) <= set(action_ids(lost))


def test_steps_that_changed_places_are_recognized_by_their_content(lost):
    before = action_ids(lost)
    welcome, pause, *rest = STEPS.split("  - ")[1:]
    moved = "\n  - " + "  - ".join([pause.replace("pause", "wait_first"), welcome, *rest])
    lost.write("campaigns/onboarding.yaml", campaign(moved))
    [change] = lost.plan().changes
    actions = {(part.part, part.action.value) for part in change.changed_parts}
    assert not [part for part, action in actions if action in ("add", "remove")]
    assert lost.apply().complete
    assert sorted(action_ids(lost)) == sorted(before)


def test_steps_that_nobody_recognizes_are_not_rebuilt(lost):
    other = STEPS.replace("wait: 2d", "wait: 9d").replace("Still there?", "Hello")
    lost.write("campaigns/onboarding.yaml", campaign(other + "  - {id: last, wait: 4d}\n"))
    assert lost.plan().rebuilds == ()  # a draft may be rebuilt
    start(lost)
    plan = lost.plan()
    assert plan.rebuilds == ("campaign.onboarding",)
    live = Guards(allow_live=True, max_percent=100)
    with pytest.raises(PlanError, match="cannot tell which existing steps"):
        lost.apply(plan, live)
    assert [v.flag for v in find_guard_violations(plan, live)] == ["--allow-replace"]
    assert find_guard_violations(plan, NO_GUARDS) == ()
