"""Drift: what somebody did to a managed object, and what could not be looked at."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Drift
from cioform.plan.drift import DriftReport, NothingBound
from cioform.plan.selecting.scope import Scope
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

WELCOME = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [{"id": "pause", "wait": "1d"}, {"id": "rest", "wait": "2d"}],
}
RECEIPT = {"name": "Receipt", "email": {"subject": "Thanks", "body": "<p>Thanks</p>"}}
VIP = {"name": "VIP", "conditions": {"attribute": "plan", "is": "pro"}}


def report(project: SandboxProject, apis: frozenset[Api] = BOTH_APIS) -> DriftReport:
    with project.open(apis) as opened:
        return opened.drift_report()


def only(project: SandboxProject) -> Drift:
    (drift,) = report(project).drift
    return drift


def set_state(project: SandboxProject, address: str, state: str) -> None:
    """Set the state of an object as a person does in Customer.io."""
    kind = project.kinds[Address.parse(address).kind]
    assert isinstance(kind, HasLifecycle)
    with project.open(actor="jane@acme.com") as opened:
        remote_id = opened.applied().bindings[Address.parse(address)].remote_id
        opened.provider.send(kind.state_request(remote_id, state))


def store_state(project: SandboxProject, state: str | None) -> None:
    """Set the state of the only campaign where no API call can."""
    (campaign,) = project.content()["campaigns"]
    project.seed(campaigns=[{**campaign, "state": state}])


def apply_files(project: SandboxProject) -> None:
    project.write("campaigns/welcome.yaml", WELCOME)
    project.write("transactional/receipt.yaml", RECEIPT)
    project.write("segments/vip.yaml", VIP)
    assert project.apply().complete
    assert report(project) == DriftReport((), (), (), 3)


@pytest.fixture
def applied(copy_of: CopyOf) -> SandboxProject:
    """Return a project with a campaign, a message and a segment that were applied."""
    return copy_of(apply_files)


def state_of(drift: Drift) -> tuple[Any, Any]:
    (item,) = drift.fields
    assert item.path == ("state",)
    return item.before, item.after


def test_a_campaign_that_was_started_stopped_or_archived_has_drifted(
    applied: SandboxProject,
) -> None:
    set_state(applied, "campaign.welcome", "running")
    assert state_of(only(applied)) == ("draft", "running")
    assert applied.plan().visible_changes == ()
    applied.apply()  # only the state file records it
    assert report(applied).drift == ()
    set_state(applied, "campaign.welcome", "stopped")
    assert state_of(only(applied)) == ("running", "stopped")
    applied.apply()
    store_state(applied, "archived")
    assert state_of(only(applied)) == ("stopped", "archived")


@pytest.mark.parametrize("state", ["scheduled", "Running", "zombie"])
def test_a_state_that_cioform_does_not_know_is_drift(applied: SandboxProject, state: str) -> None:
    store_state(applied, state)
    assert state_of(only(applied)) == ("draft", state)
    applied.apply()  # only the state file records it
    assert report(applied).drift == ()


@pytest.mark.parametrize("state", ["", None])
def test_a_response_without_a_state_is_not_compared(
    applied: SandboxProject, state: str | None
) -> None:
    store_state(applied, state)
    found = report(applied)
    assert found.drift == ()
    assert [(str(each.address), each.fields) for each in found.unreadable] == [
        ("campaign.welcome", ("state",))
    ]


def test_a_message_that_was_activated_has_drifted(applied: SandboxProject) -> None:
    set_state(applied, "transactional.receipt", "active")
    assert state_of(only(applied)) == ("draft", "live")


def test_a_new_object_with_the_name_of_a_managed_one(applied: SandboxProject) -> None:
    (segment,) = applied.content()["segments"]
    applied.seed(segments=[segment, {**segment, "id": 90}])
    drift = only(applied)
    assert (drift.fields, drift.same_name, drift.new_remote_id) == ((), ("90",), None)
    applied.apply()
    assert report(applied).drift == ()


def test_an_object_that_was_made_again(applied: SandboxProject) -> None:
    (segment,) = applied.content()["segments"]
    applied.seed(segments=[{**segment, "id": 90}])
    drift = only(applied)
    assert (drift.remote_id, drift.new_remote_id, drift.gone) == (str(segment["id"]), "90", False)
    applied.apply()
    assert report(applied).drift == ()


def test_without_a_binding_nothing_was_looked_at(project: SandboxProject) -> None:
    found = report(project)
    assert found.is_incomplete
    assert (found.drift, found.compared) == ((), 0)
    assert found.nothing_bound is NothingBound.NO_FILES
    project.write("segments/vip.yaml", VIP)
    assert report(project).nothing_bound is NothingBound.NOT_APPLIED
    project.apply()
    project.write("segments/new.yaml", {**VIP, "name": "New"})
    with project.open() as opened:
        of_new = opened.drift_report(Scope(("segment.new",)))
    assert of_new.nothing_bound is NothingBound.OUT_OF_SCOPE


def test_what_no_credential_can_read_is_named(applied: SandboxProject) -> None:
    applied.write("layouts/main.yaml", {"name": "Main", "body": "{{content}}"})
    applied.apply()
    found = report(applied, frozenset({Api.APP}))
    assert [str(item.address) for item in found.not_looked_at] == ["layout.main"]
    fields = {str(item.address): item.fields for item in found.unreadable}
    assert "conditions" in fields["segment.vip"]
    assert "state" in fields["transactional.receipt"]
    assert found.is_incomplete


def test_an_import_records_the_state_and_the_names(project: SandboxProject) -> None:
    project.seed(segments=[{"id": 3, "name": "VIP"}, {"id": 4, "name": "VIP"}])
    project.write("campaigns/welcome.yaml", WELCOME)
    project.apply()
    set_state(project, "campaign.welcome", "running")
    project.remove("campaigns/welcome.yaml")
    with project.open() as opened:
        opened.import_()
    assert report(project).drift == ()
    assert project.plan().changes == ()


def test_an_edit_that_the_files_have_too_is_shown_and_not_pending(project: SandboxProject) -> None:
    footer = {"name": "footer", "value": "Acme Inc"}
    project.write("snippets/footer.yaml", footer)
    project.apply()
    project.write("snippets/footer.yaml", {**footer, "value": "Acme AG"})
    project.seed(snippets=[{"id": 1, "name": "footer", "value": "Acme AG"}])
    plan = project.plan()
    assert (plan.is_empty, plan.visible_changes) == (True, ())
    [item] = [item for drift in plan.drift for item in drift.fields]
    assert (item.path, item.before, item.after) == (("value",), "Acme Inc", "Acme AG")
    project.apply(plan)
    assert project.plan().drift == ()
