"""Whatever somebody edits of a step that the file replaces or removes is a conflict."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.plan.change import Origin
from cioform.plan.plan import Plan, PreferredSide
from tests.kinds.test_whole_objects import (
    CONDITION,
    GIVEN,
    OWN_MEMBERS,
    TEMPLATE_VALUES,
    common_members,
)
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

EMAIL: dict[str, Any] = {"email": {"subject": "Hello", "body": "<p>Hello</p>"}}
MANAGED: dict[str, Any] = {
    "name": "Say hello",
    "only_if": {"attribute": "a", "is": "b"},
    "raw": {"can_convert": True, "sub_type": "x"},
    "email": {
        **EMAIL["email"],
        "sending": "automatic",
        "track": {"opens": True, "links": True},
        "from": "team@acme.com",
        "reply_to": "team@acme.com",
        "to": "{{customer.email}}",
        "cc": "",
        "bcc": "",
        "preheader": "x",
        "plain": "",
        "amp": "",
        "headers": {},
    },
}
WAIT: dict[str, Any] = {"wait": "1d"}
SMS: dict[str, Any] = {"sms": {"body": "Hello"}}
SAME: dict[str, Any] = {**{k: v for k, v in MANAGED.items() if k != "email"}, **SMS}
TEST: dict[str, Any] = {
    "ab_test": [
        {"id": "one", "percent": 50, **EMAIL},
        {"id": "two", "percent": 50, **EMAIL},
    ]
}
BRANCH: dict[str, Any] = {
    "if": {"attribute": "a", "is": "b"},
    "then": [{"id": "inside", "wait": "1d"}],
}
ADDED: dict[str, Any] = {
    **{name: v for name, v in common_members("email_action").items() if name not in ("id", "type")},
    "name": "Other",
}
"""What somebody can set of any step."""


def write(project: SandboxProject, step: dict[str, Any] | None) -> None:
    """Write a campaign whose step `hello` is inside of a branch."""
    steps = [] if step is None else [{"id": "hello", **step}]
    outer = {"id": "outer", "if": {"segment": "vip"}, "then": steps}
    campaign = {"name": "C", "trigger": {"event": "e"}, "workflow": [outer]}
    project.write("campaigns/c.yaml", campaign if steps else {**campaign, "workflow": []})


def apply_step(project: SandboxProject, step: dict[str, Any]) -> None:
    project.seed(**GIVEN)
    project.write("segments/vip.yaml", {"name": "VIP", "manual": True})
    project.write("layouts/main.yaml", {"name": "Main", "body": "{{ content }}"})
    write(project, step)
    assert project.apply().complete


def origins(made: Plan) -> set[Origin]:
    (change,) = made.visible_changes
    return {item.origin for item in change.differences}


@pytest.mark.parametrize("after", [WAIT, SMS, SAME, BRANCH, None])
@pytest.mark.parametrize("before", [EMAIL, MANAGED])
def test_every_field_of_a_message(
    before: dict[str, Any], after: dict[str, Any] | None, copy_of: CopyOf
) -> None:
    project = copy_of(apply_step, before)
    edited = {**ADDED, "sending_state": "off" if before is MANAGED else "automatic"}
    actions = project.content()["actions"]
    project.seed(
        actions=[{**a, **(edited if a["type"] == "email_action" else {})} for a in actions],
        templates=[{**t, **TEMPLATE_VALUES} for t in project.content()["templates"]],
    )
    write(project, after)
    found = origins(project.plan())
    assert Origin.DRIFT not in found
    assert Origin.CONFLICT in found
    with project.open() as opened:
        assert opened.plan(prefer=PreferredSide.LIVE).visible_changes == ()


@pytest.mark.parametrize(
    ("before", "action_type"),
    [
        (WAIT, "delay_seconds_action"),
        (EMAIL, "email_action"),
        (SMS, "twilio_action"),
        (TEST, "split_randomized_action"),
        (BRANCH, "conditional_branch_action"),
        (BRANCH, "delay_seconds_action"),
    ],
)
def test_one_field_of_a_step_of_any_type(
    before: dict[str, Any], action_type: str, copy_of: CopyOf
) -> None:
    project = copy_of(apply_step, before)
    actions = project.content()["actions"]
    write(project, {"set_attributes": {"a": True}})
    own = OWN_MEMBERS.get(action_type, {})
    members = {"name": "Other", "preconditions": CONDITION, "unheard_of": 1, **own}
    for member, value in members.items():
        edited = [{**a, member: value} if a["type"] == action_type else a for a in actions]
        project.seed(actions=edited)
        assert Origin.CONFLICT in origins(project.plan()), member


def test_a_step_that_stays_has_drift(copy_of: CopyOf) -> None:
    project = copy_of(apply_step, MANAGED)
    actions = project.content()["actions"]
    edited = [{**a, "name": "X"} if a["type"] == "email_action" else a for a in actions]
    project.seed(actions=edited)
    write(project, {**MANAGED, "only_if": {"attribute": "a", "is": "c"}})
    made = project.plan()
    assert (origins(made), made.summary["conflict"]) == ({Origin.DRIFT, Origin.CONFIG}, 0)
