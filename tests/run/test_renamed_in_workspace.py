"""A name that somebody changes in the workspace, and what refers to the object by it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cioform.core.address import Address
from cioform.emulator.apis.journeys.tags import TAG
from cioform.emulator.store.record_types import IDENTITY
from cioform.plan.plan import PreferredSide
from cioform.plan.selecting.scope import Scope
from cioform.services.pull.pulling import PullResult
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

TEAM, C, A = Address("sender", "team"), Address("campaign", "c"), Address("tag", "a")


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


@pytest.fixture
def with_renamed_tag(copy_of: CopyOf) -> SandboxProject:
    """Return a project whose tag `a` is called `A` in the workspace."""
    project = copy_of(apply_files)
    rename_tags(project, {"a": "A"})
    return project


def rename_tags(project: SandboxProject, names: dict[str, str]) -> None:
    """Rename tags, as a person does."""
    data = project.store.workspace_data("acme")
    for tag in data.all(TAG):
        data.save(TAG, {**tag, "name": names.get(tag["name"], tag["name"])})


def test_the_name_of_a_tag_is_no_change_of_its_campaigns(with_renamed_tag: SandboxProject) -> None:
    plan = with_renamed_tag.plan()
    assert [each.address for each in plan.drift] == [A]
    assert [each.address for each in plan.visible_changes] == [A]
    assert with_renamed_tag.apply(plan).complete
    assert with_renamed_tag.plan().is_empty


def test_a_campaign_gets_another_tag_while_one_is_renamed(with_renamed_tag: SandboxProject) -> None:
    """The plan sends what it shows, also without the tag that was renamed."""
    project = with_renamed_tag
    project.write("campaigns/c.yaml", {**mail("team@acme.com"), "tags": ["a", "b", "new"]})
    plan = project.plan(scope=Scope(("campaign.c",)))
    assert [each.address for each in plan.visible_changes] == [C]
    assert project.apply(plan).complete
    assert project.names_in("tags") == ["A", "b", "new"]
    assert [each.address for each in project.plan().visible_changes] == [A]


def test_a_renamed_tag_gets_a_third_name(with_renamed_tag: SandboxProject) -> None:
    project = with_renamed_tag
    project.write("tags/a.yaml", {"name": "third"})
    project.write("campaigns/c.yaml", {**mail("team@acme.com"), "tags": ["third"]})
    with project.open() as opened:
        plan = opened.plan(prefer=PreferredSide.CONFIG)
    assert [each.address for each in plan.drift] == [A]
    assert project.apply(plan).complete
    assert project.plan().is_empty
    assert project.names_in("tags") == ["b", "third"]


def test_the_former_name_of_a_renamed_tag_is_free(with_renamed_tag: SandboxProject) -> None:
    """The campaign has the renamed tag, not the one that has its name now."""
    data = with_renamed_tag.store.workspace_data("acme")
    data.add(TAG, {"name": "a"})
    plan = with_renamed_tag.plan()
    assert [each.address for each in plan.drift] == [C, A]


def test_a_tag_gets_its_name_back_in_one_apply(project: SandboxProject) -> None:
    data = project.store.workspace_data("acme")
    for tag in data.all(TAG):
        data.save(TAG, {**tag, "name": tag["name"].upper()})
    assert project.apply().complete
    assert project.plan().is_empty


def test_a_name_that_both_sides_changed_is_kept(copy_of: CopyOf) -> None:
    """What refers to the object by the name in its file has not changed."""
    project = copy_of(apply_files)
    change_addresses(project, {"team": "new"})
    rename_tags(project, {"a": "A"})
    project.write("senders/team.yaml", {"name": "Team", "email": "ours@acme.com"})
    project.write("tags/a.yaml", {"name": "ours"})
    project.write("campaigns/c.yaml", {**mail("ours@acme.com"), "tags": ["ours"]})
    with project.open() as opened:
        plan = opened.plan(prefer=PreferredSide.LIVE)
    assert not plan.blocked
    assert project.apply(plan).complete
    after = project.plan()
    assert (after.visible_changes, after.blocked, after.drift) == ((), (), ())
    assert {*pull(project).addresses} == {A, C, TEAM}
    assert project.plan().drift == ()
    assert yaml.safe_load((project.folder / "campaigns/c.yaml").read_text())["tags"] == ["A"]


def test_a_file_that_follows_a_rename_alone_is_blocked(with_renamed_tag: SandboxProject) -> None:
    """The name means the tag whose file says another one; the campaign must not lose it."""
    project = with_renamed_tag
    project.write("campaigns/c.yaml", {**mail("team@acme.com"), "tags": ["A"]})
    plan = project.plan()
    assert {each.address: each.hint[:37] for each in plan.blocked} == {
        A: "In the files, campaign.c still refers",
        C: 'It refers to tag.a as "A", and the fi',
    }
    assert plan.changes == ()
    project.write("tags/a.yaml", {"name": "A"})
    assert project.apply().complete
    assert project.plan().is_empty
    assert [each["tag_ids"] for each in project.content()["campaigns"]] == [[1]]


def test_files_that_follow_a_rename_send_nothing(with_renamed_tag: SandboxProject) -> None:
    assert pull(with_renamed_tag).addresses
    plan = with_renamed_tag.plan()
    assert (plan.requests, plan.blocked, plan.visible_changes) == (0, (), ())
