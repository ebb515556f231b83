"""Campaigns over the App API (app facts, 4.1 and 4.2).

It reads names and messages, and writes messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypedDict

from cioform.core.data.json_value import UNKNOWN, JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.core.errors import RemoteError
from cioform.kinds.campaign.canonical import to_canonical
from cioform.kinds.campaign.model import Campaign
from cioform.kinds.campaign.sync.app_trigger import decode_app_trigger
from cioform.kinds.campaign.wire import response_schemas as schemas
from cioform.kinds.campaign.wire.wire_types import (
    WireAppReply,
    WireCampaign,
    WireCampaigns,
    WireMembers,
)
from cioform.language.messages.app_message import decode_app_email, encode_app_email
from cioform.language.messages.delivery import decode_sending, encode_sending
from cioform.language.messages.template.template_values import decode_headers, encode_headers
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Paging,
    Request,
    ask_all,
    ask_all_as,
)
from cioform.model.routing.operations import WriteContext, WriteResult

_CAMPAIGNS: Final = "/v1/campaigns"
_BROADCASTS: Final = "/v1/broadcasts"

_MESSAGE_FIELDS: Final = (
    *("subject", "preheader", "body", "sending", "from", "reply_to", "to", "headers"),
    *("amp", "url", "method", "image_url"),
)
WRITABLE_PATHS: Final = frozenset(f"messages.*.{field}" for field in _MESSAGE_FIELDS)
READABLE_PATHS: Final = WRITABLE_PATHS | {
    "name",
    "description",
    "tags",
    "trigger.event",
    "trigger.date",
    "trigger.repeats",
    "trigger.at",
    "trigger.time_zone",
    "messages.*.type",
    "messages.*.cc",
    "messages.*.bcc",
    "messages.*.title",
}

_UNREADABLE_CAMPAIGN_FIELDS: Final = (
    *("reentry", "exit", "message_limits", "send_to_unsubscribed"),
    *("workflow", "topic", "goal"),
)
_KEYWORD_BY_ACTION_TYPE: Final = {
    **{word: word for word in ("email", "push", "in_app", "slack", "whatsapp", "webhook")},
    "twilio": "sms",
}
_PUT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": (
        *("body", "sending_state", "from_id", "reply_to_id", "recipient", "subject"),
        *("preheader_text", "body_amp", "headers"),
    ),
    "push": ("body", "sending_state", "subject"),
    "sms": ("body", "image_url", "sending_state"),
    "whatsapp": ("body", "sending_state"),
    "in_app": ("sending_state",),
    "slack": ("body", "sending_state"),
    "webhook": ("url", "method", "headers", "body", "sending_state"),
}
"""The members of a PUT by keyword. The recipient of an SMS is read as blank, so it is sent only
when the file sets it."""
_VERBATIM_FIELDS: Final = ("image_url", "url", "method")


class _WireAppDetail(WireAppReply, total=False):
    broadcast: WireCampaign


class _WireAppAction(TypedDict):
    action: WireMembers


def list_campaigns() -> Conversation[list[RemoteObject]]:
    """List every campaign.

    API-triggered broadcasts have a list of their own, and it is an open fact whether the other list
    contains them too (app facts, 4.3).
    """
    requests = [
        Request(Api.APP, "GET", _CAMPAIGNS, schema=schemas.CAMPAIGN_LIST),
        Request(Api.APP, "GET", _BROADCASTS, schema=schemas.BROADCAST_LIST),
    ]
    campaigns, broadcasts = yield from ask_all_as(requests, WireCampaigns)
    found = [
        _remote_object({"campaign": each})
        for each in (*campaigns["campaigns"], *broadcasts["broadcasts"])
    ]
    return list({each.remote_id: each for each in found}.values())


def read_campaign(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read a campaign with the content of its messages."""
    wire = found.wire_as(WireAppReply)
    campaign = wire.get("campaign", {})
    try:
        return (yield from _read_from(_base_path(campaign), found.remote_id))
    except RemoteError as error:
        if error.status != 404 or campaign:
            raise
        return (yield from _read_from(_BROADCASTS, found.remote_id))


def _read_from(base_path: str, remote_id: str) -> Conversation[RemoteObject]:
    path = f"{base_path}/{remote_id}"
    is_campaign = base_path == _CAMPAIGNS
    schema = schemas.CAMPAIGN_DETAIL if is_campaign else schemas.BROADCAST_DETAIL
    pages = Request(
        Api.APP,
        "GET",
        path + "/actions",
        paging=Paging.CURSOR,
        items="actions",
        schema=schemas.ACTIONS,
    )
    requests = [Request(Api.APP, "GET", path, schema=schema), pages]
    detail, listed = yield from ask_all_as(requests, _WireAppDetail)
    campaign = detail["campaign"] if is_campaign else detail["broadcast"]
    return _remote_object({"campaign": campaign, "actions": listed["actions"]})


def _base_path(campaign: WireCampaign) -> str:
    return _BROADCASTS if campaign.get("type") == "triggered_broadcast" else _CAMPAIGNS


def _remote_object(wire: WireAppReply) -> RemoteObject:
    campaign = wire["campaign"]
    return RemoteObject(str(campaign["id"]), campaign["name"], Api.APP, wire)


