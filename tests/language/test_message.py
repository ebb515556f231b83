"""The content of messages, in both directions between files and templates."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from pydantic import ValidationError

from cioform.core.address import Address
from cioform.language.messages.message import MESSAGE_TYPES, to_canonical, without_defaults
from cioform.language.messages.message_references import content_references
from cioform.language.messages.template_message import (
    WireTemplate,
    decode_template,
    encode_template,
)
from cioform.model.references.names import Names

NAMES = Names(
    ids={Address("layout", "plain"): "4"},
    known={"sender": {"team@acme.com": "7", "help@acme.com": "8"}},
)  # fmt: skip
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "email",
        {"subject": "Hi", "from": "team@acme.com", "reply_to": "none", "layout": "plain",
         "headers": {"X-A": "1"}, "body": "<p>Hi</p>", "preheader": "Look", "to": "x@y.z",
         "cc": "c@acme.com", "bcc": "", "plain": "Hi\n", "amp": ""},
        {"subject": "Hi", "from_identity_id": 7, "reply_to_identity_id": None, "layout_id": 4,
         "headers": '[{"name": "X-A", "value": "1"}]', "body": "<p>Hi</p>",
         "preheader_text": "Look", "recipient": "x@y.z", "cc": "c@acme.com", "bcc": "",
         "body_plain": "Hi\n", "body_amp": ""},
    ),
    (
        "push",
        {"title": "T", "body": "B", "link": "app://x"},
        {"subject": "T", "body_json": '{"title": "T", "body": "B", "link": "app://x"}'},
    ),
    (
        "sms",
        {"body": "B", "to": "{{customer.phone}}", "image_url": "https://a/b.png"},
        {"body": "B", "recipient": "{{customer.phone}}", "image_url": "https://a/b.png"},
    ),
    (
        "webhook",
        {"url": "https://a/b", "method": "put", "headers": {"A": "b"}, "body": "{}"},
        {"url": "https://a/b", "request_method": "put", "headers": '[{"name": "A", "value": "b"}]',
         "body": "{}"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("word", "fields", "wire"), CASES)
def test_content_round_trips_through_a_template(
    word: str, fields: dict[str, Any], wire: dict[str, Any]
) -> None:
    content = to_canonical(word, MESSAGE_TYPES[word].model_validate(fields))
    assert content == {"type": word, "sending": "draft", **fields}
    assert encode_template(content, NAMES) == wire
    assert decode_template(word, cast(WireTemplate, wire), NAMES) == {"type": word, **fields}


def test_omitted_fields_are_not_sent() -> None:
    content = to_canonical(
        "email", MESSAGE_TYPES["email"].model_validate({"subject": "S", "body": "B"})
    )
    assert set(encode_template(content, NAMES)) == {"subject", "body", "preheader_text"}


def test_a_push_keeps_unknown_members() -> None:
    content = {"type": "push", "title": "New", "body": "B"}
    now: WireTemplate = {
        "body_json": '{"title": "Old", "body": "b", "sound": "ping", "link": "app://x"}'
    }
    sent = json.loads(encode_template(content, NAMES, now)["body_json"])
    assert sent == {"title": "New", "body": "B", "sound": "ping", "link": "app://x"}


def test_messages_are_drafts_by_default() -> None:
    assert MESSAGE_TYPES["sms"].model_validate({"body": "B"}).sending == "draft"
    with pytest.raises(ValidationError):
        MESSAGE_TYPES["sms"].model_validate({"body": "B", "sending": "always"})


def test_a_message_names_senders_and_layout() -> None:
    content = {"type": "email", "from": "a@b.c", "reply_to": "none", "layout": "plain"}
    found = [(r.kind, r.text, r.path) for r in content_references(content, (1,))]
    assert found == [("sender", "a@b.c", (1, "from")), ("layout", "plain", (1, "layout"))]


def test_defaults_are_not_written() -> None:
    template: WireTemplate = {"subject": "S", "body": "B", "headers": "[]"}
    template["recipient"] = "{{customer.email}}"
    content = decode_template("email", template, NAMES)
    assert without_defaults({**content, "sending": "draft"}) == {"subject": "S", "body": "B"}


@pytest.mark.parametrize(
    ("template", "raw"),
    [
        ({"preprocessor": "premailer"}, {}),
        ({"preprocessor": ""}, {"preprocessor": ""}),
        ({"preprocessor": None}, {"preprocessor": ""}),
        ({}, {}),  # A template that was read in full has the member.
    ],
)
def test_a_preprocessor_that_is_off_says_something(
    template: dict[str, Any], raw: dict[str, Any]
) -> None:
    found = cast(WireTemplate, {"subject": "S", "body": "B", **template})
    assert decode_template("email", found, NAMES).get("raw", {}) == raw
