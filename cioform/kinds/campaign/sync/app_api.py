"""Campaigns over the App API, which shows names and messages and writes messages (app facts,
4.1 and 4.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.errors import RemoteError
from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.campaign.canonical import to_canonical
from cioform.kinds.campaign.model import Campaign
from cioform.language.messages.app_message import decode_app_email, encode_app_email
from cioform.language.messages.template_message import decode_headers, encode_headers
from cioform.model.conversation import Api, Conversation, Paging, Request, ask_all
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.names import Names
from cioform.model.operations import WriteContext, WriteResult
from cioform.model.resource import FieldPath

_CAMPAIGNS: Final = "/v1/campaigns"
_BROADCASTS: Final = "/v1/broadcasts"

_MESSAGE_FIELDS: Final = (
    *("subject", "preheader", "body", "sending", "from", "reply_to", "recipient", "headers"),
    *("url", "method", "image_url"),
)
WRITABLE_PATHS: Final = frozenset(f"messages.*.{field}" for field in _MESSAGE_FIELDS)
READABLE_PATHS: Final = WRITABLE_PATHS | {
    "name",
    "description",
    "messages.*.type",
    "messages.*.title",
}

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
"""What a PUT takes, by our word. The recipient of an SMS reads back blank, so it is only sent
when the file says it."""
_VERBATIM_FIELDS: Final = ("image_url", "url", "method")


def list_campaigns() -> Conversation[list[RemoteObject]]:
    """List every campaign. Those that an API call starts have a list of their own, and whether
    they stand in the other too is open (app facts, 4.3)."""
    both = [Request(Api.APP, "GET", path) for path in (_CAMPAIGNS, _BROADCASTS)]
    campaigns, broadcasts = yield from ask_all(both)
    every = [*campaigns["campaigns"], *broadcasts["broadcasts"]]
    return list(
        {(found := _remote_object({"campaign": each})).remote_id: found for each in every}.values()
    )


def read_campaign(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read a campaign with what its messages say."""
    campaign = found.wire.get("campaign", {})
    try:
        return (yield from _read_from(_base_path(campaign), found.remote_id))
    except RemoteError as refusal:
        if refusal.status != 404 or campaign:
            raise
        return (yield from _read_from(_BROADCASTS, found.remote_id))


def _read_from(base_path: str, remote_id: str) -> Conversation[RemoteObject]:
    path = f"{base_path}/{remote_id}"
    pages = Request(Api.APP, "GET", path + "/actions", paging=Paging.CURSOR, items="actions")
    one, several = yield from ask_all([Request(Api.APP, "GET", path), pages])
    campaign = one["campaign" if base_path == _CAMPAIGNS else "broadcast"]
    return _remote_object({"campaign": campaign, "actions": several["actions"]})


def _base_path(campaign: Mapping[str, JsonValue]) -> str:
    return _BROADCASTS if campaign.get("type") == "triggered_broadcast" else _CAMPAIGNS


def _remote_object(wire: Mapping[str, JsonValue]) -> RemoteObject:
    campaign = wire["campaign"]
    return RemoteObject(str(campaign["id"]), campaign["name"], Api.APP, wire)


def decode_readable(
    wire: Mapping[str, JsonValue], known_parts: Mapping[str, str], names: Names
) -> tuple[Attributes, dict[str, str]]:
    """Give what this API sees, and the bound steps found again. Which step a message is only
    their binding tells."""
    campaign = wire["campaign"]
    attributes: Attributes = dict.fromkeys(
        (
            *("trigger", "reentry", "exit", "message_limits", "send_to_unsubscribed", "workflow"),
            *("tags", "topic", "goal"),
        ),
        UNKNOWN,
    )
    attributes["raw_trigger"] = UNKNOWN
    attributes["name"] = campaign["name"]
    attributes["description"] = campaign.get("description") or ""
    actions = {str(action["id"]): action for action in wire.get("actions", ())}
    messages = {
        step: content
        for step, own_id in known_parts.items()
        if own_id in actions and (content := _decode_content(actions[own_id], names)) is not None
    }
    attributes["messages"] = messages if messages else UNKNOWN
    return attributes, dict(known_parts)


def _decode_content(action: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue] | None:
    word = _KEYWORD_BY_ACTION_TYPE.get(action["type"])
    if word is None:
        return None
    content: dict[str, JsonValue] = {"type": word, "sending": action.get("sending_state")}
    if word == "push":
        # Title and text also stand in `body_json`, which is not shown here.
        return content | {"title": action.get("subject"), "body": UNKNOWN, "link": UNKNOWN}
    content["body"] = action.get("body") or ""
    if word == "email":
        unseen = dict.fromkeys(("from", "recipient", "layout"), UNKNOWN)
        content |= unseen | decode_app_email(action, names)
    elif word == "sms":
        content |= {"recipient": UNKNOWN, "image_url": action.get("image_url") or UNKNOWN}
    elif word != "webhook":
        # What else they hold is not shown here.
        content |= _UNREADABLE_FIELDS[word]
    else:
        content |= {"url": action.get("url") or "", "method": action.get("method") or "post"}
        content["headers"] = decode_headers(action.get("headers"))
    return content


_UNREADABLE_FIELDS: Final[Mapping[str, Mapping[str, JsonValue]]] = {
    "whatsapp": {"content": UNKNOWN, "recipient": UNKNOWN},
    "in_app": {"content": UNKNOWN, "body": UNKNOWN},
    "slack": {"recipient": UNKNOWN, "url": UNKNOWN},
}


def update_messages(
    live: LiveObject, wanted: Campaign, context: WriteContext
) -> Conversation[WriteResult]:
    """Write what messages say. Whether fields left out of a PUT keep their value is not said, so
    each is read first and sent back whole."""
    messages = to_canonical(wanted)["messages"]
    parts = live.decoded.parts
    steps = sorted({str(path[1]) for path in context.paths})
    home = _base_path(live.found.wire["campaign"])
    urls = [f"{home}/{live.remote_id}/actions/{parts[step]}" for step in steps]
    answers = yield from ask_all(
        [Request(Api.APP, "GET", url, dry_run_response={"action": {}}) for url in urls]
    )
    yield from ask_all(
        [
            Request(
                Api.APP, "PUT", url, _merge_content(messages[step], answer["action"], context.names)
            )
            for step, url, answer in zip(steps, urls, answers, strict=True)
        ]
    )
    return WriteResult(live.remote_id, parts)


def is_push_text(path: FieldPath, wanted: Attributes) -> bool:
    """Tell whether a path is what a push says, which this API neither shows nor takes: it stands
    in `body_json`."""
    messages = wanted.get("messages")
    if path[0] != "messages" or len(path) < 3 or not isinstance(messages, Mapping):
        return False
    return messages.get(path[1], {}).get("type") == "push" and path[2] != "sending"


def _merge_content(
    content: Mapping[str, JsonValue], current: Mapping[str, JsonValue], names: Names
) -> dict[str, JsonValue]:
    kept = {
        name: current[name]
        for name in _PUT_FIELDS[content["type"]]
        if current.get(name) is not None and not (name == "method" and not current[name])
    }
    return {**kept, **dict(_encode_content(content, names))}


def _encode_content(content: Mapping[str, JsonValue], names: Names) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    if content["type"] != "push":  # whose text is out of reach
        members = encode_app_email(content, names)
        members |= {field: content[field] for field in _VERBATIM_FIELDS if field in content}
    if "headers" in content:
        members["headers"] = encode_headers(content["headers"])
    if "sending" in content:
        members["sending_state"] = content["sending"]
    return members
