"""Transactional messages of format 0 in the current format, with their comments."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ruamel.yaml import YAML

from cioform.kinds.transactional import KIND

OLD = """\
# head
name: Receipt  # name
# before settings
settings:  # settings
  send_to_unsubscribed: true  # unsubscribed
  link_tracking: false  # links
  # before opens
  open_tracking: true
  queue_drafts: false
# before from
from: team@acme.com  # from
recipient: '{{customer.parent}}'
# before subject
subject: Hi
body:
  file: receipt.html
translations:
  es:
    subject: Hola  # es
# before protect
protect: true
ignore: [subject, translations.es.body, settings.link_tracking]
because: Marketing tries subjects.
"""
NEW = {
    "name": "Receipt",
    "send_to_unsubscribed": True,
    "email": {
        "sending": "automatic",
        "track": {"opens": True, "links": False},
        "from": "team@acme.com",
        "to": "{{customer.parent}}",
        "subject": "Hi",
        "body": {"file": "receipt.html"},
        "translations": {"es": {"subject": "Hola"}},
    },
    "protect": True,
    "ignore": ["email.subject", "email.translations.es.body", "email.track.links"],
    "because": "Marketing tries subjects.",
}


def plain(text: str) -> Any:
    return YAML(typ="safe").load(text)


def test_a_document_with_comments_keeps_them() -> None:
    yaml = YAML()
    document = yaml.load(OLD)
    KIND.upgrade(document)
    written = io.StringIO()
    yaml.dump(document, written)
    text = written.getvalue()
    assert plain(text) == NEW
    assert list(plain(text)) == list(NEW)
    assert text.count("#") == OLD.count("#")
    KIND.upgrade(again := yaml.load(text))
    assert again == document


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (plain(OLD), NEW),
        (NEW, NEW),
        ({"name": "m"}, {"name": "m", "email": {}}),
        ({"settings": {"queue_drafts": True}}, {"email": {"sending": "draft"}}),
        ({"settings": {"hide_message_body": True}}, {"hide_message_body": True, "email": {}}),
        (
            {"settings": {"queue_drafts": "${var.draft}"}},
            {"settings": {"queue_drafts": "${var.draft}"}, "email": {}},
        ),
        ({"push": {"sending": "draft"}}, {"push": {"sending": "draft"}}),
        (
            {"name": "m", "email": {}, "ignore": ["settings"]},
            {
                "name": "m",
                "email": {},
                "ignore": [
                    "send_to_unsubscribed", "hide_message_body", "email.track", "email.sending",
                ],
            },
        ),
    ],
)  # fmt: skip
def test_plain_documents_and_attributes(old: dict[str, Any], new: dict[str, Any]) -> None:
    document = {**old}
    KIND.upgrade(document)
    assert document == new
