"""Transactional messages over the Journeys API (journeys facts, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import Attributes, JsonValue
from cioform.kinds.transactional.content import CONTENT_FIELDS, encode_template
from cioform.kinds.transactional.model import Transactional, to_canonical
from cioform.language.messages.writable_template import writable_fields
from cioform.model.conversation import Api, Conversation, Request, ask
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.names import Names
from cioform.model.operations import WriteContext, WriteResult
from cioform.model.resource import FieldPath

_MESSAGES_PATH: Final = "~/transactional_messages"
_DRY_RUN_RESPONSE: Final = {
    "transactional_message": {
        "id": "(id of this message)",
        "template_id": "(id of its template)",
    }
}


def list_messages() -> Conversation[list[RemoteObject]]:
    """List every message, without its content."""
    body = yield from ask(Request(Api.JOURNEYS, "GET", _MESSAGES_PATH))
    return [
        _remote_object({"transactional_message": wire}) for wire in body["transactional_messages"]
    ]


def read(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read one message with the templates of all its languages."""
    body = yield from ask(Request(Api.JOURNEYS, "GET", _message_path(found.remote_id)))
    return _remote_object(body)


def _remote_object(wire: JsonValue) -> RemoteObject:
    message = wire["transactional_message"]
    return RemoteObject(str(message["id"]), message["name"], Api.JOURNEYS, wire)


def templates_by_language(wire: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the templates of a message by language; the default language is `""`."""
    default_id = wire["transactional_message"].get("template_id")
    return {
        "" if template["id"] == default_id else template.get("language") or "": template
        for template in wire.get("templates", ())
    }


def create(wanted: Transactional, context: WriteContext) -> Conversation[WriteResult]:
    """Create a draft, write its settings and its template, then add each language."""
    fields, names = to_canonical(wanted), context.names
    message = yield from _create_draft(wanted)
    path = _message_path(message["id"])
    if settings := _settings_fields(fields):
        yield from ask(update_request(message["id"], "settings", settings))
    content = {field: fields[field] for field in CONTENT_FIELDS if field in fields}
    yield from _write_template(message["template_id"], content, names, {})
    for language, translation in fields.get("translations", {}).items():
        yield from _add_translation(path, language, translation, names)
    return WriteResult(str(message["id"]))


def _create_draft(wanted: Transactional) -> Conversation[JsonValue]:
    """Create a message and return it with the id of its template."""
    draft = {"name": wanted.name, "description": wanted.description, "msg_type": "email"}
    request = _message_request("POST", _MESSAGES_PATH, draft, _DRY_RUN_RESPONSE)
    body = yield from ask(request)
    message = body["transactional_message"]
    if "template_id" not in message:  # The response to a POST is not recorded.
        path = _message_path(message["id"])
        body = yield from ask(
            Request(Api.JOURNEYS, "GET", path, dry_run_response=_DRY_RUN_RESPONSE)
        )
        message = body["transactional_message"]
    return message


def update(
    live: LiveObject, wanted: Transactional, context: WriteContext
) -> Conversation[WriteResult]:
    """Send only the requests that the changed fields need."""
    fields, names = to_canonical(wanted), context.names
    changed_fields = {path[0] for path in context.paths}
    if changed_fields & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(update_request(live.remote_id, "name_and_description", named))
    if changed_fields & {"trigger_name", "settings"}:
        # All of them, because it is not known whether omitted ones are kept.
        settings = {**_settings_fields(live.attributes), **_settings_fields(fields)}
        yield from ask(update_request(live.remote_id, "settings", settings))
    templates = templates_by_language(live.found.wire)
    content = {
        field: fields[field]
        for field in CONTENT_FIELDS
        if field in changed_fields and field in fields
    }
    if content:
        yield from _write_template(templates[""]["id"], content, names, templates[""])
    yield from _update_translations(live, fields, context, templates)
    return WriteResult(live.remote_id)


def _update_translations(
    live: LiveObject,
    fields: Attributes,
    context: WriteContext,
    templates: Mapping[str, JsonValue],
) -> Conversation[None]:
    """Add, delete or write each changed language."""
    for language in _changed_languages(context.paths, fields, templates):
        translation = fields.get("translations", {}).get(language)
        if language not in templates:
            path = _message_path(live.remote_id)
            yield from _add_translation(path, language, translation or {}, context.names)
        elif translation is None:
            template_path = f"~/templates/{templates[language]['id']}"
            yield from ask(Request(Api.JOURNEYS, "DELETE", template_path))
        else:
            template = templates[language]
            yield from _write_template(template["id"], translation, context.names, template)


def delete(live: LiveObject) -> Conversation[None]:
    """Delete a message with all its languages."""
    yield from ask(Request(Api.JOURNEYS, "DELETE", _message_path(live.remote_id)))


def _changed_languages(
    paths: Sequence[FieldPath], fields: Attributes, templates: Mapping[str, JsonValue]
) -> list[str]:
    changed = [path for path in paths if path[0] == "translations"]
    languages = {str(path[1]) for path in changed if len(path) > 1}
    if ("translations",) in changed:
        languages |= set(fields.get("translations", {})) | (set(templates) - {""})
    return sorted(languages)


def _settings_fields(fields: Attributes) -> dict[str, JsonValue]:
    settings = dict(fields.get("settings", {}))
    if "trigger_name" in fields:
        settings["trigger_name"] = fields["trigger_name"]
    return settings


def _write_template(
    template_id: JsonValue, content: Attributes, names: Names, expected: Mapping[str, JsonValue]
) -> Conversation[None]:
    """Read a template, merge the content, and write it.

    It is an open fact whether a PUT resets omitted members. `expected` is the template as far as a
    plan knows it.
    """
    members = encode_template(content, names)
    if not members:
        return
    path = f"~/templates/{template_id}"
    request = Request(Api.JOURNEYS, "GET", path, dry_run_response={"template": dict(expected)})
    body = yield from ask(request)
    template = {**writable_fields(body["template"]), **members}
    yield from ask(Request(Api.JOURNEYS, "PUT", path, {"template": template}))


def _add_translation(
    path: str, language: str, content: Attributes, names: Names
) -> Conversation[None]:
    request = Request(
        Api.JOURNEYS,
        "POST",
        f"{path}/translations",
        {"translation": {"language": language}},
        dry_run_response={"template": {"id": f"(id of its {language} template)"}},
    )
    body = yield from ask(request)
    yield from _write_template(body["template"]["id"], content, names, {})


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
