"""Events, batches and regions on the Track API."""

import json
import re

import httpx
import pytest

from cioform.emulator.server.transports.in_process import InProcessTransport

LARGE = {f"k{n}": "x" * 900 for n in range(40)}
"""Data of about 36 KB."""


def events(emulator, person, **query):
    response = emulator.app.get(f"/customers/{person}/activities", params={"limit": 100, **query})
    return response.raise_for_status().json()["activities"]


def batch(emulator, *items):
    return emulator.track.post("http://emulator.test/api/v2/batch", json={"batch": list(items)})


def person(number, action="event", **more):
    return {"type": "person", "action": action, "identifiers": {"id": str(number)}, **more}


def test_an_event_creates_its_person_and_keeps_its_data(emulator):
    body = {
        "name": "bought",
        "data": {"total": 3, "items": [{"sku": "a"}]},
        "timestamp": int(emulator.clock.now) - 60,
    }
    emulator.track.post("/customers/7/events", json=body).raise_for_status()
    [event] = events(emulator, "7", type="event")
    assert (event["name"], event["timestamp"], event["data"]) == (
        "bought",
        emulator.clock.now - 60,
        body["data"],
    )
    assert emulator.app.get("/customers/7/attributes").status_code == 200


def test_an_event_can_be_set_to_create_nobody(make_emulator):
    emulator = make_emulator(events_create_people=False)
    emulator.track.post("/customers/7/events", json={"name": "bought"}).raise_for_status()
    assert emulator.store.dump("acme")["people"] == []


def test_events_are_deduplicated_by_ulid(emulator):
    body = {"name": "bought", "id": "01BX5ZZKBKACTAV9WEVGEMMVRY"}
    for number in range(2):
        sent = {**body, "data": {"number": number}}
        emulator.track.post("/customers/7/events", json=sent).raise_for_status()
        emulator.track.post("/customers/7/events", json={"name": "looked"}).raise_for_status()
    assert sorted(e["name"] for e in events(emulator, "7", type="event")) == [
        "bought",
        "looked",
        "looked",
    ]
    assert [e["data"] for e in events(emulator, "7", name="bought")] == [{"number": 0}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "name is required"),
        ({"name": ""}, "name is required"),
        ({"name": "x" * 101}, "100 bytes"),
        ({"name": "a", "data": [1]}, "data must be an object"),
        ({"name": "a", "timestamp": "now"}, "unix seconds"),
        ({"name": "a", "type": "gadget"}, "type must be one of"),
    ],
)
def test_invalid_events(emulator, body, expected):
    for path in ("/customers/7/events", "/events"):
        response = emulator.track.post(path, json=body)
        assert (response.status_code, expected in response.json()["meta"]["errors"][0]) == (
            400,
            True,
        )
    assert emulator.store.dump("acme")["activities"] == []


def test_a_request_above_32_kb(emulator, make_emulator):
    body = {"name": "bought", "data": LARGE}
    assert emulator.track.post("/customers/7/events", json=body).status_code == 413
    other = make_emulator(oversize_status=400)
    assert other.track.post("/customers/7/events", json=body).status_code == 400
    just = {"name": "bought", "data": {"k": "x" * (32 * 1024 - 60)}}
    assert emulator.track.post("/customers/7/events", json=just).status_code == 200


def test_activities_are_paginated_newest_first(emulator):
    for number in range(12):
        emulator.track.post("/customers/7/events", json={"name": f"e{number}"})
    path = "/customers/7/activities?type=event"
    first = emulator.app.get(path).json()
    rest = emulator.app.get(f"{path}&start={first['next']}").json()
    names = [each["name"] for each in first["activities"] + rest["activities"]]
    assert names == [f"e{number}" for number in reversed(range(12))]
    assert (len(first["activities"]), rest["next"]) == (10, "")


def test_activities_are_kept_for_thirty_days(emulator):
    emulator.track.post("/customers/7/events", json={"name": "old"})
    emulator.clock.now += 30 * 86_400 + 1
    assert events(emulator, "7") == []


