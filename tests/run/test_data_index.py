"""What the data index of a workspace says, in each form that its rows may have."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from cioform.model.remote_access.conversation import Api
from cioform.run.reading.data_index import DataIndex, read_data_index
from tests.support.sandbox_project import BOTH_APIS, SandboxProject


def index_of(
    project: SandboxProject, body: Any, apis: frozenset[Api] = BOTH_APIS
) -> DataIndex | None:
    """Return the data index where the response is `body`."""

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        is_index = "data_index" in request.url.path and response.is_success
        return httpx.Response(200, content=json.dumps(body)) if is_index else response

    project.alter = alter
    with project.open(apis) as workspace:
        return read_data_index(workspace._opened.provider)


@pytest.mark.parametrize(
    ("row", "customer", "events"),
    [
        ("plan", {"plan": ""}, {}),
        ({"name": "plan"}, {"plan": ""}, {}),
        ({"name": "plan", "description": "The plan."}, {"plan": "The plan."}, {}),
        ({"name": "plan", "description": 5}, {"plan": ""}, {}),
        ({"name": "plan", "event_name": ""}, {"plan": ""}, {}),
        ({"name": "plan", "event_name": None}, {"plan": ""}, {}),
        ({"name": "plan", "event_name": 5}, {"plan": ""}, {}),
        ({"name": "sku", "event_name": "bought"}, {}, {"bought": {"sku": ""}}),
        ({"name": "name", "object_type_id": "1"}, {}, {}),
        ({"name": "since", "is_relationship": True}, {}, {}),
        ("_last_visit", {}, {}),
        ("cio_id", {}, {}),
        ("", {}, {}),
        ({"name": None}, {}, {}),
        (5, {}, {}),
    ],
)
def test_every_row_is_of_people_or_of_an_event_or_left_out(
    project: SandboxProject, row: Any, customer: Any, events: Any
) -> None:
    found = index_of(project, {"attributes": [row, "last"]})
    assert found == DataIndex({**customer, "last": ""}, events)


def test_the_data_of_an_event_is_together(project: SandboxProject) -> None:
    rows = [{"name": name, "event_name": "bought"} for name in ("sku", "price")]
    assert index_of(project, {"attributes": rows}) == DataIndex(
        {}, {"bought": {"sku": "", "price": ""}}
    )


@pytest.mark.parametrize("body", [{}, [], None, {"attributes": None}, {"attributes": {"a": 1}}])
def test_another_form_is_not_read(project: SandboxProject, body: Any) -> None:
    assert index_of(project, body) is None


def test_only_a_service_account_can_read_it(project: SandboxProject) -> None:
    body: Any = {"attributes": ["plan"]}
    assert index_of(project, body, frozenset({Api.APP})) is None
    assert index_of(project, body, frozenset({Api.JOURNEYS})) == DataIndex({"plan": ""}, {})
    project.inject_fault("status:403", path="data_index")
    assert index_of(project, body) is None
