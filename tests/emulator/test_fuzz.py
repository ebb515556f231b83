"""Random requests to every route: each gets a response, and none breaks a later one."""

import json
import random
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from cioform.emulator.protocol import surfaces
from cioform.emulator.protocol.surfaces import SURFACES, Surface
from cioform.emulator.routes import IMPLEMENTED_ROUTES
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import write_key

HOST = "http://emulator.test"
UNUSUAL_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 10**19, -(10**30), 10**400, 1.5, float("inf"), float("nan"), "", "x", "²",
    "\ud83d", "é😀\x00", "{{ customer.first_name | currency }}", "%5B1%5D", [], [None], [{}], [[]],
    ["x"], [1], {}, {"a": {}}, {"id": {}}, {"topics": [1]}, {"id": 10**30}, {"and": [1]},
)  # fmt: skip
PATH_VALUES = ("1", "0", "13", "99999999999999999999", "-1", "²", "a/b", "a%2Fb",
               "cio_ffffffffffffffff", "p1", "%00", "%ff", "9" * 5000)  # fmt: skip
QUERY_VALUES = ("", "²", "--5", "-1", "0", "9" * 30, "9" * 5000, "true", "%ff", "cio_id", "email",
         "America", "x" * 400, "253402300799", "1000000000000000", "hours")  # fmt: skip
FILTER = {"and": [{"or": [{"segment": {"id": 13}}]}, {"attribute": {"field": "plan", "operator":
          "eq", "value": "x"}}]}  # fmt: skip
RELATED = [{"identifiers": {"object_type_id": "1", "object_id": "o"}, "relationship_attributes":
            {"r": 1}}]  # fmt: skip
EVENT = {"name": "n", "data": {"a": 1}, "timestamp": 1_760_000_000, "id": "01BX5ZZKBKACTAV9WEVGEMM"
         "VRY", "type": "event", "anonymous_id": "a"}  # fmt: skip
SEND = {"transactional_message_id": 1, "identifiers": {"id": "p1"}, "message_data": {"a": 1},
        "to": "a@b.example", "from": "x@y.example", "subject": "S", "body": "B {{ trigger.a }}",
        "send_at": 1_760_000_009, "language": "es", "auto_create": True}  # fmt: skip
PERSON: dict[str, Any] = {"type": "person", "action": "identify", "identifiers": {"id": "p1"},
          "attributes": {"a": 1, "cio_subscription_preferences": {"topics": {"topic_1": True}}},
          "timestamp": 1, "name": "n", "device": {"token": "t", "platform": "ios"},
          "primary": {"id": "p1"}, "secondary": {"id": "p2"},
          "cio_relationships": RELATED}  # fmt: skip
MESSAGE = {"userId": "p1", "anonymousId": "a", "traits": {"email": "p1@x.example"}, "event": "e",
           "name": "n", "properties": {"url": "u"}, "groupId": "g", "previousId": "a", "timestamp":
           "2020-01-01T00:00:00"}  # fmt: skip
BODIES: tuple[tuple[str, Any], ...] = (
    ("/customers/<path:identifier>", {"email": "p1@x.example", "_timestamp": 1, **PERSON[
        "attributes"], "cio_relationships": {"relationships": RELATED}}),
    ("/devices", {"device": {"id": "d", "platform": "ios"}}),
    ("/events", EVENT),
    ("/push/events", {"delivery_id": "x", "event": "opened", "timestamp": 1}),
    ("/api/v1/metrics", {"delivery_id": "x", "metric": "clicked", "timestamp": 1, "href": "h"}),
    ("/merge_customers", {"primary": {"id": "p1"}, "secondary": {"id": "p2"}}),
    ("/submit", {"data": {"email": "p3@x.example", "a": 1, "b": 2, "c": 3}}),
    ("_customers", {"ids": ["p1"]}),
    ("/v1/customers", {"filter": FILTER}),
    ("/customers/attributes", {"ids": ["p1"]}),
    ("/triggers", {"data": {"a": 1}, "recipients": FILTER}),
    ("/triggers", {"per_user_data": [{"id": "p1", "data": {"a": 2}}]}),
    ("/triggers", {"data_file_url": "data:,{}"}),
    *((f"/v1/send/{word}", SEND) for word in ("email", "push", "sms", "in_app")),
    ("/v2/entity", PERSON),
    ("/v2/entity", {**PERSON, "type": "object", "identifiers": RELATED[0]["identifiers"]}),
    ("/v2/batch", {"batch": [PERSON, {**PERSON, "action": "event"}]}),
    ("/v1/batch", {"batch": [{**MESSAGE, "type": "track"}]}),
    *((f"/v1/{kind}", MESSAGE) for kind in ("identify", "track", "page", "screen", "group")),
)  # fmt: skip