def test_a_batch_reports_invalid_operations_and_applies_the_others(emulator):
    response = batch(
        emulator,
        person(1, "identify", attributes={"plan": "pro"}),
        person(1, name="bought", attributes={"total": 3}),
        person(2, "dance"),
        {"type": "person", "action": "event", "identifiers": {}, "name": "x"},
        person(2, name="x" * 101),
        person(2, name="looked"),
        "nothing",
        {"type": "person", "action": "event", "identifiers": {"anonymous_id": "a"}, "name": "anon"},
        person(3, name="large", attributes=LARGE),
        {"type": "gadget"},
        person(3, "identify", attributes={}, cio_relationships=[{"identifiers": LARGE}]),
    )
    assert response.status_code == 207
    errors = response.json()["errors"]
    assert [(e["batch_index"], e["field"]) for e in errors] == [
        (2, "action"),
        (3, "identifiers"),
        (4, "name"),
        (6, ""),
        (8, ""),
        (9, "type"),
        (10, ""),
    ]
    assert all(e["reason"] and e["message"] for e in errors)
    assert events(emulator, "1", type="event")[0]["data"] == {"total": 3}
    assert [e["name"] for e in events(emulator, "2", type="event")] == ["looked"]
    assert len(emulator.app.get("/activities?type=event").json()["activities"]) == 3


@pytest.mark.parametrize("batch_", [[], None, {"a": 1}])
def test_invalid_batches(emulator, batch_):
    response = emulator.track.post("http://emulator.test/api/v2/batch", json={"batch": batch_})
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["field"], set(error)) == ("batch", {"reason", "field", "message"})


def test_a_batch_above_500_kb(emulator):
    small = [person(n, name="e", attributes={"k": "x" * 900}) for n in range(560)]
    response = batch(emulator, *small)
    assert (response.status_code, list(response.json())) == (413, ["errors"])
    assert emulator.store.dump("acme")["activities"] == []
    assert batch(emulator, *small[:400]).status_code == 200


def test_one_entity(emulator):
    def entity(item):
        return emulator.track.post("http://emulator.test/api/v2/entity", json=item)

    attributes = {"plan": "pro", "email": "a@acme.example"}
    assert entity(person(1, "identify", attributes=attributes)).json() == {}
    device = {"token": "t", "platform": "ios"}
    assert entity(person(1, "add_device", device=device)).status_code == 200
    assert entity(person(1, "delete_device", device=device)).status_code == 200
    link = {"identifiers": {"object_type_id": "1", "object_id": "acme"}}
    assert entity(person(1, "add_relationships", cio_relationships=[link])).status_code == 200
    shown = emulator.app.get("/customers/1/relationships").json()["cio_relationships"]
    assert shown == [link]
    assert entity(person(1, "delete_relationships", cio_relationships=[link])).status_code == 200
    people = [{"identifiers": {"email": "a@acme.example"}, "relationship_attributes": {"r": 1}}]
    item = {"type": "object", "action": "identify", **link, "cio_relationships": people}
    assert entity(item).status_code == 200
    assert emulator.app.get("/customers/1/relationships").json()["cio_relationships"] == [
        {**link, "relationship_attributes": {"r": 1}}
    ]
    for secondary, status in (("2", 200), ("1", 400)):  # unknown, and the same person
        merge = {"primary": {"id": "1"}, "secondary": {"id": secondary}}
        assert entity({"type": "person", "action": "merge", **merge}).status_code == status
    assert entity(person(1, "suppress")).status_code == 200
    assert entity(person(1, "identify", attributes={"plan": "pro"})).status_code == 200
    assert emulator.app.get("/customers/1/attributes").status_code == 404
    assert entity(person(1, "unsuppress")).status_code == 200
    assert entity(person(1, "identify", attributes={"_update": True})).status_code == 200
    assert emulator.app.get("/customers/1/attributes").status_code == 404
    assert entity(person(1, "page", name="/home")).status_code == 200
    assert events(emulator, "1", type="page")[0]["name"] == "/home"
    assert entity(person(1, "delete")).status_code == 200
    assert emulator.store.dump("acme")["people"] == []


