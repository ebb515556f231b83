"""What a template may hold, and what a write leaves of it (journeys facts, 5)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.protocol.route import (
    ANY,
    BOOLEAN,
    NULLABLE_INTEGER,
    NULLABLE_STRING,
    STRING,
    Shape,
)
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, TEMPLATE, Record
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.json_input import parse_json

HTTP_METHODS = ("get", "post", "put", "delete", "patch")
PRESERVED_FIELDS = ("template_type", "language", "editor", "template_engine")
"""Members that a write that leaves them out does not reset."""

FIELD_SHAPES: Mapping[str, Shape] = {
    "layout_id": NULLABLE_INTEGER,
    "from_identity_id": NULLABLE_INTEGER,
    "reply_to_identity_id": NULLABLE_INTEGER,
    "name": STRING,
    "bcc": STRING,
    "fake_bcc": BOOLEAN,
    "cc": STRING,
    "recipient": STRING,
    "subject": STRING,
    "body": STRING,
    "body_json": {**NULLABLE_STRING, "x-judged": True},
    "image_url": NULLABLE_STRING,
    "body_amp": NULLABLE_STRING,
    "body_plain": NULLABLE_STRING,
    "editor": STRING,
    "preprocessor": STRING,
    "url": NULLABLE_STRING,
    "headers": {**STRING, "x-judged": True},
    "template_type": STRING,
    "preheader_text": STRING,
    "language": STRING,
    "template_engine": STRING,
    "whatsapp": ANY,
    "test_group_id": ANY,
    "recipient_environment_id": NULLABLE_INTEGER,
    "deleted": BOOLEAN,
    "newsletter_id": NULLABLE_INTEGER,
    "request_method": {**STRING, "enum": list(HTTP_METHODS), "x-judged": True},
    "short_link_domain_id": NULLABLE_INTEGER,
    "webhook_config_id": NULLABLE_INTEGER,
    "weight": ANY,
}


def fields_after_update(request: Request, record: Record, given: dict[str, Any]) -> Record:
    """The members of the template after a Journeys PUT of `given`."""
    given = {key: value for key, value in given.items() if key in FIELD_SHAPES}
    check_template(request, record, given)
    if record["editor"] == "parcel":
        # Design Studio's compiled output wins in silence (journeys facts, 5).
        given = {key: value for key, value in given.items() if key != "body"}
    if request.behavior.template_put == "merge":
        return given
    reset = {key: TEMPLATE.defaults[key] for key in FIELD_SHAPES if key not in PRESERVED_FIELDS}
    if record["editor"] == "parcel":
        reset.pop("body")
    return {**reset, **given}


def check_template(request: Request, record: Record, given: dict[str, Any]) -> None:
    """Refuse what the service refuses."""
    if "request_method" in given and given["request_method"] not in HTTP_METHODS:
        # GET answers "" and PUT does not take it back (journeys facts, 9.9).
        raise unprocessable(
            "request_method is not included in the list", "/template/request_method"
        )
    if not isinstance(given.get("body_json") or "", str):
        raise unprocessable("body_json must be a string", "/template/body_json")
    if "headers" in given:
        check_headers(given["headers"])
    if record["editor"] == "bee" and given.get("body", record["body"]) != record["body"]:
        raise unprocessable(
            "body made in the drag-and-drop editor cannot be changed", "/template/body"
        )
    check_references(request, given)


def check_references(request: Request, given: dict[str, Any]) -> None:
    """The layout and the senders named must be there."""
    links = (
        ("layout_id", LAYOUT),
        ("from_identity_id", IDENTITY),
        ("reply_to_identity_id", IDENTITY),
    )
    for key, record_type in links:
        if given.get(key) and request.workspace_data.get(record_type, given[key]) is None:
            raise unprocessable(f"{key} does not exist", f"/template/{key}")


def check_headers(given: Any) -> None:
    """Headers are a JSON string of [{"name","value"}]."""
    try:
        pairs = parse_json(given) if isinstance(given, str) and given else []
    except ValueError:
        pairs = None
    right = isinstance(given, str) and isinstance(pairs, list)
    if not right or not all(isinstance(e, dict) and "name" in e for e in pairs or []):
        raise unprocessable("headers must be a JSON array of name and value", "/template/headers")


def check_editable(record: Record) -> None:
    """Content of another editor is not for the App API (app facts, 4.2)."""
    if record["editor"] != "html":
        raise ApiError(400, "content made in this editor cannot be changed through the API")
