"""Campaigns on the App API: read-only except for message content (app facts, 4.1, 4.2)."""

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
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS, check_sending_state
from cioform.emulator.wire.errors import not_found
from cioform.emulator.wire.filter_encoding import decode_filter

SHAPE = closed_object(**content.FIELD_SHAPES)
ACTIONS_PAGE_SIZE = 10
CHANNELS_WITH_BLANK_RECIPIENT = ("twilio", "whatsapp")


def list_all(request: Request) -> Response:
    """Return all campaigns."""
    records = [
        each
        for each in request.workspace_data.all(CAMPAIGN)
        if not _is_separate_broadcast(request, each)
    ]
    return Response({"campaigns": [serialize_campaign(request, each) for each in records]})


def read(request: Request) -> Response:
    """Return one campaign."""
    return Response({"campaign": serialize_campaign(request, get_campaign(request))})


def list_actions(request: Request) -> Response:
    """Return one page of the messages of a campaign."""
    actions = _serialize_actions(request)
    start = max(0, request.query_int("start", 0))
    page, next_cursor = slice_page(actions, start, ACTIONS_PAGE_SIZE)
    return Response({"actions": page, "next": next_cursor})


def list_all_actions(request: Request) -> Response:
    """Return all messages of a broadcast."""
    return Response({"actions": _serialize_actions(request)})


def read_action(request: Request) -> Response:
    """Return one message."""
    return _read_content(request, "")


def write_action(request: Request) -> Response:
    """Overwrite the default language of a message."""
    return _write_content(request, "")


def read_language(request: Request) -> Response:
    """Return one language of a message."""
    return _read_content(request, request.path_params["language"])


def write_language(request: Request) -> Response:
    """Overwrite one language of a message; this API cannot add a language."""
    return _write_content(request, request.path_params["language"])


def get_campaign(request: Request) -> Record:
    """Return the campaign in the path; raise 404 for a broadcast if broadcasts are separate."""
    record = request.get(CAMPAIGN)
    if _is_separate_broadcast(request, record):
        raise not_found("campaign")
    return record


def serialize_campaign(request: Request, record: Record) -> Record:
    """Return a campaign as this API shows it."""
    tags = [request.workspace_data.get(TAG, number) for number in record["tag_ids"]]
    campaign: Record = {
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
        campaign["trigger_segment_ids"] = _segment_ids(record, ("anchors", "trigger"))
    if record["type"] in ("transactional", "form"):
        campaign["event_name"] = record["event"]
    if record["type"] == "date":
        campaign["date_attribute"] = record.get("date_triggered_attribute") or ""
        campaign["frequency"] = record.get("frequency") or ""
    return campaign


def _is_separate_broadcast(request: Request, record: Record) -> bool:
    return request.behavior.broadcasts_excluded and record["type"] in BROADCAST_CAMPAIGN_TYPES


def _require_campaign(handler: Handler) -> Handler:
    @wraps(handler)
    def wrapped(request: Request) -> Response:
        get_campaign(request)
        return handler(request)

    return wrapped


def _read_content(request: Request, language: str) -> Response:
    action = _get_action(request)
    template = _get_template(request, action, language)
    return Response({"action": _serialize_action(request, action, template)})


def _write_content(request: Request, language: str) -> Response:
    action = _get_action(request)
    template = _get_template(request, action, language)
    template = content.write_content(request, template, headers_as_list=False)
    sending_state = request.body.get("sending_state")
    if sending_state is not None:
        check_sending_state(sending_state, "/sending_state")
    if sending_state is not None and not language:
        action = audit.update_record(request, ACTION, action, {"sending_state": sending_state})
    return Response({"action": _serialize_action(request, action, template)})


def _message_actions(request: Request, campaign: Record) -> list[Record]:
    """Return the actions that are messages: this API shows no others (app facts, 4.1)."""
    return [
        each for each in workflow.actions_of(request, campaign) if each["type"] in MESSAGE_CHANNELS
    ]


def _get_action(request: Request) -> Record:
    number = request.path_params["action"]
    actions = _message_actions(request, request.get(CAMPAIGN))
    action = next((each for each in actions if each["id"] == number), None)
    if action is None:
        raise not_found("action")
    return action


def _get_template(request: Request, action: Record, language: str) -> Record:
    templates = templates_of(request, "action_id", action["id"])
    template = next((each for each in templates if each["language"] == language), None)
    if template is None:
        raise not_found("translation")
    return template


def _serialize_actions(request: Request) -> list[Record]:
    return [
        _serialize_action(request, each, templates_of(request, "action_id", each["id"])[0])
        for each in _message_actions(request, request.get(CAMPAIGN))
    ]


def _serialize_action(request: Request, action: Record, template: Record) -> Record:
    layout_id = template["layout_id"]
    layout = request.workspace_data.get(LAYOUT, layout_id) if layout_id else None
    updated = max(action["updated"], template["updated"])
    serialized: Record = {
        **content.serialize_content(request, template),
        "id": action["id"],
        "campaign_id": action["campaign_id"],
        "parent_action_id": None,
        "deduplicate_id": f"{action['id']}:{updated}",
        "name": action["name"],
        "layout": layout["body"] if layout else "",
        "sending_state": action["sending_state"],
        "created": action["created"],
        "updated": updated,
    }
    channel = template["template_type"]
    if channel in CHANNELS_WITH_BLANK_RECIPIENT and request.behavior.sms_recipient_blank:
        serialized["recipient"] = ""
    if channel == "webhook":
        serialized.update(url=template["url"] or "", method=template["request_method"])
    if channel == "twilio":
        serialized["image_url"] = template["image_url"] or ""
    return serialized


def _segment_ids(record: Record, keys: tuple[str, ...]) -> list[int]:
    values: list[Any] = [record[key] for key in keys]
    conditions = [
        decode_filter(each) if isinstance(each, str) and each else each for each in values
    ]
    return sorted(set(find_segment_ids(conditions)))


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
