"""Transactional messages on the App API: settings read-only, content writable (app facts, 4.5)."""

from cioform.emulator.apis.app import content
from cioform.emulator.domain.transactional import find_transactional
from cioform.emulator.domain.translations import templates_of
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
    """All of them at once."""
    return Response(
        {
            "messages": [
                _serialize_message(each) for each in request.workspace_data.all(TRANSACTIONAL)
            ]
        }
    )


def read(request: Request) -> Response:
    """One message by id or trigger name."""
    return Response({"message": _serialize_message(_get_message(request))})


def list_contents(request: Request) -> Response:
    """The content of every language."""
    templates = templates_of(request, "transactional_message_id", _get_message(request)["id"])
    return Response({"contents": [content.serialize_content(request, each) for each in templates]})


def read_content(request: Request) -> Response:
    """One content."""
    return Response({"content": content.serialize_content(request, _get_content(request))})


def write_content(request: Request) -> Response:
    """Overwrite one content."""
    written = content.write_content(request, _get_content(request), headers_as_list=True)
    return Response({"content": content.serialize_content(request, written)})


def read_language(request: Request) -> Response:
    """The content of one language."""
    return Response({"content": content.serialize_content(request, _get_language_variant(request))})


def write_language(request: Request) -> Response:
    """Overwrite the content of one language; there is no way to add one here."""
    written = content.write_content(request, _get_language_variant(request), headers_as_list=True)
    return Response({"content": content.serialize_content(request, written)})


def _get_message(request: Request) -> Record:
    record = find_transactional(request, request.path_params["id"])
    if record is None:
        raise not_found("transactional message")
    return record


def _get_content(request: Request) -> Record:
    every = templates_of(request, "transactional_message_id", _get_message(request)["id"])
    return _first_or_404([each for each in every if each["id"] == request.path_params["content"]])


def _get_language_variant(request: Request) -> Record:
    every = templates_of(request, "transactional_message_id", _get_message(request)["id"])
    return _first_or_404(
        [each for each in every if each["language"] == request.path_params["language"]]
    )


def _first_or_404(found: list[Record]) -> Record:
    if not found:
        raise not_found("content")
    return found[0]


def _serialize_message(record: Record) -> Record:
    return {key: record[key] for key in RESPONSE_FIELDS}


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
