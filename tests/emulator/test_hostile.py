"""Extreme numbers, texts and shapes: each is rejected, or is stored and can be read again."""

import json
import math
import re
from urllib.parse import quote

import httpx
import pytest

from cioform.emulator.routes import IMPLEMENTED_ROUTES
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.wire.json_input import MAX_DEPTH, MAX_INT64, parse_integer, parse_json

BATCH, ENTITY = "http://emulator.test/api/v2/batch", "http://emulator.test/api/v2/entity"
HUGE = "9" * 20
NUMBERED = [
    each for each in IMPLEMENTED_ROUTES if re.search("<int:(?!environment|account)", each.path)
]
RELATED = {"identifiers": {"object_type_id": "1", "object_id": "o"}}


def send(body="B", **more):
    given = {"identifiers": {"id": "7"}, "to": "a@b.example", "subject": "s", "from": "f@b.example"}
    return {**given, "body": body, **more}


def person(**more):
    return {"type": "person", "action": "identify", "identifiers": {"id": "7"}, **more}


def attributes(emulator, number="7"):
    shown = emulator.app.get(f"/customers/{number}/attributes").raise_for_status().json()
    return shown["customer"]["attributes"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("007", 7),
        (str(MAX_INT64), MAX_INT64),
        (HUGE, MAX_INT64),
        ("-" + HUGE, -MAX_INT64),
        ("9" * 5000, MAX_INT64),
        ("0" * 5000, 0),
        *((text, None) for text in ("", "-", "--5", "²", "٣", "1e5", " 1", "0_1", "1\n")),
    ],
)
def test_an_integer_is_ascii_and_has_limits(text, value):
    assert parse_integer(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (str(MAX_INT64), MAX_INT64),
        (str(MAX_INT64 + 1), float(MAX_INT64 + 1)),
        ("1" + "0" * 30, 1e30),
        (r'"\ud83d\ude00"', "😀"),
        (r'{"\udc00": ["a\ud83db"]}', {"\ufffd": ["a\ufffdb"]}),
        (b'"\xff\xed\xa0\x80"', "\ufffd" * 4),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        *((text, ValueError) for text in ("NaN", "[Infinity]", "-Infinity", "1e999", "9" * 401,
          "9" * 5000, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "[" * 10**5, "\ufeff1")),
    ],
    ids=repr,
)  # fmt: skip
def test_json_is_parsed_as_go_parses_it(text, value):
    if value is ValueError:
        with pytest.raises(ValueError, match=r"."):
            parse_json(text)
    else:
        found = parse_json(text)
        assert value is None or (found == value and type(found) is type(value))


@pytest.mark.parametrize("route", NUMBERED, ids=lambda route: route.path)
def test_no_record_has_a_huge_id(emulator, route):
    path = route.path.replace("<int:environment>", str(emulator.workspace.environment_id))
    path = re.sub(r"<int:\w+>", HUGE, path)
    path = re.sub(r"<\w+>", "x", path)
    client = {"/api": emulator.track, "/v1/": emulator.app}[path[:4]]
    client = emulator.ui if "/environments/" in path else client
    answer = client.request(route.method, "http://emulator.test" + path, json={})
    assert answer.status_code in (400, 404, 422), answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"/messages?action_id={HUGE}", None, 200),
        ("GET", f"/activities?start={HUGE}&limit={HUGE}", None, 200),
        ("GET", "/activities?start=%C2%B2&limit=%C2%B2", None, 200),
        ("GET", f"/messages?limit=--5&start_ts=-{HUGE}", None, 200),
        ("GET", f"/sender_identities?limit={'9' * 5000}", None, 200),
        ("GET", "/transactional/%C2%B2/messages", None, 404),
        ("GET", "/segments/%D9%A3", None, 404),
        ("POST", "/send/email", send(send_at=-(10**30)), 400),
        ("POST", "/send/email", send(send_at=True), 400),
        ("POST", "/send/email", send(transactional_message_id=10**30), 404),
        ("POST", "/send/email", send(transactional_message_id="²"), 404),
        ("POST", "/send/email/", send(), 200),
        ("POST", "/customers", {"filter": {"segment": {"id": 10**30}}}, 400),
        ("POST", "/customers/attributes", {"ids": ["\ud83d", 10**30]}, 200),
        *(("GET", f"/customers/{each}/attributes?id_type=cio_id", None, 404)
          for each in ("f" * 22, "0300_0001", "%203000001", "000003000001")),
    ],
)  # fmt: skip
def test_the_app_api_handles_any_number(emulator, method, path, body, status):
    content = json.dumps(body).encode() if body else None
    assert emulator.app.request(method, path, content=content).status_code == status


