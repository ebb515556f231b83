"""The ID in the response to a create: one that is no ID, or of another object, is not bound."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from cioform.run.events import ChangeStatus
from tests.support.copied_projects import CopyOf
from tests.support.sandbox_project import SandboxProject

NEW: dict[str, tuple[str, dict[str, Any]]] = {
    "segments": ("segments/new.yaml", {"name": "New", "manual": True}),
    "tags": ("tags/new.yaml", {"name": "new"}),
    "layouts": ("layouts/new.yaml", {"name": "New", "body": "{{ content }}"}),
    "transactional_messages": (
        "transactional/new.yaml",
        {"name": "New", "trigger_name": "NEW", "sms": {"body": "New"}},
    ),
    "campaigns": (
        "campaigns/new.yaml",
        {"name": "New", "trigger": {"event": "e"}, "workflow": [{"id": "w", "wait": "1d"}]},
    ),
}


def prepare(project: SandboxProject) -> None:
    for file, document in NEW.values():
        other = {**document, "name": "other"}
        if "trigger_name" in document:
            other["trigger_name"] = "OTHER"
        project.write(file.replace("new", "other"), other)
    assert project.apply().complete


def created_as(project: SandboxProject, collection: str, created_id: object) -> None:
    """Let the responses to creates have this ID, and the template of the first object."""
    first = project.content()[collection][0]

    def alter(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.method != "POST" or not request.url.path.endswith(f"/{collection}"):
            return response
        body = json.loads(response.read())
        item = next(each for each in body.values() if isinstance(each, dict))
        item["id"] = first["id"] if created_id == "other" else created_id
        item["template_id"] = first.get("template_id")
        return httpx.Response(response.status_code, json=body)

    project.alter = alter


@pytest.mark.parametrize("created_id", ["../1", "12abc", "other"])
@pytest.mark.parametrize("collection", NEW)
def test_it_is_found_by_its_name(collection: str, created_id: str, copy_of: CopyOf) -> None:
    project = copy_of(prepare)
    before = project.content()
    file, document = NEW[collection]
    project.write(file, document)
    created_as(project, collection, created_id)
    (result,) = project.apply().results
    simple = collection in ("segments", "tags", "layouts")
    assert result.status is (ChangeStatus.DONE if simple else ChangeStatus.FAILED)
    assert "cannot be used" in result.diagnostics[0].detail
    after = project.content()
    for rows in before:
        assert [each for each in before[rows] if each not in after[rows]] == []
    project.alter = lambda _, same: same
    assert project.apply().complete
    assert project.plan().is_empty
