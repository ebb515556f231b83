"""Transactional messages on the Journeys API (journeys facts, 6)."""

import dataclasses
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.live_data_gate import forbidden
from cioform.emulator.domain.transactional import checked_trigger_name, create_transactional
from cioform.emulator.domain.translations import copyable_fields, create_translation, templates_of
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import BOOLEAN, INTEGER, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.wire.errors import not_found, unprocessable

OWNER_KEY = "transactional_message_id"
FLAG_FIELDS = (
    "link_tracking",
    "open_tracking",
    "send_to_unsubscribed",
    "hide_message_body",
    "queue_drafts",
)
MESSAGE_TYPES = ("email", "push", "twilio", "whatsapp", "in_app", "inbox")
CREATE_SHAPE = closed_object(
    transactional_message=closed_object(
        name=STRING,
        description=STRING,
        msg_type=STRING,
        trigger_name=STRING,
        subject=STRING,
        body=STRING,
    )
)
UPDATE_SHAPE = closed_object(
    transactional_message=closed_object(
        update_type=STRING,
        name=STRING,
        description=STRING,
        trigger_name=STRING,
        state=STRING,
        **dict.fromkeys(FLAG_FIELDS, BOOLEAN),
    )
)


def list_all(request: Request) -> Response:
    """All of them, without content."""
    return Response({"transactional_messages": request.workspace_data.all(TRANSACTIONAL)})


def create(request: Request) -> Response:
    """A draft with its default template. The body is unproven (journeys facts, 6)."""
    given = request.body_object("transactional_message")
    kind = given.get("msg_type") or "email"
    if not given.get("name"):
        raise unprocessable("name cannot be nil", "/transactional_message/name")
    if kind not in MESSAGE_TYPES:
        raise unprocessable(
            "msg_type is not included in the list", "/transactional_message/msg_type"
        )
    fields = {
        "name": given["name"],
        "description": given.get("description") or "",
        "type": kind,
        "trigger_name": checked_trigger_name(request, given.get("trigger_name")),
    }
    content = {key: given.get(key) or "" for key in ("subject", "body")}
    return _message_response(request, create_transactional(request, fields, content))


def read(request: Request) -> Response:
    """One message, with the templates of all its languages."""
    return _message_response(request, request.get(TRANSACTIONAL))


def update(request: Request) -> Response:
    """By `update_type`; what belongs to another type is passed over with a 200."""
    record = request.get(TRANSACTIONAL)
    given = request.body_object("transactional_message")
    kind = given.get("update_type") or request.query.get("update_type")
    fields: Record = {}
    if kind == "name_and_description":
        fields = _sent_fields(given, ("name", "description"))
    elif kind == "settings":
        fields = _sent_fields(given, FLAG_FIELDS)
        if "trigger_name" in given:
            fields["trigger_name"] = checked_trigger_name(
                request, given["trigger_name"], record["id"]
            )
    elif kind == "state":
        fields = _checked_state(request, given)
    if fields.get("name") == "":
        raise unprocessable("name cannot be nil", "/transactional_message/name")
    return _message_response(
        request, audit.update_record(request, TRANSACTIONAL, record, fields) if fields else record
    )


def delete(request: Request) -> Response:
    """204, with its templates."""
    record = request.get(TRANSACTIONAL)
    for template in templates_of(request, OWNER_KEY, record["id"]):
        request.workspace_data.remove(TEMPLATE, template["id"])
    audit.delete_record(request, TRANSACTIONAL, record)
    return NO_CONTENT


def copy_to(request: Request) -> Response:
    """A draft `[Copy] <name>`, here or in the workspace `copy_to_env`."""
    record = request.get(TRANSACTIONAL)
    templates = templates_of(request, OWNER_KEY, record["id"])
    there = _in_environment(request, request.body.get("copy_to_env"))
    away = there.workspace != request.workspace
    links = ("layout_id", "from_identity_id", "reply_to_identity_id") if away else ()
    fields = {"name": f"[Copy] {record['name']}"} | _sent_fields(
        record, ("description", "type", *FLAG_FIELDS)
    )
    contents = [{**copyable_fields(each), **dict.fromkeys(links)} for each in templates]
    made = create_transactional(there, fields, contents[0])
    for language, content in zip(templates[1:], contents[1:], strict=True):
        own = {"language": language["language"], "transactional_message_id": made["id"]}
        audit.create_record(there, TEMPLATE, {**content, **own})
    return _message_response(there, made)


def add_translation(request: Request) -> Response:
    """A language variant, copied from the default."""
    number = request.get(TRANSACTIONAL)["id"]
    return Response(
        {
            "template": create_translation(
                request, OWNER_KEY, number, request.body_object("translation")
            )
        }
    )


def _message_response(request: Request, record: Record) -> Response:
    templates = templates_of(request, OWNER_KEY, record["id"])
    return Response({"transactional_message": record, "templates": templates})


def _checked_state(request: Request, given: dict[str, Any]) -> Record:
    """Only a person starts or stops a message by hand."""
    if request.caller.auth_method is not AuthMethod.PERSON:
        raise forbidden(request, "change the state of a message")
    if given.get("state") not in ("draft", "active"):
        raise unprocessable("state is not included in the list", "/transactional_message/state")
    return {"state": given["state"]}


def _in_environment(request: Request, environment_id: Any) -> Request:
    if environment_id in (None, request.workspace.environment_id):
        return request
    store = request.store
    workspace = store.find_workspace("environment_id", environment_id)
    if workspace is None:
        raise not_found("environment")
    return dataclasses.replace(
        request, workspace=workspace, workspace_data=store.workspace_data(workspace.name)
    )


def _sent_fields(given: dict[str, Any], keys: tuple[str, ...]) -> Record:
    return {key: given[key] for key in keys if given.get(key) is not None}


BASE_PATH = "/transactional_messages"
ROUTES = (
    journeys_route("GET", BASE_PATH, list_all),
    journeys_route("POST", BASE_PATH, create, CREATE_SHAPE),
    journeys_route("GET", BASE_PATH + "/<int:id>", read),
    journeys_route("PUT", BASE_PATH + "/<int:id>", update, UPDATE_SHAPE, query=("update_type",)),
    journeys_route("DELETE", BASE_PATH + "/<int:id>", delete),
    journeys_route(
        "POST", BASE_PATH + "/<int:id>/copy", copy_to, closed_object(copy_to_env=INTEGER)
    ),
    journeys_route(
        "POST",
        BASE_PATH + "/<int:id>/translations",
        add_translation,
        closed_object(translation=closed_object(language=STRING)),
    ),
)