def test_phone_is_an_identifier_on_v2(emulator):
    item = {"type": "person", "action": "identify", "identifiers": {"phone": "+14155552671"}}
    assert batch(emulator, {**item, "attributes": {"plan": "pro"}}).status_code == 200
    wrong = {**item, "identifiers": {"phone": "555"}}
    assert batch(emulator, wrong).json()["errors"][0]["field"] == "identifiers.phone"
    assert [each["phone"] for each in emulator.store.dump("acme")["people"]] == ["+14155552671"]


def test_a_form_identifies_a_person_and_is_an_event(emulator):
    response = emulator.track.post("/forms/f1/submit", json={"data": {"email": "a@acme.example"}})
    assert response.status_code == 204
    query = {"id_type": "email"}
    found = emulator.app.get("/customers/a%40acme.example/activities", params=query).json()
    assert "form_submit" in [each["type"] for each in found["activities"]]
    assert emulator.track.post("/forms/f1/submit", json={"data": {}}).status_code == 400


def test_a_service_account_can_send_but_not_track(emulator):
    client = emulator.client(emulator.workspace.credentials.service_account_token)
    headers = {"X-Workspace-Id": str(emulator.workspace.environment_id)}
    assert client.put("/api/v1/customers/7", json={}, headers=headers).status_code == 401
    assert client.post("/api/v2/batch", json={}, headers=headers).status_code == 401
    assert client.post("/v1/send/email", json={}, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("region", "host", "status", "location"),
    [
        ("us", "track.customer.io", 200, None),
        ("eu", "track-eu.customer.io", 200, None),
        (
            "eu",
            "track.customer.io",
            307,
            "https://track-eu.customer.io/api/v1/customers/x%2Fy?a=%2B",
        ),
        ("us", "track-eu.customer.io", 401, None),
        ("eu", "emulator.test", 200, None),
    ],
)
def test_the_wrong_region(make_emulator, region, host, status, location):
    emulator = make_emulator(region=region)
    keys = emulator.workspace.credentials
    client = httpx.Client(
        transport=InProcessTransport(emulator.wsgi), auth=(keys.site_id, keys.track_api_key)
    )
    response = client.put(f"https://{host}/api/v1/customers/x%2Fy?a=%2B", json={})
    assert (response.status_code, response.headers.get("Location")) == (status, location)


@pytest.mark.parametrize("region", ["us", "eu"])
@pytest.mark.parametrize("host", ["track.customer.io", "track-eu.customer.io"])
def test_either_host_returns_the_region(make_emulator, region, host):
    emulator = make_emulator(region=region)
    keys = emulator.workspace.credentials
    client = httpx.Client(
        transport=InProcessTransport(emulator.wsgi), auth=(keys.site_id, keys.track_api_key)
    )
    shown = client.get(f"https://{host}/api/v1/accounts/region").raise_for_status().json()
    assert (shown["region"], shown["environment_id"]) == (region, emulator.workspace.environment_id)


def test_operations_that_are_not_served_return_501(emulator):
    response = emulator.app.get("/assets")
    [error] = response.json()["errors"]
    assert (response.status_code, error["code"]) == (501, "not_served")
    assert "listAssets (GET /v1/assets)" in error["detail"]
    key = emulator.client("", "/v1").get("/assets")
    assert key.status_code == 401
    response = emulator.track.post(
        "http://emulator.test/unsubscribe/abc", json={"unsubscribe": True}
    )
    assert (response.status_code, "unsubscribe" in response.text) == (501, True)


def test_unserved_journeys_operations_name_themselves(emulator):
    for method, path, name in (
        ("POST", "/campaigns/1/duplicate", "Duplicate campaign"),
        ("GET", "/collections", "List collections"),
        ("PUT", "", "Update environment"),
    ):
        response = emulator.journeys.request(method, path, json={})
        detail = response.json()["errors"][0]["detail"]
        assert (response.status_code, name in detail) == (501, True)
    assert emulator.client("", "/v1/accounts").get("/1/users").status_code == 401
    unknown = emulator.journeys.get("/campaigns/1/no_such_thing")
    assert (unknown.status_code, unknown.headers["Content-Type"][:9]) == (200, "text/html")


