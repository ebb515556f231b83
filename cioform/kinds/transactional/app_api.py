"""Transactional messages over the App API: read, and the content of the default language written
(app facts 4.5). It neither makes nor deletes messages or languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from cioform.core.json_value import Plain
from cioform.kinds.transactional.content import FIELDS, app_members, app_writable
from cioform.kinds.transactional.model import Transactional, canonical
from cioform.model.conversation import Api, Conversation, Request, ask
from cioform.model.kind import Bound, Found, Live
from cioform.model.names import Names
from cioform.model.resource import Path

_MESSAGES: Final = "/v1/transactional"


def list_messages() -> Conversation[list[Found]]:
    """Give every message, without content."""
    answer = yield from ask(Request(Api.APP, "GET", _MESSAGES))
    return [_found({"message": wire}) for wire in answer["messages"]]


def read(found: Found) -> Conversation[Found]:
    """Give one message with its contents; what a list said of it is not asked again."""
    path = f"{_MESSAGES}/{found.remote_id}"
    message = found.wire.get("message")
    if message is None:
        answer = yield from ask(Request(Api.APP, "GET", path))
        message = answer["message"]
    answer = yield from ask(Request(Api.APP, "GET", f"{path}/contents"))
    return _found({"message": message, "contents": answer["contents"]})


def _found(wire: Plain) -> Found:
    message = wire["message"]
    return Found(str(message["id"]), message["name"], Api.APP, wire)


def default_content(contents: Sequence[Mapping[str, Plain]]) -> Mapping[str, Plain]:
    """Give the content of the default language, empty when there is none."""
    own = [content for content in contents if not content.get("language")]
    return next(iter([*own, *contents]), {})


def update(
    live: Live, wanted: Transactional, names: Names, paths: Sequence[Path]
) -> Conversation[Bound]:
    """Write the content of the default language: read, merge, write."""
    path = f"{_MESSAGES}/{live.remote_id}"
    expected = {"contents": _expected(live.found)}
    answer = yield from ask(Request(Api.APP, "GET", f"{path}/contents", rehearsal=expected))
    content = default_content(answer["contents"])
    fields, heads = canonical(wanted), {path[0] for path in paths}
    changed = {field: fields[field] for field in FIELDS if field in heads and field in fields}
    body = {**app_writable(content), **app_members(changed, names)}
    # `content` in the singular, unlike the path it is read from.
    yield from ask(Request(Api.APP, "PUT", f"{path}/content/{content['id']}", body))
    return Bound(live.remote_id)


def _expected(found: Found) -> Plain:
    """Give the contents as far as a plan knows them, whichever API read the message. The id of a
    content is that of its template."""
    if found.api is Api.APP:
        return found.wire["contents"]
    return [{"id": found.wire["transactional_message"]["template_id"], "language": ""}]
