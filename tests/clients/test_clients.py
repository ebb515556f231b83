"""Customer.io's own clients work with the served sandbox; only the host is changed."""

from __future__ import annotations

from typing import Any

import pytest

from docs.generate.compatibility_page import PAGE, SECTIONS, section
from tests.support.clients.runs import Run, Support

CHANNELS = {"email", "push", "twilio", "whatsapp", "inbox", "in_app"}


@pytest.fixture(params=["python", "node", "browser"])
def client(request: pytest.FixtureRequest) -> Run:
    run: Run = request.getfixturevalue(request.param)
    return run


def test_every_call_is_served_or_returns_501(client: Run) -> None:
    wrong = {
        each.name: (each.status, each.error, each.body)
        for each in client.outcomes
        if each.support is Support.WRONG
    }
    assert wrong == {}


def test_every_method_is_called(client: Run) -> None:
    assert client.uncalled == ()


def test_every_call_sends_one_request(client: Run) -> None:
    assert {each.name: each.requests for each in client.outcomes if len(each.requests) != 1} == {}


@pytest.mark.parametrize("name", SECTIONS)
def test_the_page_is_up_to_date(name: str, request: pytest.FixtureRequest) -> None:
    run: Run = request.getfixturevalue(name)
    stale = "docs/compatibility.md is not up to date. Run: python -m docs.generate clients"
    assert section(name, run) in PAGE.read_text(encoding="utf-8"), stale


def test_python_people_have_the_identified_attributes(python: Run) -> None:
    person = python.person("py-1")
    assert person is not None
    assert person["email"] == "ann+py@acme.example"
    assert person["attributes"] == {"first_name": "Ann", "plan": "pro"}
    assert [each["id"] for each in person["devices"]] == ["token-1"]
    assert [python.person(gone) for gone in ("py-2", "py-3", "py-4")] == [None] * 3
    batched = python.person("py-5")
    assert batched is not None
    assert batched["attributes"] == {"plan": "free"}


def test_python_events_belong_to_their_people(python: Run) -> None:
    done = {("event", "signed_up"), ("page", "https://acme.example/pricing"), ("event", "bought")}
    assert done <= set(python.activities_of("py-1"))
    anonymous = [each for each in python.content["activities"] if each["name"] == "visited"]
    assert [(each["cio_id"], each["anonymous_id"]) for each in anonymous] == [(None, "anon-py")]


def test_python_sends_are_rendered(python: Run) -> None:
    deliveries = {each["channel"]: each for each in python.content["deliveries"]}
    assert set(deliveries) == CHANNELS
    mail = deliveries["email"]
    assert (mail["subject"], mail["to"]) == ("Tu recibo", "ann+py@acme.example")
    assert python.result("send_email")["delivery_id"] == mail["delivery_id"]
    assert deliveries["push"]["body"] == "12 EUR"


def test_node_people_read_back_as_written(node: Run) -> None:
    by_email, by_id = (each["customer"] for each in node.results("getAttributes"))
    assert by_email == by_id
    assert by_id["identifiers"]["email"] == "ann+node@acme.example"
    assert (by_id["attributes"]["plan"], by_id["attributes"]["seats"]) == ("pro", 3)
    assert [each["id"] for each in by_id["devices"]] == ["token-1"]
    assert [each["id"] for each in node.result("getCustomersByEmail")["results"]] == ["node-1"]
    assert node.result("searchCustomers")["ids"] == ["node-1", "node-pipes"]
    assert [node.person(gone) for gone in ("node-2", "node-3", "node-4")] == [None] * 3


def test_node_events_belong_to_their_people_even_anonymous_ones(node: Run) -> None:
    done = {("event", "signed_up"), ("event", "visited"), ("page", "https://acme.example/pricing")}
    assert done <= set(node.activities_of("node-1"))
    piped = {("event", "Order placed"), ("event", "Order paid"), ("screen", "Basket")}
    assert piped <= set(node.activities_of("node-pipes"))


def test_node_members_are_the_added_people(node: Run) -> None:
    assert node.result("getSegmentMembership")["ids"] == ["node-1"]
    assert node.result("getSegmentCustomerCount")["count"] == 1
    named = [each["name"] for each in node.result("getCustomerSegments")["segments"]]
    assert named == ["Made by Node"]


def test_node_messages_are_rendered(node: Run) -> None:
    deliveries = {each["delivery_id"]: each for each in node.content["deliveries"]}
    sent = node.result("sendEmail")["delivery_id"]
    assert node.result("getMessage")["message"]["id"] == sent
    assert node.result("getArchivedMessage")["archived_message"]["subject"] == "Your receipt"
    assert "Thank you, Ann" in deliveries[sent]["body"]
    assert {each["channel"] for each in deliveries.values()} == CHANNELS
    assert ("opened_email", "Your receipt") in node.activities_of("node-1")


def test_node_broadcast_reaches_its_audience(node: Run) -> None:
    trigger = node.result("triggerBroadcast")["id"]
    [reached] = [each for each in node.content["deliveries"] if each["trigger_id"] == trigger]
    assert reached["identifiers"]["id"] == "node-1"
    assert "News" in reached["body"]
    assert node.result("getBroadcastTriggerErrors")["errors"] == []


def test_browser_makes_every_call_once(browser: Run) -> None:
    called = [each.method for each in browser.outcomes]
    assert called == ["load", "page", "track", "identify", "track", "screen", "group"]


def test_browser_events_before_identify_belong_to_the_person(browser: Run) -> None:
    person = browser.person("web-1")
    assert person is not None
    assert person["email"] == "ann+web@acme.example"
    assert person["attributes"] == {"plan": "pro", "seats": 3}
    done = browser.activities_of("web-1")
    assert [name for kind, name in done if kind == "event"] == ["Looked around", "Order placed"]
    pages: list[dict[str, Any]] = [
        each["data"] for each in browser.content["activities"] if each["type"] == "page"
    ]
    assert [(page["name"], page["title"]) for page in pages] == [("Pricing", "A shop")]
