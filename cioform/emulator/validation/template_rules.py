"""What a template may hold, and what a write leaves of it (journeys facts, 5)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Call
from cioform.emulator.protocol.route import ANY, FLAG, NULL_TEXT, NULL_WHOLE, TEXT, Shape
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, TEMPLATE, Record
from cioform.emulator.wire.errors import Refusal, invalid
from cioform.emulator.wire.json_input import json_of

METHODS = ("get", "post", "put", "delete", "patch")
FIXED = ("template_type", "language", "editor", "template_engine")
"""Members that a write that leaves them out does not reset."""

MEMBERS: Mapping[str, Shape] = {
    "layout_id": NULL_WHOLE,
    "from_identity_id": NULL_WHOLE,
    "reply_to_identity_id": NULL_WHOLE,
    "name": TEXT,
    "bcc": TEXT,
    "fake_bcc": FLAG,
    "cc": TEXT,
    "recipient": TEXT,
    "subject": TEXT,
    "body": TEXT,
    "body_json": {**NULL_TEXT, "x-judged": True},
    "image_url": NULL_TEXT,
    "body_amp": NULL_TEXT,
    "body_plain": NULL_TEXT,
    "editor": TEXT,
    "preprocessor": TEXT,
    "url": NULL_TEXT,
    "headers": {**TEXT, "x-judged": True},
    "template_type": TEXT,
    "preheader_text": TEXT,
    "language": TEXT,
    "template_engine": TEXT,
    "whatsapp": ANY,
    "test_group_id": ANY,
    "recipient_environment_id": NULL_WHOLE,
    "deleted": FLAG,
    "newsletter_id": NULL_WHOLE,
    "request_method": {**TEXT, "enum": list(METHODS), "x-judged": True},
    "short_link_domain_id": NULL_WHOLE,
    "webhook_config_id": NULL_WHOLE,
    "weight": ANY,
}


def fields_after(call: Call, record: Record, given: dict[str, Any]) -> Record:
    """The members of the template after a Journeys PUT of `given`."""
    given = {key: value for key, value in given.items() if key in MEMBERS}
    check(call, record, given)
    if record["editor"] == "parcel":
        # Design Studio's compiled output wins in silence (journeys facts, 5).
        given = {key: value for key, value in given.items() if key != "body"}
    if call.rules.template_put == "merge":
        return given
    reset = {key: TEMPLATE.blank[key] for key in MEMBERS if key not in FIXED}
    if record["editor"] == "parcel":
        reset.pop("body")
    return {**reset, **given}


def check(call: Call, record: Record, given: dict[str, Any]) -> None:
    """Refuse what the service refuses."""
    if "request_method" in given and given["request_method"] not in METHODS:
        # GET answers "" and PUT does not take it back (journeys facts, 9.9).
        raise invalid("request_method is not included in the list", "/template/request_method")
    if not isinstance(given.get("body_json") or "", str):
        raise invalid("body_json must be a string", "/template/body_json")
    if "headers" in given:
        check_headers(given["headers"])
    if record["editor"] == "bee" and given.get("body", record["body"]) != record["body"]:
        raise invalid("body made in the drag-and-drop editor cannot be changed", "/template/body")
    check_links(call, given)


def check_links(call: Call, given: dict[str, Any]) -> None:
    """The layout and the senders named must be there."""
    links = (
        ("layout_id", LAYOUT),
        ("from_identity_id", IDENTITY),
        ("reply_to_identity_id", IDENTITY),
    )
    for key, thing in links:
        if given.get(key) and call.space.get(thing, given[key]) is None:
            raise invalid(f"{key} does not exist", f"/template/{key}")


def check_headers(given: Any) -> None:
    """Headers are a JSON string of [{"name","value"}]."""
    try:
        pairs = json_of(given) if isinstance(given, str) and given else []
    except ValueError:
        pairs = None
    right = isinstance(given, str) and isinstance(pairs, list)
    if not right or not all(isinstance(e, dict) and "name" in e for e in pairs or []):
        raise invalid("headers must be a JSON array of name and value", "/template/headers")


def check_editable(record: Record) -> None:
    """Content of another editor is not for the App API (app facts, 4.2)."""
    if record["editor"] != "html":
        raise Refusal(400, "content made in this editor cannot be changed through the API")
