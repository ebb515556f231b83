"""A name that somebody changes in the workspace, and what refers to the object by it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.core.address import Address
from cioform.emulator.apis.journeys.tags import TAG
from cioform.emulator.store.record_types import IDENTITY
from cioform.services.pull.pulling import PullResult
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

TEAM, C = Address("sender", "team"), Address("campaign", "c")


def mail(sender: str) -> dict[str, Any]:
    step = {"id": "mail", "email": {"subject": "s", "body": "b", "from": sender}}
    return {"name": "C", "trigger": {"event": "e"}, "tags": ["a"], "workflow": [step]}


def apply_files(project: SandboxProject) -> None:
    project.seed(domains=[{"id": 1, "domain": "acme.com", "verified": True}])
    project.write("senders/team.yaml", {"name": "Team", "email": "team@acme.com"})
    project.write("senders/bill.yaml", {"name": "Bill", "email": "bill@acme.com"})
    for name in "ab":
        project.write(f"tags/{name}.yaml", {"name": name})
    project.write("campaigns/c.yaml", mail("team@acme.com"))
    project.apply()
    assert project.plan().is_empty


def change_addresses(project: SandboxProject, names: dict[str, str]) -> None:
    """Change addresses of senders, as a person does."""
    data = project.store.workspace_data("acme")
    for sender in data.all(IDENTITY):
        name = sender["email"].partition("@")[0]
        data.save(IDENTITY, {**sender, "email": f"{names.get(name, name)}@acme.com"})


@pytest.fixture
def project(copy_of: CopyOf) -> SandboxProject:
    """Return a project whose sender has another address in the workspace."""
    project = copy_of(apply_files)
    change_addresses(project, {"team": "new"})
    return project


def pull(project: SandboxProject) -> PullResult:
    with project.open() as opened:
        return opened.pull(opened.pullable())


def test_a_pull_takes_a_new_name_into_the_files_that_have_it(project: SandboxProject) -> None:
    assert {*pull(project).addresses} == {TEAM, C}
    text = (project.folder / "campaigns/c.yaml").read_text()
    assert "new@acme.com" in text
    assert "team@acme.com" not in text
    plan = project.plan()
    assert not plan.visible_changes
    assert not plan.blocked
    assert [each.address for each in plan.drift] == [TEAM]


def test_exchanged_names_are_taken_once(project: SandboxProject) -> None:
    change_addresses(project, {"new": "bill", "bill": "team"})
    data = project.store.workspace_data("acme")
    for tag in data.all(TAG):
        data.save(TAG, {**tag, "name": {"a": "b", "b": "a"}[tag["name"]]})
    pull(project)
    document = yaml.safe_load((project.folder / "campaigns/c.yaml").read_text())
    assert "bill@acme.com" in document["workflow"][0]["email"]["from"]
    assert document["tags"] == ["b"]
    assert not project.plan().visible_changes


def test_a_tag_gets_its_name_back_in_one_apply(project: SandboxProject) -> None:
    data = project.store.workspace_data("acme")
    for tag in data.all(TAG):
        data.save(TAG, {**tag, "name": tag["name"].upper()})
    assert project.apply().complete
    assert project.plan().is_empty
