"""Transactional messages over the Journeys API (journeys facts, sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import Attributes, JsonValue
from cioform.kinds.transactional.content import CONTENT_FIELDS, encode_template
from cioform.kinds.transactional.model import Transactional, to_canonical
from cioform.language.messages.writable_template import writable_fields
from cioform.model.conversation import Api, Conversation, Request, ask
from cioform.model.kind import LiveObject, RemoteObject, WriteResult
from cioform.model.names import Names
from cioform.model.resource import FieldPath

_MESSAGES_PATH: Final = "~/transactional_messages"
_DRY_RUN_RESPONSE: Final = {
    "transactional_message": {
        "id": "(id of this message)",
        "template_id": "(id of its template)",
    }
}


def list_messages() -> Conversation[list[RemoteObject]]:
    """Give every message, without content."""
    answer = yield from ask(Request(Api.JOURNEYS, "GET", _MESSAGES_PATH))
    return [
        _remote_object({"transactional_message": wire}) for wire in answer["transactional_messages"]
    ]


def read(found: RemoteObject) -> Conversation[RemoteObject]:
    """Give one message with the templates of all its languages."""
    answer = yield from ask(Request(Api.JOURNEYS, "GET", f"{_MESSAGES_PATH}/{found.remote_id}"))
    return _remote_object(answer)


def _remote_object(wire: JsonValue) -> RemoteObject:
    message = wire["transactional_message"]
    return RemoteObject(str(message["id"]), message["name"], Api.JOURNEYS, wire)


def templates_by_language(wire: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give the templates of a message by language; that of the default is `""`."""
    default_id = wire["transactional_message"].get("template_id")
    return {
        "" if template["id"] == default_id else template.get("language") or "": template
        for template in wire.get("templates", ())
    }


def create(wanted: Transactional, names: Names) -> Conversation[WriteResult]:
    """Make a draft, set it up, write its template, then add each language."""
    fields = to_canonical(wanted)
    body = {"name": wanted.name, "description": wanted.description, "msg_type": "email"}
    answer = yield from ask(
        _message_request("POST", _MESSAGES_PATH, body, dry_run_response=_DRY_RUN_RESPONSE)
    )
    message = answer["transactional_message"]
    if "template_id" not in message:  # what the reply to a POST holds is not recorded
        path = f"{_MESSAGES_PATH}/{message['id']}"
        answer = yield from ask(
            Request(Api.JOURNEYS, "GET", path, dry_run_response=_DRY_RUN_RESPONSE)
        )
        message = answer["transactional_message"]
    path = f"{_MESSAGES_PATH}/{message['id']}"
    if settings := _settings_fields(fields):
        yield from ask(_message_request("PUT", path, {"update_type": "settings", **settings}))
    content = {field: fields[field] for field in CONTENT_FIELDS if field in fields}
    yield from _write_template(message["template_id"], content, names, {})
    for language, translation in fields.get("translations", {}).items():
        yield from _add_translation(path, language, translation, names)
    return WriteResult(str(message["id"]))


def update(
    live: LiveObject, wanted: Transactional, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    """Make only the calls that the changed fields need."""
    fields, heads = to_canonical(wanted), {path[0] for path in paths}
    path = f"{_MESSAGES_PATH}/{live.remote_id}"
    if heads & {"name", "description"}:
        named = {"name": wanted.name, "description": wanted.description}
        yield from ask(
            _message_request("PUT", path, {"update_type": "name_and_description", **named})
        )
    if heads & {"trigger_name", "settings"}:
        # All of them, because whether those left out are kept is not known.
        settings = {**_settings_fields(live.attributes), **_settings_fields(fields)}
        yield from ask(_message_request("PUT", path, {"update_type": "settings", **settings}))
    there = templates_by_language(live.found.wire)
    content = {
        field: fields[field] for field in CONTENT_FIELDS if field in heads and field in fields
    }
    if content:
        yield from _write_template(there[""]["id"], content, names, there[""])
    for language in _changed_languages(paths, fields, there):
        translation = fields.get("translations", {}).get(language)
        if language not in there:
            yield from _add_translation(path, language, translation or {}, names)
        elif translation is None:
            template_path = f"~/templates/{there[language]['id']}"
            yield from ask(Request(Api.JOURNEYS, "DELETE", template_path))
        else:
            template = there[language]
            yield from _write_template(template["id"], translation, names, template)
    return WriteResult(live.remote_id)


def delete(live: LiveObject) -> Conversation[None]:
    """Delete a message with all its languages."""
    yield from ask(Request(Api.JOURNEYS, "DELETE", f"{_MESSAGES_PATH}/{live.remote_id}"))


def _changed_languages(
    paths: Sequence[FieldPath], fields: Attributes, there: Mapping[str, JsonValue]
) -> list[str]:
    changed = [path for path in paths if path[0] == "translations"]
    languages = {str(path[1]) for path in changed if len(path) > 1}
    if ("translations",) in changed:
        languages |= set(fields.get("translations", {})) | (set(there) - {""})
    return sorted(languages)


def _settings_fields(fields: Attributes) -> dict[str, JsonValue]:
    settings = dict(fields.get("settings", {}))
    if "trigger_name" in fields:
        settings["trigger_name"] = fields["trigger_name"]
    return settings


def _write_template(
    template_id: JsonValue, content: Attributes, names: Names, expected: Mapping[str, JsonValue]
) -> Conversation[None]:
    """Read, merge, write: whether a PUT resets what it leaves out is not settled. `expected` is
    the template as far as a plan knows it."""
    members = encode_template(content, names)
    if not members:
        return
    path = f"~/templates/{template_id}"
    request = Request(Api.JOURNEYS, "GET", path, dry_run_response={"template": dict(expected)})
    answer = yield from ask(request)
    template = {**writable_fields(answer["template"]), **members}
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
    answer = yield from ask(request)
    yield from _write_template(answer["template"]["id"], content, names, {})


def update_request(remote_id: str, update_type: str, fields: Mapping[str, JsonValue]) -> Request:
    """Return an update of a message."""
    path = f"{_MESSAGES_PATH}/{remote_id}"
    return _message_request("PUT", path, {"update_type": update_type, **fields})


def _message_request(
    method: str, path: str, message: JsonValue, dry_run_response: JsonValue = None
) -> Request:
    body = {"transactional_message": message}
    return Request(Api.JOURNEYS, method, path, body, dry_run_response=dry_run_response)
