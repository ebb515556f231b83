"""For how many people an attribute is blank, and where that is not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cioform.model.remote_access.conversation import Api
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

WORKSPACES = "/v1/workspaces"
ESTIMATE = "estimate_conditions"
PEOPLE = [
    {"cio_id": f"c{n}", "id": f"u{n}", "attributes": {"plan": "x"} if n else {}} for n in range(3)
]


@pytest.fixture
def people(project: SandboxProject) -> SandboxProject:
    """Return a project whose workspace has three people, one of them without a plan."""
    project.seed(people=PEOPLE)
    return project


def coverage(project: SandboxProject, apis: frozenset[Api] = BOTH_APIS) -> str | None:
    project.sent.clear()
    with project.open(apis) as workspace:
        found = workspace.attribute_coverage(["plan", "plan"])["plan"]
    return found.text if found else None


def requests(project: SandboxProject, part: str) -> int:
    return sum(part in path for _, path in project.sent)


def rows(change: Callable[[list[dict[str, Any]]], object]) -> Any:
    """Return what changes the list of workspaces in a response."""

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path != WORKSPACES:
            return response
        body = json.loads(response.read())
        changed = change(body["workspaces"])
        return httpx.Response(200, json={"workspaces": changed})

    return alter


def test_people_without_a_value_are_counted(people: SandboxProject) -> None:
    assert coverage(people) == "blank for 1 of 3 people"
    assert (requests(people, WORKSPACES), requests(people, ESTIMATE)) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: [],
        lambda _: "none",
        lambda _: [None],
        lambda rows: [{**row, "id": -1} for row in rows],
        lambda rows: [{**row, "people": "many"} for row in rows],
        lambda rows: [{**row, "people": None} for row in rows],
    ],
)
def test_without_the_number_of_people_nothing_is_known(people: SandboxProject, change: Any) -> None:
    people.alter = rows(change)
    assert coverage(people) is None
    assert requests(people, ESTIMATE) == 0


def test_the_number_is_that_of_this_workspace(people: SandboxProject) -> None:
    people.alter = rows(lambda rows: [{"id": -1, "people": 99}, *rows])
    assert coverage(people) == "blank for 1 of 3 people"


def test_more_people_with_a_value_than_people_leave_none_blank(people: SandboxProject) -> None:
    people.alter = rows(lambda rows: [{**row, "people": 1} for row in rows])
    assert coverage(people) == "blank for 0 of 1 person"


@pytest.mark.parametrize("api", [Api.APP, Api.JOURNEYS])
def test_both_apis_are_needed(people: SandboxProject, api: Api) -> None:
    assert coverage(people, frozenset({api})) is None


@pytest.mark.parametrize("path", [WORKSPACES, ESTIMATE])
def test_a_refusal_is_asked_for_once(people: SandboxProject, path: str) -> None:
    people.inject_fault("status:403", path=path, times=9)
    with people.open() as workspace:
        assert workspace.attribute_coverage(["plan", "city"]) == {"plan": None, "city": None}
    assert requests(people, path) == 1