def random_value(rng: random.Random, shape: Any) -> Any:
    """Return a random value of that shape, sometimes with an non_default value in it."""
    if not isinstance(shape, dict) or rng.random() < 0.1 or not shape.get("type"):
        return rng.choice(UNUSUAL_VALUES)
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    if "object" in kinds:
        return {key: random_value(rng, inner) for key, inner in shape.get("properties", {}).items()
                if rng.random() < 0.7}  # fmt: skip
    if "array" in kinds:
        return [random_value(rng, shape.get("items", {})) for _ in range(rng.randrange(3))]
    plain = {"string": rng.choice(("x", "1", "email", "running")), "integer": 1, "boolean": True}
    return plain.get(kinds[0], 1)


def mutated(rng: random.Random, value: Any) -> Any:
    """Return the value with one member, at any depth, replaced or removed."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: mutated(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], mutated(rng, value[place]), *value[place + 1 :]]
    return rng.choice(UNUSUAL_VALUES)


def bodies(rng: random.Random, route: Any, count: int) -> Iterator[Any]:
    samples = [body for end, body in BODIES if route.path.endswith(end)]
    for _ in range(count):
        if samples:
            yield mutated(rng, rng.choice(samples))
        else:
            yield random_value(rng, route.shape or rng.choice(UNUSUAL_VALUES))


def paths(rng: random.Random, route: Any, environment: int) -> Iterator[str]:
    def fill(pick: Any) -> str:
        path = route.path.replace("<int:environment>", str(environment))
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: pick(match[1]), path)

    own = {"segment": "13", "broadcast": "3", "triggers": "3", "/actions/<int:id>": "1002"}
    usual = {
        "identifier": "p1",
        "customer": "p1",
        "content": "101",
        "language": "es",
        "id": next((number for word, number in own.items() if word in route.path), "1"),
        "action": "1011" if "broadcast" in route.path else "1002",
    }
    while True:
        yield fill(lambda name: usual.get(name, "1"))
        query = "&".join(f"{quote(key)}={quote(rng.choice(QUERY_VALUES), safe='%')}"
                         for key in route.query)  # fmt: skip
        yield fill(lambda _: rng.choice(PATH_VALUES)) + "?" + query
        yield fill(lambda name: usual.get(name, "1")) + "?" + query


def client_of(emulator, surface: Surface) -> httpx.Client:
    keys = emulator.workspace.credentials
    if surface.is_journeys:
        transport = InProcessTransport(emulator.wsgi, actor="ann@acme.example")
        return httpx.Client(transport=transport, base_url=HOST)
    pair = (write_key("acme"), "") if surface is surfaces.PIPELINES else (
        keys.site_id, keys.track_api_key)  # fmt: skip
    if surface in (surfaces.TRACK, surfaces.PIPELINES):
        return httpx.Client(transport=InProcessTransport(emulator.wsgi), base_url=HOST, auth=pair)
    return emulator.client(keys.app_api_key)


@pytest.mark.parametrize("seed", range(4))
def test_no_request_crashes_the_emulator(make_emulator, seed):
    rng = random.Random(seed)
    emulator = make_emulator(broadcast_interval=None)
    seeds = files("cioform.emulator") / "seeds" / "demo.json"
    emulator.store.seed("acme", json.loads(seeds.read_text("utf-8")))
    for number in (1, 2, 3):
        emulator.track.put(f"/customers/p{number}", json={"first_name": "N", "plan": "trial"})
    clients = {surface: client_of(emulator, surface) for surface in SURFACES}
    readers = [each for each in IMPLEMENTED_ROUTES if each.method == "GET"]
    writers = [each for each in IMPLEMENTED_ROUTES if each.method in ("POST", "PUT")]
    for route in (*writers, *readers):
        ways = paths(rng, route, emulator.workspace.environment_id)
        # Values that UTF-8 or JSON cannot represent are sent as Python encodes them.
        sent = [json.dumps(body).encode() for body in bodies(rng, route, 5)]
        for content in sent if route.method != "GET" else [b""] * 3:
            response = clients[route.surface].request(route.method, next(ways), content=content)
            if response.headers.get("Content-Type") == "application/json":
                json.loads(response.content.decode(), parse_constant=pytest.fail)
