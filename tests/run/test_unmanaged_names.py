"""Fields that no file sets and that name other objects: a new name of one is no edit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import digest
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import Binding
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields
from cioform.plan.compare.unmanaged_fields.unmanaged_record import edits_of, new_record
from cioform.plan.plan import Plan, PreferredSide
from tests.run.test_unmanaged_edits import drift_of, values_of
from tests.support.sandbox_project import SandboxProject

CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "trigger": {"event": "signed_up"},
    "workflow": [{"id": "pause", "wait": "1d"}],
}


@pytest.fixture
def applied(project: SandboxProject) -> SandboxProject:
    """Return a project with a campaign that was applied."""
    project.write("campaigns/welcome.yaml", CAMPAIGN)
    assert project.apply().complete
    return project


def accepted(project: SandboxProject) -> Plan:
    """Return a plan that records what is in Customer.io."""
    with project.open() as opened:
        return opened.plan(prefer=PreferredSide.LIVE)


def tagged(project: SandboxProject, name: str = "alpha") -> None:
    """Add a tag to the campaign in Customer.io, or rename its tag; no file names it."""
    (record,) = project.content()["campaigns"]
    others = [each for each in project.content()["tags"] if each["id"] != 9]
    project.seed(tags=[*others, {"id": 9, "name": name}], campaigns=[{**record, "tag_ids": [9]}])


@pytest.mark.parametrize("other_file", [{}, {"tags/vip.yaml": {"name": "vip"}}])
def test_a_tag_with_a_new_name_is_no_edit_of_its_campaigns(
    other_file: dict[str, Any], applied: SandboxProject
) -> None:
    for name, content in other_file.items():
        applied.write(name, content)
    tagged(applied)
    applied.apply(accepted(applied))
    tagged(applied, "beta")
    assert drift_of(applied) == ()
    applied.write("campaigns/welcome.yaml", {**CAMPAIGN, "description": "More"})
    assert applied.apply().complete
    assert drift_of(applied) == ()
    (record,) = applied.content()["campaigns"]
    applied.seed(campaigns=[{**record, "tag_ids": []}])
    assert values_of(drift_of(applied)) == {"tags": ("(another value)", [])}


def test_a_digest_of_names_of_an_older_state_is_accepted_and_made_again(
    applied: SandboxProject,
) -> None:
    tagged(applied)
    file = applied.state_folder / "state.json"
    state = json.loads(file.read_text())
    (welcome,) = state["resources"].values()
    welcome["unmanaged"] = {"tags": digest([welcome["remote_id"], ["alpha"]])}
    file.write_text(json.dumps(state))
    assert drift_of(applied) == ()
    assert applied.apply().complete
    tagged(applied, "beta")
    assert drift_of(applied) == ()


def test_a_tag_whose_id_an_app_key_does_not_show_is_compared_by_name(
    applied: SandboxProject,
) -> None:
    tagged(applied)
    applied.apply(accepted(applied))
    app_only = frozenset({Api.APP})
    assert drift_of(applied, app_only) == ()
    tagged(applied, "beta")
    assert values_of(drift_of(applied, app_only)) == {"tags": ("(another value)", ["beta"])}


def test_a_segment_that_a_file_manages_now_is_no_edit_of_what_names_it() -> None:
    kind = find_kinds()["campaign"]
    wanted: dict[str, Any] = {"name": "C"}
    trigger = {"all": [{"segment": "segment#12"}, {"attribute": "plan", "is": "pro"}]}
    before = LiveFields(kind, "7", {"name": "C", "trigger": trigger}, Names())
    names = Names(ids={Address("segment", "vip"): "12"})
    named = {"all": [{"segment": "vip"}, trigger["all"][1]]}
    now = LiveFields(kind, "7", {"name": "C", "trigger": named}, names)
    binding = Binding(
        Address("campaign", "c"), "7", "C", wanted, unmanaged=new_record(before, wanted)
    )
    assert edits_of(now, binding) == ()
    other = LiveFields(kind, "7", {"name": "C", "trigger": {"segment": "vip"}}, names)
    assert edits_of(other, binding)