def decode_readable(
    wire: WireAppReply, known_parts: Mapping[str, str], names: Names
) -> tuple[KindFields, dict[str, str]]:
    """Return the fields that this API shows, and the steps that are bound.

    Only the bindings tell which step a message belongs to.
    """
    campaign = wire["campaign"]
    actions = {str(action["id"]): action for action in wire.get("actions", ())}
    messages = {
        step: content
        for step, action_id in known_parts.items()
        if action_id in actions
        and (content := _decode_content(actions[action_id], names)) is not None
    }
    attributes: KindFields = {
        **dict.fromkeys(_UNREADABLE_CAMPAIGN_FIELDS, UNKNOWN),
        "name": campaign["name"],
        "description": campaign.get("description") or "",
        "tags": _decode_tags(campaign.get("tags")),
        "trigger": decode_app_trigger(campaign),
        "messages": messages or UNKNOWN,
    }
    return attributes, dict(known_parts)


def _decode_tags(tags: JsonValue) -> JsonValue:
    """Return the names of the tags.

    The documented example of a broadcast has the text "nil" for none (app facts, 4.3).
    """
    return sorted(map(str, tags)) if isinstance(tags, list) else []


def _decode_content(action: WireMembers, names: Names) -> dict[str, JsonValue] | None:
    """Return the content of a message as far as this API shows it; None for other actions."""
    keyword = _KEYWORD_BY_ACTION_TYPE.get(action["type"])
    if keyword is None:
        return None
    common: dict[str, JsonValue] = {"type": keyword, "sending": _decode_sending(action)}
    common |= dict.fromkeys(("track", "translations", "raw"), UNKNOWN)
    if keyword == "push":
        # Title and text are in `body_json` too, which this API does not return.
        unreadable = dict.fromkeys(("body", "link", "content"), UNKNOWN)
        return {**common, "title": action.get("subject"), **unreadable}
    common["body"] = action.get("body") or ""
    if keyword == "email":
        unreadable = dict.fromkeys(("from", "layout", "plain"), UNKNOWN)
        return {**common, **unreadable, **decode_app_email(action, names)}
    if keyword == "sms":
        image_url = action.get("image_url") or UNKNOWN
        return {**common, "to": UNKNOWN, "image_url": image_url}
    if keyword == "webhook":
        return {
            **common,
            "url": action.get("url") or "",
            "method": action.get("method") or "post",
            "headers": decode_headers(action.get("headers")),
        }
    return {**common, **_UNREADABLE_FIELDS[keyword]}


def _decode_sending(action: WireMembers) -> str | None:
    state = action.get("sending_state")
    return None if state is None else decode_sending(state)


_UNREADABLE_FIELDS: Final[Mapping[str, Mapping[str, JsonValue]]] = {
    "whatsapp": {"content": UNKNOWN, "to": UNKNOWN},
    "in_app": {"content": UNKNOWN, "body": UNKNOWN},
    "slack": {"channel": UNKNOWN, "url": UNKNOWN},
}


def update_messages(
    live: LiveObject, wanted: Campaign, context: WriteContext
) -> Conversation[WriteResult]:
    """Write the content of messages.

    The documentation does not say whether a PUT resets omitted fields, so each message is read
    first and sent back whole.
    """
    messages = to_canonical(wanted)["messages"]
    parts = live.decoded.parts
    steps = sorted({str(path[1]) for path in context.paths})
    wire = live.found.wire_as(WireAppReply)
    base_path = _base_path(wire["campaign"])
    urls = [f"{base_path}/{live.remote_id}/actions/{parts[step]}" for step in steps]
    bodies = yield from ask_all_as(
        [
            Request(Api.APP, "GET", url, dry_run_response={"action": {}}, schema=schemas.ACTION)
            for url in urls
        ],
        _WireAppAction,
    )
    yield from ask_all(
        [
            Request(
                Api.APP, "PUT", url, _merge_content(messages[step], body["action"], context.names)
            )
            for step, url, body in zip(steps, urls, bodies, strict=True)
        ]
    )
    return WriteResult(live.remote_id, parts)


def is_push_text(path: FieldPath, wanted: KindFields) -> bool:
    """Return whether a path is the text of a push, which this API neither returns nor accepts."""
    messages = wanted.get("messages")
    if path[0] != "messages" or len(path) < 3 or not isinstance(messages, Mapping):
        return False
    return messages.get(path[1], {}).get("type") == "push" and path[2] != "sending"


def _merge_content(
    content: Mapping[str, JsonValue], current: Mapping[str, JsonValue], names: Names
) -> dict[str, JsonValue]:
    unchanged = {
        name: current[name]
        for name in _PUT_FIELDS[content["type"]]
        if current.get(name) is not None and not (name == "method" and not current[name])
    }
    return {**unchanged, **dict(_encode_content(content, names))}


def _encode_content(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    if content["type"] != "push":  # whose text this API cannot write
        members = encode_app_email(content, names)
        members |= {field: content[field] for field in _VERBATIM_FIELDS if field in content}
    if "headers" in content:
        members["headers"] = encode_headers(content["headers"])
    if "sending" in content:
        members["sending_state"] = encode_sending(content["sending"])
    return members
