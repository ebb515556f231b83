"""The live-data gate: what the plan says of it, what apply does first, what the state keeps."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.settings.limits import LiveEdits
from cioform.plan.plan import Plan
from cioform.report.plan.text import render_plan
from cioform.report.plan.view import view_plan
from cioform.run.events import ChangeStatus, Outcome
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

WELCOME, VIP = Address("campaign", "welcome"), Address("segment", "vip")
NOTE = Address("snippet", "note")


def write(project: SandboxProject, wait: str, plan: str) -> None:
    project.write("segments/vip.yaml", {"name": "VIP", "conditions": {"attribute": plan, "is": 1}})
    project.write(
        "campaigns/welcome.yaml",
        {
            "name": "Welcome",
            "trigger": {"event": "signed_up"},
            "exit": {"when": {"segment": "vip"}},
            "workflow": [{"id": "pause", "wait": wait}],
        },
    )


def run_campaign(project: SandboxProject) -> None:
    write(project, "1d", "pro")
    project.apply()
    kind = project.kinds["campaign"]
    assert isinstance(kind, HasLifecycle)
    with project.open(actor="jane@acme.com") as opened:
        remote_id = opened.applied().bindings[WELCOME].remote_id
        opened.provider.send(kind.state_request(remote_id, "running"))
    project.apply()
    write(project, "2d", "team")
    project.write("layouts/aa.yaml", {"name": "A", "body": "{{content}}"})
    project.write("snippets/note.yaml", {"name": "note", "value": "a"})


@pytest.fixture
def running(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a running campaign, whose files change it, a segment and a snippet."""
    return copy_of(run_campaign)


def set_live_edits(project: SandboxProject, value: str) -> None:
    project.write("workspace.yaml", f"format: 1\nendpoint: sandbox\nlive_edits: {value}\n")


def text_of(plan: Plan) -> str:
    return " ".join(render_plan(view_plan(plan)).split())


def statuses(outcome: Outcome) -> dict[str, ChangeStatus]:
    return {str(result.address): result.status for result in outcome.results}


def refused_at(project: SandboxProject) -> int | None:
    with project.open() as opened:
        return opened.applied().live_edits_refused_at


def test_what_may_be_refused_comes_first_and_is_named(running: SandboxProject) -> None:
    plan = running.plan()
    assert [(c.address, c.is_gated) for c in plan.changes][:2] == [(VIP, True), (WELCOME, True)]
    assert not any(change.is_gated for change in plan.changes[2:])
    assert "cioform cannot read whether it is on." in text_of(plan)


def test_a_refusal_changes_nothing_and_is_kept_until_it_is_allowed(
    running: SandboxProject,
) -> None:
    before = running.content()
    outcome = running.apply()
    assert set(statuses(outcome).values()) == {ChangeStatus.FAILED, ChangeStatus.SKIPPED}
    assert running.content() == before
    first = refused_at(running)
    assert first == int(running.time.now)
    assert ": Customer.io refused such a change then." in text_of(running.plan())
    running.time.now += 3600
    running.apply()
    assert refused_at(running) == first
    running.seed(settings={"edit_live_data": True})  # type: ignore[arg-type]
    assert running.apply().complete
    assert refused_at(running) is None
    assert running.plan().is_empty


def test_a_plan_that_was_refused_can_be_applied_again(running: SandboxProject) -> None:
    plan = running.plan()
    outcome = running.apply(plan)
    assert outcome.is_untouched
    failed = next(r for r in outcome.results if r.status is ChangeStatus.FAILED)
    assert "this plan stays valid" in failed.diagnostics[-1].detail
    running.seed(settings={"edit_live_data": True})  # type: ignore[arg-type]
    assert running.apply(plan).complete


def test_no_blocks_in_the_plan(running: SandboxProject) -> None:
    set_live_edits(running, "no")
    plan = running.plan()
    assert plan.header.live_edits is LiveEdits.NO
    assert [item.address for item in plan.blocked] == [WELCOME, VIP]
    assert "live_edits: yes" in plan.blocked[0].hint
    assert [str(change.address) for change in plan.changes] == ["layout.aa", "snippet.note"]
    assert running.apply(plan).complete


def test_no_blocks_the_deletion_of_what_stays_in_use(running: SandboxProject) -> None:
    running.apply()
    running.remove("campaigns/welcome.yaml")
    running.remove("segments/vip.yaml")
    set_live_edits(running, "no")
    plan = running.plan()
    assert [item.address for item in plan.blocked] == [WELCOME, VIP]


def test_yes_warns_of_nothing(running: SandboxProject) -> None:
    set_live_edits(running, "yes")
    assert "Live data" not in text_of(running.plan())


def test_a_draft_is_never_gated(project: SandboxProject) -> None:
    write(project, "1d", "pro")
    project.apply()
    write(project, "2d", "team")
    assert not any(change.is_gated for change in project.plan().changes)
