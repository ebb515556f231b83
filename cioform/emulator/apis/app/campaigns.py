"""Campaigns on the App API: read-only but for the content of messages (app facts, 4.1, 4.2)."""

from functools import wraps
from typing import Any

from cioform.emulator.apis.app import content
from cioform.emulator.domain import audit, workflow
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.pagination import slice_page
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import app_route, closed_object
from cioform.emulator.store.record_types import (
    ACTION,
    BROADCAST_CAMPAIGN_TYPES,
    CAMPAIGN,
    LAYOUT,
    TAG,
    Record,
)
from cioform.emulator.store.segment_references import find_segment_ids
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS
from cioform.emulator.wire.errors import not_found, unprocessable
from cioform.emulator.wire.filter_encoding import decode_filter

SHAPE = closed_object(**content.FIELD_SHAPES)
ACTIONS_PAGE_SIZE = 10
CHANNELS_WITH_BLANK_RECIPIENT = ("twilio", "whatsapp")


def list_all(request: Request) -> Response:
    """All of them at once."""
    every = [
        each
        for each in request.workspace_data.all(CAMPAIGN)
        if not _is_separate_broadcast(request, each)
    ]
    return Response({"campaigns": [serialize_campaign(request, each) for each in every]})


def read(request: Request) -> Response:
    """One campaign."""
    return Response({"campaign": serialize_campaign(request, get_campaign(request))})


def list_actions(request: Request) -> Response:
    """The messages of a campaign, ten at a time."""
    every: list[Record] = list_all_actions(request).body["actions"]
    piece, following = slice_page(every, max(0, request.query_int("start", 0)), ACTIONS_PAGE_SIZE)
    return Response({"actions": piece, "next": following})


def list_all_actions(request: Request) -> Response:
    """All messages at once."""
    messages = _message_actions(request, request.get(CAMPAIGN))
    firsts = ((each, templates_of(request, "action_id", each["id"])[0]) for each in messages)
    return Response({"actions": [_serialize_action(request, *pair) for pair in firsts]})


def read_action(request: Request) -> Response:
    """One message."""
    action = _get_action(request)
    return Response(
        {"action": _serialize_action(request, action, _get_template(request, action, ""))}
    )


def write_action(request: Request) -> Response:
    """Overwrite the default language of one message."""
    return _write_content(request, "")


def read_language(request: Request) -> Response:
    """One message in one language."""
    action = _get_action(request)
    return Response(
        {
            "action": _serialize_action(
                request, action, _get_template(request, action, _language_argument(request))
            )
        }
    )


def write_language(request: Request) -> Response:
    """Overwrite one language of one message; there is no way to add one here."""
    return _write_content(request, _language_argument(request))


def get_campaign(request: Request) -> Record:
    """The campaign in the path; a broadcast is none, where the two are kept apart."""
    record = request.get(CAMPAIGN)
    if _is_separate_broadcast(request, record):
        raise not_found("campaign")
    return record


def _is_separate_broadcast(request: Request, record: Record) -> bool:
    return request.behavior.broadcasts_excluded and record["type"] in BROADCAST_CAMPAIGN_TYPES


def _require_campaign(handler: Handler) -> Handler:
    @wraps(handler)
    def wrapped(request: Request) -> Response:
        get_campaign(request)
        return handler(request)

    return wrapped


def _write_content(request: Request, language: str) -> Response:
    action = _get_action(request)
    template = content.write_content(
        request, _get_template(request, action, language), headers_as_list=False
    )
    sending = request.body.get("sending_state")
    if sending is not None and sending not in ("automatic", "draft", "off"):
        raise unprocessable("sending_state is not included in the list", "/sending_state")
    if sending is not None and not language:
        action = audit.update_record(request, ACTION, action, {"sending_state": sending})
    return Response({"action": _serialize_action(request, action, template)})


