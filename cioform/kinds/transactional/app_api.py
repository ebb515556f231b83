"""Transactional messages over the App API: read, and the content of the default language written
(app facts 4.5). It neither makes nor deletes messages or languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.kinds.transactional.content import (
    CONTENT_FIELDS,
    encode_app_content,
    writable_app_fields,
)
from cioform.kinds.transactional.model import Transactional, to_canonical
from cioform.model.conversation import Api, Conversation, Request, ask
from cioform.model.kind import LiveObject, RemoteObject, WriteResult
from cioform.model.names import Names
from cioform.model.resource import FieldPath

_MESSAGES_PATH: Final = "/v1/transactional"


def list_messages() -> Conversation[list[RemoteObject]]:
    """Give every message, without content."""
    answer = yield from ask(Request(Api.APP, "GET", _MESSAGES_PATH))
    return [_remote_object({"message": wire}) for wire in answer["messages"]]


def read(found: RemoteObject) -> Conversation[RemoteObject]:
    """Give one message with its contents; what a list said of it is not asked again."""
    path = f"{_MESSAGES_PATH}/{found.remote_id}"
    message = found.wire.get("message")
    if message is None:
        answer = yield from ask(Request(Api.APP, "GET", path))
        message = answer["message"]
    answer = yield from ask(Request(Api.APP, "GET", f"{path}/contents"))
    return _remote_object({"message": message, "contents": answer["contents"]})


def _remote_object(wire: JsonValue) -> RemoteObject:
    message = wire["message"]
    return RemoteObject(str(message["id"]), message["name"], Api.APP, wire)


def default_content(contents: Sequence[Mapping[str, JsonValue]]) -> Mapping[str, JsonValue]:
    """Give the content of the default language, empty when there is none."""
    own = [content for content in contents if not content.get("language")]
    return next(iter([*own, *contents]), {})


def update(
    live: LiveObject, wanted: Transactional, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    """Write the content of the default language: read, merge, write."""
    path = f"{_MESSAGES_PATH}/{live.remote_id}"
    expected = {"contents": _expected_contents(live.found)}
    answer = yield from ask(Request(Api.APP, "GET", f"{path}/contents", dry_run_response=expected))
    content = default_content(answer["contents"])
    fields, heads = to_canonical(wanted), {path[0] for path in paths}
    changed = {
        field: fields[field] for field in CONTENT_FIELDS if field in heads and field in fields
    }
    body = {**writable_app_fields(content), **encode_app_content(changed, names)}
    # `content` in the singular, unlike the path it is read from.
    yield from ask(Request(Api.APP, "PUT", f"{path}/content/{content['id']}", body))
    return WriteResult(live.remote_id)


def _expected_contents(found: RemoteObject) -> JsonValue:
    """Give the contents as far as a plan knows them, whichever API read the message. The id of a
    content is that of its template."""
    if found.api is Api.APP:
        return found.wire["contents"]
    return [{"id": found.wire["transactional_message"]["template_id"], "language": ""}]
