"""Transactional messages over the App API (app facts 4.5).

It reads them and writes the content of the default language. It cannot create or delete messages
or languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cioform.core.data.json_value import JsonValue, KindFields
from cioform.kinds.transactional import response_schemas as schemas
from cioform.kinds.transactional.content import (
    content_missing_error,
    encode_app_content,
    writable_app_fields,
)
from cioform.kinds.transactional.model import Transactional
from cioform.kinds.transactional.wire_types import (
    WireAppContent,
    WireAppMessages,
    WireAppReply,
    WireReply,
)
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Request,
    ask,
    ask_all_as,
    ask_as,
)
from cioform.model.routing.operations import WriteContext, WriteResult

_MESSAGES_PATH: Final = "/v1/transactional"


def list_messages() -> Conversation[list[RemoteObject]]:
    """List every message, without its content."""
    body = yield from ask_as(
        Request(Api.APP, "GET", _MESSAGES_PATH, schema=schemas.APP_MESSAGES), WireAppMessages
    )
    return [_remote_object({"message": wire}) for wire in body["messages"]]


def read(found: RemoteObject) -> Conversation[RemoteObject]:
    """Read one message and its contents."""
    path = f"{_MESSAGES_PATH}/{found.remote_id}"
    # Each has one of the two members.
    message, contents = yield from ask_all_as(
        [
            Request(Api.APP, "GET", path, schema=schemas.APP_MESSAGE),
            Request(Api.APP, "GET", f"{path}/contents", schema=schemas.APP_CONTENTS),
        ],
        WireAppReply,
    )
    return _remote_object({"message": message["message"], "contents": contents["contents"]})


def _remote_object(wire: WireAppReply) -> RemoteObject:
    message = wire["message"]
    return RemoteObject(str(message["id"]), message["name"], Api.APP, wire)


def default_content(contents: Sequence[WireAppContent]) -> WireAppContent:
    """Return the content of the default language, empty when there is none."""
    without_language = [content for content in contents if not content.get("language")]
    return next(iter([*without_language, *contents]), WireAppContent())


def update(
    live: LiveObject, wanted: Transactional, context: WriteContext
) -> Conversation[WriteResult]:
    """Read the content of the default language, merge the changed fields, and write it."""
    path = f"{_MESSAGES_PATH}/{live.remote_id}"
    expected: JsonValue = {"contents": _expected_contents(live.found)}
    body = yield from ask_as(
        Request(
            Api.APP,
            "GET",
            f"{path}/contents",
            dry_run_response=expected,
            schema=schemas.APP_CONTENTS,
        ),
        WireAppReply,
    )
    content = default_content(body["contents"])
    if not content:
        raise content_missing_error(wanted)
    fields: KindFields = wanted.to_fields()
    block = fields["email"]
    changes = {str(path[1]): block[path[1]] for path in context.paths if path[1] in block}
    merged = {**writable_app_fields(content), **encode_app_content(changes, context.names)}
    # `content` is singular here, unlike the path that it is read from.
    yield from ask(Request(Api.APP, "PUT", f"{path}/content/{content['id']}", merged))
    return WriteResult(live.remote_id)


def _expected_contents(found: RemoteObject) -> JsonValue:
    """Return the contents as far as a plan knows them, from either API.

    The ID of a content is that of its template.
    """
    if found.api is Api.APP:
        return found.wire_as(WireAppReply)["contents"]
    message = found.wire_as(WireReply)["transactional_message"]
    return [{"id": message["template_id"], "language": ""}]
