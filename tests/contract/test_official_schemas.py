"""Every GET of the App API answers as its official schema says, or differs for a known reason."""

import json
import re
from collections.abc import Iterator
from importlib import resources
from itertools import product

import httpx
import pytest

from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.protocol.route import Route
from cioform.emulator.routes import IMPLEMENTED_ROUTES
from cioform.emulator.server.app import make_app
from cioform.emulator.store.database import Store
from tests.contract.official_schemas import schema_differences, unexplained
from tests.contract.test_exchanges import make_clients

SEED = resources.files("cioform.emulator") / "seeds" / "demo.json"
READS = [r for r in IMPLEMENTED_ROUTES if r.surface is surfaces.APP and r.method == "GET"]
COLLECTIONS = {
    "api": "campaigns",
    "campaigns": "campaigns",
    "broadcasts": "campaigns",
    "segments": "segments",
    "sender_identities": "identities",
    "transactional": "transactional_messages",
}
QUERIES = {
    "/metrics": "?period=days&steps=1",
    "/links": "?period=days&steps=1",
    "/journey_metrics": "?start=1759900000&end=1760000000&resolution=daily",
    "/v1/customers": "?email=ann%40acme.example",
}
NOT_IN_THE_DEMO = {
    f"/v1/{owner}/<int:id>/actions/<int:action>/language/<language>"
    for owner in ("campaigns", "broadcasts")
}
"""What has no object to read. Newsletters have none either."""
PLACEHOLDER = re.compile(r"<([^>]+)>")


@pytest.fixture
def demo() -> Iterator[tuple[Store, dict[str, httpx.Client]]]:
    """Yield the demo workspace with a person, events, a delivery and a triggered broadcast."""
    store = Store.open(":memory:")
    behavior = Behavior(rate_limit=None, broadcast_interval=None)
    clients = make_clients(store, make_app(store, behavior, clock=lambda: 1_760_000_000.0))
    store.seed("acme", json.loads(SEED.read_text("utf-8")))
    person = {"email": "ann@acme.example", "phone": "+14155552671", "first_name": "Ann"}
    device = {"device": {"id": "d1", "platform": "ios"}}
    app, track = clients["app"], clients["track"]
    receipt = {"transactional_message_id": "PAYMENT_RECEIVED", "identifiers": {"id": "7"}}
    news = next(each["id"] for each in app.get("/broadcasts").json()["broadcasts"])
    for response in (
        track.put("/customers/7", json=person),
        track.put("/customers/7/devices", json=device),
        track.post("/customers/7/events", json={"name": "bought", "data": {"total": 12}}),
        app.post("/send/email", json={**receipt, "to": "ann@acme.example", "message_data": {}}),
        app.post(f"/campaigns/{news}/triggers", json={"ids": ["7"]}),
    ):
        response.raise_for_status()
    yield store, clients
    store.close()


def paths_of(route: Route, store: Store, app: httpx.Client) -> Iterator[str]:
    """Yield the path of a route with every combination of values that may exist."""
    content = store.dump("acme")
    collection = route.path.split("/")[2]
    values = {
        "id": [each["id"] for each in content.get(COLLECTIONS.get(collection, ""), ())],
        "action": [each["id"] for each in content["actions"]],
        "content": [each["id"] for each in content["templates"]],
        "language": ["", "de", "es"],
        "suppression_type": ["bounces"],
        "trigger": [1],
        "customer": ["7"],
        "delivery": [each["id"] for each in app.get("/messages").json()["messages"]],
    }
    names = [each.rpartition(":")[2] for each in PLACEHOLDER.findall(route.path)]
    for chosen in product(*(values[name] for name in names)):
        path = route.path
        for placeholder, value in zip(PLACEHOLDER.findall(route.path), chosen, strict=True):
            path = path.replace(f"<{placeholder}>", str(value))
        yield path + next((q for end, q in QUERIES.items() if path.endswith(end)), "")


def test_every_read_of_the_demo_matches_the_official_schema(demo):
    store, clients = demo
    differing, never_read = set(), []
    for route in READS:
        paths = paths_of(route, store, clients["app"])
        responses = [clients["app"].get(f"http://emulator.test{path}") for path in paths]
        successful = [each for each in responses if each.is_success]
        differing.update(each for response in successful for each in schema_differences(response))
        if not successful:
            never_read.append(route.path)
    assert unexplained(differing) == []
    assert {path for path in never_read if "newsletters" not in path} == NOT_IN_THE_DEMO


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"segments": [{"id": "1"}]}, ["segments.*.id: type integer"]),
        ({"segments": [{"colour": "red"}]}, ["segments.*.colour: undocumented"]),
        ({"segments": [{"id": 1, "tags": None}]}, []),
    ],
)
def test_differences_are_found(body, expected):
    request = httpx.Request("GET", "http://emulator.test/v1/segments")
    found = [*schema_differences(httpx.Response(200, json=body, request=request))]
    assert found == [f"GET /v1/segments: {each}" for each in expected]
    assert unexplained(found) == found
