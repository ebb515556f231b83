"""The Pipelines API: what the browser SDK and the server libraries send."""

import httpx
import pytest

from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import write_key

KEY = write_key("acme")


@pytest.fixture
def page(emulator):
    """Return a client like a browser: no credential, plain text, another origin."""
    return httpx.Client(
        transport=InProcessTransport(emulator.wsgi),
        base_url="http://emulator.test/v1",
        headers={"Content-Type": "text/plain", "Origin": "http://shop.example"},
    )


def post(page, path, **message):
    return page.post(path, json={"writeKey": KEY, **message})


def events(emulator, person, kind):
    path = f"/customers/{person}/activities?type={kind}"
    found = emulator.app.get(path).raise_for_status().json()["activities"]
    return [(each["name"], each["data"]) for each in found]


def test_the_settings_tell_the_sdk_where_to_send(page):
    response = page.get(f"/projects/{KEY}/settings")
    expected = response.json()["integrations"]["Customer.io Data Pipelines"]
    assert (expected["apiHost"], expected["protocol"], expected["apiKey"]) == (
        "emulator.test/v1",
        "http",
        KEY,
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert page.get("/projects/wrong/settings").status_code == 404


def test_a_visit(emulator, page):
    """Record a page view and an event before the person is known, and an event after."""
    anon = {"anonymousId": "a-1"}
    post(page, "/p", **anon, properties={"url": "https://shop.example/", "title": "Shop"})
    post(page, "/t", **anon, event="looked", properties={"sku": "x"})
    post(page, "/i", **anon, userId="7", traits={"email": "ann@acme.example", "plan": "pro"})
    response = post(page, "/t", **anon, userId="7", event="bought", properties={"total": 3})
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert events(emulator, "7", "event") == [("bought", {"total": 3}), ("looked", {"sku": "x"})]
    [(name, data)] = events(emulator, "7", "page")
    assert (name, data["title"]) == ("https://shop.example/", "Shop")
    shown = emulator.app.get("/customers/7/attributes").json()["customer"]["attributes"]
    assert (shown["email"], shown["plan"]) == ("ann@acme.example", "pro")


def test_a_batch_skips_invalid_messages(emulator, page):
    messages = [
        {"type": "identify", "userId": "7", "traits": {"plan": "pro"}},
        {"type": "track", "userId": "7", "event": "bought", "timestamp": "2025-10-09T08:00:00Z"},
        {"type": "track", "userId": "7"},
        {"type": "track", "event": "nobody's"},
        {"type": "gadget", "userId": "7"},
        7,
        {"type": "screen", "userId": "7", "name": "Home"},
        {"type": "group", "userId": "7", "groupId": "acme", "traits": {"size": 3}},
        {"type": "alias", "userId": "7", "previousId": "a-9"},
    ]
    assert post(page, "/b", batch=messages).status_code == 200
    found = emulator.app.get("/customers/7/activities?type=event").json()["activities"]
    assert [(e["name"], e["timestamp"]) for e in found] == [("bought", 1_759_996_800)]
    assert [name for name, _ in events(emulator, "7", "screen")] == ["Home"]
    [link] = emulator.app.get("/customers/7/relationships").json()["cio_relationships"]
    assert link["identifiers"] == {"object_type_id": "1", "object_id": "acme"}
    assert emulator.store.dump("acme")["people"][0]["anonymous_ids"] == ["a-9"]
    assert post(page, "/b", batch=None).status_code == 400


def test_server_libraries_use_full_words_and_basic_authentication(emulator):
    client = httpx.Client(
        transport=InProcessTransport(emulator.wsgi),
        base_url="http://emulator.test/v1",
        auth=(KEY, ""),
    )
    body = {"userId": "ann@acme.example", "traits": {"plan": "pro"}}
    assert client.post("/identify", json=body).status_code == 200
    assert client.post("/page", json={"userId": "ann@acme.example"}).status_code == 200
    assert client.post("/batch", json={"batch": []}).status_code == 200
    assert client.post("/track", json={"userId": "1"}).status_code == 400
    assert client.post("/track", json={"event": "x"}).status_code == 400
    [person] = emulator.store.dump("acme")["people"]
    assert (person["id"], person["email"]) == (None, "ann@acme.example")


def test_the_write_key_is_checked(emulator, page):
    assert post(page, "/t", writeKey="wrong", userId="7", event="x").status_code == 401
    assert page.post("/t", json={"userId": "7", "event": "x"}).status_code == 401
    assert page.post("/t", content="nonsense").status_code == 401
    client = httpx.Client(
        transport=InProcessTransport(emulator.wsgi), base_url="http://emulator.test/v1"
    )
    wrong = client.post("/track", json={"userId": "7", "event": "x"}, auth=("wrong", ""))
    assert wrong.status_code == 401
    assert emulator.store.dump("acme")["people"] == []


def test_cors_preflight(page):
    response = page.options("/t")
    assert response.status_code == 204
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert page.post("/m", json={"writeKey": KEY, "series": []}).status_code == 200


def test_traits_without_a_user_id(emulator, page):
    post(page, "/i", anonymousId="a", traits={"plan": "pro"})
    assert emulator.store.dump("acme")["people"] == []
    post(page, "/i", anonymousId="a", traits={"email": "ann@acme.example"})
    [person] = emulator.store.dump("acme")["people"]
    assert (person["email"], person["anonymous_ids"]) == ("ann@acme.example", ["a"])
    created = "2025-10-09T08:00:00Z"
    post(page, "/i", userId="7", traits={"createdAt": created, "email": "ann@acme.example"})
    shown = emulator.app.get("/customers/7/attributes").json()["customer"]["attributes"]
    assert shown["created_at"] == 1_759_996_800


@pytest.mark.parametrize(
    ("path", "given"),
    [
        *((path, {"traits": each}) for path in ("/i", "/g") for each in ("x", True, [1])),
        *((path, {"properties": each}) for path in ("/t", "/p", "/s") for each in (True, [[]])),
    ],
)
def test_fields_that_must_be_objects(page, path, given):
    response = post(page, path, userId="7", event="e", name="n", groupId="g", **given)
    assert (response.status_code, "must be an object" in response.text) == (400, True)


def test_a_time_without_a_zone_is_in_utc(emulator, page):
    post(page, "/t", userId="7", event="e", timestamp="2025-10-09T08:00:00").raise_for_status()
    found = emulator.app.get("/customers/7/activities?type=event").json()["activities"]
    assert [each["timestamp"] for each in found] == [1_759_996_800]
