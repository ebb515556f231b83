"""Customer.io's own Python client works against the emulator, unmodified but for the host."""

import json
from importlib import resources

import pytest

from cioform.emulator.rules import Rules
from cioform.emulator.serve import serve
from cioform.emulator.server import make_app
from cioform.emulator.store import Store

customerio = pytest.importorskip("customerio")


@pytest.fixture
def shop():
    store = Store.open(":memory:")
    seed = resources.files("cioform.emulator") / "seeds" / "demo.json"
    store.seed("acme", json.loads(seed.read_text("utf-8")))
    with serve(make_app(store, Rules(rate_limit=None))) as served:
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
        answer = client.send_email(request)
    [delivery] = store.dump("acme")["deliveries"]
    assert (answer["delivery_id"], delivery["subject"]) == (delivery["delivery_id"], "Tu recibo")


def test_a_refusal_is_theirs_to_raise(shop):
    store, url = shop
    with customerio.APIClient("wrong", url=url, retries=0) as client:
        request = customerio.SendPushRequest(
            transactional_message_id="PAYMENT_RECEIVED", identifiers={"id": "7"}
        )
        with pytest.raises(customerio.CustomerIOException, match="401"):
            client.send_push(request)
    assert store.dump("acme")["deliveries"] == []
