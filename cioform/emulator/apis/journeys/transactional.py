"""Transactional messages on the Journeys API (journeys facts, 6)."""

import dataclasses
from typing import Any

from cioform.emulator.domain import audit
from cioform.emulator.domain.campaigns.live_data_gate import forbidden
from cioform.emulator.domain.campaigns.translations import (
    copyable_fields,
    create_translation,
    templates_of,
)
from cioform.emulator.domain.sending.transactional import (
    OWNER_FIELD,
    checked_trigger_name,
    create_transactional,
)
from cioform.emulator.protocol.auth import AuthMethod
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.request import NO_CONTENT, Request, Response
from cioform.emulator.protocol.route import BOOLEAN, INTEGER, STRING, closed_object, journeys_route
from cioform.emulator.store.record_types import TEMPLATE, TRANSACTIONAL, Record
from cioform.emulator.validation.body_validation import present_fields
from cioform.emulator.validation.template_rules import REFERENCE_FIELDS
from cioform.emulator.wire.errors import not_found, unprocessable

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
    """Return all transactional messages, without content."""
    rows = as_rows(request, request.workspace_data.all(TRANSACTIONAL))
    return Response({"transactional_messages": rows})


def create(request: Request) -> Response:
    """Create a draft with its default template.

    The members of the request are inferred, not observed (journeys facts, 6).
    """
    body = request.body_object("transactional_message")
    message_type = body.get("msg_type") or "email"
    if not body.get("name"):
        raise unprocessable("name cannot be nil", "/transactional_message/name")
    if message_type not in MESSAGE_TYPES:
        raise unprocessable(
            "msg_type is not included in the list", "/transactional_message/msg_type"
        )
    fields = {
        "name": body["name"],
        "description": body.get("description") or "",
        "type": message_type,
        "trigger_name": checked_trigger_name(request, body.get("trigger_name")),
    }
    content = {key: body.get(key) or "" for key in ("subject", "body")}
    return _message_response(request, create_transactional(request, fields, content))


def read(request: Request) -> Response:
    """Return one message, with the templates of all its languages."""
    return _message_response(request, request.get(TRANSACTIONAL))


def update(request: Request) -> Response:
    """Update a message by `update_type`; members of another type are ignored."""
    record = request.get(TRANSACTIONAL)
    body = request.body_object("transactional_message")
    update_type = body.get("update_type") or request.query.get("update_type")
    fields: Record = {}
    if update_type == "name_and_description":
        fields = present_fields(body, ("name", "description"))
    elif update_type == "settings":
        fields = present_fields(body, FLAG_FIELDS)
        if "trigger_name" in body:
            trigger_name = checked_trigger_name(request, body["trigger_name"], record["id"])
            fields["trigger_name"] = trigger_name
    elif update_type == "state":
        fields = {"state": _checked_state(request, body)}
    if fields.get("name") == "":
        raise unprocessable("name cannot be nil", "/transactional_message/name")
    if fields:
        record = audit.update_record(request, TRANSACTIONAL, record, fields)
    return _message_response(request, record)


def delete(request: Request) -> Response:
    """Delete a message with its templates."""
    record = request.get(TRANSACTIONAL)
    for template in templates_of(request, OWNER_FIELD, record["id"]):
        request.workspace_data.remove(TEMPLATE, template["id"])
    audit.delete_record(request, TRANSACTIONAL, record)
    return NO_CONTENT


def copy_to(request: Request) -> Response:
    """Copy a message to a draft `[Copy] <name>`, here or in the workspace `copy_to_env`."""
    record = request.get(TRANSACTIONAL)
    templates = templates_of(request, OWNER_FIELD, record["id"])
    target = _in_environment(request, request.body.get("copy_to_env"))
    # A layout or a sender of one workspace does not exist in another.
    references = REFERENCE_FIELDS if target.workspace != request.workspace else ()
    fields = {
        "name": f"[Copy] {record['name']}",
        **present_fields(record, ("description", "type", *FLAG_FIELDS)),
    }
    contents = [{**copyable_fields(each), **dict.fromkeys(references)} for each in templates]
    message = create_transactional(target, fields, contents[0])
    for template, content in zip(templates[1:], contents[1:], strict=True):
        own_fields = {"language": template["language"], OWNER_FIELD: message["id"]}
        audit.create_record(target, TEMPLATE, {**content, **own_fields})
    return _message_response(target, message)


def add_translation(request: Request) -> Response:
    """Create a language variant, copied from the default language."""
    number = request.get(TRANSACTIONAL)["id"]
    body = request.body_object("translation")
    return Response({"template": create_translation(request, OWNER_FIELD, number, body)})


def _message_response(request: Request, record: Record) -> Response:
    templates = templates_of(request, OWNER_FIELD, record["id"])
    return Response({"transactional_message": record, "templates": templates})


def _checked_state(request: Request, body: dict[str, Any]) -> str:
    """Return the new state. Raises 403 unless a person sets it."""
    if request.caller.auth_method is not AuthMethod.PERSON:
        raise forbidden(request, "change the state of a message")
    if body.get("state") not in ("draft", "active"):
        raise unprocessable("state is not included in the list", "/transactional_message/state")
    return str(body["state"])


def _in_environment(request: Request, environment_id: int | None) -> Request:
    """Return the request as if it were sent to another workspace. Raises 404 for an unknown one."""
    if environment_id in (None, request.workspace.environment_id):
        return request
    store = request.store
    workspace = store.find_workspace("environment_id", environment_id)
    if workspace is None:
        raise not_found("environment")
    return dataclasses.replace(
        request, workspace=workspace, workspace_data=store.workspace_data(workspace.name)
    )


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
