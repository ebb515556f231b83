"""Whom a change of conditions reaches, before and after."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from cioform.core.address import Address
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.record_types import CAMPAIGN
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Change, NamedAudience
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.review.planfile import decode_plan, encode_plan
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

ESTIMATE = "estimate_conditions"


def person(number: int, plan: str) -> dict[str, Any]:
    return {"id": f"p{number}", "attributes": {"plan": plan}}


def apply_segment(new: SandboxProject) -> None:
    plans = ["trial", "trial", "pro", "pro", "pro"]
    new.seed(people=[person(number, plan) for number, plan in enumerate(plans)])
    write_segment(new, {"attribute": "plan", "is": "trial"})
    new.apply()
    new.sent.clear()


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """A workspace with two people on trial and three who pay, and a segment of the former."""
    return copy_of(apply_segment)


def write_segment(project: SandboxProject, conditions: Any, name: str = "vip") -> None:
    project.write(f"segments/{name}.yaml", {"name": name.upper(), "conditions": conditions})


def estimates(project: SandboxProject) -> int:
    return sum(path.endswith(ESTIMATE) for _, path in project.sent)


def change_of(project: SandboxProject, address: str = "segment.vip", **options: Any) -> Change:
    changes = {change.address: change for change in project.plan(**options).changes}
    return changes[Address.parse(address)]


def test_new_conditions_are_estimated(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "exists": True})
    plan = project.plan()
    [change] = plan.changes
    assert (change.reach.people, change.reach.people_after) == (2, 5)
    assert "2 -> 5 people" in render_plan(view_plan(plan))
    assert decode_plan(encode_plan(plan)) == plan
    assert project.writes == []
    assert estimates(project) == 1
    assert project.apply(plan).complete


def test_another_description_is_not_estimated(project: SandboxProject) -> None:
    conditions = {"attribute": "plan", "is": "trial"}
    document = {"name": "VIP", "description": "new", "conditions": conditions}
    project.write("segments/vip.yaml", document)
    change = change_of(project)
    assert (change.selects_people, change.reach.people_after) == (False, None)
    assert estimates(project) == 0


def test_a_new_segment_is_not_estimated(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "is": "gone"}, "new")
    assert not project.plan().changes[0].selects_people
    assert estimates(project) == 0


def test_a_new_segment_that_a_new_trigger_uses_is_estimated(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "is": "pro"}, "new")
    workflow = [{"id": "mail", "email": {"subject": "s", "body": "b"}}]
    document = {"name": "C", "trigger": {"segment": "new"}, "workflow": workflow}
    project.write("campaigns/c.yaml", document)
    plan = project.plan()
    changes = {str(change.address): change for change in plan.changes}
    assert changes["segment.new"].reach.people_after == 3
    assert changes["campaign.c"].audiences == (NamedAudience("segment.new", None, 3),)
    assert "Its conditions name segment.new (3 people)." in render_plan(view_plan(plan))
    assert find_guard_violations(plan, replace(NO_GUARDS, max_people=2))
    assert not find_guard_violations(plan, replace(NO_GUARDS, max_audience_growth=1))


def test_conditions_that_nobody_meets_are_warned_of(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "is": "gone"})
    plan = project.plan()
    assert plan.changes[0].reach.people_after == 0
    assert "Warning: nobody meets its new conditions." in render_plan(view_plan(plan))


@pytest.mark.parametrize("status", [400, 403, 422, 404, 500])
def test_a_refusal_means_not_estimated(project: SandboxProject, status: int) -> None:
    project.inject_fault(f"status:{status}", "POST", ESTIMATE, times=9)
    write_segment(project, {"attribute": "plan", "exists": True})
    plan = project.plan()
    assert plan.changes[0].is_not_estimated
    assert "2 people now, not estimated after this change" in render_plan(view_plan(plan))


def test_an_api_that_estimates_nothing_is_asked_once(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path, Behavior(rate_limit=None, estimate_status=403))
    for conditions in ({"attribute": "plan", "is": "x"}, {"attribute": "plan", "exists": True}):
        for name in "abc":
            write_segment(project, conditions, name)
        if "is" in conditions:
            project.apply()
    assert all(change.is_not_estimated for change in project.plan().changes)
    assert estimates(project) == 1


def test_an_app_key_alone_estimates_nothing(project: SandboxProject) -> None:
    project.write("segments/new.yaml", {"name": "New", "manual": True})
    project.plan(frozenset({Api.APP}))
    assert estimates(project) == 0


def test_conditions_on_a_changed_segment_are_not_estimated(project: SandboxProject) -> None:
    write_segment(project, {"segment": "vip"}, "outer")
    project.apply()
    write_segment(project, {"attribute": "plan", "exists": True})
    write_segment(project, {"not": {"segment": "vip"}}, "outer")
    assert change_of(project).reach.people_after == 5
    assert change_of(project, "segment.outer").is_not_estimated


def test_a_trigger_shows_the_segments_that_it_names(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "is": "none"}, "empty")
    project.apply()
    campaign = {"name": "C", "workflow": [{"id": "mail", "email": {"subject": "s", "body": "b"}}]}
    project.write("campaigns/c.yaml", {**campaign, "trigger": {"segment": "vip"}})
    project.apply()
    project.write("campaigns/c.yaml", {**campaign, "trigger": {"segment": "empty"}})
    plan = project.plan()
    [change] = plan.changes
    assert change.audiences == (NamedAudience("segment.empty", 0),)
    text = render_plan(view_plan(plan))
    assert "Its conditions name segment.empty (0 people)." in text
    assert "Warning: nobody is in segment.empty." in text
    write_segment(project, {"attribute": "plan", "exists": True}, "empty")
    [audience] = change_of(project, "campaign.c").audiences
    assert (audience.people, audience.people_after) == (0, 5)


def step_for(segment: str) -> dict[str, Any]:
    """Return a step that mails whom a segment has."""
    mail = {"id": f"mail_{segment}", "email": {"subject": "s", "body": "b"}}
    return {"id": f"ask_{segment}", "if": {"segment": segment}, "then": [mail]}


def test_a_workflow_shows_only_the_segments_that_it_adds(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "is": "pro"}, "paying")
    campaign = {"name": "C", "trigger": {"event": "e"}}
    project.write("campaigns/c.yaml", {**campaign, "workflow": [step_for("vip")]})
    project.apply()
    workflow = [step_for("vip"), step_for("paying")]
    project.write("campaigns/c.yaml", {**campaign, "workflow": workflow})
    assert change_of(project, "campaign.c").audiences == (NamedAudience("segment.paying", 3),)
    workflow = [step_for("vip"), {"id": "pause", "wait": "1d"}]
    project.write("campaigns/c.yaml", {**campaign, "workflow": workflow})
    assert change_of(project, "campaign.c").audiences == ()


def test_the_growth_of_an_audience_is_limited(project: SandboxProject) -> None:
    write_segment(project, {"attribute": "plan", "exists": True})
    write_segment(project, {"attribute": "plan", "is": "pro"}, "other")
    plan = project.plan()
    guards = replace(NO_GUARDS, max_audience_growth=149)
    [violation] = find_guard_violations(plan, guards)
    assert (violation.guard, violation.addresses) == (
        "max_audience_growth",
        (Address.parse("segment.vip"),),
    )
    assert "segment.vip from 2 to 5 people" in violation.detail
    assert not find_guard_violations(plan, replace(guards, max_audience_growth=150))
    assert find_guard_violations(plan, replace(NO_GUARDS, max_people=4))


def limit_growth(project: SandboxProject, limit: int | None) -> None:
    """Set the guard of growth in the settings, or leave them without it."""
    guards = {} if limit is None else {"guards": {"max_audience_growth": limit}}
    settings = yaml.safe_load((project.folder / "workspace.yaml").read_text())
    project.write("workspace.yaml", {**settings, **guards})


def not_judged(project: SandboxProject, limit: int | None) -> str:
    """Return the lines about what the guard of growth does not judge."""
    limit_growth(project, limit)
    plan = project.plan()
    assert not find_guard_violations(plan, replace(NO_GUARDS, max_audience_growth=limit))
    return render_plan(view_plan(plan)).partition("Growth: ")[2]


def test_what_was_not_estimated_is_named_beside_what_grows(project: SandboxProject) -> None:
    write_segment(project, {"segment": "vip"}, "outer")
    project.apply()
    write_segment(project, {"attribute": "plan", "exists": True})
    write_segment(project, {"not": {"segment": "vip"}}, "outer")
    limit_growth(project, 10)
    guards = replace(NO_GUARDS, max_audience_growth=10)
    [violation] = find_guard_violations(project.plan(), guards)
    assert violation.detail.endswith("Not estimated: segment.outer.")


def test_who_excludes_a_smaller_segment_is_not_judged(project: SandboxProject) -> None:
    paying = {"all": [{"attribute": "plan", "exists": True}, {"not": {"segment": "vip"}}]}
    for name, trigger in (("c", paying), ("d", {"segment": "vip"})):
        project.write(f"campaigns/{name}.yaml", {"name": name, "trigger": trigger, "workflow": []})
    project.apply()
    data = project.store.workspace_data("acme")
    for each in data.all(CAMPAIGN):
        data.save(CAMPAIGN, {**each, "state": "running"})
    write_segment(project, {"attribute": "plan", "is": "gone"})
    lines = not_judged(project, 10)
    assert "! campaign.c  not estimated" in lines
    assert "! campaign.d" not in lines


@pytest.mark.parametrize("limit", [10, None])
def test_conditions_that_were_not_estimated_are_not_judged(
    project: SandboxProject, limit: int | None
) -> None:
    project.inject_fault("status:403", "POST", ESTIMATE, times=9)
    write_segment(project, {"attribute": "plan", "exists": True})
    assert ("! segment.vip  not estimated" in not_judged(project, limit)) == (limit is not None)


@pytest.mark.parametrize(
    ("change", "is_named"),
    [
        ({"trigger": {"event": "f"}}, True),
        ({"trigger": {"event": "e", "audience": {"attribute": "plan", "is": "pro"}}}, True),
        ({"exit": {"when": {"segment": "vip"}}}, True),
        ({"description": "new"}, False),
    ],
)
def test_a_changed_trigger_or_exit_is_not_judged(
    project: SandboxProject, change: dict[str, Any], is_named: bool
) -> None:
    workflow = [{"id": "mail", "email": {"subject": "s", "body": "b"}}]
    document = {"name": "C", "trigger": {"event": "e"}, "workflow": workflow}
    project.write("campaigns/c.yaml", document)
    project.apply()
    project.write("campaigns/c.yaml", {**document, **change})
    assert ("! campaign.c  not estimated" in not_judged(project, 10)) == is_named


MAIL = {"id": "mail", "email": {"subject": "s", "body": "b"}}
PLAN = {"attribute": "plan", "is": "pro"}
TAP = {"id": "tap", "push": {"title": "t", "body": "b"}}
BRANCH = {"id": "branch", "if": PLAN, "then": [TAP]}
UNTIL = {"id": "until", "wait_until": PLAN, "timeout": "1d"}
STEPS = [MAIL, BRANCH, UNTIL]


@pytest.mark.parametrize(
    ("steps", "is_named"),
    [
        ([{**MAIL, "only_if": PLAN}, BRANCH, UNTIL], True),
        ([MAIL, {**BRANCH, "if": {"segment": "vip"}}, UNTIL], True),
        ([MAIL, {**BRANCH, "then": [{**TAP, "only_if": PLAN}]}, UNTIL], True),
        ([MAIL, BRANCH, {**UNTIL, "wait_until": {"event": "e"}}], True),
        ([MAIL, UNTIL], True),
        ([*STEPS, {**BRANCH, "id": "new", "then": ["exit"]}], True),
        ([*STEPS, {"id": "new", "sms": {"body": "b"}, "only_if": PLAN}], True),
        ([*STEPS, {"id": "new", "branches": [{"if": PLAN, "then": ["exit"]}], "else": []}], True),
        ([*STEPS, {"id": "new", "wait": "1d"}], False),
        ([{**MAIL, "email": {"subject": "if only", "body": "b"}}, BRANCH, UNTIL], False),
        ([MAIL, {**BRANCH, "then": [TAP, {"id": "new", "wait": "1d"}]}, UNTIL], False),
    ],
)
def test_conditions_of_steps_are_not_judged(
    project: SandboxProject, steps: list[Any], is_named: bool
) -> None:
    document = {"name": "C", "trigger": {"event": "e"}, "workflow": STEPS}
    project.write("campaigns/c.yaml", document)
    project.apply()
    project.write("campaigns/c.yaml", {**document, "workflow": steps})
    assert ("! campaign.c  not estimated" in not_judged(project, 10)) == is_named
