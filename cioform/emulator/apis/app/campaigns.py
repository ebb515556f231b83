"""Campaigns on the App API: read-only but for the content of messages (app facts, 4.1, 4.2)."""

from functools import wraps
from typing import Any

from cioform.emulator.apis.app import content
from cioform.emulator.domain import audit, workflow
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.pagination import cut
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import app, closed
from cioform.emulator.store.record_types import ACTION, BROADCASTS, CAMPAIGN, LAYOUT, TAG, Record
from cioform.emulator.store.segment_references import segments_in
from cioform.emulator.validation.action_rules import MESSAGES
from cioform.emulator.wire.errors import invalid, not_found
from cioform.emulator.wire.filter_encoding import decoded

SHAPE = closed(**content.MEMBERS)
PAGE = 10
BLANK_RECIPIENTS = ("twilio", "whatsapp")


def list_all(call: Call) -> Reply:
    """All of them at once."""
    every = [each for each in call.space.all(CAMPAIGN) if not _apart(call, each)]
    return Reply({"campaigns": [shown(call, each) for each in every]})


def read(call: Call) -> Reply:
    """One campaign."""
    return Reply({"campaign": shown(call, campaign_of(call))})


def list_actions(call: Call) -> Reply:
    """The messages of a campaign, ten at a time."""
    every: list[Record] = all_actions(call).body["actions"]
    piece, following = cut(every, max(0, call.number("start", 0)), PAGE)
    return Reply({"actions": piece, "next": following})


def all_actions(call: Call) -> Reply:
    """All messages at once."""
    messages = _messages(call, call.get(CAMPAIGN))
    firsts = ((each, templates_of(call, "action_id", each["id"])[0]) for each in messages)
    return Reply({"actions": [_content(call, *pair) for pair in firsts]})


def action(call: Call) -> Reply:
    """One message."""
    action = _action(call)
    return Reply({"action": _content(call, action, _template(call, action, ""))})


def written_action(call: Call) -> Reply:
    """Overwrite the default language of one message."""
    return _write(call, "")


def language(call: Call) -> Reply:
    """One message in one language."""
    action = _action(call)
    return Reply({"action": _content(call, action, _template(call, action, _language(call)))})


def written_language(call: Call) -> Reply:
    """Overwrite one language of one message; there is no way to add one here."""
    return _write(call, _language(call))


def campaign_of(call: Call) -> Record:
    """The campaign in the path; a broadcast is none, where the two are kept apart."""
    record = call.get(CAMPAIGN)
    if _apart(call, record):
        raise not_found("campaign")
    return record


def _apart(call: Call, record: Record) -> bool:
    return call.rules.broadcasts_apart and record["type"] in BROADCASTS


def _of_campaign(handler: Handler) -> Handler:
    @wraps(handler)
    def wrapped(call: Call) -> Reply:
        campaign_of(call)
        return handler(call)

    return wrapped


def _write(call: Call, language: str) -> Reply:
    action = _action(call)
    template = content.write(call, _template(call, action, language), headers_listed=False)
    sending = call.body.get("sending_state")
    if sending is not None and sending not in ("automatic", "draft", "off"):
        raise invalid("sending_state is not included in the list", "/sending_state")
    if sending is not None and not language:
        action = audit.update(call, ACTION, action, {"sending_state": sending})
    return Reply({"action": _content(call, action, template)})


def _messages(call: Call, campaign: Record) -> list[Record]:
    """Steps that are messages: the rest of the workflow is not shown here (app facts, 4.1)."""
    return [each for each in workflow.actions_of(call, campaign) if each["type"] in MESSAGES]


def _action(call: Call) -> Record:
    found = [e for e in _messages(call, call.get(CAMPAIGN)) if e["id"] == call.args["action"]]
    if not found:
        raise not_found("action")
    return found[0]


def _language(call: Call) -> str:
    return str(call.args["language"])


def _template(call: Call, action: Record, language: str) -> Record:
    every = templates_of(call, "action_id", action["id"])
    found = [each for each in every if each["language"] == language]
    if not found:
        raise not_found("translation")
    return found[0]


def _content(call: Call, action: Record, template: Record) -> Record:
    layout = call.space.get(LAYOUT, template["layout_id"]) if template["layout_id"] else None
    shown = content.shown(call, template)
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
    if channel in BLANK_RECIPIENTS and call.rules.sms_recipient_blank:
        shown["recipient"] = ""
    if channel == "webhook":
        shown.update(url=template["url"] or "", method=template["request_method"])
    if channel == "twilio":
        shown["image_url"] = template["image_url"] or ""
    return shown


def shown(call: Call, record: Record) -> Record:
    tags = [call.space.get(TAG, number) for number in record["tag_ids"]]
    shown: Record = {
        "id": record["id"],
        "deduplicate_id": f"{record['id']}:{record['updated']}",
        "name": record["name"],
        "description": record["description"],
        "type": record["type"],
        "active": record["state"] == "running",
        "state": record["state"],
        "actions": [
            {"id": each["id"], "type": MESSAGES[each["type"]]} for each in _messages(call, record)
        ],
        "first_started": record["first_started"],
        "tags": [each["name"] for each in tags if each],
        "created": record["created"],
        "updated": record["updated"],
        "filter_segment_ids": _segments(record, ("filters",)),
    }
    if record["type"] in ("seg_attr", "behavioral"):
        shown["trigger_segment_ids"] = _segments(record, ("anchors", "trigger"))
    if record["type"] in ("transactional", "form"):
        shown["event_name"] = record["event"]
    if record["type"] == "date":
        shown["date_attribute"] = record.get("date_triggered_attribute") or ""
        shown["frequency"] = record.get("frequency") or ""
    return shown


def _segments(record: Record, keys: tuple[str, ...]) -> list[int]:
    values: list[Any] = [record[key] for key in keys]
    opened = [decoded(each) if isinstance(each, str) and each else each for each in values]
    return sorted(set(segments_in(opened)))


ONE = "/campaigns/<int:id>/actions/<int:action>"
ROUTES = (
    app("GET", "/campaigns", list_all),
    app("GET", "/campaigns/<int:id>", read),
    app("GET", "/campaigns/<int:id>/actions", _of_campaign(list_actions), query=("start",)),
    app("GET", ONE, _of_campaign(action)),
    app("PUT", ONE, _of_campaign(written_action), SHAPE),
    app("GET", ONE + "/language/<language>", _of_campaign(language)),
    app("PUT", ONE + "/language/<language>", _of_campaign(written_language), SHAPE),
)
