"""Who uses a shared object, and what that forbids."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from cioform.core.errors import PlanError
from cioform.model.remote_access.conversation import Api
from cioform.plan.scope import Scope
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

FOOTER = {"name": "footer", "value": "Acme Inc"}
LAYOUT = {"name": "L", "body": "{{ content }} {{ snippets.footer }}"}


def test_a_snippet_in_use_is_not_renamed(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("snippets/footer.yaml", {**FOOTER, "name": "imprint"})
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }} {{ snippets.imprint }}"})
    blocked = {str(item.address): item.way_out for item in project.plan().blocked}
    assert "used by layout.l" in blocked["snippet.footer"]


def test_a_snippet_goes_after_its_last_use(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.apply()
    project.write("layouts/l.yaml", {**LAYOUT, "body": "{{ content }}"})
    project.remove("snippets/footer.yaml")
    plan = project.plan()
    assert [(str(c.address), c.action) for c in plan.changes] == [
        ("layout.l", "update"),
        ("snippet.footer", "delete"),
    ]
    assert project.apply_until_empty().is_empty


def campaign(name: str = "C", **more: object) -> dict[str, object]:
    email = {"subject": "s", "body": "{{ snippets.footer }}"}
    return {
        "name": name,
        "trigger": {"event": "signed_up"},
        "workflow": [{"id": "mail", "email": email}],
        **more,
    }


def start(project: SandboxProject) -> None:
    """Start all campaigns, as a person would."""
    dump = project.store.dump("acme")
    campaigns = [{**row, "state": "running"} for row in dump["campaigns"]]
    project.store.seed("acme", {"campaigns": campaigns})


FOOTER_ONLY = Scope(("snippet.footer",))


def change_footer(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme Incorporated"})


def test_a_use_out_of_scope_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("layouts/l.yaml", LAYOUT)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    before = len(project.sent)
    (change,) = project.plan(scope=FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("campaign.c", "running")]
    assert len(project.sent) - before <= 6
    with pytest.raises(PlanError, match=r"campaign\.c"):
        project.apply(project.plan(scope=FOOTER_ONLY), replace(NO_GUARDS, allow_live=False))


def test_an_excluded_user_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    (change,) = project.plan(scope=Scope(exclude=("campaign.*",))).changes
    assert [user.state for user in change.users] == ["running"]


@pytest.mark.parametrize("scope", [None, FOOTER_ONLY])
def test_a_user_that_was_started_since_makes_a_plan_stale(
    project: SandboxProject, scope: Scope | None
) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    change_footer(project)
    plan = project.plan(scope=scope)
    start(project)
    writes = len(project.writes)
    (result,) = project.apply(plan).results
    assert result.status is ChangeStatus.STALE
    assert "campaign.c, which uses it, was draft and became running" in result.diagnostics[0].detail
    assert len(project.writes) == writes


def test_a_user_that_was_deleted_since_does_not(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    change_footer(project)
    plan = project.plan(scope=FOOTER_ONLY)
    project.remove("campaigns/c.yaml")
    project.apply(project.plan(scope=Scope(("campaign.c",))))
    with pytest.raises(PlanError):
        project.apply(plan)  # of an older state
    assert project.apply(project.plan()).complete


def test_a_user_that_the_state_does_not_know_is_looked_at(project: SandboxProject) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    project.write("campaigns/c.yaml", campaign())
    project.apply()
    start(project)
    change_footer(project)
    shutil.rmtree(project.state_folder)
    (change,) = project.plan(scope=FOOTER_ONLY).changes
    assert [user.state for user in change.users] == ["running"]


def test_a_user_that_no_credential_can_read_may_be_running(project: SandboxProject) -> None:
    project.write("layouts/l.yaml", LAYOUT)
    project.write("snippets/footer.yaml", FOOTER)
    project.apply()
    change_footer(project)
    apis = frozenset({Api.APP})
    (change,) = project.plan(apis, FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("layout.l", "unknown")]
    with_layout = {"subject": "s", "layout": "l", "body": "b"}
    project.write("campaigns/c.yaml", campaign(workflow=[{"id": "mail", "email": with_layout}]))
    project.apply(project.plan(scope=Scope(("campaign.c",))))
    (change,) = project.plan(apis, FOOTER_ONLY).changes
    assert [(str(user.address), user.state) for user in change.users] == [("campaign.c", "draft")]
