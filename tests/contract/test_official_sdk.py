"""Customer.io's own Python client works against the emulator; only the host is different."""

import json
from importlib import resources

import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.store.database import Store

customerio = pytest.importorskip("customerio")


@pytest.fixture
def shop():
    store = Store.open(":memory:")
    seed = resources.files("cioform.emulator") / "seeds" / "demo.json"
    store.seed("acme", json.loads(seed.read_text("utf-8")))
    with serve(make_app(store, Behavior(rate_limit=None))) as served:
        yield store, served.url
    store.close()


def test_a_send(shop):
    store, url = shop
    key = store.workspace("acme").credentials.app_api_key
    with customerio.APIClient(key, url=url, retries=0) as client:
        request = customerio.SendEmailRequest(
            transactional_message_id="PAYMENT_RECEIVED",
            to="ann@acme.example",
            identifiers={"id": "7"},
            message_data={"total": "12"},
            language="es",
        )
        response = client.send_email(request)
    [delivery] = store.dump("acme")["deliveries"]
    assert (response["delivery_id"], delivery["subject"]) == (delivery["delivery_id"], "Tu recibo")


def test_an_error_response_raises(shop):
    store, url = shop
    with customerio.APIClient("wrong", url=url, retries=0) as client:
        request = customerio.SendPushRequest(
            transactional_message_id="PAYMENT_RECEIVED", identifiers={"id": "7"}
        )
        with pytest.raises(customerio.CustomerIOException, match="401"):
            client.send_push(request)
    assert store.dump("acme")["deliveries"] == []


@pytest.fixture
def safe_shop(tmp_path, monkeypatch):
    """Return a sandbox with its own CA, because the Track client only speaks HTTPS."""
    store = Store.open(":memory:")
    app = make_app(store, Behavior(rate_limit=None))
    with serve(app, tls=tmp_path) as served:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(served.ca_file))
        keys = store.workspace("acme").credentials
        port = int(served.url.rpartition(":")[2])
        with customerio.CustomerIO(
            keys.site_id, keys.track_api_key, host="127.0.0.1", port=port, retries=0
        ) as client:
            yield store, client
    store.close()


def test_people_and_events(safe_shop):
    store, client = safe_shop
    client.track_anonymous("anon", "looked", {"sku": "x"})
    client.identify("7", email="ann@acme.example", plan="pro", anonymous_id="anon")
    client.track("7", "bought", {"total": 3}, id="01BX5ZZKBKACTAV9WEVGEMMVRY")
    client.pageview("7", "https://acme.example/", referrer="https://b.example")
    client.backfill("7", "signed_up", 1_600_000_000)
    client.add_device("7", "token", "ios", last_used=5)
    client.identify("8", plan="free", city="Rome")
    client.merge_customers("id", "7", "id", "8")
    client.batch(
        [{"type": "person", "action": "event", "identifiers": {"id": "7"}, "name": "batched"}]
    )
    [person] = store.dump("acme")["people"]
    assert (person["id"], person["email"]) == ("7", "ann@acme.example")
    assert person["attributes"] == {"plan": "pro", "city": "Rome"}
    assert [each["id"] for each in person["devices"]] == ["token"]
    kinds = [e for e in store.dump("acme")["activities"] if e["type"] in ("event", "page")]
    assert [(e["name"], e["cio_id"]) for e in kinds] == [
        ("looked", person["cio_id"]),
        ("bought", person["cio_id"]),
        ("https://acme.example/", person["cio_id"]),
        ("signed_up", person["cio_id"]),
        ("batched", person["cio_id"]),
    ]
    client.delete_device("7", "token")
    client.suppress("7")
    client.identify("7", plan="pro")
    assert store.dump("acme")["people"] == []
    client.unsuppress("7")
    client.identify("7", plan="pro")
    client.delete("7")
    assert store.dump("acme")["people"] == []


def test_an_error_response_of_track_raises(safe_shop):
    _, client = safe_shop
    with pytest.raises(customerio.CustomerIOException, match=r"400.*name is required"):
        client.track("7", "")
