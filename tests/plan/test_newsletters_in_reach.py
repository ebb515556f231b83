"""A newsletter that is scheduled uses what a plan changes, as a running campaign does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Change
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.plan import Plan
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.report.references import references_data, render_references
from cioform.run.events import ChangeStatus
from tests.support.sandbox_project import NO_GUARDS, SandboxProject

APP, JOURNEYS = frozenset({Api.APP}), frozenset({Api.JOURNEYS})
NO_LIVE = replace(NO_GUARDS, allow_live=False)
FOOTER = {"name": "footer", "value": "Acme Inc"}
LAYOUT = {"name": "Main", "body": "{{ content }}"}
VIP = {"name": "VIP", "manual": True}
STATES = [
    ({"send_state": "drafted"}, False),
    ({"send_state": "scheduled"}, True),
    ({"send_state": "awaiting_winner"}, True),
    ({"send_state": "sent"}, False),
    ({"send_state": None, "sent_at": 1_700_000_000}, False),
    ({"send_state": None}, True),
    ({"send_state": "paused"}, True),
]


def seed_newsletter(project: SandboxProject, **fields: Any) -> None:
    """Add or change the newsletter "Weekly", which uses the snippet, the layout and the segment."""
    (segment,) = [each["id"] for each in project.content()["segments"]]
    (layout,) = [each["id"] for each in project.content()["layouts"]]
    row = {"id": 7, "name": "Weekly", "recipient_segment_ids": [segment], **fields}
    template = {"id": 900, "newsletter_id": 7, "template_type": "email", "layout_id": layout}
    project.seed(newsletters=[row], templates=[{**template, "body": "{{ snippets.footer }}"}])


@pytest.fixture
def applied(project: SandboxProject) -> SandboxProject:
    """Return a project with a snippet, a layout and a segment that were applied and changed."""
    for name, document in (("snippets/footer", FOOTER), ("layouts/main", LAYOUT)):
        project.write(f"{name}.yaml", document)
    project.write("segments/vip.yaml", VIP)
    assert project.apply().complete
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    project.write("layouts/main.yaml", {**LAYOUT, "body": "<p>{{ content }}</p>"})
    project.write("segments/vip.yaml", {**VIP, "description": "New"})
    return project


def refused(plan: Plan) -> set[str]:
    """Return the addresses that the plan may not change without `--allow-live`."""
    violations = find_guard_violations(plan, NO_LIVE)
    return {str(address) for each in violations for address in each.addresses}


def change_of(plan: Plan, address: str) -> Change:
    """Return the change of an address."""
    return next(each for each in plan.changes if str(each.address) == address)


@pytest.mark.parametrize(("fields", "may_be_live"), STATES)
def test_a_newsletter_counts_by_its_state(
    fields: dict[str, Any], may_be_live: bool, applied: SandboxProject
) -> None:
    seed_newsletter(applied, **fields)
    every = {"snippet.footer", "layout.main", "segment.vip"}
    assert refused(applied.plan()) == (every if may_be_live else set())


def test_a_plan_names_it(applied: SandboxProject) -> None:
    seed_newsletter(applied, send_state="scheduled")
    text = " ".join(render_plan(view_plan(applied.plan())).split())
    assert 'the unmanaged newsletter "Weekly" (id 7, scheduled)' in text


def test_one_that_an_app_key_lists_may_use_a_snippet(applied: SandboxProject) -> None:
    seed_newsletter(applied, send_state="scheduled")
    plan = applied.plan(APP)
    assert "snippet.footer" in refused(plan)
    details = [each.detail for each in find_guard_violations(plan, NO_LIVE)]
    assert any('may be the unmanaged newsletter "Weekly" (id 7, scheduled)' in d for d in details)
    seed_newsletter(applied, send_state="drafted")
    assert "snippet.footer" not in refused(applied.plan(APP))


def test_a_list_that_cannot_be_read_is_not_empty(applied: SandboxProject) -> None:
    assert "snippet.footer" not in refused(applied.plan(APP))
    applied.inject_fault("status:403", "GET", "/v1/newsletters", times=9)
    assert "snippet.footer" in refused(applied.plan(APP))


@pytest.mark.parametrize("apis", [APP, APP | JOURNEYS])
def test_one_that_is_scheduled_after_the_plan_makes_it_stale(
    apis: frozenset[Api], applied: SandboxProject
) -> None:
    seed_newsletter(applied, send_state="drafted")
    plan = applied.plan(apis)
    assert not change_of(plan, "snippet.footer").may_be_live
    seed_newsletter(applied, send_state="scheduled")
    with applied.open(apis) as opened:
        stale, *_ = opened.apply(plan, NO_GUARDS).results
    assert stale.status is ChangeStatus.STALE
    assert 'newsletter "Weekly"' in stale.diagnostics[0].detail


def test_refs_show_the_users_that_a_plan_shows(applied: SandboxProject) -> None:
    seed_newsletter(applied, send_state="scheduled")
    for name, apis in (("snippet.footer", JOURNEYS), ("segment.vip", APP | JOURNEYS)):
        address = Address.parse(name)
        with applied.open(apis) as opened:
            graph, _ = opened.references(live=True, address=address)
        assert graph.users[name] == {"newsletter#7": True}
        assert references_data(graph, name, users_only=True)["users_unknown"] is False
    with applied.open(APP) as opened:
        graph, _ = opened.references(live=True, address=Address.parse("snippet.footer"))
    text = render_references(graph, "snippet.footer", users_only=True)
    assert "Other unmanaged objects that may use it were not looked up." in text


def test_a_draft_that_may_use_it_and_is_started_after_the_plan_makes_it_stale(
    project: SandboxProject,
) -> None:
    project.write("snippets/footer.yaml", FOOTER)
    assert project.apply().complete
    campaign = {"id": 40, "name": "Promo", "state": "draft", "type": "event"}
    project.seed(campaigns=[campaign])
    project.write("snippets/footer.yaml", {**FOOTER, "value": "Acme AG"})
    plan = project.plan(APP)
    assert not refused(plan)
    project.seed(campaigns=[{**campaign, "state": "running"}])
    with project.open(APP) as opened:
        (result,) = opened.apply(plan, NO_GUARDS).results
    assert result.status is ChangeStatus.STALE
    assert 'campaign "Promo", which may use it, was draft' in result.diagnostics[0].detail
