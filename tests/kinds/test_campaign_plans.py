"""Plans of a campaign: its steps, its trigger and the people in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import PlanError
from cioform.emulator.protocol.behavior import Behavior
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.model.part_change import PartAction, PartChange
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

BASE: dict[str, Any] = {
    "name": "Ladder",
    "trigger": {"event": "signed_up"},
    "workflow": [
        {"id": "hi", "push": {"title": "Hi", "body": "You"}},
        {"id": "pause", "wait": "2d"},
        {"id": "there", "if": {"attribute": "a", "is": 1},
         "then": [{"id": "one", "push": {"title": "1", "body": "1"}}],
         "else": [{"id": "two", "push": {"title": "2", "body": "2"}}]},
        {"id": "bye", "push": {"title": "Bye", "body": "You"}},
    ],
}  # fmt: skip


@pytest.fixture(params=["list", "map"])
def behavior(request: pytest.FixtureRequest) -> Behavior:
    return Behavior(rate_limit=None, action_status=request.param)


@pytest.fixture
def project(behavior: Behavior, tmp_path: Path) -> Iterator[SandboxProject]:
    new_project = SandboxProject(tmp_path / "ours", behavior)
    yield new_project
    new_project.store.close()


@pytest.fixture
def applied(behavior: Behavior, copy_of: CopyOf) -> SandboxProject:
    """Return a project whose campaign was applied."""
    return copy_of(apply_campaign, behavior=behavior)


def write_campaign(project: SandboxProject, **fields: Any) -> None:
    project.write("campaigns/ladder.yaml", {**BASE, **fields})


def apply_campaign(project: SandboxProject) -> None:
    write_campaign(project)
    project.apply()


def planned(project: SandboxProject) -> Change:
    [change] = project.plan().changes
    return change


def start_with_people(project: SandboxProject, **people: int) -> dict[str, str]:
    """Start the campaign with people at its steps. Return the action ids of the steps."""
    project.store.workspace("acme")
    with project.open() as opened:
        [binding] = opened.applied().bindings.values()
    dump = project.store.dump("acme")
    at = {int(binding.parts[step]): count for step, count in people.items()}
    actions = [{**each, "people": at.get(each["id"], 0)} for each in dump["actions"]]
    campaigns = [{**each, "state": "running"} for each in dump["campaigns"]]
    project.store.seed("acme", {"actions": actions, "campaigns": campaigns})
    return dict(binding.parts)


STEPS: list[Any] = BASE["workflow"]
MORE = {"id": "more", "push": {"title": "M", "body": "M"}}
CHANGES = {
    "adds step more": [*STEPS, MORE],
    "removes step pause": [STEPS[0], *STEPS[2:]],
    "adds step more, removes step hi": [*STEPS[1:], MORE],
    "moves step pause": [STEPS[1], STEPS[0], *STEPS[2:]],
    "edits step pause": [STEPS[0], {"id": "pause", "wait": "3d"}, *STEPS[2:]],
    "edits step bye": [*STEPS[:3], {"id": "bye", "push": {"title": "Adieu", "body": "You"}}],
    "replaces step pause": [
        STEPS[0],
        {"id": "pause", "wait_until": {"attribute": "b", "is": 1}, "timeout": "3d"},
        *STEPS[2:],
    ],
    "replaces step bye": [*STEPS[:3], {"id": "bye", "sms": {"body": "Adieu"}}],
    "moves step bye": [*STEPS[:2], {**STEPS[2], "then": [*STEPS[2]["then"], STEPS[3]]}],
    "removes steps pause, there, one and two": [STEPS[0], STEPS[3]],
    "adds step outer, moves steps pause and there": [
        STEPS[0],
        {"id": "outer", "if": {"attribute": "b", "is": 1}, "then": STEPS[1:3]},
        STEPS[3],
    ],
}


@pytest.mark.parametrize("description", CHANGES)
def test_a_plan_describes_the_change_of_each_step(
    applied: SandboxProject, description: str
) -> None:
    write_campaign(applied, workflow=CHANGES[description])
    change = planned(applied)
    assert change.reason == f"changed in the files: {description}"
    assert applied.apply().complete
    assert applied.plan().is_empty


def test_a_plan_counts_the_people_at_removed_steps(applied: SandboxProject) -> None:
    start_with_people(applied, pause=1204, bye=3)
    write_campaign(applied, workflow=[STEPS[0], *STEPS[2:]])
    change = planned(applied)
    assert change.reach.people == 1207
    assert change.reason.endswith("removes step pause; people there now: 1,204 at pause")


def test_people_stay_at_a_step_that_is_edited(applied: SandboxProject) -> None:
    start_with_people(applied, pause=120, bye=3)
    settings = applied.store.dump("acme")["settings"]
    applied.store.seed("acme", {"settings": {**settings, "edit_live_data": True}})
    write_campaign(applied, workflow=[STEPS[0], {"id": "pause", "wait": "9d"}, *STEPS[2:]])
    assert applied.apply().complete
    write_campaign(applied, workflow=[STEPS[0], *STEPS[2:]])
    assert planned(applied).reason.endswith("people there now: 120 at pause")


def test_a_plan_counts_the_people_at_replaced_steps(applied: SandboxProject) -> None:
    start_with_people(applied, pause=120, bye=3)
    until = {"id": "pause", "wait_until": {"attribute": "b", "is": 1}, "timeout": "3d"}
    write_campaign(applied, workflow=[STEPS[0], until, *STEPS[2:]])
    plan = applied.plan()
    assert plan.changes[0].reason.endswith("replaces step pause; people there now: 120 at pause")
    assert plan.changes[0].changed_parts == (PartChange("pause", PartAction.REPLACE, 120),)
    assert "Replaces step pause: 120 people are at it." in render_plan(view_plan(plan))
    assert decode_plan(encode_plan(plan)) == plan


def test_an_unreadable_count_is_unknown(applied: SandboxProject) -> None:
    start_with_people(applied, pause=1)
    write_campaign(applied, workflow=[STEPS[0], *STEPS[2:]])
    applied.inject_fault("status:500", "GET", "action_status", times=9)
    assert planned(applied).reach.people is None


def test_a_trigger_of_another_type_needs_a_replacement(
    applied: SandboxProject,
) -> None:
    start_with_people(applied, pause=12)
    applied.write("segments/trial.yaml", {"name": "Trial", "conditions": {"event": "a"}})
    write_campaign(applied, trigger={"segment": "trial"})
    plan = applied.plan()
    change = next(c for c in plan.changes if c.address.kind == "campaign")
    assert change.action is Action.REPLACE
    assert "everybody in it leaves" in change.reason
    assert change.reach.people == 12
    with pytest.raises(PlanError, match="--allow-replace"):
        applied.apply(plan, Guards(allow_delete=True, allow_live=True))
    settings = applied.store.dump("acme")["settings"]
    applied.store.seed("acme", {"settings": {**settings, "edit_live_data": True}})
    assert applied.apply(plan, NO_GUARDS).complete
    assert applied.plan().is_empty
    [campaign] = applied.content()["campaigns"]
    assert (campaign["type"], campaign["state"]) == ("seg_attr", "draft")


def test_an_interrupted_replacement_is_not_drift(applied: SandboxProject) -> None:
    """The old object was deleted and the new one rejected by this run, so this is not drift."""
    write_campaign(applied, trigger={"attribute": "x", "is": 1})
    applied.inject_fault("status:422", "POST", "campaigns")
    applied.apply(keep_going=True)
    assert applied.content()["campaigns"] == []
    plan = applied.plan()
    assert plan.drift == ()
    assert [change.reason for change in plan.changes] == ["new in the files"]
    assert applied.apply_until_empty(rounds=1).is_empty


@pytest.mark.parametrize(
    ("before", "after"),
    [({"event": "a"}, {"form": "a"}), ({"event": "a"}, {"attribute": "x", "is": 1}),
     ({"date": "d", "time_zone": "UTC"}, {"webhook": 1})],
)  # fmt: skip
def test_changes_that_need_a_replacement(before: Any, after: Any) -> None:
    one, other = (
        KIND.attributes(Campaign.model_validate({**BASE, "trigger": t})) for t in (before, after)
    )
    assert "cannot change the type of a trigger" in (KIND.replacement_reason(one, other) or "")
    assert KIND.replacement_reason(one, {**one, "name": "Other"}) is None
    assert (
        KIND.replacement_reason(
            {**one, "trigger": {"api": True}}, {**one, "trigger": {"api": True}}
        )
        is None
    )


def run_one_message(project: SandboxProject) -> None:
    steps = [{"id": "hi", "push": {"sending": "automatic", "title": "Hi", "body": "You"}}]
    write_campaign(project, workflow=steps)
    project.apply()
    start_with_people(project, hi=12)


@pytest.mark.parametrize("effect", ["cut-before", "cut-after", "status:500", "status:500-done"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_replaced_message_of_a_running_campaign(copy_of: CopyOf, effect: str, nth: int) -> None:
    behavior = Behavior(rate_limit=None, live_data_gate=False)
    project = copy_of(run_one_message, behavior=behavior)
    new = {"id": "hello", "push": {"sending": "automatic", "title": "Hello", "body": "You"}}
    write_campaign(project, workflow=[new])
    gap = "; while this is applied, people may pass step hello without its message"
    assert gap in planned(project).reason
    project.inject_fault(effect, "PUT", nth=nth)
    outcome = project.apply()
    [way] = [each for each in project.content()["actions"] if each["type"] != "exit_action"][:1]
    assert way["type"] == "push_action"
    assert project.apply_until_empty().is_empty
    [message, _] = sorted(
        project.content()["actions"], key=lambda each: each["type"] == "exit_action"
    )
    assert (message["name"], message["sending_state"]) == ("hello", "automatic")
    assert outcome.complete or nth <= 4


@pytest.mark.parametrize("wire_type", [None, "from_the_future"])
def test_a_campaign_of_an_unknown_type_is_blocked_and_never_replaced(
    applied: SandboxProject, wire_type: Any
) -> None:
    campaigns = [{**each, "type": wire_type} for each in applied.content()["campaigns"]]
    applied.store.seed("acme", {"campaigns": campaigns})
    plan = applied.plan()
    assert plan.changes == ()
    [blocked] = plan.blocked
    assert blocked.action is Action.UPDATE
    assert "which cioform does not know" in blocked.hint


def test_a_step_whose_unnamed_members_stay_is_not_edited(project: SandboxProject) -> None:
    raw = {"id": "x", "wait": "1d", "raw": {"a": 1}}
    write_campaign(project, workflow=[raw, *STEPS])
    project.apply()
    actions = [{**each, "b": 2} for each in project.content()["actions"] if "delay" in each]
    others = [each for each in project.content()["actions"] if "delay" not in each]
    project.store.seed("acme", {"actions": [*actions, *others]})
    assert project.plan().is_empty
    write_campaign(project, workflow=[raw, *STEPS, MORE])
    assert planned(project).reason == "changed in the files: adds step more"


@pytest.mark.parametrize("spelling", [{"operation": "add"}, {"remove": False}])
def test_a_segment_step_in_both_spellings(project: SandboxProject, spelling: Any) -> None:
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    step = {"id": "x", "add_to_segment": "vip"}
    write_campaign(project, workflow=[step, *STEPS])
    project.apply()
    both = {"operation": "add", "remove": True, **spelling}
    actions = project.content()["actions"]
    changed = [{**each, **both} if "segment_id" in each else each for each in actions]
    project.store.seed("acme", {"actions": changed})
    assert project.plan().is_empty
    write_campaign(project, workflow=[{"id": "x", "remove_from_segment": "vip"}, *STEPS])
    assert project.apply().complete
    assert project.plan().is_empty
    [segment_step] = [each for each in project.content()["actions"] if "segment_id" in each]
    assert (segment_step["operation"], segment_step["remove"]) == ("remove", True)
