"""Layouts: read with as few requests as possible, and always written in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cioform.kinds.layout import KIND, Layout
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute
from tests.support.operations import converse, route_of
from tests.support.sandbox_project import SandboxProject

WIRE = {"id": 4, "name": "Plain", "body": "<p>{{ content }}</p>", "archived": False}
WANTED = Layout(name="Plain", body="<b>{{content}}</b>")


def found(wire: Any) -> RemoteObject:
    return RemoteObject("4", "Plain", Api.JOURNEYS, wire)


def live() -> LiveObject:
    return LiveObject("layout", found(WIRE), KIND.decode(found(WIRE), Names()))


def test_a_list_with_bodies_needs_no_further_request() -> None:
    _, [listed] = converse(route_of(KIND, ListRoute).operation(), {"layouts": [WIRE]})
    sent, full = converse(route_of(KIND, ReadRoute).operation(listed))
    assert sent == []
    assert KIND.decode(full, Names()).attributes == {
        "name": "Plain",
        "body": "<p>{{ content }}</p>",
        "archived": False,
    }


@pytest.mark.parametrize("wire", [{"id": 4, "name": "Plain"}, {"id": "4"}])
def test_a_layout_listed_without_a_body_is_read(wire: Any) -> None:
    sent, full = converse(route_of(KIND, ReadRoute).operation(found(wire)), {"layout": WIRE})
    assert [str(request) for request in sent] == ["GET ~/layouts/4"]
    assert full.wire == WIRE


def test_a_layout_is_created_and_bound() -> None:
    [request], bound = converse(
        route_of(KIND, CreateRoute).operation(WANTED, WriteContext()), {"layout": {**WIRE, "id": 8}}
    )
    assert request.body == {"layout": {"name": "Plain", "body": "<b>{{content}}</b>"}}
    assert request.dry_run_response == {"layout": {"id": "(id of this layout)"}}
    assert bound == WriteResult("8")


def test_an_update_writes_the_whole_layout() -> None:
    [request], bound = converse(
        route_of(KIND, UpdateRoute).operation(live(), WANTED, WriteContext(paths=[("body",)])), {}
    )
    assert str(request) == "PUT ~/layouts/4"
    assert request.body == {"layout": {"name": "Plain", "body": "<b>{{content}}</b>"}}
    assert bound == WriteResult("4")


def test_a_layout_is_deleted_by_id() -> None:
    [request], _ = converse(route_of(KIND, DeleteRoute).operation(live()), None)
    assert str(request) == "DELETE ~/layouts/4"


@pytest.mark.parametrize("body", ["<p></p>", "{{ contentment }}", "content"])
def test_a_layout_without_content_is_refused(body: str) -> None:
    with pytest.raises(ValidationError, match="body"):
        Layout(name="x", body=body)


def test_the_body_has_its_own_file() -> None:
    assert list(KIND.body_files({"name": "x", "body": "y"})) == [(("body",), ".html")]
    assert list(KIND.body_files({"name": "x"})) == []


def test_a_layout_is_archived_and_restored() -> None:
    archived = WANTED.model_copy(update={"archived": True})
    sent, _ = converse(
        route_of(KIND, CreateRoute).operation(archived, WriteContext()), {"layout": WIRE}, {}
    )
    assert [str(each) for each in sent] == ["POST ~/layouts", "POST ~/layouts/4/archived"]
    context = WriteContext(paths=[("archived",)])
    sent, _ = converse(route_of(KIND, UpdateRoute).operation(live(), archived, context), {})
    assert [str(each) for each in sent] == ["POST ~/layouts/4/archived"]


def test_an_archived_layout_is_imported_as_such() -> None:
    attributes = KIND.decode(found({**WIRE, "archived": True}), Names()).attributes
    assert KIND.to_document(attributes)["archived"] is True
    assert "archived" not in KIND.to_document({**attributes, "archived": False})


def test_archiving_converges(tmp_path: Path) -> None:
    project = SandboxProject(tmp_path)
    for archived in ({"archived": True}, {"archived": False}, {}):
        project.write("layouts/l.yaml", {"name": "L", "body": "{{ content }}", **archived})
        assert project.apply().complete
        assert project.plan().is_empty
    project.store.close()


def test_a_new_name_leaves_the_references_to_the_address(tmp_path: Path) -> None:
    """The layout had its address as its name. References call it by its address."""
    project = SandboxProject(tmp_path)
    email = {"subject": "S", "body": "B", "layout": "main"}
    project.write("layouts/main.yaml", {"name": "main", "body": "{{ content }}"})
    project.write("transactional/receipt.yaml", {"name": "Receipt", "email": email})
    assert project.apply().complete
    project.write("layouts/main.yaml", {"name": "Main layout", "body": "{{ content }}"})
    assert project.apply().complete
    after = project.plan()
    assert (after.changes, after.drift) == ((), ())
    project.store.close()
