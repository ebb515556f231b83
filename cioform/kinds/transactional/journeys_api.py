"""Transactional messages over the Journeys API (journeys facts, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue, KindFields
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.kinds.transactional import response_schemas as schemas
from cioform.kinds.transactional.content import (
    TOP_FLAGS,
    WIRE_TYPES,
    content_missing_error,
    encode_flags,
)
from cioform.kinds.transactional.model import Transactional
from cioform.kinds.transactional.wire_types import (
    WireLanguageTemplate,
    WireMessage,
    WireMessages,
    WireReply,
    WireTemplateReply,
)
from cioform.language.messages.message import reject_empty
from cioform.language.messages.template.editors import (
    reject_new_in_other_editor,
)
from cioform.language.messages.template.template_members import writable_fields
from cioform.language.messages.template.unknown_members import fields_to_write
from cioform.language.messages.template_message import WireTemplate, encode_template
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_as
from cioform.model.routing.operations import WriteContext, WriteResult

_MESSAGES_PATH: Final = "~/transactional_messages"
_DRY_RUN_RESPONSE: Final = {
    "transactional_message": {
        "id": "(id of this message)",
        "template_id": "(id of its template)",
    }
}


@dataclass(frozen=True, slots=True)
class _Message:
    """A message whose templates are written."""

    name: str
    keyword: str
    names: Names


def list_messages() -> Conversation[list[RemoteObject]]:
    """List every message, without its content."""
    body = yield from ask_as(
        Request(Api.JOURNEYS, "GET", _MESSAGES_PATH, schema=schemas.MESSAGES), WireMessages
    )
    return [
        _remote_object({"transactional_message": wire}) for wire in body["transactional_messages"]
    ]


def read(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read one message with the templates of all its languages."""
    path = _message_path(found.remote_id)
    body = yield from ask_as(Request(Api.JOURNEYS, "GET", path, schema=schemas.MESSAGE), WireReply)
    return _remote_object(body)


def _remote_object(wire: WireReply) -> RemoteObject:
    message = wire["transactional_message"]
    return RemoteObject(str(message["id"]), message["name"], Api.JOURNEYS, wire)


def templates_by_language(wire: WireReply) -> dict[str, WireLanguageTemplate]:
    """Return the templates of a message by language; the default language is `""`."""
    default_id = wire["transactional_message"].get("template_id")
    return {
        "" if template["id"] == default_id else template.get("language") or "": template
        for template in wire.get("templates", ())
    }


def create(wanted: Transactional, context: WriteContext) -> Conversation[WriteResult]:
    """Create a draft, write its settings and its template, then add each language."""
    fields: KindFields = wanted.to_fields()
    names = context.names
    keyword = wanted.block_name
    block = fields[keyword]
    reject_empty(wanted.name, {"type": keyword, **block}, None)
    reject_new_in_other_editor(wanted.name, block)
    message = yield from _create_draft(wanted)
    path = _message_path(message["id"])
    if settings := _settings_fields(fields, block):
        yield from ask(update_request(message["id"], "settings", settings))
    messages = _Message(wanted.name, keyword, names)
    yield from _write_template(message["template_id"], messages, block, WireTemplate())
    for language, translation in block.get("translations", {}).items():
        yield from _add_translation(path, messages, language, translation)
    return WriteResult(str(message["id"]))


def _create_draft(wanted: Transactional) -> Conversation[WireMessage]:
    """Create a message and return it with the ID of its template."""
    draft = {
        "name": wanted.name,
        "description": wanted.description,
        "msg_type": WIRE_TYPES[wanted.block_name],
    }
    request = replace(
        _message_request("POST", _MESSAGES_PATH, draft, _DRY_RUN_RESPONSE),
        schema=schemas.CREATED_MESSAGE,
    )
    body = yield from ask_as(request, WireReply)
    message = body["transactional_message"]
    if message.get("template_id") is None:  # The response to a POST is not recorded.
        path = _message_path(message["id"])
        body = yield from ask_as(
            Request(
                Api.JOURNEYS,
                "GET",
                path,
                dry_run_response=_DRY_RUN_RESPONSE,
                schema=schemas.MESSAGE,
            ),
            WireReply,
        )
        message = body["transactional_message"]
    return message


def update(
    live: LiveObject, wanted: Transactional, context: WriteContext
) -> Conversation[WriteResult]:
    """Send only the requests that the changed fields need."""
    fields: KindFields = wanted.to_fields()
    keyword = wanted.block_name
    if keyword not in live.attributes:
        raise _type_change_error(wanted, live)
    live_fields: KindFields = live.attributes
    block, live_block = fields[keyword], live_fields[keyword]
    changed_fields = {str(path[0]) for path in context.paths}
    changed_in_block = _changed_in_block(context.paths, keyword, block)
    if changed_fields & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(update_request(live.remote_id, "name_and_description", named))
    if changed_fields & {"trigger_name", *TOP_FLAGS} or changed_in_block & {"sending", "track"}:
        # All of them, because it is not known whether omitted ones are kept.
        settings = {
            **_settings_fields(live_fields, live_block),
            **_settings_fields(fields, block),
        }
        yield from ask(update_request(live.remote_id, "settings", settings))
    templates = templates_by_language(live.found.wire_as(WireReply))
    message = _Message(wanted.name, keyword, context.names)
    # A member that `raw` no longer has may be set by another field.
    written = block if "raw" in changed_in_block else changed_in_block
    if content := {name: block[name] for name in sorted(written) if name in block}:
        if not context.may_empty:
            reject_empty(wanted.name, {"type": keyword, **content}, live_block)
        default = templates.get("")
        if default is None:
            raise content_missing_error(wanted)
        yield from _write_template(default["id"], message, content, default)
    yield from _update_translations(live, message, block, context.paths, templates)
    return WriteResult(live.remote_id)


