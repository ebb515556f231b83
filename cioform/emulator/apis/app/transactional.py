"""Transactional messages on the App API: settings read-only, content writable (app facts, 4.5)."""

from cioform.emulator.apis.app import content
from cioform.emulator.domain.transactional import find
from cioform.emulator.domain.translations import templates_of
from cioform.emulator.protocol.request import Call, Handler, Reply
from cioform.emulator.protocol.route import Route, app, closed
from cioform.emulator.store.record_types import TRANSACTIONAL, Record
from cioform.emulator.wire.errors import Envelope, not_found

SHAPE = closed(**content.MEMBERS)
KEYS = (
    "id",
    "name",
    "description",
    "send_to_unsubscribed",
    "link_tracking",
    "open_tracking",
    "hide_message_body",
    "queue_drafts",
    "created_at",
    "updated_at",
)


def list_all(call: Call) -> Reply:
    """All of them at once."""
    return Reply({"messages": [_shown(each) for each in call.space.all(TRANSACTIONAL)]})


def read(call: Call) -> Reply:
    """One message by id or trigger name."""
    return Reply({"message": _shown(_message(call))})


def list_contents(call: Call) -> Reply:
    """The content of every language."""
    templates = templates_of(call, "transactional_message_id", _message(call)["id"])
    return Reply({"contents": [content.shown(call, each) for each in templates]})


def read_content(call: Call) -> Reply:
    """One content."""
    return Reply({"content": content.shown(call, _content(call))})


def write_content(call: Call) -> Reply:
    """Overwrite one content."""
    written = content.write(call, _content(call), headers_listed=True)
    return Reply({"content": content.shown(call, written)})


def read_language(call: Call) -> Reply:
    """The content of one language."""
    return Reply({"content": content.shown(call, _variant(call))})


def write_language(call: Call) -> Reply:
    """Overwrite the content of one language; there is no way to add one here."""
    written = content.write(call, _variant(call), headers_listed=True)
    return Reply({"content": content.shown(call, written)})


def _message(call: Call) -> Record:
    record = find(call, call.args["id"])
    if record is None:
        raise not_found("transactional message")
    return record


def _content(call: Call) -> Record:
    every = templates_of(call, "transactional_message_id", _message(call)["id"])
    return _first([each for each in every if each["id"] == call.args["content"]])


def _variant(call: Call) -> Record:
    every = templates_of(call, "transactional_message_id", _message(call)["id"])
    return _first([each for each in every if each["language"] == call.args["language"]])


def _first(found: list[Record]) -> Record:
    if not found:
        raise not_found("content")
    return found[0]


def _shown(record: Record) -> Record:
    return {key: record[key] for key in KEYS}


def _content_route(method: str, path: str, handler: Handler) -> Route:
    shape = SHAPE if method == "PUT" else None
    return app(method, "/transactional/<id>" + path, handler, shape, Envelope.META)


ROUTES = (
    app("GET", "/transactional", list_all),
    app("GET", "/transactional/<id>", read),
    _content_route("GET", "/contents", list_contents),
    _content_route("GET", "/contents/<int:content>", read_content),
    _content_route("PUT", "/content/<int:content>", write_content),
    _content_route("GET", "/language/<language>", read_language),
    _content_route("PUT", "/language/<language>", write_language),
)
