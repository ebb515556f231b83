"""Snippet: a piece of text or HTML that messages share as `{{ snippets.name }}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import quote

from pydantic import Field

from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Conversation, Paging, Request, ask
from cioform.model.kind import (
    Decoded,
    Kind,
    LiveObject,
    Reach,
    RemoteObject,
    Route,
    Verb,
    WriteResult,
)
from cioform.model.names import Names
from cioform.model.resource import FieldPath, ResourceModel
from cioform.model.text_pattern import TextPattern

_NAME: Final = TextPattern(r"^\S(.*\S)?$", "be one line without spaces at either end")
_VALUE: Final = TextPattern(r"\S", "contain more than white space", show_value=False)


class Snippet(ResourceModel):
    """A snippet. Every message that uses it changes with it, scheduled ones too."""

    name: Annotated[str, Field(max_length=150), _NAME]
    """What messages call it, with no blanks around it, since those are cut off remotely. It cannot
    be renamed, only replaced."""
    value: Annotated[str, Field(min_length=1, max_length=16_000), _VALUE]
    """The text, with Liquid if you like; a snippet may not use another snippet."""


class SnippetKind(Kind):
    """Snippets, which both APIs can read and write (app facts 5.2, journeys facts 7)."""

    name = "snippet"
    folder = "snippets"
    model = Snippet
    summary = "A piece of text or HTML that messages share as `{{ snippets.name }}`."
    audit_type = "snippet"
    starter_file = "footer.yaml"
    example = """\
name: footer
value: |
  <p>Acme Inc, 1 Main Street. <a href="{% unsubscribe_url %}">Unsubscribe</a></p>
"""

    @property
    def routes(self) -> Sequence[Route]:
        return (
            Route(Verb.LIST, Api.APP, _list_app),
            Route(Verb.CREATE, Api.APP, _create_app),
            Route(Verb.UPDATE, Api.APP, _update_app, frozenset({"value"})),
            Route(Verb.DELETE, Api.APP, _delete_app),
            Route(Verb.LIST, Api.JOURNEYS, _list_journeys),
            Route(Verb.CREATE, Api.JOURNEYS, _create_journeys),
            Route(Verb.UPDATE, Api.JOURNEYS, _update_journeys, frozenset({"value"})),
            Route(Verb.DELETE, Api.JOURNEYS, _delete_journeys),
        )

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        del names
        wire = found.wire
        # An edit reaches every later send, scheduled ones too (journeys facts 7).
        return Decoded({"name": wire["name"], "value": wire["value"]}, reach=Reach("shared"))

    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "\n" in document["value"]:
            yield ("value",), ".html"


def _list_app() -> Conversation[list[RemoteObject]]:
    answer = yield from ask(Request(Api.APP, "GET", "/v1/snippets"))
    return [_remote_object(Api.APP, wire) for wire in answer["snippets"]]


def _list_journeys() -> Conversation[list[RemoteObject]]:
    request = Request(
        Api.JOURNEYS, "GET", "~/snippets", paging=Paging.PAGE_NUMBER, items="snippets"
    )
    answer = yield from ask(request)
    return [_remote_object(Api.JOURNEYS, wire) for wire in answer["snippets"]]


def _remote_object(api: Api, wire: JsonValue) -> RemoteObject:
    # The App API knows no id but the name, so the name is the id on both.
    return RemoteObject(remote_id=wire["name"], identity=wire["name"], api=api, wire=wire)


def _create_app(wanted: Snippet, names: Names) -> Conversation[WriteResult]:
    # POST and not the upserting PUT: a snippet that appeared meanwhile must not be overwritten.
    del names
    yield from ask(Request(Api.APP, "POST", "/v1/snippets", _request_body(wanted)))
    return WriteResult(wanted.name)


def _update_app(
    live: LiveObject, wanted: Snippet, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    del live, names, paths
    yield from ask(Request(Api.APP, "PUT", "/v1/snippets", _request_body(wanted)))
    return WriteResult(wanted.name)


def _delete_app(live: LiveObject) -> Conversation[None]:
    yield from ask(Request(Api.APP, "DELETE", f"/v1/snippets/{quote(live.remote_id, safe='')}"))


def _create_journeys(wanted: Snippet, names: Names) -> Conversation[WriteResult]:
    del names
    yield from ask(Request(Api.JOURNEYS, "POST", "~/snippets", {"snippet": _request_body(wanted)}))
    return WriteResult(wanted.name)


def _update_journeys(
    live: LiveObject, wanted: Snippet, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    del names, paths
    yield from ask(
        Request(Api.JOURNEYS, "PUT", _journeys_path(live), {"snippet": _request_body(wanted)})
    )
    return WriteResult(wanted.name)


def _delete_journeys(live: LiveObject) -> Conversation[None]:
    yield from ask(Request(Api.JOURNEYS, "DELETE", _journeys_path(live)))


def _journeys_path(live: LiveObject) -> str:
    return f"~/snippets/{live.found.wire['id']}"


def _request_body(wanted: Snippet) -> JsonValue:
    return {"name": wanted.name, "value": wanted.value}


KIND = SnippetKind()
