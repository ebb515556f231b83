"""Transactional messages on the Journeys API (journeys facts, 6)."""

import dataclasses
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.live_data_gate import refusal
from cioform.emulator.domain.transactional import checked_trigger, make
from cioform.emulator.domain.translations import copied, templates_of, translate
from cioform.emulator.protocol.auth import Door
from cioform.emulator.protocol.request import DONE, Call, Reply
from cioform.emulator.protocol.route import FLAG, TEXT, WHOLE, closed, journeys
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.wire.errors import invalid, not_found

OWNER = "transactional_message_id"
FLAGS = (
    "link_tracking",
    "open_tracking",
    "send_to_unsubscribed",
    "hide_message_body",
    "queue_drafts",
)
TYPES = ("email", "push", "twilio", "whatsapp", "in_app", "inbox")
CREATE = closed(
    transactional_message=closed(
        name=TEXT, description=TEXT, msg_type=TEXT, trigger_name=TEXT, subject=TEXT, body=TEXT
    )
)
UPDATE = closed(
    transactional_message=closed(
        update_type=TEXT,
        name=TEXT,
        description=TEXT,
        trigger_name=TEXT,
        state=TEXT,
        **dict.fromkeys(FLAGS, FLAG),
    )
)


def list_all(call: Call) -> Reply:
    """All of them, without content."""
    return Reply({"transactional_messages": call.space.all(TRANSACTIONAL)})


def create(call: Call) -> Reply:
    """A draft with its default template. The body is unproven (journeys facts, 6)."""
    given = call.inner("transactional_message")
    kind = given.get("msg_type") or "email"
    if not given.get("name"):
        raise invalid("name cannot be nil", "/transactional_message/name")
    if kind not in TYPES:
        raise invalid("msg_type is not included in the list", "/transactional_message/msg_type")
    fields = {
        "name": given["name"],
        "description": given.get("description") or "",
        "type": kind,
        "trigger_name": checked_trigger(call, given.get("trigger_name")),
    }
    content = {key: given.get(key) or "" for key in ("subject", "body")}
    return _shown(call, make(call, fields, content))


def read(call: Call) -> Reply:
    """One message, with the templates of all its languages."""
    return _shown(call, call.get(TRANSACTIONAL))


def update(call: Call) -> Reply:
    """By `update_type`; what belongs to another type is passed over with a 200."""
    record = call.get(TRANSACTIONAL)
    given = call.inner("transactional_message")
    kind = given.get("update_type") or call.query.get("update_type")
    fields: Record = {}
    if kind == "name_and_description":
        fields = _present(given, ("name", "description"))
    elif kind == "settings":
        fields = _present(given, FLAGS)
        if "trigger_name" in given:
            fields["trigger_name"] = checked_trigger(call, given["trigger_name"], record["id"])
    elif kind == "state":
        fields = _state(call, given)
    if fields.get("name") == "":
        raise invalid("name cannot be nil", "/transactional_message/name")
    return _shown(call, audit.update(call, TRANSACTIONAL, record, fields) if fields else record)


def delete(call: Call) -> Reply:
    """204, with its templates."""
    record = call.get(TRANSACTIONAL)
    for template in templates_of(call, OWNER, record["id"]):
        call.space.remove(TEMPLATE, template["id"])
    audit.delete(call, TRANSACTIONAL, record)
    return DONE


def copy_to(call: Call) -> Reply:
    """A draft `[Copy] <name>`, here or in the workspace `copy_to_env`."""
    record = call.get(TRANSACTIONAL)
    templates = templates_of(call, OWNER, record["id"])
    there = _elsewhere(call, call.body.get("copy_to_env"))
    away = there.workspace != call.workspace
    links = ("layout_id", "from_identity_id", "reply_to_identity_id") if away else ()
    fields = {"name": f"[Copy] {record['name']}"} | _present(
        record, ("description", "type", *FLAGS)
    )
    contents = [{**copied(each), **dict.fromkeys(links)} for each in templates]
    made = make(there, fields, contents[0])
    for language, content in zip(templates[1:], contents[1:], strict=True):
        own = {"language": language["language"], "transactional_message_id": made["id"]}
        audit.create(there, TEMPLATE, {**content, **own})
    return _shown(there, made)


def add_translation(call: Call) -> Reply:
    """A language variant, copied from the default."""
    number = call.get(TRANSACTIONAL)["id"]
    return Reply({"template": translate(call, OWNER, number, call.inner("translation"))})


def _shown(call: Call, record: Record) -> Reply:
    templates = templates_of(call, OWNER, record["id"])
    return Reply({"transactional_message": record, "templates": templates})


def _state(call: Call, given: dict[str, Any]) -> Record:
    """Only a person starts or stops a message by hand."""
    if call.caller.door is not Door.PERSON:
        raise refusal(call, "change the state of a message")
    if given.get("state") not in ("draft", "active"):
        raise invalid("state is not included in the list", "/transactional_message/state")
    return {"state": given["state"]}


def _elsewhere(call: Call, environment_id: Any) -> Call:
    if environment_id in (None, call.workspace.environment_id):
        return call
    store = call.store
    workspace = store.find_workspace("environment_id", environment_id)
    if workspace is None:
        raise not_found("environment")
    return dataclasses.replace(call, workspace=workspace, space=store.space(workspace.name))


def _present(given: dict[str, Any], keys: tuple[str, ...]) -> Record:
    return {key: given[key] for key in keys if given.get(key) is not None}


BASE = "/transactional_messages"
ROUTES = (
    journeys("GET", BASE, list_all),
    journeys("POST", BASE, create, CREATE),
    journeys("GET", BASE + "/<int:id>", read),
    journeys("PUT", BASE + "/<int:id>", update, UPDATE, query=("update_type",)),
    journeys("DELETE", BASE + "/<int:id>", delete),
    journeys("POST", BASE + "/<int:id>/copy", copy_to, closed(copy_to_env=WHOLE)),
    journeys(
        "POST",
        BASE + "/<int:id>/translations",
        add_translation,
        closed(translation=closed(language=TEXT)),
    ),
)
