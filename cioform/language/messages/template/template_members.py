"""Every member that a template accepts, and where a file describes it (journeys facts, section 5).

A member that a field of the message describes is in that field. The others are in `raw` of the
message, so that a file shows them and another workspace gets them. Two sorts are listed here and
left out: members that depend on where the template is used, and IDs of objects that no file can
name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from cioform.core.data.json_value import Json, JsonValue
from cioform.core.suggest import did_you_mean
from cioform.model.values.value_errors import Problem, format_value

TEMPLATE_MEMBERS: Final[Mapping[str, type | None]] = {
    "layout_id": int,
    "from_identity_id": int,
    "reply_to_identity_id": int,
    "name": str,
    "bcc": str,
    "fake_bcc": bool,
    "cc": str,
    "recipient": str,
    "subject": str,
    "body": str,
    "body_json": str,
    "image_url": str,
    "body_amp": str,
    "body_plain": str,
    "editor": str,
    "preprocessor": str,
    "url": str,
    "headers": str,
    "template_type": str,
    "preheader_text": str,
    "language": str,
    "template_engine": str,
    "whatsapp": None,
    "test_group_id": int,
    "recipient_environment_id": int,
    "deleted": bool,
    "newsletter_id": int,
    "request_method": str,
    "short_link_domain_id": int,
    "webhook_config_id": int,
    "weight": None,
}
"""The members that the PUT of a template accepts, with their types; None for an unknown one."""

FIELD_MEMBERS: Final[Mapping[str, frozenset[str]]] = {
    "email": frozenset(
        {"subject", "preheader_text", "recipient", "cc", "bcc", "headers"}
        | {"body", "body_plain", "body_amp"}
    ),
    "push": frozenset({"subject", "body_json"}),
    "sms": frozenset({"body", "recipient", "image_url"}),
    "whatsapp": frozenset({"body", "recipient", "body_json"}),
    "in_app": frozenset({"body", "body_json"}),
    "inbox": frozenset({"body", "body_json"}),
    "slack": frozenset({"body", "recipient", "url"}),
    "webhook": frozenset({"url", "request_method", "headers", "body"}),
}
"""The members that the fields of each type of message describe, besides references."""

EMAIL_TEXTS: Final[Mapping[str, str]] = {
    "subject": "subject",
    "preheader": "preheader_text",
    "to": "recipient",
    "cc": "cc",
    "bcc": "bcc",
    "body": "body",
    "plain": "body_plain",
    "amp": "body_amp",
}
"""The member of a template that has each text of an e-mail (journeys facts, section 5)."""

PLACE_MEMBERS: Final = frozenset({"template_type", "language", "name"})
"""What the place of the message decides: its block, the code of the translation, and its step.

A template gets the name of its step, its A/B test or its transactional message, and keeps that when
somebody renames it. Nobody sees that name, so that it is no content of the message."""

UNNAMED_IDS: Final = frozenset(
    {"test_group_id", "recipient_environment_id", "newsletter_id", "short_link_domain_id"}
    | {"webhook_config_id", "layout_id", "from_identity_id", "reply_to_identity_id"}
)
"""IDs, which mean nothing in another workspace. cioform has names only for the layout and the
senders of e-mails. A write keeps the IDs that Customer.io has."""

NAMED_IN_EMAILS: Final = frozenset({"layout_id", "from_identity_id", "reply_to_identity_id"})
"""The IDs that fields of an e-mail name."""

READ_ONLY_MEMBERS: Final = frozenset(
    {"id", "action_id", "campaign_id", "transactional_message_id", "deduplicate_id", "links"}
    | {"created", "updated", "created_at", "updated_at"}
)
"""Members that Customer.io sets itself."""

DEFAULT_EDITOR: Final = "html"
"""The editor whose bodies the API writes."""

_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    **{name: "" for name, kind in TEMPLATE_MEMBERS.items() if kind is str},
    "headers": "[]",
    "editor": DEFAULT_EDITOR,
    "preprocessor": "premailer",
    "template_engine": "liquid",
    **dict.fromkeys(("fake_bcc", "deleted"), False),
    **dict.fromkeys(("whatsapp", "weight"), None),
}
"""The value with which each member says nothing."""

_BLANK_MEANS_OFF: Final = frozenset({("email", "preprocessor")})
"""The members, by type of message, for which a blank value is not the default: the code editor has
a switch for writing styles into the elements (app facts, 4.2).

The App API leaves the member out if that is off. The Journeys API returns the member of every
template (journeys facts, section 5), so null counts as off, too, and an import writes that."""

_DEFAULT_RECIPIENTS: Final = ("{{customer.email}}", "{{customer.phone}}")
"""Customer.io's own, which say nothing in a message that is not sent to an address."""

