"""Tags: renamed in place, and written before the campaigns that name them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from cioform.kinds.campaign import KIND as CAMPAIGN
from cioform.kinds.tag import KIND, Tag
from cioform.model.objects.live_object import LiveObject
from cioform.model.references.names import Names
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, UpdateRoute
from cioform.run.events import ChangeStatus
from tests.support.operations import converse, route_of, run_dry
from tests.support.sandbox_project import SandboxProject

WIRE = {"id": 11, "name": "lifecycle"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    new_project = SandboxProject(tmp_path / "ours")
    yield new_project
    new_project.store.close()


def live() -> LiveObject:
    [request], [found] = converse(route_of(KIND, ListRoute).operation(), {"tags": [WIRE]})
    assert str(request) == "GET ~/tags"
    return LiveObject("tag", found, KIND.decode(found, Names()))


def campaign(*tags: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(CAMPAIGN.example)
    return {**document, "tags": list(tags)}


def test_a_tag_is_its_name() -> None:
    assert live().attributes == {"name": "lifecycle"}
    assert live().remote_id == "11"


def test_a_tag_is_created_with_one_post() -> None:
    create = route_of(KIND, CreateRoute).operation
    [request], created = converse(create(Tag(name="vip"), WriteContext()), {"tag": {"id": 12}})
    assert (str(request), request.body) == ("POST ~/tags", {"tag": {"name": "vip"}})
    assert created == WriteResult("12")
    _, expected = run_dry(create(Tag(name="vip"), WriteContext()))
    assert expected == WriteResult("(id of this tag)")


def test_a_tag_is_renamed_in_place() -> None:
    update = route_of(KIND, UpdateRoute).operation
    context = WriteContext(paths=[("name",)])
    [request], updated = converse(update(live(), Tag(name="vip"), context), {})
    assert (str(request), request.body) == ("PUT ~/tags/11", {"tag": {"name": "vip"}})
    assert updated == WriteResult("11")


def test_a_tag_is_deleted_by_its_id() -> None:
    [request], _ = converse(route_of(KIND, DeleteRoute).operation(live()), None)
    assert str(request) == "DELETE ~/tags/11"


@pytest.mark.parametrize("name", ["", " vip", "vip ", "v\nip"])
def test_a_name_that_customer_io_would_trim_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Tag(name=name)


def test_a_managed_tag_is_created_before_the_campaign_that_lists_it(
    project: SandboxProject,
) -> None:
    project.write("tags/lifecycle.yaml", {"name": "lifecycle"})
    project.write("campaigns/welcome/campaign.yaml", campaign("lifecycle", "unmanaged"))
    plan = project.plan()
    addresses = [str(change.address) for change in plan.changes]
    assert addresses == ["tag.lifecycle", "campaign.welcome"]
    assert project.apply(plan).complete
    assert project.plan().is_empty


def test_a_tag_and_the_files_that_name_it_are_renamed_in_one_plan(project: SandboxProject) -> None:
    project.write("tags/lifecycle.yaml", {"name": "lifecycle"})
    project.write("campaigns/welcome/campaign.yaml", campaign("lifecycle"))
    project.apply()
    project.write("tags/lifecycle.yaml", {"name": "onboarding"})
    [blocked] = project.plan().blocked
    assert str(blocked.address) == "tag.lifecycle"
    assert blocked.hint == (
        "In the files, campaign.welcome still refers to it as `lifecycle`. Write `onboarding` "
        "there, too: one plan makes both changes."
    ).replace("`", '"')
    project.write("campaigns/welcome/campaign.yaml", campaign("onboarding"))
    plan = project.plan()
    [user] = plan.changes[0].users
    assert str(user.address) == "campaign.welcome"
    applied = project.apply(plan)
    assert [each.status for each in applied.results] == [ChangeStatus.DONE, ChangeStatus.DONE]
    assert project.names_in("tags") == ["onboarding"]
    after = project.plan()
    assert after.is_empty
    assert after.drift == ()


def test_two_tags_of_a_campaign_are_renamed_in_one_plan(project: SandboxProject) -> None:
    """The campaign is checked against the plan after both, and the second may rename nothing."""
    for name in ("a", "b", "c"):
        project.write(f"tags/{name}.yaml", {"name": name})
    project.write("campaigns/welcome/campaign.yaml", campaign("a", "b"))
    project.apply()
    project.write("tags/a.yaml", {"name": "a2"})
    project.write("tags/b.yaml", {"name": "b2"})
    project.write("campaigns/welcome/campaign.yaml", campaign("a2", "b2"))
    plan = project.plan()
    applied = project.apply(plan)
    assert {each.status for each in applied.results} == {ChangeStatus.DONE}
    after = project.plan()
    assert after.is_empty
    assert after.drift == ()


def test_a_new_use_of_an_unmanaged_tag_creates_none(project: SandboxProject) -> None:
    """The plan lists the tags, because a file names one that it did not name before."""
    project.seed(tags=[{"id": 11, "name": "unmanaged"}])
    project.write("campaigns/welcome/campaign.yaml", campaign())
    project.apply()
    project.write("campaigns/welcome/campaign.yaml", campaign("unmanaged"))
    plan = project.plan()
    assert "POST ~/tags" not in {f"{r.method} {r.path}" for _, r in plan.own_requests}
    assert project.apply(plan).complete
    assert project.names_in("tags") == ["unmanaged"]
