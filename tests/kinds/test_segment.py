"""Segments: what both APIs return and accept."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.core.errors import PlanError
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds.segment import KIND
from cioform.kinds.segment.model import Segment
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import PeopleCount
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import (
    CountRoute,
    CreateRoute,
    DeleteRoute,
    ListRoute,
    ReadRoute,
    UpdateRoute,
)
from cioform.model.settings.limits import UNLIMITED
from cioform.remote.factory import connect
from cioform.run.reading.driver import run_conversation
from tests.support.known import known
from tests.support.operations import converse, route_of, run_dry

NAMES = Names(ids={Address("segment", "internal"): "7"})
TREE = {"and": [{"or": [{"segment": {"id": 7, "inverse": True}}]}]}
CONDITIONS = {"not": {"segment": "internal"}}


def live(wire: dict[str, Any], api: Api = Api.JOURNEYS) -> LiveObject:
    found = RemoteObject(str(wire["id"]), wire["name"], api, wire)
    return LiveObject("segment", found, KIND.decode(found, NAMES))


DYNAMIC = {"id": 12, "name": "Customers", "description": "", "type": "dynamic"}
MANUAL = {"id": 13, "name": "Testers", "description": "By hand", "type": "static"}


def test_the_list_of_journeys_is_read_in_full_one_by_one() -> None:
    _, listed = converse(route_of(KIND, ListRoute).operation(), {"segments": [DYNAMIC]})
    detail = {"segment": {**DYNAMIC, "conditions": TREE}}
    sent, found = converse(route_of(KIND, ReadRoute).operation(listed[0]), detail)
    assert [str(request) for request in sent] == ["GET ~/segments/12"]
    assert KIND.decode(found, NAMES).attributes == {
        "name": "Customers",
        "description": "",
        "manual": False,
        "conditions": CONDITIONS,
    }


def test_the_app_api_does_not_show_conditions() -> None:
    wire = {**MANUAL, "type": "manual", "description": None}
    _, listed = converse(
        route_of(KIND, ListRoute, Api.APP).operation(), {"segments": [DYNAMIC, wire]}
    )
    dynamic, manual = (KIND.decode(found, NAMES).attributes for found in listed)
    assert dynamic["conditions"] is UNKNOWN
    assert manual == {"name": "Testers", "description": "", "manual": True}


def test_a_data_driven_segment_is_created_with_its_tree() -> None:
    wanted = Segment(name="Customers", conditions=CONDITIONS)
    [request], bound = converse(
        route_of(KIND, CreateRoute).operation(wanted, WriteContext(NAMES)), {"segment": {"id": 12}}
    )
    assert request.body == {
        "segment": {
            "name": "Customers", "description": "", "type": "dynamic", "conditions": TREE,
        }
    }  # fmt: skip
    assert bound == WriteResult("12")


@pytest.mark.parametrize("api", [Api.APP, Api.JOURNEYS])
def test_a_manual_segment_is_created_over_either_api(api: Api) -> None:
    wanted = Segment(name="Testers", manual=True)
    conversation = route_of(KIND, CreateRoute, api).operation(wanted, WriteContext(NAMES))
    [request], bound = converse(conversation, {"segment": {"id": 13}})
    assert "conditions" not in known(request.body)["segment"]
    assert bound == WriteResult("13")


@pytest.mark.parametrize("api", [Api.APP, Api.JOURNEYS])
def test_a_creation_can_run_dry(api: Api) -> None:
    conversation = route_of(KIND, CreateRoute, api).operation(
        Segment(name="Testers", manual=True), WriteContext(NAMES)
    )
    _, bound = run_dry(conversation)
    assert bound == WriteResult("(id of this segment)")


def test_an_update_sends_the_required_fields() -> None:
    wanted = Segment(name="Buyers", conditions=CONDITIONS)
    live_segment = live({**DYNAMIC, "conditions": {"and": []}})
    conversation = route_of(KIND, UpdateRoute).operation(
        live_segment, wanted, WriteContext(NAMES, [("name",)])
    )
    [request], bound = converse(conversation, {})
    assert str(request) == "PUT ~/segments/12"
    assert set(known(request.body)["segment"]) == {"name", "description", "type", "conditions"}
    assert bound == WriteResult("12")


def test_a_segment_cannot_change_its_type() -> None:
    wanted = Segment(name="Testers", conditions=CONDITIONS)
    with pytest.raises(PlanError, match="manual in the workspace and data-driven in the file"):
        next(
            route_of(KIND, UpdateRoute).operation(
                live(MANUAL), wanted, WriteContext(NAMES, [("manual",)])
            )
        )


@pytest.mark.parametrize("raw", [{}, {"foo": 1}, {"and": [{"or": [{"segment": {"id": 1}}, 3]}]}])
def test_a_condition_of_no_known_type_is_only_written_back(raw: Any) -> None:
    wanted, context = Segment(name="S", conditions={"raw": raw}), WriteContext(NAMES)
    tree: dict[str, Any] = raw if "and" in raw else {"and": [{"or": [raw]}]}
    update = route_of(KIND, UpdateRoute).operation
    with pytest.raises(PlanError, match="Unknown condition type"):
        run_dry(route_of(KIND, CreateRoute, Api.JOURNEYS).operation(wanted, context))
    with pytest.raises(PlanError, match="Unknown condition type"):
        converse(update(live({**DYNAMIC, "conditions": TREE}), wanted, context), {})
    [sent], _ = converse(update(live({**DYNAMIC, "conditions": tree}), wanted, context), {})
    assert known(sent.body)["segment"]["conditions"] == tree


def test_the_app_api_deletes_only_manual_segments() -> None:
    [request], _ = converse(route_of(KIND, DeleteRoute, Api.APP).operation(live(MANUAL)), None)
    assert str(request) == "DELETE /v1/segments/13"
    with pytest.raises(PlanError, match="is data-driven"):
        next(route_of(KIND, DeleteRoute, Api.APP).operation(live(DYNAMIC, Api.APP)))


@pytest.mark.parametrize("api", [Api.APP, Api.JOURNEYS])
@pytest.mark.parametrize(
    ("answer", "count"), [({"count": 5}, PeopleCount(5)), ({}, None), (None, None)]
)
def test_an_unreadable_count_is_unknown(api: Api, answer: Any, count: Any) -> None:
    assert converse(route_of(KIND, CountRoute, api).operation(live(DYNAMIC)), answer)[1] == count


def test_the_life_cycle_in_the_emulator() -> None:
    store = Store.open(":memory:")
    workspace = store.workspace("test")
    keys = workspace.credentials
    url = "http://localhost"
    provider = connect(
        Endpoint(url, url, url),
        Credentials(Secret(keys.app_api_key), Secret(keys.service_account_token)),
        workspace.environment_id,
        rates=UNLIMITED,
        transport=InProcessTransport(make_app(store, Behavior(rate_limit=None))),
    )
    manual = run_conversation(
        route_of(KIND, CreateRoute, Api.APP).operation(
            Segment(name="Staff", manual=True), WriteContext(NAMES)
        ),
        provider,
    )
    names = Names(ids={Address("segment", "internal"): manual.remote_id})
    nested: JsonValue = {
        "any": [{"all": [CONDITIONS, {"attribute": "a", "exists": True}]}, {"event": "e"}]
    }
    wanted = KIND.parse({"name": "Customers", "conditions": {"all": [nested]}})
    bound = run_conversation(
        route_of(KIND, CreateRoute).operation(wanted, WriteContext(names)), provider
    )

    def live_now() -> LiveObject:
        stub = RemoteObject(bound.remote_id, "", Api.JOURNEYS, {"id": bound.remote_id})
        found = run_conversation(route_of(KIND, ReadRoute).operation(stub), provider)
        return LiveObject("segment", found, KIND.decode(found, names))

    assert KIND.normalize(live_now().attributes) == KIND.normalize(KIND.attributes(wanted))
    renamed = KIND.parse({**live_now().attributes, "name": "Buyers"})
    run_conversation(
        route_of(KIND, UpdateRoute).operation(
            live_now(), renamed, WriteContext(names, [("name",)])
        ),
        provider,
    )
    assert live_now().attributes == KIND.attributes(renamed)
    for api in (Api.APP, Api.JOURNEYS):
        assert run_conversation(
            route_of(KIND, CountRoute, api).operation(live_now()), provider
        ) == PeopleCount(0)
    run_conversation(route_of(KIND, DeleteRoute).operation(live_now()), provider)
    [left] = run_conversation(route_of(KIND, ListRoute, Api.APP).operation(), provider)
    assert left.identity == "Staff"
    provider.close()


def test_equivalent_conditions_are_equal() -> None:
    one = {"name": "a", "conditions": {"all": [{"attribute": "x", "is": "true"}]}}
    other = {"name": "a", "conditions": {"attribute": "x", "is": True}}
    assert KIND.normalize(one) == KIND.normalize(other)
    assert KIND.normalize({"conditions": UNKNOWN}) == {"conditions": UNKNOWN}
    assert KIND.normalize({"name": "a"}) == {"name": "a"}


def test_segments_named_in_conditions_are_references() -> None:
    [reference] = KIND.references({"name": "a", "conditions": CONDITIONS})
    assert reference.address == Address("segment", "internal")
    assert list(KIND.references({"name": "a", "conditions": UNKNOWN})) == []


@pytest.mark.parametrize(
    ("fields", "expected_message"),
    [
        ({}, "needs `conditions`, or `manual: true`"),
        ({"manual": True, "conditions": CONDITIONS}, "has no conditions"),
        ({"conditions": {"event_attribute": "a", "is": 1}}, "A segment cannot"),
        (
            {"conditions": {"attribute": "a", "equals": 1}},
            "Unknown operator `equals`. Write `is: 1`",
        ),
        ({"name": " ", "manual": True}, "more than white space"),
    ],
)
def test_invalid_files(fields: dict[str, Any], expected_message: str) -> None:
    with pytest.raises(ValidationError, match=expected_message):
        Segment.model_validate({"name": "x", **fields})


def test_a_written_document_is_formatted() -> None:
    decoded: Decoded = live({**DYNAMIC, "conditions": TREE}).decoded
    assert KIND.to_document(decoded.attributes) == {"name": "Customers", "conditions": CONDITIONS}
    assert KIND.attributes(KIND.parse(decoded.attributes)) == decoded.attributes