def _message_actions(request: Request, campaign: Record) -> list[Record]:
    """Steps that are messages: the rest of the workflow is not shown here (app facts, 4.1)."""
    return [
        each for each in workflow.actions_of(request, campaign) if each["type"] in MESSAGE_CHANNELS
    ]


def _get_action(request: Request) -> Record:
    found = [
        e
        for e in _message_actions(request, request.get(CAMPAIGN))
        if e["id"] == request.path_params["action"]
    ]
    if not found:
        raise not_found("action")
    return found[0]


def _language_argument(request: Request) -> str:
    return str(request.path_params["language"])


def _get_template(request: Request, action: Record, language: str) -> Record:
    every = templates_of(request, "action_id", action["id"])
    found = [each for each in every if each["language"] == language]
    if not found:
        raise not_found("translation")
    return found[0]


def _serialize_action(request: Request, action: Record, template: Record) -> Record:
    layout = (
        request.workspace_data.get(LAYOUT, template["layout_id"]) if template["layout_id"] else None
    )
    shown = content.serialize_content(request, template)
    updated = max(action["updated"], template["updated"])
    shown.update(
        id=action["id"],
        campaign_id=action["campaign_id"],
        parent_action_id=None,
        deduplicate_id=f"{action['id']}:{updated}",
        name=action["name"],
        layout=layout["body"] if layout else "",
        sending_state=action["sending_state"],
        created=action["created"],
        updated=updated,
    )
    channel = template["template_type"]
    if channel in CHANNELS_WITH_BLANK_RECIPIENT and request.behavior.sms_recipient_blank:
        shown["recipient"] = ""
    if channel == "webhook":
        shown.update(url=template["url"] or "", method=template["request_method"])
    if channel == "twilio":
        shown["image_url"] = template["image_url"] or ""
    return shown


def serialize_campaign(request: Request, record: Record) -> Record:
    tags = [request.workspace_data.get(TAG, number) for number in record["tag_ids"]]
    shown: Record = {
        "id": record["id"],
        "deduplicate_id": f"{record['id']}:{record['updated']}",
        "name": record["name"],
        "description": record["description"],
        "type": record["type"],
        "active": record["state"] == "running",
        "state": record["state"],
        "actions": [
            {"id": each["id"], "type": MESSAGE_CHANNELS[each["type"]]}
            for each in _message_actions(request, record)
        ],
        "first_started": record["first_started"],
        "tags": [each["name"] for each in tags if each],
        "created": record["created"],
        "updated": record["updated"],
        "filter_segment_ids": _segment_ids(record, ("filters",)),
    }
    if record["type"] in ("seg_attr", "behavioral"):
        shown["trigger_segment_ids"] = _segment_ids(record, ("anchors", "trigger"))
    if record["type"] in ("transactional", "form"):
        shown["event_name"] = record["event"]
    if record["type"] == "date":
        shown["date_attribute"] = record.get("date_triggered_attribute") or ""
        shown["frequency"] = record.get("frequency") or ""
    return shown


def _segment_ids(record: Record, keys: tuple[str, ...]) -> list[int]:
    values: list[Any] = [record[key] for key in keys]
    opened = [decode_filter(each) if isinstance(each, str) and each else each for each in values]
    return sorted(set(find_segment_ids(opened)))


ACTION_PATH = "/campaigns/<int:id>/actions/<int:action>"
ROUTES = (
    app_route("GET", "/campaigns", list_all),
    app_route("GET", "/campaigns/<int:id>", read),
    app_route(
        "GET", "/campaigns/<int:id>/actions", _require_campaign(list_actions), query=("start",)
    ),
    app_route("GET", ACTION_PATH, _require_campaign(read_action)),
    app_route("PUT", ACTION_PATH, _require_campaign(write_action), SHAPE),
    app_route("GET", ACTION_PATH + "/language/<language>", _require_campaign(read_language)),
    app_route(
        "PUT", ACTION_PATH + "/language/<language>", _require_campaign(write_language), SHAPE
    ),
)