@pytest.mark.parametrize("start", ["1000000000000000", "253402300799", HUGE])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_metrics_of_a_too_late_time_are_rejected(emulator, start, zone):
    emulator.ui.post("/transactional_messages", json={"transactional_message": {"name": "M"}})
    query = {"version": "2", "res": "monthly", "start": start, "end": start, "tz": zone}
    assert emulator.app.get("/transactional/1/metrics", params=query).status_code == 400


@pytest.mark.parametrize("zone", ["America", "x" * 400, "", "../UTC", "\0", "zone.tab"])
def test_an_unknown_time_zone_is_rejected(emulator, zone):
    emulator.ui.post("/transactional_messages", json={"transactional_message": {"name": "M"}})
    query = {"version": "2", "res": "days", "start": "0", "end": "9", "tz": zone}
    assert emulator.app.get("/transactional/1/metrics", params=query).status_code == 400


@pytest.mark.parametrize("stamp", ["10000000000000000000", "-1e30", "1e999", "NaN", "true", '"x"'])
def test_an_invalid_timestamp_is_rejected(emulator, stamp):
    event = b'{"name": "n", "timestamp": %s}' % stamp.encode()
    assert emulator.track.post("/customers/7/events", content=event).status_code == 400
    identify = b'{"_timestamp": %s}' % stamp.encode()
    assert emulator.track.put("/customers/7", content=identify).status_code == 400
    metric = b'{"delivery_id": "x", "metric": "opened", "timestamp": %s}' % stamp.encode()
    assert emulator.track.post("/metrics", content=metric).status_code == 400


def test_an_invalid_timestamp_rejects_one_item_of_a_batch(emulator):
    items = [person(attributes={"a": 1}), person(action="event", name="n", timestamp=10**19)]
    answer = emulator.track.post(BATCH, json={"batch": items})
    assert [each["batch_index"] for each in answer.json()["errors"]] == [1]
    assert (answer.status_code, attributes(emulator)["a"]) == (207, 1)


@pytest.mark.parametrize("identifier", ["cio_ffffffffffffffffffffff", "cio_", "cio_0300_0001"])
def test_an_invalid_cio_id_matches_nobody(emulator, identifier):
    emulator.track.put("/customers/7", json={})
    assert emulator.track.put(f"/customers/{identifier}", json={"a": 1}).status_code == 200
    assert len(emulator.store.dump("acme")["people"]) == 1


@pytest.mark.parametrize(
    ("client", "method", "path", "body"),
    [
        ("track", "PUT", "/customers/7", {"n": "\ud83d"}),
        ("track", "PUT", "/customers/7", {"id": "\ud83d"}),
        ("track", "POST", "/customers/7/events", {"name": "x", "data": {"emoji": "\ud83d"}}),
        ("track", "POST", "/events", {"name": "\ud83d", "anonymous_id": "\ud83d"}),
        ("track", "POST", BATCH, {"batch": [person(action="event", name="\ud83d")]}),
        ("app", "POST", "/send/email", send("\ud83d", message_data={"\ud83d": "\ud83d"})),
        ("app", "PUT", "/snippets", {"name": "\ud83d", "value": "\ud83d"}),
        ("ui", "POST", "/layouts", {"layout": {"name": "\ud83d", "body": "{{content}}\ud83d"}}),
    ],
)
def test_a_lone_surrogate_is_replaced(emulator, client, method, path, body):
    content = json.dumps(body).encode()
    answer = getattr(emulator, client).request(method, path, content=content)
    assert answer.status_code == 200
    # Rejected identifiers are in the dump too, which can be written to a file.
    dump = json.dumps(emulator.store.dump("acme"), ensure_ascii=False)
    assert "\ufffd" in dump.encode().decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("NaN", 400),
        ("Infinity", 400),
        ("1e999", 400),
        ("9" * 401, 400),
        ("9" * 300, 200),
        (HUGE, 200),
        ('{"a": 1e308}', 200),
    ],
)
def test_an_accepted_attribute_can_be_read(emulator, given, status):
    answer = emulator.track.put("/customers/7", content=b'{"a": %s}' % given.encode())
    assert answer.status_code == status
    if status == 200:
        text = emulator.app.get("/customers/7/attributes").raise_for_status().text
        assert "a" in json.loads(text, parse_constant=pytest.fail)["customer"]["attributes"]
    spec = {"attribute": {"field": "a", "operator": "eq", "value": "1"}}
    assert emulator.app.post("/customers", json={"filter": spec}).status_code == 200