def _changed_in_block(paths: Sequence[FieldPath], keyword: str, block: KindFields) -> set[str]:
    """Return the fields of the block that changed; all of them if the whole block did."""
    changed = [path for path in paths if path[0] == keyword]
    if any(len(path) == 1 for path in changed):
        return set(block)
    return {str(path[1]) for path in changed}


def _type_change_error(wanted: Transactional, live: LiveObject) -> PlanError:
    types = [name for name in WIRE_TYPES if name in live.attributes]
    has = f"the block `{types[0]}`" if types else "another type"
    return PlanError.of(
        "Type of a message cannot change",
        f"The message {quoted(wanted.name)} has {has} in Customer.io, and the file has "
        f"`{wanted.block_name}`. Customer.io cannot change the type of a message. Restore the old "
        "block, or rename the file and give it another `name` to create a new message beside the "
        "old one.",
    )


def _update_translations(
    live: LiveObject,
    message: _Message,
    block: KindFields,
    paths: Sequence[FieldPath],
    templates: Mapping[str, WireLanguageTemplate],
) -> Conversation[None]:
    """Add, delete or write each changed language."""
    wanted = block.get("translations", {})
    for language in _changed_languages(paths, message.keyword, wanted, templates):
        translation = wanted.get(language)
        if language not in templates:
            path = _message_path(live.remote_id)
            reject_new_in_other_editor(message.name, translation or {})
            yield from _add_translation(path, message, language, translation or {})
        elif translation is None:
            template_path = f"~/templates/{templates[language]['id']}"
            yield from ask(Request(Api.JOURNEYS, "DELETE", template_path))
        else:
            template = templates[language]
            yield from _write_template(template["id"], message, translation, template)


def delete(live: LiveObject) -> Conversation[None]:
    """Delete a message with all its languages."""
    yield from ask(Request(Api.JOURNEYS, "DELETE", _message_path(live.remote_id)))


def _changed_languages(
    paths: Sequence[FieldPath],
    keyword: str,
    wanted: KindFields,
    templates: Mapping[str, WireLanguageTemplate],
) -> list[str]:
    translations = (keyword, "translations")
    changed = {str(path[2]) for path in paths if path[:2] == translations and len(path) > 2}
    if any(path in ((keyword,), translations) for path in paths):
        changed |= set(wanted) | (set(templates) - {""})
    return sorted(changed)


def _settings_fields(fields: KindFields, block: KindFields) -> dict[str, JsonValue]:
    settings: dict[str, JsonValue] = {**encode_flags(fields, block)}
    if "trigger_name" in fields:
        settings["trigger_name"] = fields["trigger_name"]
    return settings


def _write_template(
    template_id: int, message: _Message, content: KindFields, expected: WireTemplate
) -> Conversation[None]:
    """Read a template, merge the content, and write it.

    It is an open fact whether a PUT resets omitted members. `expected` is the template as far as a
    plan knows it.
    """
    typed = {"type": message.keyword, **content}
    if not encode_template(typed, message.names):
        return
    path = f"~/templates/{template_id}"
    request = Request(
        Api.JOURNEYS,
        "GET",
        path,
        dry_run_response={"template": {**expected}},
        schema=schemas.TEMPLATE,
    )
    body = yield from ask_as(request, WireTemplateReply)
    current = body["template"]
    members = encode_template(typed, message.names, current)
    members = fields_to_write(message.name, members, current)
    template = writable_fields({**current, **members})
    yield from ask(Request(Api.JOURNEYS, "PUT", path, {"template": template}))


def _add_translation(
    path: str, message: _Message, language: str, content: KindFields
) -> Conversation[None]:
    request = Request(
        Api.JOURNEYS,
        "POST",
        f"{path}/translations",
        {"translation": {"language": language}},
        dry_run_response={"template": {"id": f"(id of its {language} template)"}},
        schema=schemas.CREATED_TEMPLATE,
    )
    body = yield from ask_as(request, WireTemplateReply)
    yield from _write_template(body["template"]["id"], message, content, WireTemplate())


def update_request(remote_id: object, update_type: str, fields: Mapping[str, JsonValue]) -> Request:
    """Return an update of a message."""
    message = {"update_type": update_type, **fields}
    return _message_request("PUT", _message_path(remote_id), message)


def _message_path(remote_id: object) -> str:
    return f"{_MESSAGES_PATH}/{remote_id}"


def _message_request(
    method: str, path: str, message: JsonValue, dry_run_response: JsonValue = None
) -> Request:
    body = {"transactional_message": message}
    return Request(Api.JOURNEYS, method, path, body, dry_run_response=dry_run_response)