def test_no_documented_operation_answers_html(emulator):
    from cioform.emulator.apis.not_implemented import documented_operations

    clients = {"app": emulator.app, "track": emulator.track}
    clients |= dict.fromkeys(("journeys", "account"), emulator.journeys)
    environment_id = str(emulator.store.workspace("acme").environment_id)
    for each in documented_operations():
        path = re.sub(r"\{\w+\}", "1", each.path.replace("{environment_id}", environment_id))
        client = clients[each.surface.name]
        response = client.request(each.method, f"http://emulator.test{path}", json={})
        kind = response.headers.get("Content-Type", "application/json")
        assert kind == "application/json", (each, response.status_code)
        if response.content:
            json.loads(response.content)


def test_a_hundred_batches_of_events_are_fast(emulator):
    """Send 10,000 events: reads and writes must not get slower with the stored data."""
    steps = []
    emulator.store._connection.set_progress_handler(lambda: steps.append(1), 1000)
    sizes = []
    for round_ in range(2):
        before = len(steps)
        for number in range(10):
            items = [person(n % 50, name="e", attributes={"n": n}) for n in range(500)]
            assert batch(emulator, *items).status_code == 200, (round_, number)
        sizes.append(len(steps) - before)
    assert sizes[1] < sizes[0] * 1.5
    assert emulator.store.workspace_data("acme").activities.count() == 10_000 + 50


def test_a_rejected_operation_changes_nothing(emulator):
    item = person(7, "identify", attributes={"a": 1}, cio_relationships=[1])
    assert batch(emulator, item).status_code == 207
    assert emulator.store.dump("acme")["people"] == []


@pytest.mark.parametrize(
    "own", ["x" * 26, "81BX5ZZKBKACTAV9WEVGEMMVRY", "01BX5ZZKBKACTAV9WEVGEMMVRU"]
)
def test_other_ids_than_ulids_do_not_deduplicate(emulator, own):
    for _ in range(2):
        emulator.track.post("/customers/7/events", json={"name": "n", "id": own}).raise_for_status()
    assert len(events(emulator, "7", type="event")) == 2


def test_email_addresses_ignore_case(emulator):
    emulator.track.put("/customers/ann%40acme.example", json={}).raise_for_status()
    emulator.track.put("/customers/ANN%40Acme.example", json={"a": 1}).raise_for_status()
    found = emulator.store.dump("acme")
    assert [each["email"] for each in found["people"]] == ["ann@acme.example"]
    assert "failed_attribute_change" not in {each["type"] for each in found["activities"]}


@pytest.mark.parametrize("ids", [[""], [" "], ["x" * 151], [7], [None], "7", {}, [["7"]]])
def test_invalid_member_ids(emulator, ids):
    number = emulator.app.post("/segments", json={"segment": {"name": "s"}}).json()["segment"]["id"]
    for way in ("add_customers", "remove_customers"):
        response = emulator.track.post(f"/segments/{number}/{way}", json={"ids": ids})
        assert response.status_code == 400
        assert "ids" in response.json()["meta"]["errors"][0]


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/metrics", {"metric": "opened"}, "delivery_id is required"),
        ("/metrics", {"delivery_id": "x", "metric": "x"}, "metric must be one of bounced"),
        ("/push/events", {"delivery_id": "x", "event": "clicked"}, "event must be one of opened"),
        ("/push/events", {"delivery_id": "x"}, "event must be one of opened, converted, del"),
    ],
)
def test_invalid_reports(emulator, path, body, expected):
    [shown] = emulator.track.post(path, json=body).json()["meta"]["errors"]
    assert shown.startswith(expected)


def test_errors_of_anonymous_events_name_the_field(emulator):
    item = {**person(7, name="n", attributes=[]), "identifiers": {"anonymous_id": "a"}}
    assert [e["field"] for e in batch(emulator, item).json()["errors"]] == ["attributes"]


def test_activities_can_be_found_by_a_cio_id_with_prefix(emulator):
    emulator.track.post("/customers/7/events", json={"name": "n"}).raise_for_status()
    query = {"customer_id": "cio_03000001", "id_type": "cio_id"}
    assert emulator.app.get("/activities", params=query).status_code == 200
