"""Object types: read over both APIs, and named by conditions."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.kinds.campaign import KIND as CAMPAIGN
from cioform.kinds.object_type import KIND
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.routes import ListRoute
from tests.support.campaign_sandbox import attributes_of
from tests.support.operations import converse, route_of
from tests.support.sandbox_project import SandboxProject

CAMPAIGN_TEXT = """\
name: Renewal
trigger: {event: renewed}
workflow:
  - id: big
    if: {object_attribute: seats, of: accounts, greater_than: 10}
    then: [{id: wait, wait: 1d}]
"""
TYPES = {"object_types": [{"id": 3, "name": "accounts"}, {"id": 4, "name": "Big companies"}]}


@pytest.mark.parametrize(
    ("api", "path", "answer"),
    [
        (Api.APP, "GET /v1/object_types", {"types": [{"id": "3", "name": "accounts"}]}),
        (Api.JOURNEYS, "GET ~/object_types", {"object_types": [{"id": 3, "name": "accounts"}]}),
    ],
)
def test_object_types_are_listed_with_one_request(api: Api, path: str, answer: Any) -> None:
    [request], [found] = converse(route_of(KIND, ListRoute, api).operation(), answer)
    assert (str(request), found.remote_id, found.aliases) == (path, "3", ("accounts",))


@pytest.fixture
def project(tmp_path: Any) -> Any:
    new = SandboxProject(tmp_path / "ours")
    new.seed(**TYPES)
    yield new
    new.store.close()


def test_a_condition_names_its_object_type(project: SandboxProject) -> None:
    [reference] = CAMPAIGN.references(attributes_of(CAMPAIGN_TEXT))
    assert (reference.kind, reference.text) == ("object_type", "accounts")
    project.write("campaigns/renewal.yaml", CAMPAIGN_TEXT)
    project.apply()
    project.sent.clear()
    assert project.plan().is_empty
    assert [path for _, path in project.sent if "object_types" in path] == ["/v1/object_types"]


def test_they_are_not_read_without_need(project: SandboxProject) -> None:
    text = "name: Renewal\ntrigger: {event: renewed}\nworkflow: []\n"
    project.write("campaigns/renewal.yaml", text)
    project.apply()
    assert not [path for _, path in project.sent if "object_types" in path]


@pytest.mark.parametrize("text", ["object_type#3", "object_type#4"])
def test_an_id_stays_valid(project: SandboxProject, text: str) -> None:
    project.write("campaigns/renewal.yaml", CAMPAIGN_TEXT.replace("accounts", text))
    project.apply()
    assert project.plan().is_empty
    project.write("campaigns/renewal.yaml", CAMPAIGN_TEXT)
    assert project.plan().is_empty is (text == "object_type#3")


def test_an_unknown_name_is_blocked_with_a_suggestion(project: SandboxProject) -> None:
    project.write("campaigns/renewal.yaml", CAMPAIGN_TEXT.replace("accounts", "acounts"))
    [blocked] = project.plan().blocked
    assert 'no object_type "acounts"' in blocked.hint
    assert "Did you mean `accounts`?" in blocked.hint
