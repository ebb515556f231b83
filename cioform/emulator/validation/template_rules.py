"""The rules for templates: their members, and the effect of a write (journeys facts, 5)."""

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
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, TEMPLATE, Record, RecordType
from cioform.emulator.wire.errors import ApiError, unprocessable
from cioform.emulator.wire.json_input import parse_json

HTTP_METHODS = ("get", "post", "put", "delete", "patch")
REFERENCE_FIELDS: Mapping[str, RecordType] = {
    "layout_id": LAYOUT,
    "from_identity_id": IDENTITY,
    "reply_to_identity_id": IDENTITY,
}
"""The record type that each reference of a template points to."""

PRESERVED_FIELDS = ("template_type", "language", "editor", "template_engine")
"""Members that keep their value if a write leaves them out."""

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
    "body_json": {**NULLABLE_STRING, "x-checked-by-handler": True},
    "image_url": NULLABLE_STRING,
    "body_amp": NULLABLE_STRING,
    "body_plain": NULLABLE_STRING,
    "editor": STRING,
    "preprocessor": STRING,
    "url": NULLABLE_STRING,
    "headers": {**STRING, "x-checked-by-handler": True},
    "template_type": STRING,
    "preheader_text": STRING,
    "language": STRING,
    "template_engine": STRING,
    "whatsapp": ANY,
    "test_group_id": ANY,
    "recipient_environment_id": NULLABLE_INTEGER,
    "deleted": BOOLEAN,
    "newsletter_id": NULLABLE_INTEGER,
    "request_method": {**STRING, "enum": list(HTTP_METHODS), "x-checked-by-handler": True},
    "short_link_domain_id": NULLABLE_INTEGER,
    "webhook_config_id": NULLABLE_INTEGER,
    "weight": ANY,
}


def fields_after_update(request: Request, record: Record, fields: dict[str, Any]) -> Record:
    """Return the members of the template after a Journeys PUT of `fields`."""
    sent = {key: value for key, value in fields.items() if key in FIELD_SHAPES}
    check_template(request, record, sent)
    if record["editor"] == "parcel":
        # The compiled output of Design Studio wins, and no error is reported (journeys facts, 5).
        sent.pop("body", None)
    if request.behavior.template_put == "merge":
        return sent
    reset = {key: TEMPLATE.defaults[key] for key in FIELD_SHAPES if key not in PRESERVED_FIELDS}
    if record["editor"] == "parcel":
        reset.pop("body")
    return {**reset, **sent}


def check_template(request: Request, record: Record, fields: dict[str, Any]) -> None:
    """Raise 422 if the service would refuse to write `fields` to the template."""
    if "request_method" in fields and fields["request_method"] not in HTTP_METHODS:
        # GET returns "", and PUT does not accept that value (journeys facts, 9.9).
        raise unprocessable(
            "request_method is not included in the list", "/template/request_method"
        )
    if not isinstance(fields.get("body_json") or "", str):
        raise unprocessable("body_json must be a string", "/template/body_json")
    if "headers" in fields:
        check_headers(fields["headers"])
    if record["editor"] == "bee" and fields.get("body", record["body"]) != record["body"]:
        raise unprocessable(
            "body made in the drag-and-drop editor cannot be changed", "/template/body"
        )
    check_references(request, fields)


def check_references(request: Request, fields: dict[str, Any]) -> None:
    """Raise 422 if the layout or a sender that `fields` names does not exist."""
    for key, record_type in REFERENCE_FIELDS.items():
        if fields.get(key) and request.workspace_data.get(record_type, fields[key]) is None:
            raise unprocessable(f"{key} does not exist", f"/template/{key}")


def check_headers(headers: Any) -> None:
    """Raise 422 unless `headers` is a JSON string of `[{"name": ..., "value": ...}]`."""
    try:
        pairs = parse_json(headers) if isinstance(headers, str) and headers else []
    except ValueError:
        pairs = None
    is_array = isinstance(headers, str) and isinstance(pairs, list)
    if not is_array or not all(isinstance(e, dict) and "name" in e for e in pairs or []):
        raise unprocessable("headers must be a JSON array of name and value", "/template/headers")


def check_editable(record: Record) -> None:
    """Raise 400 if the App API cannot write content of the template's editor (app facts, 4.2)."""
    if record["editor"] != "html":
        raise ApiError(400, "content made in this editor cannot be changed through the API")
