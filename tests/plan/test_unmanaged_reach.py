"""What reaches people through objects that no file manages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.reach import ReachState
from cioform.model.remote_access.conversation import Api
from cioform.plan.guards.guard import find_guard_violations
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import BOTH_APIS, NO_GUARDS, SandboxProject

JOURNEYS = frozenset({Api.JOURNEYS})
APP = frozenset({Api.APP})
NO_LIVE = replace(NO_GUARDS, allow_live=False)

BASE = {"name": "Base", "manual": True}
NESTED = {"name": "Nested", "conditions": {"segment": "base"}}
FOOTER = {"name": "footer", "value": "Acme Inc"}
FRAME = {"name": "Frame", "body": "{{ content }} {{ snippets.footer }}"}
TEAM = {"name": "Team", "email": "team@acme.com"}


def campaign(**more: Any) -> dict[str, Any]:
    mail = {"subject": "s", "body": "b", **more.pop("email", {})}
    trigger = {"event": "signed_up"}
    return {"name": "C", "trigger": trigger, "workflow": [{"id": "mail", "email": mail}], **more}


IN_NESTED = campaign(trigger={"segment": "nested"})
NAMES_FOOTER = campaign(email={"body": "{{ snippets.footer }}"})
IN_FRAME = campaign(email={"layout": "frame"})
FROM_TEAM = campaign(email={"from": "team@acme.com"})
MAIL = {"name": "M", "email": {"subject": "s", "body": "b", "from": "team@acme.com"}}
M = "transactional/m.yaml"

SEGMENT_FILES = {"segments/base.yaml": BASE, "segments/nested.yaml": NESTED}
LAYOUT_FILES = {"snippets/footer.yaml": FOOTER, "layouts/frame.yaml": FRAME}


def lay_out(
    project: SandboxProject, files: Mapping[str, Any], unmanaged: tuple[str, ...], state: str
) -> None:
    """Apply files, put the campaigns into a state, and give up some objects."""
    for name, content in files.items():
        project.write(name, content)
    plan = project.plan()
    assert not plan.blocked
    assert project.apply(plan).complete
    set_state(project, state)
    with project.open() as opened:
        for name in unmanaged:
            kind, slug = name.removesuffix(".yaml").split("/")
            project.remove(name)
            opened.forget(Address(kind.removesuffix("s"), slug))


def set_state(project: SandboxProject, state: str) -> None:
    campaigns = [{**row, "state": state} for row in project.store.dump("acme")["campaigns"]]
    project.store.seed("acme", {"campaigns": campaigns})


def users_of(project: SandboxProject, address: str, apis: frozenset[Api] = BOTH_APIS) -> Any:
    """Return the users of a change, each with its state and what is between the two."""
    plan = project.plan(apis)
    (change,) = [each for each in plan.changes if str(each.address) == address]
    has_guard = bool(find_guard_violations(plan, NO_LIVE))
    assert has_guard is change.may_be_live
    users = {str(each.address): (each.state, *each.through) for each in change.users}
    unmanaged = {each.kind: (each.state, *each.through) for each in change.unmanaged_users}
    return users, unmanaged, change.unmanaged_users_unknown


NEST = 'the unmanaged segment "Nested"'
C = "campaigns/c.yaml"


@pytest.mark.parametrize("apis", [BOTH_APIS, JOURNEYS])
@pytest.mark.parametrize(
    ("files", "unmanaged", "edit", "found"),
    [
        (
            {**SEGMENT_FILES, C: IN_NESTED},
            ("segments/nested.yaml", C),
            ("segment.base", {**BASE, "description": "new"}),
            {"segment": ("shared",), "campaign": ("running", NEST)},
        ),
        (
            {**SEGMENT_FILES, C: IN_NESTED},
            (C,),
            ("segment.base", {**BASE, "description": "new"}),
            {"campaign": ("running", "segment.nested")},
        ),
        (
            {"snippets/footer.yaml": FOOTER, C: NAMES_FOOTER},
            (C,),
            ("snippet.footer", {**FOOTER, "value": "Acme AG"}),
            {"campaign": ("running",)},
        ),
        (
            {**LAYOUT_FILES, C: IN_FRAME},
            (C,),
            ("snippet.footer", {**FOOTER, "value": "Acme AG"}),
            {"campaign": ("running", "layout.frame")},
        ),
        (
            {**LAYOUT_FILES, C: IN_FRAME},
            (C, "layouts/frame.yaml"),
            ("snippet.footer", {**FOOTER, "value": "Acme AG"}),
            {"layout": ("shared",), "campaign": ("running", 'the unmanaged layout "Frame"')},
        ),
    ],
    ids=["nested", "managed nested", "snippet", "snippet in layout", "snippet in their layout"],
)
def test_the_reach_is_followed_to_its_end(
    project: SandboxProject,
    apis: frozenset[Api],
    files: Mapping[str, Any],
    unmanaged: tuple[str, ...],
    edit: tuple[str, Any],
    found: Mapping[str, Any],
) -> None:
    lay_out(project, files, unmanaged, "running")
    kind, name = edit[0].split(".")
    project.write(f"{kind}s/{name}.yaml", edit[1])
    assert users_of(project, edit[0], apis) == ({}, found, False)
    set_state(project, "draft")
    plan = project.plan(apis)
    assert not find_guard_violations(plan, NO_LIVE)
    assert "uses it" not in render_plan(view_plan(plan))
    set_state(project, "running")
    (result,) = project.apply(plan).results
    assert result.status is ChangeStatus.STALE
    assert "was draft and became running" in result.diagnostics[0].detail
    for file in files.keys() - set(unmanaged):
        project.remove(file)
    blocked = {str(item.address): item.hint for item in project.plan(apis).blocked}
    assert "is used by" in blocked[edit[0]]


def test_a_managed_user_is_found_through_what_nobody_manages(project: SandboxProject) -> None:
    lay_out(project, {**SEGMENT_FILES, C: IN_NESTED}, (), "running")
    number = project.bindings()[Address("segment", "nested")]
    lay_out(
        project,
        {C: campaign(trigger={"segment": f"segment#{number}"})},
        ("segments/nested.yaml",),
        "running",
    )
    project.write("segments/base.yaml", {**BASE, "description": "new"})
    users, unmanaged, _ = users_of(project, "segment.base")
    assert users == {"campaign.c": ("running", NEST)}
    assert unmanaged == {"segment": ("shared",)}
    text = " ".join(render_plan(view_plan(project.plan())).split())
    assert f"Used by campaign.c (running, 0 people, through {NEST})" in text


def test_what_cannot_be_followed_may_be_live(project: SandboxProject) -> None:
    lay_out(project, {**SEGMENT_FILES, C: IN_NESTED}, ("segments/nested.yaml", C), "draft")
    number = max(int(row["id"]) for row in project.store.dump("acme")["segments"])
    project.write("segments/base.yaml", {**BASE, "description": "new"})
    project.inject_fault("status:403", "GET", f"segments/{number}/usage", times=9)
    assert users_of(project, "segment.base", JOURNEYS)[1] == {
        "segment": (ReachState.USERS_UNKNOWN,)
    }
    assert "with unknown users" in render_plan(view_plan(project.plan(JOURNEYS)))


def test_the_users_of_a_sender_are_looked_up(project: SandboxProject) -> None:
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    files = {"senders/team.yaml": TEAM, C: FROM_TEAM, M: MAIL}
    lay_out(project, files, (C, M), "running")
    project.write("senders/team.yaml", {**TEAM, "name": "The team"})
    # The lists of its users have no transactional messages.
    assert users_of(project, "sender.team") == ({}, {"campaign": ("running",)}, True)
    assert "Other unmanaged objects that may use it" in render_plan(view_plan(project.plan()))
    assert users_of(project, "sender.team", JOURNEYS) == ({}, {}, True)


def set_message_state(project: SandboxProject, state: str) -> None:
    rows = [{**row, "state": state} for row in project.store.dump("acme")["transactional_messages"]]
    project.store.seed("acme", {"transactional_messages": rows})


def test_a_message_that_may_use_a_sender_may_be_live(project: SandboxProject) -> None:
    """Customer.io does not list the transactional messages that use a sender."""
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    lay_out(project, {"senders/team.yaml": TEAM, M: MAIL}, (M,), "draft")
    project.write("senders/team.yaml", {**TEAM, "name": "The team"})
    for state, may_be_live in (("draft", False), ("active", True)):
        set_message_state(project, state)
        assert bool(find_guard_violations(project.plan(), NO_LIVE)) is may_be_live
    set_message_state(project, "draft")
    project.store.seed("acme", {"transactional_messages": []})
    assert users_of(project, "sender.team") == ({}, {}, False)


@pytest.mark.parametrize(
    ("state", "may_be_live"), [("running", True), ("stopped", False), ("draft", False)]
)
@pytest.mark.parametrize("apis", [APP, JOURNEYS, BOTH_APIS])
def test_a_campaign_that_may_use_a_snippet_or_tag_may_be_live(
    project: SandboxProject, apis: frozenset[Api], state: str, may_be_live: bool
) -> None:
    lay_out(project, {"tags/a.yaml": {"name": "a"}, C: campaign()}, (C,), state)
    lay_out(project, {"snippets/footer.yaml": FOOTER}, (), state)
    if apis == APP:
        project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    else:
        project.write("tags/a.yaml", {"name": "b"})
    plan = project.plan(apis)
    assert [change.unmanaged_users_unknown for change in plan.changes] == [True]
    found = [each.detail for each in find_guard_violations(plan, NO_LIVE)]
    # Without an App key, it is unknown whether there is a scheduled newsletter.
    is_reached = may_be_live or apis == JOURNEYS
    assert [each.startswith("Not every unmanaged object that uses ") for each in found] == [
        True
    ] * is_reached


def test_a_snippet_that_others_name_keeps_its_name(project: SandboxProject) -> None:
    files = {"snippets/footer.yaml": FOOTER, "layouts/frame.yaml": FRAME, C: NAMES_FOOTER}
    lay_out(project, files, (C,), "draft")
    project.write("snippets/footer.yaml", {**FOOTER, "name": "imprint"})
    project.write("layouts/frame.yaml", {**FRAME, "body": "{{ content }} {{ snippets.imprint }}"})
    plan = project.plan()
    assert plan.changes == ()
    blocked = {str(item.address): item.hint for item in plan.blocked}
    assert blocked.keys() == {"snippet.footer", "layout.frame"}
    assert 'the unmanaged campaign "C"' in blocked["snippet.footer"]
