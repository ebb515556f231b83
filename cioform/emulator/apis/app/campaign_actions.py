"""The actions of campaigns on the App API, whose message content is writable (app facts, 4.2)."""

from functools import wraps

from cioform.emulator.apis.app import content
from cioform.emulator.apis.app.campaigns import get_campaign
from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns import workflow
from cioform.emulator.domain.campaigns.action_formats import APP_ACTION_TYPES
from cioform.emulator.domain.campaigns.translations import templates_of
from cioform.emulator.protocol.pagination import slice_page
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import app_route, closed_object
from cioform.emulator.store.record_types import ACTION, CAMPAIGN, LAYOUT, Record
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS, check_sending_state
from cioform.emulator.wire.errors import not_found, unprocessable

SHAPE = closed_object(**content.FIELD_SHAPES)
PAGE_SIZE = 10
CHANNELS_WITH_BLANK_RECIPIENT = ("twilio", "whatsapp")


def list_actions(request: Request) -> Response:
    """Return one page of the actions of a campaign."""
    start = max(0, request.query_int("start", 0))
    page, next_cursor = slice_page(_serialize_actions(request), start, PAGE_SIZE)
    return Response({"actions": page, "next": next_cursor})


def list_all_actions(request: Request) -> Response:
    """Return all actions of a broadcast."""
    return Response({"actions": _serialize_actions(request)})


def read_action(request: Request) -> Response:
    """Return one action."""
    action = _get_action(request)
    if action["type"] not in MESSAGE_CHANNELS:
        return Response({"action": _serialize_data_step(request, action)})
    return _message_response(request, action, language="")


def write_action(request: Request) -> Response:
    """Overwrite the default language of a message."""
    return _write_content(request, "")


def read_language(request: Request) -> Response:
    """Return one language of a message."""
    return _message_response(request, _get_message(request), request.path_params["language"])


def write_language(request: Request) -> Response:
    """Overwrite one language of a message; this API cannot add a language."""
    return _write_content(request, request.path_params["language"])


def _require_campaign(handler: Handler) -> Handler:
    @wraps(handler)
    def wrapped(request: Request) -> Response:
        get_campaign(request)
        return handler(request)

    return wrapped


def _message_response(request: Request, action: Record, language: str) -> Response:
    template = _get_template(request, action, language)
    return Response({"action": _serialize_message(request, action, template)})


def _write_content(request: Request, language: str) -> Response:
    action = _get_message(request)
    template = _get_template(request, action, language)
    template = content.write_content(request, template, headers_as_list=False)
    sending_state = request.body.get("sending_state")
    if sending_state is not None:
        check_sending_state(sending_state, "/sending_state")
    if sending_state is not None and not language:
        record = request.workspace_data.get(ACTION, action["id"])
        assert record is not None
        action |= audit.update_record(request, ACTION, record, {"sending_state": sending_state})
    return Response({"action": _serialize_message(request, action, template)})


def _listed_actions(request: Request) -> list[Record]:
    """Return messages and data steps, but no delays or branches (corrections 2026-11, row 4).

    A variant of an A/B test has the ID of the test as `parent_action_id`; no other action has this
    member (corrections 2026-11, row 7).
    """
    actions = workflow.actions_of(request, request.get(CAMPAIGN))
    parent_ids = workflow.parent_ids(actions)
    return [
        {**each, "parent_action_id": parent_ids[each["id"]]} if each["id"] in parent_ids else each
        for each in actions
        if each["type"] in APP_ACTION_TYPES
    ]


def _get_action(request: Request) -> Record:
    number = request.path_params["action"]
    action = next((each for each in _listed_actions(request) if each["id"] == number), None)
    if action is None:
        raise not_found("action")
    return action


def _get_message(request: Request) -> Record:
    """Return the message in the path. Raises 422 for an action without content (open fact)."""
    action = _get_action(request)
    if action["type"] not in MESSAGE_CHANNELS:
        raise unprocessable("action has no content")
    return action


def _get_template(request: Request, action: Record, language: str) -> Record:
    templates = templates_of(request, "action_id", action["id"])
    template = next((each for each in templates if each["language"] == language), None)
    if template is None:
        raise not_found("translation")
    return template


def _serialize_actions(request: Request) -> list[Record]:
    return [
        _serialize_message(request, each, templates_of(request, "action_id", each["id"])[0])
        if each["type"] in MESSAGE_CHANNELS
        else _serialize_data_step(request, each)
        for each in _listed_actions(request)
    ]


def _serialize_data_step(request: Request, action: Record) -> Record:
    """Return an action that is not a message, with the members that were recorded.

    The first part of `deduplicate_id` is the ID of a template, which data steps do not have in the
    emulator (corrections 2026-11, rows 4 to 6).
    """
    return {
        **_own_members(action, action["id"], action["updated"]),
        "layout": "",
        "body": "",
        "type": APP_ACTION_TYPES[action["type"]],
        "language": "",
        "editor": "",
        "recipient": "",
        "recipient_environment_id": request.workspace.environment_id,
    }


def _serialize_message(request: Request, action: Record, template: Record) -> Record:
    layout_id = template["layout_id"]
    layout = request.workspace_data.get(LAYOUT, layout_id) if layout_id else None
    environment_id = template["recipient_environment_id"] or request.workspace.environment_id
    updated = max(action["updated"], template["updated"])
    serialized: Record = {
        **content.serialize_content(request, template),
        **_own_members(action, template["id"], updated),
        "layout": layout["body"] if layout else "",
        "sending_state": action["sending_state"],
        # The public schema lacks both members (corrections 2026-11, row 6).
        "editor": template["editor"],
        "recipient_environment_id": environment_id,
    }
    channel = template["template_type"]
    if channel in CHANNELS_WITH_BLANK_RECIPIENT and request.behavior.sms_recipient_blank:
        serialized["recipient"] = ""
    if channel == "webhook":
        serialized.update(url=template["url"] or "", method=template["request_method"])
    if channel == "twilio":
        serialized["image_url"] = template["image_url"] or ""
    return serialized


def _own_members(action: Record, template_id: int, updated: int) -> Record:
    """Return the members that do not depend on the type of an action.

    The ID is text, and `deduplicate_id` names the template and not the action (corrections 2026-11,
    rows 3 and 5).
    """
    return {
        "id": str(action["id"]),
        **{key: action[key] for key in ("campaign_id", "parent_action_id") if key in action},
        "deduplicate_id": f"{template_id}:{updated}",
        "name": action["name"],
        "created": action["created"],
        "updated": updated,
    }


ACTION_PATH = "/campaigns/<int:id>/actions/<int:action>"
LANGUAGE_PATH = ACTION_PATH + "/language/<language>"
ROUTES = (
    app_route(
        "GET", "/campaigns/<int:id>/actions", _require_campaign(list_actions), query=("start",)
    ),
    app_route("GET", ACTION_PATH, _require_campaign(read_action)),
    app_route("PUT", ACTION_PATH, _require_campaign(write_action), SHAPE),
    app_route("GET", LANGUAGE_PATH, _require_campaign(read_language)),
    app_route("PUT", LANGUAGE_PATH, _require_campaign(write_language), SHAPE),
)
