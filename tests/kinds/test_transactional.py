"""Transactional messages: single conversations, and the life cycle in the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from cioform.core.address import Address
from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds.transactional import KIND
from cioform.kinds.transactional.model import Transactional
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute
from cioform.model.settings.limits import UNLIMITED
from cioform.plan.compare.diff import compare
from cioform.remote.factory import HttpProvider, connect
from cioform.run.reading.driver import run_conversation
from tests.support.known import known
from tests.support.operations import converse, route_of, run_dry

NAMES = Names(
    ids={Address("layout", "plain"): "4"},
    known={"sender": {"team@acme.com": "1", "equipo@acme.com": "2"}},
)
TEMPLATE = {
    "id": 101,
    "language": "",
    "subject": "Hi",
    "preheader_text": "",
    "body": "<p>Hi</p>",
    "from_identity_id": 1,
    "reply_to_identity_id": None,
    "layout_id": 4,
    "recipient": "{{customer.email}}",
    "headers": '[{"name": "X-Tag", "value": "a"}]',
    "request_method": "",
    "bcc": "archive@acme.com",
    "links": None,
}
SPANISH = {**TEMPLATE, "id": 102, "language": "es", "subject": "Hola", "from_identity_id": 2}
MESSAGE = {
    "id": 5,
    "name": "Receipt",
    "description": "",
    "state": "active",
    "type": "email",
    "template_id": 101,
    "trigger_name": "RECEIPT",
    "link_tracking": True,
    "open_tracking": False,
    "send_to_unsubscribed": True,
    "hide_message_body": False,
    "queue_drafts": False,
}
WIRE = {"transactional_message": MESSAGE, "templates": [TEMPLATE, SPANISH]}
FOUND = RemoteObject("5", "Receipt", Api.JOURNEYS, WIRE)
APP_WIRE = {
    "message": {key: value for key, value in MESSAGE.items() if key != "trigger_name"},
    "contents": [
        {
            "id": 101,
            "language": "",
            "subject": "Hi",
            "body": "<p>Hi</p>",
            "body_amp": "",
            "preheader_text": "",
            "from": "Acme <team@acme.com>",
            "from_id": 1,
            "reply_to_id": None,
            "bcc": "archive@acme.com",
            "recipient": "{{customer.email}}",
            "headers": '[{"name": "X-Tag", "value": "a"}]',
        },
        {"id": 102, "language": "es"},
    ],
}


MINIMAL = Transactional.model_validate({"name": "x", "email": {}})


def live(found: RemoteObject = FOUND) -> LiveObject:
    return LiveObject("transactional", found, KIND.decode(found, NAMES))


def changed(**fields: Any) -> Transactional:
    """Return the live message with other values in its block."""
    attributes: KindFields = live().attributes
    parsed = KIND.parse({**attributes, "email": {**attributes["email"], **fields}})
    assert isinstance(parsed, Transactional)
    return parsed


def test_journeys_shows_everything() -> None:
    decoded = KIND.decode(FOUND, NAMES)
    assert decoded.attributes == {
        "name": "Receipt",
        "description": "",
        "trigger_name": "RECEIPT",
        "send_to_unsubscribed": True,
        "hide_message_body": False,
        "email": {
            "sending": "automatic",
            "track": {"opens": False, "links": True},
            "from": "team@acme.com",
            "reply_to": "none",
            "to": "{{customer.email}}",
            "cc": "",
            "bcc": "archive@acme.com",
            "subject": "Hi",
            "preheader": "",
            "layout": "plain",
            "headers": {"X-Tag": "a"},
            "body": "<p>Hi</p>",
            "plain": "",
            "amp": "",
            "translations": {
                "es": {
                    "from": "equipo@acme.com",
                    "reply_to": "none",
                    "to": "{{customer.email}}",
                    "cc": "",
                    "bcc": "archive@acme.com",
                    "headers": {"X-Tag": "a"},
                    "layout": "plain",
                    "subject": "Hola",
                    "preheader": "",
                    "body": "<p>Hi</p>",
                    "plain": "",
                    "amp": "",
                }
            },
        },
    }
    assert decoded.reach.is_live


def test_the_app_api_shows_less_and_says_so() -> None:
    decoded = KIND.decode(RemoteObject("5", "Receipt", Api.APP, APP_WIRE), NAMES)
    seen: KindFields = KIND.decode(FOUND, NAMES).attributes
    hidden = ("plain", "layout", "raw", "translations")
    assert not decoded.reach.is_known
    assert decoded.attributes == {
        **seen,
        "trigger_name": UNKNOWN,
        "email": {**seen["email"], **dict.fromkeys(hidden, UNKNOWN)},
    }


def test_a_read_message_is_a_valid_formatted_document() -> None:
    attributes = KIND.decode(FOUND, NAMES).attributes
    assert KIND.attributes(KIND.parse(attributes)) == attributes
    document = KIND.to_document({**attributes, "trigger_name": UNKNOWN})
    assert set(document) == set(attributes) - {"description", "trigger_name"}
    assert list(document["email"]) == [
        *("sending", "track", "from", "bcc", "subject", "headers", "layout", "body"),
        "translations",
    ]
    assert list(KIND.body_files(document)) == [
        (("email", "body"), ".html"),
        (("email", "translations", "es", "body"), ".es.html"),
    ]


def test_senders_and_layout_are_references() -> None:
    found = {(r.kind, r.text, r.path) for r in KIND.references(live().attributes)}
    assert found == {
        ("sender", "team@acme.com", ("email", "from")),
        ("layout", "plain", ("email", "layout")),
        ("sender", "equipo@acme.com", ("email", "translations", "es", "from")),
        ("layout", "plain", ("email", "translations", "es", "layout")),
    }
    unknown = {"layout": UNKNOWN, "translations": UNKNOWN}
    assert list(KIND.references({"name": "x", "email": unknown})) == []


def test_a_minimal_message_is_created_with_one_request() -> None:
    sent, bound = run_dry(route_of(KIND, CreateRoute).operation(MINIMAL, WriteContext(NAMES)))
    assert [str(request) for request in sent] == ["POST ~/transactional_messages"]
    assert bound == WriteResult("(id of this message)")


def test_a_dry_run_of_a_creation_has_every_request() -> None:
    sent, _ = run_dry(route_of(KIND, CreateRoute).operation(changed(), WriteContext(NAMES)))
    message, template = "~/transactional_messages", "~/templates/(id of its template)"
    spanish = "~/templates/(id of its es template)"
    assert [str(request) for request in sent] == [
        f"POST {message}",
        f"PUT {message}/(id of this message)",
        f"GET {template}",
        f"PUT {template}",
        f"POST {message}/(id of this message)/translations",
        f"GET {spanish}",
        f"PUT {spanish}",
    ]
    assert known(sent[1].body)["transactional_message"]["trigger_name"] == "RECEIPT"
    assert known(sent[3].body)["template"]["from_identity_id"] == 1


def test_a_response_without_a_template_is_followed_by_a_read() -> None:
    conversation = route_of(KIND, CreateRoute).operation(MINIMAL, WriteContext(NAMES))
    made = {"transactional_message": {"id": 5}}
    sent, _ = converse(conversation, made, {"transactional_message": MESSAGE})
    assert [request.method for request in sent] == ["POST", "GET"]


@pytest.mark.parametrize(
    ("paths", "calls"),
    [
        ([("name",)], ["PUT ~/transactional_messages/5"]),
        ([("email", "sending")], ["PUT ~/transactional_messages/5"]),
        ([("email", "subject"), ("email", "body")], ["GET ~/templates/101", "PUT ~/templates/101"]),
        ([("email", "translations", "es", "body")], ["GET ~/templates/102", "PUT ~/templates/102"]),
    ],
)
def test_an_update_sends_only_the_requests_it_needs(paths: Any, calls: list[str]) -> None:
    sent, bound = run_dry(
        route_of(KIND, UpdateRoute).operation(live(), changed(), WriteContext(NAMES, paths))
    )
    assert [str(request) for request in sent] == calls
    assert bound == WriteResult("5")


def test_a_template_is_written_as_it_was_read_except_for_the_change() -> None:
    wanted = changed(subject="New", reply_to="team@acme.com", layout="none", headers={})
    paths = [("email", name) for name in ("subject", "reply_to", "layout", "headers")]
    conversation = route_of(KIND, UpdateRoute).operation(live(), wanted, WriteContext(NAMES, paths))
    newer = {**TEMPLATE, "bcc": "other@acme.com"}
    [_, put], _ = converse(conversation, {"template": newer}, {})
    written = known(put.body)["template"]
    assert (written["subject"], written["reply_to_identity_id"]) == ("New", 1)
    assert (written["layout_id"], json.loads(written["headers"])) == (None, [])
    assert (written["bcc"], written["body"]) == ("other@acme.com", "<p>Hi</p>")
    assert not {"id", "links", "request_method"} & set(written)


def test_all_settings_are_sent() -> None:
    wanted = changed(sending="draft")
    paths = [("email", "sending")]
    [request], _ = run_dry(
        route_of(KIND, UpdateRoute).operation(live(), wanted, WriteContext(NAMES, paths))
    )
    assert known(request.body)["transactional_message"] == {
        "update_type": "settings",
        "send_to_unsubscribed": True,
        "hide_message_body": False,
        "open_tracking": False,
        "link_tracking": True,
        "queue_drafts": True,
        "trigger_name": "RECEIPT",
    }


@pytest.mark.parametrize(
    "paths",
    [
        [("email", "translations", "es"), ("email", "translations", "fr")],
        [("email", "translations")],
    ],
)
def test_languages_are_added_and_removed(paths: Any) -> None:
    wanted = changed(translations={"fr": {"subject": "Bonjour"}})
    sent, _ = run_dry(
        route_of(KIND, UpdateRoute).operation(live(), wanted, WriteContext(NAMES, paths))
    )
    assert [str(request) for request in sent] == [
        "DELETE ~/templates/102",
        "POST ~/transactional_messages/5/translations",
        "GET ~/templates/(id of its fr template)",
        "PUT ~/templates/(id of its fr template)",
    ]
    assert sent[-1].body == {"template": {"subject": "Bonjour"}}


@pytest.mark.parametrize("found", [FOUND, RemoteObject("5", "Receipt", Api.APP, APP_WIRE)])
def test_content_is_written_over_the_app_api(found: RemoteObject) -> None:
    wanted = changed(subject="New")
    conversation = route_of(KIND, UpdateRoute, Api.APP).operation(
        live(found), wanted, WriteContext(NAMES, [("email", "subject")])
    )
    sent, _ = run_dry(conversation)
    assert [str(request) for request in sent] == [
        "GET /v1/transactional/5/contents",
        "PUT /v1/transactional/5/content/101",
    ]
    assert known(sent[1].body)["subject"] == "New"


def test_the_app_api_gets_every_writable_member() -> None:
    wanted = changed(subject="New")
    conversation = route_of(KIND, UpdateRoute, Api.APP).operation(
        live(), wanted, WriteContext(NAMES, [("email", "subject")])
    )
    [_, put], _ = converse(conversation, {"contents": APP_WIRE["contents"]}, {})
    assert put.body == {
        "subject": "New",
        "body": "<p>Hi</p>",
        "body_amp": "",
        "preheader_text": "",
        "recipient": "{{customer.email}}",
        "from_id": 1,
        "reply_to_id": None,
        "headers": [{"name": "X-Tag", "value": "a"}],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"email": {}, "trigger_name": "123"},
        {"email": {"translations": {"not a language": {}}}},
        {"email": {"subjet": "x"}},
        {"email": {"sending": "never"}},
        {"email": {}, "push": {}},
        {},
    ],
)
def test_invalid_files(fields: Mapping[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Transactional.model_validate({"name": "x", **fields})


@pytest.fixture
def store() -> Store:
    return Store.open(":memory:")


@pytest.fixture
def provider(store: Store) -> Iterator[HttpProvider]:
    workspace = store.workspace("test")
    app = make_app(store, Behavior(rate_limit=None))
    keys = workspace.credentials
    opened = connect(
        Endpoint("http://localhost", "http://localhost", "http://localhost"),
        Credentials(Secret(keys.app_api_key), Secret(keys.service_account_token)),
        workspace.environment_id,
        rates=UNLIMITED,
        transport=InProcessTransport(app),
        sleep=lambda _: None,
    )
    yield opened
    opened.close()


def read(provider: HttpProvider, api: Api, remote_id: str) -> RemoteObject:
    stub = RemoteObject(remote_id, "", api, {"id": remote_id})
    found: RemoteObject = run_conversation(route_of(KIND, ReadRoute, api).operation(stub), provider)
    return found


def test_the_life_cycle_in_the_emulator(provider: HttpProvider) -> None:
    made: list[JsonValue] = [
        provider.send(Request(Api.JOURNEYS, "POST", "~/identities", {"identity": identity})).body
        for identity in ({"name": "Acme", "email": "team@acme.com"}, {"name": "", "email": "e@a.c"})
    ]
    layout: JsonValue = {"name": "Plain", "body": "{{ content }}"}
    layout = provider.send(Request(Api.JOURNEYS, "POST", "~/layouts", {"layout": layout})).body
    senders = [str(each["identity"]["id"]) for each in made]
    names = Names(
        ids={Address("layout", "plain"): str(layout["layout"]["id"])},
        known={"sender": {"team@acme.com": senders[0], "e@a.c": senders[1]}},
    )

    def live_now(api: Api = Api.JOURNEYS) -> LiveObject:
        found = read(provider, api, bound.remote_id)
        return LiveObject("transactional", found, KIND.decode(found, names))

    wanted = Transactional.model_validate(
        {
            "name": "Receipt",
            "trigger_name": "RECEIPT",
            "email": {
                "track": {"links": False},
                "from": "team@acme.com",
                "layout": "plain",
                "subject": "Your receipt",
                "headers": {"X-Tag": "a"},
                "bcc": "archive@acme.com",
                "body": "<p>Thanks</p>",
                "plain": "Thanks",
                "translations": {"es": {"subject": "Tu recibo", "from": "e@a.c"}, "fr": {}},
            },
        }
    )
    bound: WriteResult = run_conversation(
        route_of(KIND, CreateRoute).operation(wanted, WriteContext(names)), provider
    )
    attributes: KindFields = live_now().attributes
    assert list(compare(KIND, None, KIND.attributes(wanted), attributes)) == []
    email = attributes["email"]
    assert email["track"] == {"opens": True, "links": False}
    assert email["translations"]["es"]["subject"] == "Tu recibo"
    assert email["translations"]["es"]["from"] == "e@a.c"
    assert email["translations"]["fr"]["subject"] == "Your receipt"

    def update(api: Api, paths: Any, email: Any, **fields: Any) -> None:
        nonlocal attributes
        fields["email"] = {**attributes["email"], **email}
        message = KIND.parse({**attributes, **fields})
        run_conversation(
            route_of(KIND, UpdateRoute, api).operation(
                live_now(), message, WriteContext(names, paths)
            ),
            provider,
        )
        expected, attributes = {**attributes, **fields}, live_now().attributes
        assert attributes == expected

    subject, reply_to = ("email", "subject"), ("email", "reply_to")
    update(Api.APP, [subject, reply_to], {"subject": "Thanks!", "reply_to": "e@a.c"})
    update(Api.JOURNEYS, [("name",), ("email", "layout")], {"layout": "none"}, name="Your receipt")
    french = attributes["email"]["translations"]["fr"]
    update(Api.JOURNEYS, [("email", "translations", "es")], {"translations": {"fr": french}})
    update(Api.JOURNEYS, [("email", "sending")], {"sending": "draft"})
    update(Api.JOURNEYS, [("trigger_name",)], {}, trigger_name="PAID")

    over_app: KindFields = live_now(Api.APP).attributes
    assert over_app["email"]["subject"] == "Thanks!"
    assert over_app["email"]["headers"] == {"X-Tag": "a"}

    run_conversation(route_of(KIND, DeleteRoute).operation(live_now()), provider)
    assert run_conversation(route_of(KIND, ListRoute).operation(), provider) == []
    assert run_conversation(route_of(KIND, ListRoute, Api.APP).operation(), provider) == []


def test_the_example_loads() -> None:
    import yaml

    fields: KindFields = KIND.parse(yaml.safe_load(KIND.example)).to_fields()
    assert fields["email"]["translations"]["es"]["subject"] == "Tu nueva contraseña"
