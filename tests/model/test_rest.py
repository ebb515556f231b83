"""The operations of a plain collection, with and without a wrapper around an object."""

from __future__ import annotations

import pytest
from typing_extensions import TypedDict

from cioform.core.data.json_value import JsonValue
from cioform.model.objects.live_object import RemoteObject
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.response_schema import WireId, find_schema_problem
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.rest import RestCollection
from tests.support.operations import converse, run_dry


class Hook(ResourceModel):
    name: str


class WireHook(TypedDict):
    id: WireId
    name: str


def hooks(item: str) -> RestCollection[Hook]:
    return RestCollection[Hook](Api.APP, "/v1/hooks", items="hooks", item=item, row=WireHook)


@pytest.mark.parametrize(
    ("item", "sent", "received"),
    [
        ("hook", {"hook": {"name": "a"}}, {"hook": {"id": 3, "name": "a"}}),
        ("", {"name": "a"}, {"id": 3, "name": "a"}),
    ],
)
def test_an_object_may_have_a_wrapper(item: str, sent: JsonValue, received: JsonValue) -> None:
    collection = hooks(item)
    [request], made = converse(collection.create(Hook(name="a"), WriteContext()), received)
    assert (request.body, made) == (sent, WriteResult("3"))
    found = RemoteObject("3", "a", Api.APP, {"id": 3})
    [request], read = converse(collection.read(found), received)
    assert str(request) == "GET /v1/hooks/3"
    assert (read.remote_id, read.identity, read.wire) == ("3", "a", {"id": 3, "name": "a"})
    assert request.schema is not None
    assert find_schema_problem(request.schema, received) is None
    assert "name" in str(
        find_schema_problem(request.schema, {item: {"id": 3}} if item else {"id": 3})
    )
    _, assumed = run_dry(collection.create(Hook(name="a"), WriteContext()))
    assert assumed == WriteResult(f"(id of this {item or 'object'})")