HTTP_METHODS: Final = ("get", "post", "put", "delete", "patch")
"""The values of `request_method` that the field of a webhook can have."""


_KNOWN_METHODS: Final = frozenset({*HTTP_METHODS, "head", "options", "trace", "connect"})
"""The methods that a webhook may have although the API does not write them."""

_RECORDED: Final = READ_ONLY_MEMBERS | TEMPLATE_MEMBERS.keys()


def writable_fields(template: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a template in the form in which it may be written.

    An empty `request_method` is removed: Customer.io returns it, but refuses to take it back
    (journeys facts, section 9, 9).
    """
    members = {name: template[name] for name in TEMPLATE_MEMBERS if name in template}
    if not members.get("request_method"):
        members.pop("request_method", None)
    return members


def raw_members(
    message_type: str, template: Mapping[str, JsonValue], described: frozenset[str]
) -> dict[str, JsonValue]:
    """Return the members of a template that no field describes; `described` are the others."""
    others = _undescribed_members(described)
    known = {name: value for name in others if (value := template.get(name)) is not None}
    for kind, name in _BLANK_MEANS_OFF:
        if kind == message_type and name in others and template.get(name, name) is None:
            known[name] = ""
    return without_insignificant_members(message_type, {**known, **_unknown_members(template)})


def _unknown_members(template: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the members of a template that no source records."""
    if template.keys() <= _RECORDED:
        return {}
    return {name: value for name, value in template.items() if name not in _RECORDED}


@cache
def _undescribed_members(described: frozenset[str]) -> list[str]:
    hidden = described | PLACE_MEMBERS | UNNAMED_IDS
    return [name for name in TEMPLATE_MEMBERS if name not in hidden]


def unnamed_ids(message_type: str, template: Mapping[str, JsonValue]) -> list[str]:
    """Return the IDs in a template that no file can contain, by their members."""
    named = NAMED_IN_EMAILS if message_type == "email" else frozenset()
    return sorted(name for name in UNNAMED_IDS - named if template.get(name))


def without_insignificant_members(
    message_type: str, raw: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return members of a template without those that are empty or defaults."""
    return {
        name: value
        for name, value in raw.items()
        if name not in PLACE_MEMBERS and _is_significant(message_type, name, value)
    }


def default_member(message_type: str, name: str) -> Json:
    """Return the default of a member if a blank value is not the default; otherwise None."""
    return _DEFAULTS[name] if (message_type, name) in _BLANK_MEANS_OFF else None


def emptied_members(message_type: str, names: Collection[str]) -> dict[str, JsonValue]:
    """Return members of `raw` with the values that are insignificant.

    What a field describes is left out.
    """
    hidden = FIELD_MEMBERS[message_type]
    return {name: _DEFAULTS[name] for name in names if name in _DEFAULTS and name not in hidden}


def raw_problems(raw: Mapping[str, JsonValue]) -> list[Problem]:
    """Return what is wrong with the members of a template in `raw` of a message."""
    return [((name,), text) for name, value in raw.items() if (text := _problem(name, value))]


def _is_significant(message_type: str, name: str, value: JsonValue) -> bool:
    if name not in TEMPLATE_MEMBERS:
        return bool(value)
    if value == "" and (message_type, name) in _BLANK_MEANS_OFF:
        return True
    if value in (None, "", [], {}) or value == _DEFAULTS.get(name):
        return False
    return name != "recipient" or value not in _DEFAULT_RECIPIENTS


def _method_problem(value: JsonValue) -> str | None:
    """Return the problem of a misspelled HTTP method; other unknown methods may exist."""
    hint = "" if value in _KNOWN_METHODS else did_you_mean(str(value), HTTP_METHODS)
    return f"{format_value(value)} is no HTTP method.{hint}" if hint else None


def _problem(name: str, value: JsonValue) -> str | None:
    if name == "name":
        return "the name of a message's template is that of its step or message. Remove it."
    if name in PLACE_MEMBERS:
        return f"`{name}` follows from where the message is written. Remove it."
    if name in UNNAMED_IDS:
        return (
            "an ID has no meaning in another workspace, so a file cannot set it. Remove it: "
            "cioform keeps the value that is set in Customer.io."
        )
    if name in READ_ONLY_MEMBERS:
        return f"`{name}` is set by Customer.io itself. Remove it."
    if name not in TEMPLATE_MEMBERS:
        hint = did_you_mean(name, TEMPLATE_MEMBERS)
        return f"`{name}` is not a member of a template.{hint}" if hint else None
    expected = TEMPLATE_MEMBERS[name]
    if expected is None or type(value) is expected:
        return _method_problem(value) if name == "request_method" else None
    expected_text = "true or false" if expected is bool else "text"
    return f"must be {expected_text}, not {format_value(value)}."
