"""Transactional messages on the App API: settings read-only, content writable (app facts, 4.5)."""

from cioform.emulator.apis.app import content
from cioform.emulator.domain.campaigns.translations import templates_of
from cioform.emulator.domain.sending.transactional import OWNER_FIELD, get_transactional
from cioform.emulator.protocol.list_rows import as_rows
from cioform.emulator.protocol.request import Handler, Request, Response
from cioform.emulator.protocol.route import Route, app_route, closed_object
from cioform.emulator.store.record_types import TRANSACTIONAL, Record
from cioform.emulator.wire.errors import Envelope, not_found

SHAPE = closed_object(**content.FIELD_SHAPES)
RESPONSE_FIELDS = (
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


def list_all(request: Request) -> Response:
    """Return all transactional messages."""
    records = request.workspace_data.all(TRANSACTIONAL)
    rows = as_rows(request, [_serialize_message(request, each) for each in records])
    return Response({"messages": rows})


def read(request: Request) -> Response:
    """Return one transactional message."""
    return Response({"message": _serialize_message(request, get_transactional(request))})


def list_contents(request: Request) -> Response:
    """Return the content of every language of a message."""
    templates = _templates_in_path(request)
    return Response({"contents": [content.serialize_content(request, each) for each in templates]})


def read_content(request: Request) -> Response:
    """Return one content of a message."""
    return _content_response(request, _get_content(request))


def write_content(request: Request) -> Response:
    """Overwrite one content of a message."""
    return _write_content(request, _get_content(request))


def read_language(request: Request) -> Response:
    """Return the content of one language of a message."""
    return _content_response(request, _get_language_variant(request))


def write_language(request: Request) -> Response:
    """Overwrite the content of one language; this API cannot add a language."""
    return _write_content(request, _get_language_variant(request))


def _write_content(request: Request, template: Record) -> Response:
    written = content.write_content(request, template, headers_as_list=True)
    return _content_response(request, written)


def _content_response(request: Request, template: Record) -> Response:
    return Response({"content": content.serialize_content(request, template)})


def _templates_in_path(request: Request) -> list[Record]:
    return templates_of(request, OWNER_FIELD, get_transactional(request)["id"])


def _get_content(request: Request) -> Record:
    number = request.path_params["content"]
    return _first_or_404([e for e in _templates_in_path(request) if e["id"] == number])


def _get_language_variant(request: Request) -> Record:
    language = request.path_params["language"]
    return _first_or_404([e for e in _templates_in_path(request) if e["language"] == language])


def _first_or_404(templates: list[Record]) -> Record:
    if not templates:
        raise not_found("content")
    return templates[0]


def _serialize_message(request: Request, record: Record) -> Record:
    message = {key: record[key] for key in RESPONSE_FIELDS}
    if request.behavior.undocumented_members:
        message["trigger_name"] = record["trigger_name"]
    return message


def _content_route(method: str, path: str, handler: Handler) -> Route:
    shape = SHAPE if method == "PUT" else None
    return app_route(method, "/transactional/<id>" + path, handler, shape, Envelope.META)


ROUTES = (
    app_route("GET", "/transactional", list_all),
    app_route("GET", "/transactional/<id>", read),
    _content_route("GET", "/contents", list_contents),
    _content_route("GET", "/contents/<int:content>", read_content),
    _content_route("PUT", "/content/<int:content>", write_content),
    _content_route("GET", "/language/<language>", read_language),
    _content_route("PUT", "/language/<language>", write_language),
)