@pytest.mark.parametrize(
    "given",
    [{"topics": [1]}, {"topics": {"t": "yes"}}, {"topics": True}, [1], True, "x", {"topics": ""}],
)
def test_preferences_of_another_shape_are_rejected(emulator, given):
    body = {"a": 1, "cio_subscription_preferences": given}
    assert emulator.track.put("/customers/7", json=body).status_code == 400
    [error] = emulator.track.post(ENTITY, json=person(attributes=body)).json()["errors"]
    assert error["field"] == "attributes.cio_subscription_preferences"
    assert emulator.store.dump("acme")["people"] == []


@pytest.mark.parametrize("given", [None, "", {}, {"topics": None}, {"topics": {"topic_1": False}}])
def test_accepted_preferences_can_be_read(emulator, given):
    for _ in range(2):
        body = {"cio_subscription_preferences": given}
        assert emulator.track.put("/customers/7", json=body).status_code == 200
    assert emulator.app.get("/customers/7/subscription_preferences").status_code == 200


@pytest.mark.parametrize(
    "related",
    [
        *(({"relationships": each}) for each in ([{}], True, [1], [{"identifiers": {}}])),
        {"relationships": [{"identifiers": {"object_type_id": "1"}}]},
        {"relationships": [{**RELATED, "relationship_attributes": 1}]},
        True,
        [1],
    ],
)
def test_relationships_of_another_shape_are_rejected(emulator, related):
    body = {"a": 1, "cio_relationships": related}
    assert emulator.track.put("/customers/7", json=body).status_code == 400
    items = [person(cio_relationships=related), person(action="add_relationships")]
    if isinstance(related, dict):
        items = [person(cio_relationships=related["relationships"])]
    errors = emulator.track.post(BATCH, json={"batch": items}).json()["errors"]
    assert len(errors) == len(items)
    assert emulator.store.dump("acme")["people"] == []


def test_a_number_and_its_text_identify_the_same_object(emulator):
    for one in (1, "1"):
        related = [{"identifiers": {"object_type_id": one, "object_id": 5}}] * 2
        body = {"cio_relationships": {"relationships": related}}
        emulator.track.put("/customers/7", json=body).raise_for_status()
    [link] = emulator.app.get("/customers/7/relationships").json()["cio_relationships"]
    assert link["identifiers"] == {"object_type_id": "1", "object_id": "5"}


@pytest.mark.parametrize("client", ["app", "track", "ui", "anybody"])
def test_json_that_is_nested_too_deeply_is_rejected(emulator, client):
    path = {"app": "/snippets", "track": BATCH, "ui": "/snippets", "anybody": "/v1/identify"}
    sender = emulator.client("") if client == "anybody" else getattr(emulator, client)
    for text in ("[" * 10**5, '{"a":' * 10**4, '{"a":' * 985 + "1" + "}" * 985):
        answer = sender.post(path[client], content=text.encode())
        assert answer.status_code == (401 if client == "anybody" else 400)
    data = parse_json('{"a":' * (MAX_DEPTH - 2) + "1" + "}" * (MAX_DEPTH - 2))
    assert emulator.app.post("/send/email", json=send(message_data=data)).status_code == 200
    assert emulator.app.get("/messages").status_code == 200


