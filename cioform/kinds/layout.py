"""Layout: the frame around the content of e-mails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final

from pydantic import Field

from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Conversation, Request, ask
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

_CONTENT: Final = TextPattern(
    r"\{\{-?\s*content\b",
    "contain `{{ content }}`, which stands for the body of each message",
    show_value=False,
)


class Layout(ResourceModel):
    """A layout. Every e-mail that stands in it changes with it."""

    name: Annotated[str, Field(min_length=1)]
    """What people see in Customer.io; no two layouts share a name."""
    body: Annotated[str, _CONTENT]
    """The HTML, with `{{ content }}` where a message's own body goes. Unsubscribing is the tag
    `{% unsubscribe_url %}`; the form with double braces fails when a message is sent."""


class LayoutKind(Kind):
    """Layouts, which only the Journeys API knows (journeys facts 7)."""

    name = "layout"
    folder = "layouts"
    model = Layout
    summary = "The HTML frame that e-mails stand in, with `{{ content }}` where they go."
    audit_type = "layout"
    example = """\
name: Plain
body: |
  <html><body>
  {{ content }}
  <p><a href="{% unsubscribe_url %}">Unsubscribe</a></p>
  </body></html>
"""

    @property
    def routes(self) -> Sequence[Route]:
        return (
            Route(Verb.LIST, Api.JOURNEYS, _list),
            Route(Verb.READ, Api.JOURNEYS, _read),
            Route(Verb.CREATE, Api.JOURNEYS, _create),
            Route(Verb.UPDATE, Api.JOURNEYS, _update),
            Route(Verb.DELETE, Api.JOURNEYS, _delete),
        )

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        del names
        wire = found.wire
        return Decoded({"name": wire["name"], "body": wire["body"]}, reach=Reach("shared"))

    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "body" in document:
            yield ("body",), ".html"


def _list() -> Conversation[list[RemoteObject]]:
    answer = yield from ask(Request(Api.JOURNEYS, "GET", "~/layouts"))
    return [_remote_object(wire) for wire in answer["layouts"]]


def _read(found: RemoteObject) -> Conversation[RemoteObject]:
    # Whether the list holds bodies is an open fact; when it does, nothing is left to ask.
    if "body" in found.wire:
        return found
    answer = yield from ask(Request(Api.JOURNEYS, "GET", f"~/layouts/{found.remote_id}"))
    return _remote_object(answer["layout"])


def _remote_object(wire: JsonValue) -> RemoteObject:
    return RemoteObject(str(wire["id"]), identity=wire["name"], api=Api.JOURNEYS, wire=wire)


_DRY_RUN_RESPONSE: Final = {"layout": {"id": "(id of this layout)"}}


def _create(wanted: Layout, names: Names) -> Conversation[WriteResult]:
    del names
    request = Request(
        Api.JOURNEYS, "POST", "~/layouts", _request_body(wanted), dry_run_response=_DRY_RUN_RESPONSE
    )
    answer = yield from ask(request)
    return WriteResult(str(answer["layout"]["id"]))


def _update(
    live: LiveObject, wanted: Layout, names: Names, paths: Sequence[FieldPath]
) -> Conversation[WriteResult]:
    # Name and body are all that a layout has to write, so the replacement is whole.
    del names, paths
    path = f"~/layouts/{live.remote_id}"
    yield from ask(Request(Api.JOURNEYS, "PUT", path, _request_body(wanted)))
    return WriteResult(live.remote_id)


def _delete(live: LiveObject) -> Conversation[None]:
    yield from ask(Request(Api.JOURNEYS, "DELETE", f"~/layouts/{live.remote_id}"))


def _request_body(wanted: Layout) -> JsonValue:
    return {"layout": {"name": wanted.name, "body": wanted.body}}


KIND = LayoutKind()
