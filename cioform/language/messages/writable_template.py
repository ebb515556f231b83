"""A template in the form in which it may be written back, with the members that have no field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.json_value import JsonValue

_WRITABLE_FIELDS: Final = (
    *("layout_id", "from_identity_id", "reply_to_identity_id", "name", "bcc", "fake_bcc", "cc"),
    *("recipient", "subject", "body", "body_json", "image_url", "body_amp", "body_plain"),
    *("editor", "preprocessor", "url", "headers", "template_type", "preheader_text", "language"),
    *("template_engine", "whatsapp", "test_group_id", "recipient_environment_id", "deleted"),
    *("newsletter_id", "request_method", "short_link_domain_id", "webhook_config_id", "weight"),
)
"""Every member that the PUT of a template accepts (journeys facts, section 5)."""

_METHODS: Final = ("get", "post", "put", "delete", "patch")


def writable_fields(template: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a template as read in the form in which it may be written.

    An empty `request_method` is removed: Customer.io returns it, but refuses to take it back
    (journeys facts, section 9, 9).
    """
    members = {name: template[name] for name in _WRITABLE_FIELDS if name in template}
    if members.get("request_method") not in _METHODS:
        members.pop("request_method", None)
    return members