@pytest.fixture(params=["in process", "served"])
def transport(request, emulator):
    """Yield a emulator with `both`: clients of the Track and the App API, in process or served."""
    keys = emulator.workspace.credentials
    pair = (keys.site_id, keys.track_api_key)
    if request.param == "in process":
        emulator.both = (emulator.track, emulator.app)
        yield emulator
        return
    with serve(emulator.wsgi) as served:
        bearer = {"Authorization": f"Bearer {keys.app_api_key}"}
        with (
            httpx.Client(base_url=f"{served.url}/api/v1", auth=pair) as track,
            httpx.Client(base_url=f"{served.url}/v1", headers=bearer) as app,
        ):
            emulator.both = (track, app)
            yield emulator


def test_an_encoded_slash_is_part_of_a_name(transport):
    track, app = transport.both
    for name in ("x/y", "x/devices", "a/b/events", "ä b+c?d#e", "100%25", "."):
        sent = quote(name, safe="").replace(".", "%2E")
        assert track.put(f"/customers/{sent}", json={"a": 1}).status_code == 200
        device = {"device": {"id": name, "platform": "ios"}}
        assert track.put(f"/customers/{sent}/devices", json=device).status_code == 200
        kept = transport.store.dump("acme")["people"][-1]
        assert (kept["id"], [each["id"] for each in kept["devices"]]) == (name, [name])
        assert app.get(f"/customers/{sent}/attributes").json()["customer"]["id"] == name
        assert track.delete(f"/customers/{sent}/devices/{sent}").status_code == 200
        assert transport.store.dump("acme")["people"][-1]["devices"] == []
        app.put("/snippets", json={"name": name, "value": "v"}).raise_for_status()
        assert app.delete(f"/snippets/{sent}").status_code == 204
    # A slash that is not encoded still works in a name at the end of a path.
    assert track.put("/customers/p/q", json={}).status_code == 200
    assert transport.store.dump("acme")["people"][-1]["id"] == "p/q"


@pytest.mark.parametrize(
    "faults",
    [
        5, [5], {"a": 1}, [{"path": "("}], [{"path": 5}], [{"effect": 5}], [{"nth": "a"}],
        [{"times": 0}], [{"nth": True}], [{"effect": "delay:inf"}], [{"effect": "delay:-1"}],
        [{"effect": "status:5²3"}], [{"nth": math.nan}],
    ],
    ids=repr,
)  # fmt: skip
def test_an_invalid_fault_is_rejected(emulator, faults):
    content = json.dumps(faults).encode()
    assert emulator.client("").post("/_sandbox/faults", content=content).status_code == 400
    assert emulator.app.get("/snippets").status_code == 200


@pytest.mark.parametrize("within", [MAX_INT64, -MAX_INT64, 10**30])
def test_a_segment_can_look_back_any_time(emulator, within):
    emulator.track.post("/customers/7/events", json={"name": "n"}).raise_for_status()
    event = {"event": {"type": "event", "name": "n"}, "times": 1, "within": within}
    segment = {"name": "s", "type": "dynamic", "conditions": {"and": [{"or": [event]}]}}
    made = emulator.ui.post("/segments", json={"segment": segment})
    # A float is not a count: the service returns a 500 for any wrong shape (journeys facts, 3).
    assert made.status_code == (200 if abs(within) <= MAX_INT64 else 500)
    if made.is_success:
        path = f"/segments/{made.json()['segment']['id']}/customer_count"
        assert emulator.app.get(path).json()["count"] == (1 if within > 0 else 0)


@pytest.mark.parametrize("number", ["²", "٣", "9" * 30, "-1", ""])
def test_no_workspace_has_an_invalid_id(emulator, number):
    client = emulator.client(emulator.workspace.credentials.service_account_token, "/v1")
    headers = {"X-Workspace-Id": number.encode()}
    assert client.post("/send/email", json={}, headers=headers).status_code == 400
